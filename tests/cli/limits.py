#!/usr/bin/env python3
"""The program at its memory limit: hostile and merely large captures through
--max-memory 1M.  It must end in order and say what it no longer kept.
Prints TAP."""
import base64
import collections
import hashlib
import os
import random
import struct
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'tools'))
import wire101  # noqa: E402

GUID = b'258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
SYN, SYN_ACK, ACK, PUSH, FIN = 0x02, 0x12, 0x10, 0x18, 0x11
SERVER = b'\x0a\0\0\1', 80


class Writer:
    """A classic pcap file of TCP packets, 10 us apart"""

    def __init__(self, path):
        self.f, self.us, self.n = open(path, 'wb', buffering=1 << 20), 1_700_000_000_000_000, 0
        self.f.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1))

    def packet(self, src, dst, seq, ack, flags, payload=b''):
        n = 40 + len(payload)
        self.us += 10
        self.n += 1
        self.f.write(struct.pack('<IIII', self.us // 1000000, self.us % 1000000, 14 + n, 14 + n)
                     + b'\x02\0\0\0\0\1\x02\0\0\0\0\2\x08\0'
                     + struct.pack('>BBHHHBBH4s4s', 0x45, 0, n, 0, 0, 64, 6, 0, src[0], dst[0])
                     + struct.pack('>HHIIBBHHH', src[1], dst[1], seq % 2**32, ack % 2**32, 0x50, flags, 65535, 0, 0)
                     + payload)

    def close(self):
        self.f.close()


class WebSocket:
    """A connection that was upgraded"""

    def __init__(self, w, i, rng):
        self.w, self.ends = w, ((bytes([10, 1, i >> 8, i & 255]), 20000 + i), SERVER)
        self.seq = [rng.getrandbits(32), rng.getrandbits(32)]
        key = base64.b64encode(rng.randbytes(16))
        self.send(0, SYN)
        self.send(1, SYN_ACK)
        self.send(0, ACK)
        self.send(0, PUSH, b'GET /%d HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
                  b'Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\n\r\n' % (i, key))
        self.send(1, PUSH, b'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
                  b'Sec-WebSocket-Accept: %s\r\n\r\n' % base64.b64encode(hashlib.sha1(key + GUID).digest()))

    def send(self, side, flags, payload=b''):
        ack = self.seq[1 - side] if flags & ACK else 0
        self.w.packet(self.ends[side], self.ends[1 - side], self.seq[side], ack, flags, payload)
        self.seq[side] += len(payload) + bool(flags & 3)

    def text(self, payload):
        self.send(1, PUSH, bytes([0x81, len(payload)]) + payload)

    def close(self):
        self.send(0, PUSH, bytes.fromhex('88821234abcd11dc'))   # 1000, masked
        self.send(1, PUSH, bytes.fromhex('880203e8'))
        self.send(1, FIN)
        self.send(0, FIN)
        self.send(1, ACK)


def closed_one_after_another(w, rng):
    for i in range(3000):
        c = WebSocket(w, i, rng)
        c.text(b'hello %d' % i)
        c.close()


def never_closed(w, rng):
    for i in range(4000):
        WebSocket(w, i, rng).text(b'hello %d' % i)


def syn_flood(w, rng):
    live = WebSocket(w, 0, rng)
    live.text(b'before')
    for i in range(20000):
        stranger = bytes([172, 16, i >> 8, i & 255]), 1024 + i
        w.packet(stranger, SERVER, rng.getrandbits(32), 0, SYN)
        if i % 5000 == 4999:
            live.text(b'during %d' % i)
    live.text(b'after')
    live.close()


def look(path, make):
    """-> the events of one run, counted by type; their lists by type"""
    w = Writer(path)
    make(w, random.Random(1))
    w.close()
    lines = collections.defaultdict(list)
    for e in wire101.events(path, '--max-memory', '1M'):   # exit status 0, JSON, and the summary last
        lines[e['type']].append(e)
    lines['wanted'] = w.n
    return lines


def limits(lines):
    return [f for f in lines['finding'] if f['id'] == 'limit-reached']


def common(tap, what, lines):
    summary = lines['summary'][0]
    whole = len(lines['summary']) == 1 and summary['packets'] == lines['wanted']
    tap.point(whole, f'{what}: one summary, every packet is counted', f"{summary['packets']}, wanted {lines['wanted']}")


def main():
    tap = wire101.Tap()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'x.pcap')

        def case(what, make, judge):
            try:
                lines = look(path, make)
                common(tap, what, lines)
                judge(what, lines)
            except (wire101.Broken, KeyError, TypeError) as e:
                tap.point(False, what, repr(e))

        def closed(what, lines):
            switched = [e for e in lines['exchange'] if e['verdict'] == 'switched' and e['accept']['ok']]
            tap.point(len(switched) == 3000, f'{what}: every exchange is reported', f'{len(switched)} of 3000')
            messages = len(lines['message'])
            tap.point(messages == 3000, f'{what}: every message is reported', f'{messages} of 3000')
            orderly = [e for e in lines['connection'] if e['close']['clean']]
            tap.point(len(orderly) == 3000, f'{what}: every end is seen', f'{len(orderly)} of 3000')

        def unclosed(what, lines):
            tap.point(limits(lines), f'{what}: the limit is told', lines['finding'][:5])
            flows = {e['flow'] for e in lines['exchange']}
            tap.point(len(flows) >= 100, f'{what}: what was kept is reported', f'{len(flows)} of 4000')

        def flooded(what, lines):
            texts = [wire101.payload(e) for e in lines['message'] if e['kind'] == 'text']
            wanted = [b'before', *(b'during %d' % i for i in range(4999, 20000, 5000)), b'after']
            tap.point(texts == wanted, f'{what}: the WebSocket lives through it', texts)
            mine = [e for e in lines['connection'] if e['protocol'] == 'websocket']
            tap.point(len(mine) == 1 and mine[0]['close']['clean'], f'{what}: its end is seen', mine)
            wrong = [f for f in lines['finding'] if f['severity'] != 'info' and f['id'] != 'limit-reached']
            tap.point(not wrong, f'{what}: nobody is blamed', wrong[:5])

        case('3,000 connections, closed one after another', closed_one_after_another, closed)
        case('4,000 connections that are never closed', never_closed, unclosed)
        case('20,000 lone SYNs beside a WebSocket', syn_flood, flooded)
    return tap.end()


if __name__ == '__main__':
    sys.exit(main())
