#!/usr/bin/env python3
"""Compares what wire101 says about captures that nobody here wrote with what
they hold.  A corpus is a folder with expect/*.json, in which each file names a
capture and states, in JSON, what a right analysis reports; a field that is left
out is not checked.  What is not built yet stands in exceptions.txt beside this
file, one line each:
    capture  what  reason
where `what` is the field or finding id that fails, or * for every field.  An
exception that nothing needs is a failure; none excuses a false finding
(must_not_find), a crash or a hang.  Prints TAP.

usage: compare.py DIR [NAME ...]"""
import collections
import glob
import hashlib
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'tools'))
import wire101  # noqa: E402

SIDES = ('client', 'server')


def exceptions(path):
    """-> {capture: {what: [reason, used]}}"""
    out = collections.defaultdict(dict)
    with open(path, encoding='utf-8') as f:
        for n, line in enumerate(f, 1):
            if line.strip() and not line.startswith('#'):
                parts = line.split(None, 2)
                if len(parts) < 3:
                    sys.exit(f'{path}:{n}: wanted: capture, what, reason')
                out[parts[0]][parts[1]] = [parts[2].strip(), False]
    return out


def port(endpoint):
    return int(endpoint.rpartition(':')[2])


def about_upgrade(exchange):
    return bool(exchange['offered']) or bool(exchange['switched']) or exchange['status'] == 101


def same_ports(line, wanted):
    return all(f'{side}_port' not in wanted or port(line[side]) == wanted[f'{side}_port'] for side in SIDES)


def fits_upgrade(line, wanted):
    tokens = {t.lower() for t in [*line['offered'], line['switched']] if t}
    return (same_ports(line, wanted) and wanted.get('token', '').lower() in tokens | {''}
            and wanted.get('status', line['status']) == line['status'] and wanted.get('path', line['target']) == line['target'])


def take(lines, fits):
    for i, line in enumerate(lines):
        if fits(line):
            return lines.pop(i)
    return None


def check_upgrades(expect, events):
    exchanges = [e for e in events if e['type'] == 'exchange' and about_upgrade(e)]
    left = list(exchanges)
    for wanted in expect.get('upgrades', []):
        line = take(left, lambda e, w=wanted: fits_upgrade(e, w))
        if line is None:
            yield 'upgrades', f'not reported: {wanted}'
            continue
        if 'accept_ok' in wanted and (line['accept'] or {}).get('ok') != wanted['accept_ok']:
            yield 'accept_ok', f"{line['accept']}, wanted {wanted['accept_ok']}"
        for key in ('host', 'subprotocol', 'extensions'):
            if key in wanted and (line.get(key) or None) != (wanted[key] or None):
                yield key, f'{line.get(key)!r}, wanted {wanted[key]!r}'
    total = expect.get('upgrades_total', 0 if expect.get('upgrades') == [] else len(exchanges))
    if len(exchanges) != total:
        yield 'upgrades_total', f'{len(exchanges)}, wanted {total}'


def check_websocket(expect, events):
    left = [e for e in events if e['type'] == 'connection' and e['protocol'] == 'websocket']
    for wanted in expect.get('websocket', []):
        line = take(left, lambda e, w=wanted: same_ports(e, w))
        if line is None:
            yield 'websocket', f'not reported: {wanted}'
            continue
        for side in SIDES:
            messages = [e for e in events if e['type'] == 'message' and e['protocol'] == 'websocket' and e['dir'] == side
                        and (e['flow'], e['stream']) == (line['flow'], line['stream'])]
            frames = {k: n for k, n in line['frames'][side].items() if n}
            if f'{side}_frames' in wanted and frames != {k: n for k, n in wanted[f'{side}_frames'].items() if n}:
                yield f'{side}_frames', f"{frames}, wanted {wanted[f'{side}_frames']}"
            count = wanted.get(f'{side}_messages', len(messages))
            if not len(messages) == line['messages'][side] == count:
                yield f'{side}_messages', f"{len(messages)} lines, {line['messages'][side]} counted, wanted {count}"
            digest = hashlib.sha1(b''.join(wire101.payload(m) for m in messages)).hexdigest()
            if wanted.get(f'{side}_payload_sha1', digest) != digest or \
               f'{side}_payload_sha1' in wanted and any(m['truncated'] for m in messages):
                yield f'{side}_payload_sha1', f"{digest}, wanted {wanted[f'{side}_payload_sha1']}"
        if 'close_code' in wanted and line['close']['code'] != wanted['close_code']:
            yield 'close_code', f"{line['close']['code']}, wanted {wanted['close_code']}"
        if 'close_reason' in wanted and (line['close']['reason'] or '') != (wanted['close_reason'] or ''):
            yield 'close_reason', f"{line['close']['reason']!r}, wanted {wanted['close_reason']!r}"


def check_rest(expect, events):
    findings = [e for e in events if e['type'] == 'finding']
    ids = {e['id'] for e in findings}
    for wanted in expect.get('must_find', []):
        if not ids & set(wanted.split('|')):
            yield wanted, f'not found; has {sorted(ids)}'
    for id_ in expect.get('must_not_find', []):
        if id_ in ids:
            yield '!' + id_, 'a false alarm: ' + json.dumps([e for e in findings if e['id'] == id_][:2])[:600]
    loud = [e for e in findings if e['severity'] != 'info']
    if expect.get('clean') and loud:
        yield 'clean', '; '.join(f"{e['id']} {e.get('text')}" for e in loud[:4])
    for key, name in (('packets', 'packets'), ('tcp_streams', 'flows')):
        if key in expect and events[-1][name] != expect[key]:
            yield key, f'{events[-1][name]}, wanted {expect[key]}'


def compare(folder, expect):
    """-> list of (what, detail)"""
    keylog = ['--keylog', os.path.join(folder, expect['keylog'])] if expect.get('keylog') else []
    try:
        events = wire101.events(os.path.join(folder, expect['capture']), *keylog, ok=(0, 3))
        return [*check_upgrades(expect, events), *check_websocket(expect, events), *check_rest(expect, events)]
    except (wire101.Broken, KeyError, TypeError, AttributeError) as e:
        return [('!run', repr(e))]


def main(argv):
    if len(argv) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    files = sorted(glob.glob(os.path.join(glob.escape(argv[1]), 'expect', '*.json')))
    if not files:
        print(f'compare.py: no expectations in {argv[1]}/expect', file=sys.stderr)
        return 2
    excused, tap = exceptions(os.path.join(HERE, 'exceptions.txt')), wire101.Tap()
    for path in files:
        name = os.path.basename(path)[:-5]
        if argv[2:] and name not in argv[2:]:
            continue
        with open(path, encoding='utf-8') as f:
            fails = compare(argv[1], json.load(f))
        mine, serious = excused.pop(name, {}), []
        for what, detail in fails:
            excuse = None if what.startswith('!') else mine.get(what) or mine.get('*')
            if excuse:
                excuse[1] = True
            else:
                serious.append(f'{what.lstrip("!")}: {detail}')
        serious += [f'exceptions.txt: {name} {what}: works now: remove it' for what, (_, used) in mine.items() if not used]
        tap.point(not serious, name, '\n'.join(serious))
    if not argv[2:]:
        tap.point(not excused, 'every exception names a capture', ', '.join(excused))
    return tap.end()


if __name__ == '__main__':
    sys.exit(main(sys.argv))
