"""A tunnel of IP packets over UDP, for the "two-links" sample: what comes out of the device goes to the peer and back.

usage: tun.py DEVICE ADDRESS/PREFIX LOCAL REMOTE
"""
import fcntl
import os
import select
import socket
import struct
import subprocess
import sys

TUNSETIFF, IFF_TUN, IFF_NO_PI, PORT = 0x400454CA, 1, 0x1000, 5101

device, address, local, remote = sys.argv[1:]
tun = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH", device.encode(), IFF_TUN | IFF_NO_PI))
subprocess.run(["ip", "addr", "add", address, "dev", device], check=True)
subprocess.run(["ip", "link", "set", device, "mtu", "1300", "up"], check=True)
peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
peer.bind((local, PORT))
peer.connect((remote, PORT))
while True:
    for ready in select.select([tun, peer], [], [])[0]:
        try:
            if ready is peer:
                os.write(tun, peer.recv(65536))
            else:
                peer.send(os.read(tun, 65536))
        except ConnectionRefusedError:
            pass  # the other end is not there yet
