#!/usr/bin/env python3
"""Holds the table of findings: every row is sound; every rule that is judged in
src/ is provoked by a test of the whole program and has a near miss; and
findings-later.txt names exactly the rows that are not judged yet.  First proves
that it can fail.  Prints TAP.

judged    code names the row as W101_F_name; src/base and src/report only carry
          or read findings and do not count
provoked  a transcript expects it (`expect finding ID`, `expect findings ... ID`),
          a golden JSON output has it as a finding, or a script in tests/cli/
          wants it in the output (`shown "what" '"ID"'`)
near      a transcript says `expect no finding ID`, or a script in tests/cli/
          says `lacks "what" '"ID"'`; how near it comes, a person must judge
What is marked `todo` counts for nothing, and neither do unit tests.

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


def expected(pattern, talks, ids):
    return {w for t in talks for line in re.findall(pattern, t, re.M) for w in line.split() if w in ids}


def in_scripts(verb, scripts, ids):
    return {i for s in scripts for i in re.findall(rf'^{verb} "[^"]*" \'"([a-z0-9-]+)"\'$', s, re.M) if i in ids}


def in_golden(text):
    """ids of the findings of a JSON Lines output"""
    events = [json.loads(line) for line in text.splitlines() if line.startswith('{')]
    return {e['id'] for e in events if e.get('type') == 'finding'}


def provoked(talks, goldens, scripts, ids):
    """ids of rows that the whole program is seen to report"""
    return (expected(r'^expect (?:[1-9]\d* )?findings? +(.*)', talks, ids) | in_scripts('shown', scripts, ids)
            | set().union(*map(in_golden, goldens)) & set(ids))


def near(talks, scripts, ids):
    """ids of rows with a near miss"""
    return expected(r'^expect no finding +(.*)', talks, ids) | in_scripts('lacks', scripts, ids)


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
    ids = {'a-b', 'c-d'}
    talks = ['expect findings flow=1 a-b\nexpect no finding c-d flow=2\ntodo expect finding c-d\n']
    tap.point(provoked(talks, [], [], ids) == {'a-b'}, 'a near miss provokes nothing, nor what is still to do')
    tap.point(near(talks, [], ids) == {'c-d'}, 'a near miss is found')
    tap.point(not near(['todo expect no finding a-b\nexpect clean\nexpect 0 finding a-b\n'], [], ids), 'a near miss names its row')
    tap.point(provoked([], ['{"type":"finding","id":"a-b"}\n{"type":"hint","id":"c-d"}\n'], [], ids) == {'a-b'},
              'a hint provokes nothing')
    scripts = ['shown "x" \'"a-b"\'\nlacks "y" \'"c-d"\'\n']
    tap.point(provoked([], [], scripts, ids) == {'a-b'} and near([], scripts, ids) == {'c-d'}, 'scripts are read')


def main(argv):
    top = argv[1] if len(argv) > 1 else os.path.join(HERE, '..')
    tap = wire101.Tap()
    self_test(tap)
    table = read(os.path.join(top, 'include', 'wire101', 'findings.def'))
    faults = judge_rows(table)
    tap.point(not faults, 'every row of findings.def is sound', '\n'.join(faults))
    ids = {r[1]: r[0] for r in rows(table)}
    many = lambda *pattern: [read(p) for p in sorted(glob.glob(os.path.join(top, *pattern)))]  # noqa: E731
    readers = tuple(os.path.join(top, 'src', room, '') for room in ('base', 'report'))
    emitted = judged(read(p) for kind in 'ch' for p in glob.glob(os.path.join(top, 'src', '**', '*.' + kind), recursive=True)
                     if not p.startswith(readers)) & set(ids.values())
    talks, scripts = many('tests', 'talk', '*.talk'), many('tests', 'cli', '*')
    seen, missed = provoked(talks, many('tests', 'goldens', '*-jsonl.out'), scripts, ids), near(talks, scripts, ids)
    waiting, faults = later(read(os.path.join(top, 'tests', 'findings-later.txt')))
    faults += [f'{i}: no such row' for i in sorted(set(waiting) - set(ids))]
    tap.point(not faults, 'findings-later.txt is well formed', '\n'.join(faults))
    for id_, name in sorted(ids.items()):
        if id_ in waiting:
            tap.point(name not in emitted, f'{id_} is not judged yet', 'it is judged in src/: remove it from findings-later.txt')
        elif name not in emitted:
            tap.point(False, f'{id_} is judged', 'nothing in src/ judges it: do so, or name it in findings-later.txt with a reason')
        else:
            lacks = [w for w, have in (('no test provokes it', id_ in seen), ('it has no near miss', id_ in missed)) if not have]
            tap.point(not lacks, f'{id_} is provoked by a test, and another comes near', '\n'.join(lacks))
    return tap.end()


if __name__ == '__main__':
    sys.exit(main(sys.argv))
