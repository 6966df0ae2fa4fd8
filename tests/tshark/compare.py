#!/usr/bin/env python3
"""Asks tshark about the same captures: TCP connections and the bytes that their
segments carry, upgrade requests, 101s, and WebSocket frames by direction, opcode
and length.  Where the two differ the difference must stand in differences.txt
beside this file, one line each:
    capture  packet  what  reason, with the section of the RFC or specification
(`+` before a thing: only wire101 says it; `-`: only tshark).  Each line is one
difference to the letter, and a line that no run needs is a failure too.  Prints
TAP.

usage: compare.py [FOLDER ...]     folders with captures besides samples/"""
import collections
import difflib
import glob
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'tools'))
import wire101  # noqa: E402

KINDS = {0: 'continuation', 1: 'text', 2: 'binary', 8: 'close', 9: 'ping', 10: 'pong'}


def listed(path):
    """-> {capture: [(packet, what)]}"""
    out = collections.defaultdict(list)
    with open(path, encoding='utf-8') as f:
        for n, line in enumerate(f, 1):
            if line.strip() and not line.startswith('#'):
                parts = line.split(None, 3)
                if len(parts) < 4:
                    sys.exit(f'{path}:{n}: wanted: capture, packet, what, reason')
                if not re.search(r'RFC \d+ [\d.]+|LINKTYPE_\w+ \d+|3GPP TS [\d.]+ [\d.]+', parts[3]):
                    sys.exit(f'{path}:{n}: the reason names no section: {parts[3].strip()}')
                out[parts[0]].append((parts[1], parts[2]))
    return out


def tshark(args):
    command = ['tshark', '-n', '-o', 'tcp.reassemble_out_of_order:TRUE', *args]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=300, check=False).stdout


def endpoint(host, port):
    return f'[{host}]:{port}' if ':' in host else f'{host}:{port}'


def ask_tshark_tcp(path):
    """-> (connections, bytes of payload as they were on the wire, repeated ones too)"""
    streams, size = set(), 0
    for line in tshark(['-r', path, '-Y', 'tcp', '-T', 'fields', '-e', 'frame.protocols', '-e', 'tcp.stream', '-e', 'tcp.len']
                       ).decode().splitlines():
        layers, stream, length = line.split('\t')
        outer = layers.split(':tcp', 1)[0].split(':')
        if 'icmp' in outer or 'icmpv6' in outer:
            continue        # an error message that quotes a segment
        streams.update(stream.split(','))
        size += sum(int(n) for n in length.split(',') if n)     # one packet may hold several segments, or half a header
    return len(streams - {''}), size


def ask_tshark(path):
    """-> (connections, bytes, {(kind of fact, from, to): [(text, packet)]})"""
    facts = collections.defaultdict(list)
    xml = tshark(['-r', path, '-T', 'pdml', '-Y', 'websocket or http.upgrade or http.response.code == 101'])
    for packet in ET.fromstring(xml) if xml.strip() else []:
        if packet.tag != 'packet':
            continue
        values = collections.defaultdict(list)
        for f in packet.iter('field'):
            values[f.get('name')].append(f.get('show'))
        number = values['num'][0]
        hosts = [f.get('show') for f in packet.iter('field') if f.get('name') in ('ip.src', 'ip.dst', 'ipv6.src', 'ipv6.dst')]
        if not hosts or not values['tcp.srcport']:
            continue
        src = endpoint(hosts[-2], values['tcp.srcport'][-1])       # of the innermost header
        dst = endpoint(hosts[-1], values['tcp.dstport'][-1])
        for proto in packet.iter('proto'):
            names = {f.get('name'): f.get('show') for f in proto.iter('field')}
            if proto.get('name') == 'http' and 'http.upgrade' in names and 'http.request.method' in names:
                facts['request', src, dst].append((f"request:{names['http.request.uri']}", number))
            elif proto.get('name') == 'http' and names.get('http.response.code') == '101':
                facts['101', dst, src].append(('101', number))
            elif proto.get('name') == 'websocket' and 'websocket.opcode' in names:
                op = int(names['websocket.opcode'], 0)
                length = (names.get('websocket.payload_length_ext_64') or names.get('websocket.payload_length_ext_16')
                          or names.get('websocket.payload_length'))
                facts['frame', src, dst].append((f"{KINDS.get(op, f'reserved-{op}')}:{int(length, 0)}", number))
    return *ask_tshark_tcp(path), facts


def ask_wire101(path):
    events, facts, ends = wire101.events(path, ok=(0, 3)), collections.defaultdict(list), {}
    for e in events:
        if e['type'] in ('exchange', 'connection'):
            ends[e['flow']] = e['client'], e['server']
    for e in events:
        where = ends.get(e.get('flow'))
        if e['type'] == 'exchange':
            if e['offered']:
                facts['request', *where].append((f"request:{e['target']}", str(e['packet'])))
            if e['status'] == 101:
                facts['101', *where].append(('101', str(e['packet'])))
        elif e['type'] == 'frame' and e['protocol'] == 'websocket':
            src, dst = where if e['dir'] == 'client' else where[::-1]
            facts['frame', src, dst].append((f"{e['kind']}:{e['length']}", str(e['packet'])))
    return events[-1]['flows'], events[-1]['tcp_bytes'], facts


def differences(ours, theirs):
    """-> list of (packet, what)"""
    out = []
    for what, a, b in zip(('connections', 'bytes'), ours, theirs):
        if a != b:
            out.append(('0', f'{what}:{a}/{b}'))
    for key in sorted(set(ours[2]) | set(theirs[2])):
        a, b = ours[2].get(key, []), theirs[2].get(key, [])
        for op, i, j, k, m in difflib.SequenceMatcher(None, [x[0] for x in a], [x[0] for x in b], False).get_opcodes():
            if op != 'equal':
                out += [(packet, '+' + what) for what, packet in a[i:j]] + [(packet, '-' + what) for what, packet in b[k:m]]
    return out


def main(argv):
    paths = sorted(glob.glob(os.path.join(HERE, '..', '..', 'samples', '*.pcap*')))
    for folder in argv[1:]:
        for sub in (folder, os.path.join(folder, 'captures')):
            paths += sorted(p for p in glob.glob(os.path.join(glob.escape(sub), '*')) if '.pcap' in p or p.endswith('.cap'))
    known, tap, seen = listed(os.path.join(HERE, 'differences.txt')), wire101.Tap(), set()
    for path in paths:
        name = os.path.basename(path)
        seen.add(name)
        try:
            found = differences(ask_wire101(path), ask_tshark(path))
        except (wire101.Broken, KeyError, TypeError, ET.ParseError, subprocess.TimeoutExpired) as e:
            tap.point(False, name, repr(e))
            continue
        mine, have = collections.Counter(known.get(name, [])), collections.Counter(found)
        wrong = [f'not listed: {name} {d[0]} {d[1]}' for d in (have - mine).elements()]
        wrong += [f'listed, but no longer so: {name} {d[0]} {d[1]}' for d in (mine - have).elements()]
        tap.point(not wrong, name, '\n'.join(wrong[:40]))
    samples_only = len(argv) == 1
    strangers = [] if samples_only else sorted(set(known) - seen)
    tap.point(not strangers, 'every listed difference names a capture', ', '.join(strangers))
    return tap.end()


if __name__ == '__main__':
    sys.exit(main(sys.argv))
