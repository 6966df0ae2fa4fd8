#!/usr/bin/env python3
"""Times wire101 against the plain libpcap read loop over the same captures and prints a table.

usage: run.py [--program FILE] [--folder DIR] [--scale F] [--pairs N] [--only NAME]... [--peers] [--json FILE]
  --program  what to time (default: an optimised build of this source tree, made in a temporary folder)
  --folder   where the captures are made and kept for the next time (default: a temporary folder)
  --scale    size of the workloads (default 1, for which the aims hold: 6 GB of captures)
  --pairs    alternating pairs of loop and program (default 9); the minima are compared
  --only     a row or a workload, repeatable (default: all)
  --peers    also tshark and tcpflow, where installed: one run each
  --json     the same figures as JSON into FILE, - for standard output instead of the table
Figures, never a verdict: the exit status says only whether everything ran.  MB are 1,000,000 bytes."""
import argparse, json, os, platform, shlex, shutil, signal, subprocess, sys, tempfile
from typing import NamedTuple, Optional

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
PEER_TIMEOUT = 900


class Row(NamedTuple):
    name: str
    workload: str
    ratio: Optional[float]  # the aims: CPU as a multiple of the base, and peak memory in MB
    peak: float
    options: tuple = ()
    inflate: bool = False   # the base is the read loop and the bare zlib loop


ROWS = (
    Row('chatty', 'chatty', 1.6, 20),
    Row('reorder', 'reorder', 2.0, 24),
    Row('bulk', 'bulk', 0.7, 20),
    Row('flows', 'flows', 7, 320),
    Row('junk', 'junk', 1.0, 48),
    Row('large', 'large', 1.0, 32),
    Row('jsonl', 'chatty', 3.5, 24, ('-o', 'jsonl', '--payload', 'none')),
    Row('deflate', 'deflate', 1.2, 110, inflate=True),
    Row('parked', 'parked', None, 150),
)
GROWTH = {'name': 'growth', 'workload': 'chatty', 'frames': 10, 'ratio_aim': 10.5, 'peak_aim': 1.10}
PEERS = {
    'tshark': ('tshark', '-n', '-r', '{file}', '-Y', 'websocket', '-T', 'fields', '-e', 'websocket.opcode'),
    'tcpflow': ('tcpflow', '-r', '{file}', '-o', '{out}', '-X', '{out}/report.xml'),
}


def run(argv, **more):
    if subprocess.run(argv, stdin=subprocess.DEVNULL, **more).returncode:
        sys.exit(f'run.py: failed: {shlex.join(argv)}')


def compile_tools(folder):
    tools = {}
    for name, library in ('loop', '-lpcap'), ('zlib_loop', '-lz'), ('cost', None):
        tools[name] = os.path.join(folder, name)
        run([*shlex.split(os.environ.get('CC', 'cc')), '-std=c11', '-D_DEFAULT_SOURCE', '-O2', '-o', tools[name],
             os.path.join(HERE, name + '.c')] + [library] * bool(library))
    return tools


def build(folder):
    """An optimised program from a copy of the tree, so that a tree configured in place is no hindrance."""
    products = shutil.ignore_patterns('.git', 'autom4te.cache', '.deps', '.dirstamp', '*.o', '*.a', 'Makefile',
                                      'config.h', 'config.status', 'config.log', 'stamp-h1', 'goldens')
    lto = ['CFLAGS=-O3 -flto=auto', 'AR=gcc-ar', 'RANLIB=gcc-ranlib']
    for name, flags in ('lto', lto), ('plain', ['CFLAGS=-O3']):
        tree, log = os.path.join(folder, name), os.path.join(folder, name + '.log')
        shutil.copytree(TOP, tree, ignore=products, symlinks=True)
        steps = [['./configure', '-q', *flags], ['make', '-s', 'wire101']]
        if not os.path.exists(os.path.join(tree, 'configure')):
            steps.insert(0, ['./autogen.sh'])
        with open(log, 'wb') as f:
            quiet = {'cwd': tree, 'stdin': subprocess.DEVNULL, 'stdout': f, 'stderr': f}
            if not any(subprocess.run(step, **quiet).returncode for step in steps):
                return os.path.join(tree, 'wire101'), ' '.join(flags)
    with open(log, errors='replace') as f:
        sys.exit(f'run.py: the build failed:\n{f.read()[-3000:]}')


def make_capture(folder, workload, scale, frames=1):
    """The path of the capture; made again only when the generator is newer."""
    generator = os.path.join(HERE, 'generate.py')
    name = workload + (f'-{scale:g}' if scale != 1 else '') + (f'-frames-{frames:g}' if frames != 1 else '')
    path = os.path.join(folder, name + '.pcap')
    if not os.path.exists(path) or os.path.getmtime(path) < os.path.getmtime(generator):
        print(f'making {path}', file=sys.stderr)
        run([sys.executable, generator, workload, path + '.part', '--scale', str(scale), '--frames', str(frames)])
        if os.path.exists(path + '.part.deflate'):
            os.replace(path + '.part.deflate', path + '.deflate')
        os.replace(path + '.part', path)
    return path


class Failed(Exception):
    pass


class Meter:
    """What a run of a program costs: user+system CPU in seconds, peak resident memory in MB."""

    def __init__(self, cost, folder):
        self.cost, self.note = cost, os.path.join(folder, 'cost.txt')

    def once(self, argv, timeout=None):
        with subprocess.Popen([self.cost, self.note, *argv], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, start_new_session=True) as p:
            try:
                said = p.communicate(timeout=timeout)[1]
            except BaseException as e:  # an interrupt too: nothing is left running
                os.killpg(p.pid, signal.SIGKILL)
                if isinstance(e, subprocess.TimeoutExpired):
                    return None
                raise
        if p.returncode:
            raise Failed(f'exit status {p.returncode}: {shlex.join(argv)}\n{said.decode(errors="replace")}')
        with open(self.note) as f:
            us, peak = map(int, f.read().split())
        return us / 1e6, peak / 1e6

    def pairs(self, programs, n):
        """Runs the programs in turns; (least CPU, greatest peak) of each."""
        costs = [[self.once(argv) for argv in programs] for _ in range(n)]
        return [(min(c[i][0] for c in costs), max(c[i][1] for c in costs)) for i in range(len(programs))]


def measure(row, meter, tools, program, path, pairs):
    base = [[tools['loop'], path]]
    if row.inflate:
        base.append([tools['zlib_loop'], path + '.deflate'])
    meter.once(base[0])  # the file comes into memory
    *parts, (cpu, peak) = meter.pairs(base + [[program, *row.options, path]], pairs)
    loop = sum(cpu for cpu, _ in parts)
    return {'name': row.name, 'workload': row.workload, 'options': row.options, 'bytes': os.path.getsize(path),
            'base': loop, 'base_parts': [cpu for cpu, _ in parts], 'cpu': cpu, 'ratio': cpu / loop,
            'ratio_aim': row.ratio, 'peak': peak, 'peak_aim': row.peak}


def measure_growth(meter, program, small, large, pairs):
    meter.once([program, large])
    (a, less), (b, more) = meter.pairs([[program, small], [program, large]], pairs)
    return {**GROWTH, 'bytes': os.path.getsize(large), 'base': a, 'cpu': b, 'ratio': b / a, 'peak_base': less,
            'peak': more, 'peak_ratio': more / less}


def measure_peer(peer, meter, workload, path):
    with tempfile.TemporaryDirectory(dir=os.path.dirname(path)) as out:
        try:
            got = meter.once([a.format(file=path, out=out) for a in PEERS[peer]], PEER_TIMEOUT)
        except Failed as e:
            print(f'{peer}: {e}', file=sys.stderr)
            return None
    return {'name': f'{workload}: {peer}', 'peer': peer, 'workload': workload, 'bytes': os.path.getsize(path),
            'cpu': got and got[0], 'peak': got and got[1]}


HEADS = '| row | capture MB | base s | CPU s | ratio | aim | peak MB | aim |\n|---|--:|--:|--:|--:|--:|--:|--:|'


def line(r):
    def show(value, form):
        return '' if value is None else format(value, form)
    peak = f'{r["peak_base"]:.1f} to {r["peak"]:.1f}' if 'peak_base' in r else show(r['peak'], '.1f')
    aim = f'x {r["peak_aim"]:.2f}' if 'peak_base' in r else show(r.get('peak_aim'), 'g')
    cpu = f'over {PEER_TIMEOUT} (elapsed)' if r['cpu'] is None else f'{r["cpu"]:.3f}'
    return (f'| {r["name"]} | {r["bytes"] / 1e6:.0f} | {show(r.get("base"), ".3f")} | {cpu} | '
            f'{show(r.get("ratio"), ".2f")} | {show(r.get("ratio_aim"), "g")} | {peak} | {aim} |')


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument('--program')
    a.add_argument('--folder')
    a.add_argument('--scale', type=float, default=1)
    a.add_argument('--pairs', type=int, default=9)
    a.add_argument('--only', action='append', metavar='NAME')
    a.add_argument('--peers', action='store_true')
    a.add_argument('--json', metavar='FILE')
    o = a.parse_args()
    known = {n for r in ROWS for n in (r.name, r.workload)} | {'growth'}
    for name in o.only or ():
        if name not in known:
            a.error(f'no row "{name}": {", ".join(sorted(known))}')
    table = sys.stderr if o.json == '-' else sys.stdout
    with tempfile.TemporaryDirectory(prefix='wire101-bench.') as scratch:
        tools = compile_tools(scratch)
        program, flags = (os.path.abspath(o.program), 'given') if o.program else build(scratch)
        folder = os.path.abspath(o.folder or os.path.join(scratch, 'captures'))
        os.makedirs(folder, exist_ok=True)
        meter, done = Meter(tools['cost'], scratch), []

        def add(result):
            if result:
                done.append(result)
                print(line(result), file=table, flush=True)

        print(f'{os.path.basename(program)} ({flags}), {o.pairs} pairs, scale {o.scale:g}, {platform.machine()}, '
              f'load {os.getloadavg()[0]:.1f}\n\n{HEADS}', file=table, flush=True)
        rows = [r for r in ROWS if not o.only or {r.name, r.workload} & set(o.only)]
        for r in rows:
            add(measure(r, meter, tools, program, make_capture(folder, r.workload, o.scale), o.pairs))
        if not o.only or 'growth' in o.only:
            add(measure_growth(meter, program, make_capture(folder, 'chatty', o.scale),
                               make_capture(folder, 'chatty', o.scale, GROWTH['frames']), o.pairs))
        for peer in PEERS if o.peers else ():
            if not shutil.which(peer):
                print(f'{peer} is not installed', file=sys.stderr)
                continue
            for workload in dict.fromkeys(r.workload for r in rows):
                add(measure_peer(peer, meter, workload, make_capture(folder, workload, o.scale)))
    report = {'flags': flags, 'pairs': o.pairs, 'scale': o.scale, 'machine': platform.machine(), 'rows': done}
    if o.json == '-':
        json.dump(report, sys.stdout, indent=1)
        print()
    elif o.json:
        with open(o.json, 'w') as f:
            json.dump(report, f, indent=1)


if __name__ == '__main__':
    try:
        main()
    except Failed as e:
        sys.exit(f'run.py: {e}')
