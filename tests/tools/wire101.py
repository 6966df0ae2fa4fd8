"""Runs the program under test for the Python checks and reads its JSON lines.
Where it is: the environment variable WIRE101, set by `make check`."""
import base64
import json
import os
import subprocess
import sys

LIMIT = 60      # seconds


class Broken(Exception):
    """The program crashed, hung, or wrote what is no JSON: never a matter of expectations."""


def program():
    path = os.environ.get('WIRE101')
    if not path:
        top = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
        path = os.path.join(os.path.normpath(top), 'wire101')
    if not os.access(path, os.X_OK):
        sys.exit(f'{sys.argv[0]}: {path}: no such program; build it, or name it in WIRE101')
    return path


def run(args, ok=(0,)):
    """-> (exit status, standard output as bytes, standard error as text)"""
    try:
        p = subprocess.run([program(), *args], stdin=subprocess.DEVNULL, capture_output=True, timeout=LIMIT, check=False)
    except subprocess.TimeoutExpired:
        raise Broken(f'time-out after {LIMIT} s') from None
    err = p.stderr.decode('utf-8', 'replace')
    if p.returncode < 0:
        raise Broken(f'killed by signal {-p.returncode}: {err[-400:]}')
    if 'Sanitizer' in err or 'runtime error:' in err:
        raise Broken(f'sanitizer report: {err[:1500]}')
    if p.returncode not in ok:
        raise Broken(f'exit status {p.returncode}: {err[-400:]}')
    return p.returncode, p.stdout, err


def events(capture, *options, ok=(0,)):
    """-> the JSON lines of one run"""
    _, out, _ = run(['-o', 'jsonl', '--payload', 'full', *options, capture], ok)
    lines = []
    for n, line in enumerate(out.splitlines(), 1):
        try:
            lines.append(json.loads(line))
        except ValueError:
            raise Broken(f'output line {n} is not JSON: {line[:120]!r}') from None
    if not lines or lines[-1].get('type') != 'summary':
        raise Broken('the last line is no summary')
    return lines


def payload(message):
    """of a message line, as bytes"""
    if 'text' in message:
        return message['text'].encode('utf-8', 'surrogatepass')
    return base64.b64decode(message.get('base64') or '')


class Tap:
    """Counts and prints test points.  todo: known to fail; when it does not any more, that is a failure."""

    def __init__(self):
        self.n = self.failed = 0

    def point(self, ok, what, detail='', todo=False):
        self.n += 1
        self.failed += ok == todo
        print(('ok' if ok else 'not ok'), self.n, '-', what.replace('#', r'\#') + (' # TODO not built yet' if todo else ''))
        if not ok and not todo:
            for line in str(detail).splitlines() or ['(no detail)']:
                print('#  ', line)
        sys.stdout.flush()

    def end(self):
        print(f'1..{self.n}')
        return 1 if self.failed or not self.n else 0
