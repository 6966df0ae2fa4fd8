#!/usr/bin/env python3
"""A capture that is shuffled in a window of 8 with 10 % of its packets doubled
says the same as the original; a copy in another file format says it to the
letter.  Prints TAP.

usage: check-twist.py [CAPTURE ...]     without a name: all samples, and TALK below"""
import collections
import glob
import json
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, 'tools'))
import pcapfile     # noqa: E402
import talk         # noqa: E402
import twist        # noqa: E402
import wire101      # noqa: E402

SEEDS = (1, 2, 3)
FORMATS = {
    'other byte order': {'swap': True}, 'nanoseconds': {'nano': True}, 'gzip': {'gzipped': True},
    'pcapng': {'pcapng': True}, 'pcapng, other byte order': {'pcapng': True, 'swap': True},
    'pcapng, gzip': {'pcapng': True, 'gzipped': True},
}

# A hole in pipelined traffic, and Pings behind it: what is told of them must not hang on the order in the file.
TALK = r"""
open 10.0.0.1:40000 10.0.0.2:80
> "GET /1 HTTP/1.1\r\nHost: x\r\n\r\n" "GET /2 HTTP/1.1\r\nHost: x\r\n\r\n" upgrade("/3")
< "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst"
< split=40 lost@3 "HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n" repeat("second, ", 50)
< switched()
< frame(text, "one")
> frame(ping, "a")
< frame(pong, "a")
> frame(text, "two")
> split=100 lost@2 frame(binary, noise(300))
> frame(ping, "b") frame(ping, "c") frame(text, "three")
< frame(pong, "b") frame(pong, "c") frame(text, "four")
< frame(ping, "d")
> frame(pong, "d")
> frame(pong, "nobody asked")
< frame(ping, "e")
> frame(pong, "e")
> frame(close, code=1000)
< frame(close, code=1000)
< fin
> fin
wait 5s
open 10.0.0.1:40001 10.0.0.2:80
> upgrade("/4") frame(text, "early")
< switched() frame(text, "five")
> split=30 lost@2 frame(text, repeat("x", 80))
> frame(text, "six")
< fin
> fin
wait 5s
open 10.0.0.1:40002 10.0.0.2:80
> upgrade("/5")
< switched()
< frame(text, "seven")
< lost frame(text, "eight")
< frame(ping, "f")
> frame(pong, "f")
< frame(text, "nine") frame(ping, "g")
> frame(pong, "g")
< frame(text, "ten")
> frame(close, code=1000)
< frame(close, code=1000)
< fin
> fin
"""


def meaning(events):
    """What must not depend on the order of packets in the file: name -> value."""
    names = {}
    for e in events:
        if e['type'] in ('exchange', 'connection'):
            names.setdefault(e['flow'], f"{e['client']} {e['server']}")
    out = collections.defaultdict(list)
    for e in events:
        conn, side = names.get(e.get('flow'), '-'), e.get('dir')
        if e['type'] == 'message':
            out[f'{conn} messages of the {side}'].append((e['kind'], e['frames'], e['compressed'], wire101.payload(e)))
        elif e['type'] == 'exchange':
            out[f'{conn} exchanges'].append([e[k] for k in ('target', 'status', 'offered', 'switched', 'verdict', 'accept',
                                                            'subprotocol', 'extensions')])
        elif e['type'] == 'finding':
            out['findings'].append((conn, str(side), e['id']))
        elif e['type'] == 'connection':
            out[f'{conn} at its end'].append([e[k] for k in ('protocol', 'verified', 'frames', 'messages', 'payload_bytes',
                                                             'lost_bytes', 'close')])
        elif e['type'] == 'summary':
            out['totals'].append([e[k] for k in ('flows', 'upgrades', 'frames', 'messages')])
    out['findings'].sort()
    return out


def differences(a, b):
    return '\n'.join(f'{k}:\n  is     {str(b.get(k))[:1200]}\n  wanted {str(a.get(k))[:1200]}'
                     for k in sorted(set(a) | set(b)) if a.get(k) != b.get(k))


def to_the_letter(events):
    about_the_file = ('files', 'interfaces', 'comments', 'names')
    return [json.dumps({k: v for k, v in e.items() if k not in about_the_file}) for e in events]


def one(path, folder, tap):
    name = os.path.basename(path)
    try:
        capture, original = pcapfile.read(path), wire101.events(path)
        wanted = meaning(original)
        copy = os.path.join(folder, 'copy')

        def events(**options):
            with open(copy, 'wb') as f:
                f.write(twist.twisted(capture, **{'pcapng': len(capture.links) > 1, **options}))
            return wire101.events(copy)

        for seed in SEEDS:
            have = meaning(events(shuffle_by=8, dup=10, seed=seed))
            tap.point(have == wanted, f'{name}: shuffled and doubled, seed {seed}', differences(wanted, have))
        for what, options in FORMATS.items():
            if len(capture.links) > 1 and 'pcapng' not in options:
                continue # the classic form holds one link type
            have = to_the_letter(events(**options))
            wrong = [f'is     {h}\nwanted {w}' for h, w in zip(have, to_the_letter(original)) if h != w]
            tap.point(not wrong and len(have) == len(original), f'{name}: {what}',
                      '\n'.join(wrong[:3]) or f'{len(have)} lines, wanted {len(original)}')
    except (ValueError, KeyError, wire101.Broken) as e:
        tap.point(False, name, repr(e))


def main(argv):
    paths = argv[1:] or sorted(glob.glob(os.path.join(HERE, '..', 'samples', '*.pcap*')))
    tap = wire101.Tap()
    with tempfile.TemporaryDirectory() as folder:
        if not argv[1:]:
            paths.append(os.path.join(folder, 'gaps.pcap'))
            with open(paths[-1], 'wb') as f:
                f.write(pcapfile.pcap_bytes(pcapfile.Capture(talk.parse(TALK).packets)))
        for path in paths:
            one(path, folder, tap)
    return tap.end()


if __name__ == '__main__':
    sys.exit(main(sys.argv))
