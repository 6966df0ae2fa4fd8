#!/usr/bin/env python3
"""Writes a deterministic capture for measuring: many WebSocket connections that talk at once.

usage: generate.py FILE [--connections N] [--frames N] [--size BYTES] [--seed N]
  FILE           classic pcap, microseconds, Ethernet
  --connections  how many connections (default 1000), all upgraded before the first frame
  --frames       how many frames in all (default 1000000), 30 % of them from the client
  --size         payload of a frame, JSON text (default 150)"""
import argparse, base64, hashlib, random, struct

GUID = b'258EAFA5-E914-47DA-95CA-C5AB0DC85B11'


class Writer:
    def __init__(self, f):
        self.f, self.us = f, 1_700_000_000_000_000
        f.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1))

    def packet(self, src, dst, sport, dport, seq, ack, flags, payload=b''):
        n = 40 + len(payload)
        self.us += 3
        self.f.write(struct.pack('<IIII', self.us // 1000000, self.us % 1000000, 14 + n, 14 + n) +
                     b'\x02\0\0\0\0\1\x02\0\0\0\0\2\x08\0' +
                     struct.pack('>BBHHHBBH4s4s', 0x45, 0, n, 0, 0, 64, 6, 0, src, dst) +
                     struct.pack('>HHIIBBHHH', sport, dport, seq & 0xffffffff, ack & 0xffffffff, 0x50, flags, 65535, 0, 0) +
                     payload)


class Connection:
    def __init__(self, w, i, rng):
        self.w = w
        self.ep = [(bytes([10, 1, i >> 8 & 255, i & 255]), 20000 + i % 40000), (b'\x0a\0\0\1', 80)]
        self.seq = [rng.getrandbits(32), rng.getrandbits(32)]
        self.send(0, 2)
        self.send(1, 0x12)
        self.send(0, 0x10)
        key = base64.b64encode(rng.randbytes(16))
        accept = base64.b64encode(hashlib.sha1(key + GUID).digest())
        self.send(0, 0x18, b'GET /stream/%d HTTP/1.1\r\nHost: bench.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
                  b'Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\n\r\n' % (i, key))
        self.send(1, 0x18, b'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
                  b'Sec-WebSocket-Accept: %s\r\n\r\n' % accept)

    def send(self, side, flags, payload=b''):
        a, b = self.ep[side], self.ep[1 - side]
        self.w.packet(a[0], b[0], a[1], b[1], self.seq[side], self.seq[1 - side] if flags & 0x10 else 0, flags, payload)
        self.seq[side] += len(payload) + (flags & 2 != 0)

    def frame(self, side, payload, mask):
        n = len(payload)
        head = bytes([0x81]) + (bytes([n | (mask is not None) << 7]) if n < 126 else
                                bytes([126 | (mask is not None) << 7]) + struct.pack('>H', n))
        if mask is not None:
            key = (mask * (n // 4 + 1))[:n]
            payload = (int.from_bytes(payload, 'big') ^ int.from_bytes(key, 'big')).to_bytes(n, 'big')
            head += mask
        self.send(side, 0x18, head + payload)


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument('file')
    a.add_argument('--connections', type=int, default=1000)
    a.add_argument('--frames', type=int, default=1000000)
    a.add_argument('--size', type=int, default=150)
    a.add_argument('--seed', type=int, default=1)
    o = a.parse_args()
    rng = random.Random(o.seed)
    with open(o.file, 'wb', buffering=1 << 20) as f:
        w = Writer(f)
        connections = [Connection(w, i, rng) for i in range(o.connections)]
        texts = [(b'{"seq":%d,"temperature":%d.%d,"where":"' % (i, i % 40, i % 10)).ljust(o.size - 2, b'x') + b'"}' for i in range(64)]
        for i in range(o.frames):
            client = rng.random() < 0.3
            rng.choice(connections).frame(0 if client else 1, texts[i & 63], rng.randbytes(4) if client else None)


if __name__ == '__main__':
    main()
