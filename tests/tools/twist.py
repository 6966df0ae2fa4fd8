#!/usr/bin/env python3
"""Makes a variant of a capture that must mean the same, or a damaged one.

usage: twist.py [options] IN OUT
  --shuffle N   each packet moves by fewer than N places; time stamps stay with their packets
  --dup P       P percent of the packets come twice
  --seed N      of the two above (default 1)
  --swap        the other byte order
  --nano        nanosecond time stamps (classic pcap)
  --pcapng      pcapng instead of classic pcap
  --gzip        compressed
  --cut N       the last N bytes of the file are missing"""
import argparse
import gzip
import random
import sys

import pcapfile


def shuffle(packets, window, percent, seed):
    pick = random.Random(seed)
    keyed = []
    for i, p in enumerate(packets):
        for _ in range(2 if pick.random() * 100 < percent else 1):
            keyed.append((i + pick.random() * window, p))
    return [p for _, p in sorted(keyed, key=lambda k: k[0])]


def twisted(capture, shuffle_by=1, dup=0, seed=1, swap=False, nano=False, pcapng=False, gzipped=False, cut=0):
    """-> the bytes of the variant"""
    if shuffle_by > 1 or dup:
        capture = pcapfile.Capture(shuffle(capture.packets, shuffle_by, dup, seed), capture.snaplen)
    raw = pcapfile.pcapng_bytes(capture, swap) if pcapng else pcapfile.pcap_bytes(capture, nano or None, swap)
    if gzipped:
        raw = gzip.compress(raw, mtime=0)
    return raw[:len(raw) - cut] if cut else raw


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument('--shuffle', type=int, default=1)
    a.add_argument('--dup', type=float, default=0)
    a.add_argument('--seed', type=int, default=1)
    a.add_argument('--cut', type=int, default=0)
    for flag in ('--swap', '--nano', '--pcapng', '--gzip'):
        a.add_argument(flag, action='store_true')
    a.add_argument('IN')
    a.add_argument('OUT')
    o = a.parse_args()
    raw = twisted(pcapfile.read(o.IN), o.shuffle, o.dup, o.seed, o.swap, o.nano, o.pcapng, o.gzip, o.cut)
    with open(o.OUT, 'wb') as f:
        f.write(raw)
    return 0


if __name__ == '__main__':
    sys.exit(main())
