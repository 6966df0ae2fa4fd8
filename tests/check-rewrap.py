#!/usr/bin/env python3
"""A capture whose packets are wrapped another way (tools/rewrap.py: link types,
tunnels, fragments, forms of files) gives the same events as the original.  Two
copies of one capture, each in a VLAN or tunnel of its own, give each connection
twice.  Prints TAP, a point for each wrapping.

usage: check-rewrap.py [--all] [--capture FILE]... [WRAPPING ...]
without --all: FULL for each wrapping, and one of the other samples in turn"""
import argparse
import collections
import concurrent.futures
import dataclasses
import datetime
import glob
import os
import re
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, 'tools'))
import pcapfile     # noqa: E402
import rewrap       # noqa: E402
import wire101      # noqa: E402

FULL = ('browser.pcap', 'ipv6-any.pcap')    # five connections through a proxy; IPv6
SAID_OF_FILES = ('files', 'interfaces', 'comments', 'names')
NUMBERS = ('packet', 'packets', 'tcp_packets')
MOMENTS = ('time', 'first', 'last')
DURATIONS = ('latency', 'min', 'median', 'max', 'connect', 'first_frame', 'longest_silence')
COARSE = 10**6  # ns: of a clock that tells no more than which side was first by longer than that
BOTH_FINS_IN_ONE = 'unanswered.pcap'  # which no real A-MSDU has: it goes one way
HANG_ON_TIME = ('res-slow', 'switch-closed-early', 'close-tcp-order')


class Time(int):
    """ns"""


def canonical(value, key, w):
    """The value as it must be in both runs: times are numbers, what the wrapping loses is left out."""
    if isinstance(value, dict):
        return {k: canonical(v, k, w) for k, v in value.items() if w.numbered or k not in NUMBERS}
    if isinstance(value, list):
        return [canonical(v, key, w) for v in value]
    if key in DURATIONS and value is not None:
        return Time(round(value * 10**9))
    if key in MOMENTS and value is not None:
        whole, fraction = value.rstrip('Z').split('.')
        return Time(int(datetime.datetime.fromisoformat(whole + '+00:00').timestamp()) * 10**9 + int(fraction))
    if isinstance(value, str) and key == 'text':
        if not w.numbered:
            value = re.sub(r'\bpacket \d+', 'packet N', value)
        if w.tick != 0:
            value = re.sub(r'\b[\d.]+ (ns|us|ms|s)\b', 'T', value)
    return value


def coarse(w):
    return w.tick is None or w.tick >= COARSE


def told(events, w):
    out = []
    for e in events:
        e = canonical({k: v for k, v in e.items() if k not in (*SAID_OF_FILES, 'network')}, None, w)
        if e['type'] == 'message':
            e['payload'] = wire101.payload(e)
        if w.tick is None and e.get('id') in HANG_ON_TIME:
            continue
        out.append(e)
    if coarse(w):       # nor is the order of the two directions what it was
        out.sort(key=lambda e: (e['flow'], e['type'], str(e['dir'])))
    return out


def same(a, b, tick):
    if isinstance(a, Time) and isinstance(b, Time):
        return tick is None or abs(a - b) <= tick
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k], tick) for k in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(same(x, y, tick) for x, y in zip(a, b))
    return type(a) is type(b) and a == b


def first_difference(a, b, tick):
    """-> the parts of two lines that differ"""
    if a['type'] != b['type']:
        return f'is {str(b)[:300]}, wanted {str(a)[:300]}'
    keys = [k for k in {**a, **b} if not same(a.get(k, '(none)'), b.get(k, '(none)'), tick)]
    return ' '.join([a['type'], *(f'{k}: is {str(b.get(k))[:300]}, wanted {str(a.get(k))[:300]};' for k in keys)])


def compare(wanted, have, w):
    """-> what differs, as text; empty: nothing"""
    wanted, have = told(wanted, w), told(have, w)
    wrong = [first_difference(a, b, w.tick) for a, b in zip(wanted, have) if not same(a, b, w.tick)]
    if len(wanted) != len(have):
        wrong.append(f'{len(have)} lines, wanted {len(wanted)}')
    return wrong[:3] + [f'and {len(wrong) - 3} more'] * (len(wrong) > 3)


def compare_copies(wanted, have, w):
    """Each connection of the original comes as often as there are copies.  That a key is used again
    is the doing of the copies."""
    def connections(events):
        out, total = collections.defaultdict(list), None
        for e in told(events, w):
            if e['type'] == 'summary':
                total = e
            elif e.get('id') != 'req-key-reused':
                out[e['flow']].append({k: v for k, v in e.items() if k not in ('flow', 'findings')})
        return collections.Counter(str(lines) for lines in out.values()), total

    (one, total), (many, totals) = connections(wanted), connections(have)
    wrong = [f'{many[c]} times, wanted {n * w.copies}: {c[:600]}' for c, n in one.items() if many[c] != n * w.copies]
    wrong += [f'not in the original: {c[:600]}' for c in many if c not in one]
    for key in ('flows', 'frames', 'messages', 'tcp_bytes'):
        if totals.get(key, 0) != total.get(key, 0) * w.copies:
            wrong.append(f'{key}: {totals[key]}, wanted {total[key] * w.copies}')
    return wrong[:4]


class Sample:
    def __init__(self, path):
        self.name = os.path.basename(path)
        self.events = wire101.events(path)
        capture = pcapfile.read(path)
        self.items = rewrap.items(capture)
        self.all_ip = len(self.items) == len(capture.packets)   # else numbers change

    def differences(self, name, w, folder):
        w = dataclasses.replace(w, numbered=w.numbered and self.all_ip)
        path = os.path.join(folder, f'{name}-{self.name}')
        with open(path, 'wb') as f:
            f.write(rewrap.wrapped(w, self.items))
        try:
            have = wire101.events(path)
        except wire101.Broken as e:
            return [str(e)]
        finally:
            os.unlink(path)
        return (compare if w.copies == 1 else compare_copies)(self.events, have, w)


def one(name, w, samples, folder):
    """-> what is wrong, as text"""
    out, some = [], False
    for sample in samples:
        if rewrap.suits(w, sample.items) and not (name == 'amsdu-pairs' and sample.name == BOTH_FINS_IN_ONE):
            some = True
            out += [f'{sample.name}: {line}' for line in sample.differences(name, w, folder)]
    return '\n'.join(out) if some else 'no sample that it suits'


def controls(sample, folder, tap):
    """The comparison is not blind."""
    ethernet = rewrap.table()['ethernet'].frames
    missing = rewrap.Wrapping(lambda items: [p for n, p in enumerate(ethernet(items)) if n != len(items) // 2])
    together = rewrap.Wrapping(ethernet, numbered=False, copies=2)
    for what, w in (('a missing packet', missing), ('two copies in one network', together)):
        tap.point(bool(sample.differences('control', w, folder)), f'control: {what} is seen')


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument('--all', action='store_true', help='every sample in every wrapping')
    a.add_argument('--capture', action='append', help='these instead of the samples')
    a.add_argument('wrappings', nargs='*')
    o = a.parse_args()
    table = rewrap.table()
    unknown = [name for name in o.wrappings if name not in table]
    if unknown:
        sys.exit(f'check-rewrap.py: no wrapping {unknown[0]}; tests/tools/rewrap.py --list names them')
    names = o.wrappings or list(table)
    paths = o.capture or sorted(glob.glob(os.path.join(HERE, '..', 'samples', '*.pcap*')))
    samples = [Sample(path) for path in paths]
    full = [s for s in samples if o.all or o.capture or s.name in FULL]
    others = [s for s in samples if s not in full]

    def chosen(n):
        return full + others[n % len(others):][:1] if others else full

    tap = wire101.Tap()
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(one, name, table[name], chosen(n), folder) for n, name in enumerate(names)]
        for name, job in zip(names, jobs):
            wrong = job.result()
            tap.point(not wrong, name, wrong)
        controls(full[0], folder, tap)
    return tap.end()


if __name__ == '__main__':
    sys.exit(main())
