#!/usr/bin/env python3
"""Makes a capture of each transcript, runs wire101 over it and checks what the
transcript expects (README.md beside this file).  Prints TAP.

usage: run.py [FILE.talk ...]      without a name: all in this folder"""
import glob
import json
import os
import re
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'tools'))
import pcapfile     # noqa: E402
import talk         # noqa: E402
import wire101      # noqa: E402

TYPES = ('exchange', 'frame', 'message', 'finding', 'hint', 'pair', 'gap', 'connection', 'summary')
MISSING = object()


def at_path(event, path):
    for part in path.split('.'):
        if isinstance(event, list) and part.isdigit() and int(part) < len(event):
            event = event[int(part)]
            continue
        if not isinstance(event, dict) or part not in event:
            return MISSING
        event = event[part]
    return event


def same(have, text):
    """Whether a JSON value is the one that was written: 1.1 fits the number and the string."""
    if have is MISSING or have == text:
        return have == text
    try:
        return have == json.loads(text)
    except ValueError:
        return False


class Wanted:
    """The words behind a type: what a line must hold."""

    def __init__(self, kind, words):
        self.kind, self.fields, self.payloads = kind, [], []
        words = list(words)
        while words:
            w = words.pop(0)
            if not isinstance(w, str):
                self.payloads.append(talk.Builders(None).one(None, w))
            elif w.endswith('=') and words:
                self.fields.append((w[:-1], words.pop(0).decode('utf-8', 'surrogateescape')))
            elif '=' in w:
                name, _, text = w.partition('=')
                self.fields.append((name, text))
            elif w in ('client', 'server'):
                self.fields.append(('dir', w))
            elif kind in ('frame', 'message'):
                self.fields.append(('kind', w))
            elif kind in ('finding', 'hint'):
                self.fields.append(('id', w))
            else:
                raise talk.TalkError(f'{w!r} says nothing about a line of type {kind}')

    def fits(self, event):
        return (event['type'] == self.kind and all(same(at_path(event, f), v) for f, v in self.fields)
                and (not self.payloads or wire101.payload(event) == b''.join(self.payloads)))


def judged(events, words):
    """What the bytes are blamed for: ids of findings above info, of one flow when the words name it."""
    flow = next((int(w[5:]) for w in words if w.startswith('flow=')), None)
    return sorted({e['id'] for e in events
                   if e['type'] == 'finding' and e['severity'] != 'info' and flow in (None, e['flow'])})


def check(expectation, events):
    """-> (ok, detail)"""
    words = list(expectation.words)
    head = words.pop(0)
    if head == 'clean':
        return not judged(events, words), f'findings: {judged(events, words)}'
    if head == 'findings':
        have, want = judged(events, words), sorted(w for w in words if not w.startswith('flow='))
        return have == want, f'wanted exactly {want}\nhave           {have}'
    if head == 'messages':
        wanted = Wanted('message', [w for w in words if isinstance(w, str)])
        want = [talk.Builders(None).one(None, w) for w in words if not isinstance(w, str)]
        have = [wire101.payload(e) for e in events if wanted.fits(e)]
        return have == want, f'wanted {short(want)}\nhave   {short(have)}'
    count, least = 1, True
    if head == 'no':
        count, least, head = 0, False, words.pop(0)
    elif re.fullmatch(r'\d+', head):
        count, least, head = int(head), False, words.pop(0)
    if head not in TYPES:
        raise talk.TalkError(f'unknown type {head!r}')
    wanted = Wanted(head, words)
    n = sum(wanted.fits(e) for e in events)
    have = '\n'.join(short(e) for e in events if e['type'] == head) or f'no line of type {head}'
    return (n >= count if least else n == count), f'{n} lines fit\n{have}'


def short(x):
    text = x if isinstance(x, str) else json.dumps(x) if isinstance(x, dict) else repr(x)
    return text if len(text) <= 700 else text[:700] + '...'


def run(path, folder, tap):
    name = os.path.basename(path)
    try:
        t = talk.load(path)
        if not t.expectations:
            raise talk.TalkError('expects nothing')
        capture = os.path.join(folder, name[:-5] + '.pcap')
        with open(capture, 'wb') as f:
            f.write(pcapfile.pcap_bytes(pcapfile.Capture(t.packets)))
        events = wire101.events(capture)
        tap.point(events[-1]['packets'] == len(t.packets), f'{name}: every packet is counted',
                  f"{events[-1]['packets']}, wanted {len(t.packets)}")
        for e in t.expectations:
            ok, detail = check(e, events)
            tap.point(ok, f'{name}:{e.line}: {e.text}', detail, e.todo)
    except (talk.TalkError, wire101.Broken) as e:
        tap.point(False, name, e)


def main(argv):
    paths = argv[1:] or sorted(glob.glob(os.path.join(HERE, '*.talk')))
    tap = wire101.Tap()
    with tempfile.TemporaryDirectory() as folder:
        for path in paths:
            run(path, folder, tap)
    return tap.end()


if __name__ == '__main__':
    sys.exit(main(sys.argv))
