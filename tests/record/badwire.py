"""A bad cable between two Ethernet interfaces, for the "lossy" sample: loses, delays (so that frames overtake one
another) and repeats frames. Chance comes from a seed. Runs until it is killed.

usage: badwire.py INTERFACE INTERFACE SEED

The interfaces must be up and promiscuous; checksums must be complete (ethtool -K ... tx off at the peers). The
kernel's netem does the same, but is not built into every kernel.
"""
import heapq
import random
import select
import socket
import sys
import time

LOSS, REPEAT, LATE = 0.04, 0.03, 0.12
EVERYTHING, OUTGOING = 3, 4  # ETH_P_ALL, PACKET_OUTGOING


def plug(interface):
    plugged = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(EVERYTHING))
    plugged.bind((interface, EVERYTHING))
    return plugged


left, right = plug(sys.argv[1]), plug(sys.argv[2])
other = {left: right, right: left}
chance = random.Random(int(sys.argv[3]))
waiting, count = [], 0  # (when, number, where to, frame)

while True:
    patience = max(0.0, waiting[0][0] - time.monotonic()) if waiting else None
    for ready in select.select([left, right], [], [], patience)[0]:
        frame, (_, _, kind, *_) = ready.recvfrom(65536)
        if kind == OUTGOING or chance.random() < LOSS:
            continue
        delay = 0.004 + (0.015 if chance.random() < LATE else 0.0)
        for copy in range(2 if chance.random() < REPEAT else 1):
            count += 1
            heapq.heappush(waiting, (time.monotonic() + delay + 0.002 * copy, count, other[ready], frame))
    while waiting and waiting[0][0] <= time.monotonic():
        _, _, target, frame = heapq.heappop(waiting)
        target.send(frame)
