#!/usr/bin/env python3
"""Holds the table of findings: every row is sound, every rule that is judged in
src/ is provoked by a test, and findings-later.txt names exactly the rows that
are not judged yet.  First proves that it can fail.  Prints TAP.

usage: check-findings.py [TOP]"""
import glob
import json
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, 'tools'))
import wire101  # noqa: E402

ROW = re.compile(r'W101_FINDING\(\s*(\w+)\s*,\s*((?:"(?:\\.|[^"\\])*"\s*)+),\s*(W101_\w+)\s*,\s*((?:"(?:\\.|[^"\\])*"\s*)+),'
                 r'\s*((?:"(?:\\.|[^"\\])*"\s*)+),\s*((?:"(?:\\.|[^"\\])*"\s*)+)\)')


def read(path):
    with open(path, encoding='utf-8') as f:
        return f.read()


def without_comments(text):
    return re.sub(r'/\*.*?\*/', '', text, flags=re.S)


def text_of(literals):
    return ''.join(json.loads(s) for s in re.findall(r'"(?:\\.|[^"\\])*"', literals))


def rows(table):
    """-> list of (name, id, severity, spec, sentence, explanation)"""
    return [(m[1], text_of(m[2]), m[3], text_of(m[4]), text_of(m[5]), text_of(m[6]))
            for m in ROW.finditer(without_comments(table))]


def judge_rows(table):
    """-> list of faults"""
    faults, all_rows = [], rows(table)
    calls = len(re.findall(r'^W101_FINDING\(', without_comments(table), re.M))
    if len(all_rows) != calls or not calls:
        faults.append(f'{calls} rows, but only {len(all_rows)} can be read')
    for key, what in ((0, 'name'), (1, 'id')):
        seen = [r[key] for r in all_rows]
        faults += [f'{what} {x} stands twice' for x in sorted({x for x in seen if seen.count(x) > 1})]
    for name, id_, severity, spec, sentence, explanation in all_rows:
        if not re.fullmatch(r'[a-z][a-z0-9]*(-[a-z0-9]+)+', id_) or name != id_.replace('-', '_'):
            faults.append(f'{name}: id {id_!r}')
        if severity not in ('W101_INFO', 'W101_WARNING', 'W101_ERROR'):
            faults.append(f'{id_}: severity {severity}')
        if spec and not re.search(r'\d|draft|PROXY', spec):
            faults.append(f'{id_}: spec {spec!r}')
        if not sentence or len(sentence) > 100:
            faults.append(f'{id_}: sentence of {len(sentence)} characters, 1 to 100 are wanted')
        if not explanation:
            faults.append(f'{id_}: no explanation')
    return faults


def judged(sources):
    """names of rows that the sources refer to"""
    return set().union(*(re.findall(r'\bW101_F_([a-z]\w*)', without_comments(s)) for s in sources), set())


def provoked(tests, talks, goldens, ids):
    """names of rows that a test provokes: named by a unit test, expected by a transcript, in a golden output"""
    out = judged(tests)
    for t in tests:
        out |= {i.replace('-', '_') for i in re.findall(r'"([a-z0-9]+(?:-[a-z0-9]+)+)"', t) if i in ids}
    for t in talks:
        for line in re.findall(r'^expect (?:finding|findings) +(.*)', t, re.M):
            out |= {w.replace('-', '_') for w in line.split() if w in ids}
    for g in goldens:
        out |= {i.replace('-', '_') for i in re.findall(r'"id":"([a-z0-9-]+)"', g) if i in ids}
    return out


def later(text):
    """-> ({id: reason}, faults)"""
    out, faults = {}, []
    for n, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.startswith('#'):
            id_, _, reason = line.partition(' ')
            if id_ in out or not reason.strip():
                faults.append(f'line {n}: {id_}: {"stands twice" if id_ in out else "no reason"}')
            out[id_] = reason.strip()
    return out, faults


GOOD = 'W101_FINDING(a_b, "a-b", W101_INFO, "RFC 1 1", "x", "y")\n'


def self_test(tap):
    tap.point(not judge_rows(GOOD), 'a sound row passes')
    for bad, what in ((GOOD + GOOD, 'a repeated row'), (GOOD.replace('"x"', '""'), 'a row without a sentence'),
                      (GOOD.replace('"x"', '"' + 'x' * 101 + '"'), 'a long sentence'),
                      (GOOD.replace('"y"', '""'), 'a row without an explanation'),
                      (GOOD.replace('"a-b"', '"A-b"'), 'an id in capitals'), (GOOD.replace('"y"', 'y'), 'a row that cannot be read')):
        tap.point(bool(judge_rows(bad)), f'{what} is caught')
    tap.point(judged(['f(W101_F_a_b); /* W101_F_c_d */']) == {'a_b'}, 'what is judged is found')
    tap.point(provoked([], ['expect finding a-b\nexpect no finding c-d\n'], [], {'a-b', 'c-d'}) == {'a_b'},
              'a near miss provokes nothing')


def main(argv):
    top = argv[1] if len(argv) > 1 else os.path.join(HERE, '..')
    tap = wire101.Tap()
    self_test(tap)
    table = read(os.path.join(top, 'include', 'wire101', 'findings.def'))
    faults = judge_rows(table)
    tap.point(not faults, 'every row of findings.def is sound', '\n'.join(faults))
    ids = {r[1]: r[0] for r in rows(table)}
    many = lambda *pattern: [read(p) for p in sorted(glob.glob(os.path.join(top, *pattern), recursive=True))]  # noqa: E731
    emitted = judged(many('src', '**', '*.c') + many('src', '**', '*.h')) & set(ids.values())
    tested = provoked(many('tests', 'unit', '*.c'), many('tests', 'talk', '*.talk'), many('tests', 'goldens', '*.out'), ids)
    waiting, faults = later(read(os.path.join(top, 'tests', 'findings-later.txt')))
    faults += [f'{i}: no such row' for i in sorted(set(waiting) - set(ids))]
    tap.point(not faults, 'findings-later.txt is well formed', '\n'.join(faults))
    for id_, name in sorted(ids.items()):
        if id_ in waiting:
            tap.point(name not in emitted, f'{id_} is not judged yet', 'it is judged in src/: remove it from findings-later.txt')
        elif name not in emitted:
            tap.point(False, f'{id_} is judged', 'nothing in src/ judges it: do so, or name it in findings-later.txt with a reason')
        else:
            tap.point(name in tested, f'{id_} is provoked by a test', 'no unit test, transcript or golden output has it')
    return tap.end()


if __name__ == '__main__':
    sys.exit(main(sys.argv))
