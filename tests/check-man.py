#!/usr/bin/env python3
"""Compares the options that `wire101 --help` tells with those of the manual page, both ways,
and runs the page through mandoc where that is installed.
check-man.py path/to/wire101 path/to/wire101.1"""
import re
import shutil
import subprocess
import sys


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


def main(binary, page):
    told, written = of_help(binary), of_page(page)
    if len(told) < 10:
        sys.exit(f'check-man: only {len(told)} options found in --help')
    status = 0
    for what, options in ('--help but not the manual', told - written), ('the manual but not --help', written - told):
        if options:
            print(f'in {what}:\n{show(options)}')
            status = 1
    if shutil.which('mandoc'):
        lint = subprocess.run(['mandoc', '-T', 'lint', '-W', 'warning', page], capture_output=True, text=True)
        if lint.stdout or lint.returncode:
            print(lint.stdout, end='')
            status = 1
    if not status:
        print(f'{len(told)} options: --help and the manual agree')
    return status


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
