#!/usr/bin/env python3
"""Compares the options that `wire101 --help` tells with those of the manual page, both ways,
and runs the page through mandoc.  Prints TAP.

usage: WIRE101=path/to/wire101 check-man.py"""
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, 'tools'))
import wire101  # noqa: E402


def of_help(binary):
    text = subprocess.run([binary, '--help'], capture_output=True, text=True, check=True).stdout
    found = set()
    for line in text.splitlines():
        row = re.match(r'  (?:(-\w)(?:, )?|    )(--[a-z-]+)?(\[=\w+\]| [A-Z]+)?(?:  |$| )', line)
        if row and (row[1] or row[2]):
            found.add((row[1], row[2], (row[3] or '').strip(' [=]')))
    return found


def of_page(path):
    found = set()
    inside = False
    for line in open(path, encoding='utf-8'):
        if line.startswith('.Sh'):
            inside = line.split()[1:] == ['OPTIONS']
        row = re.match(r'\.It (?:Fl (\w)(?: , )?)?(?:Fl Fl ([a-z-]+))?(?: Ns Op = Ns)?(?: Ar (\w+))?$', line.rstrip())
        if inside and line.startswith('.It'):
            if not row:
                sys.exit(f'check-man: cannot read {line.rstrip()!r}')
            found.add((row[1] and '-' + row[1], row[2] and '--' + row[2], row[3] or ''))
    return found


def show(options):
    return '\n'.join('  ' + ' '.join(part for part in option if part) for option in sorted(options, key=str))


def main():
    page = os.path.join(HERE, '..', 'wire101.1')
    told, written = of_help(os.environ['WIRE101']), of_page(page)
    tap = wire101.Tap()
    tap.point(len(told) > 10, f'--help tells options: {len(told)}', '')
    tap.point(not told - written, 'every option of --help is in the manual', show(told - written))
    tap.point(not written - told, 'every option of the manual is in --help', show(written - told))
    if not shutil.which('mandoc'):
        tap.point(False, 'mandoc has no warning', 'mandoc is not installed: ./autogen.sh --deps, or the package that ./autogen.sh --help names')
        return tap.end()
    lint = subprocess.run(['mandoc', '-T', 'lint', '-W', 'warning', page], capture_output=True, text=True, check=False)
    tap.point(not lint.stdout and not lint.returncode, 'mandoc has no warning', lint.stdout)
    return tap.end()


if __name__ == '__main__':
    sys.exit(main())
