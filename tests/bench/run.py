#!/usr/bin/env python3
"""Times wire101 against the plain libpcap read loop over the same file.

usage: run.py LOOP WIRE101 FILE [--pairs N] [-- OPTIONS OF WIRE101]
Alternating pairs (default 9), output to /dev/null; prints the ratio of the minima of user+system CPU and the peak
resident memory. A figure, never a verdict: the machine is shared."""
import os, subprocess, sys


def once(argv):
    with open(os.devnull, 'wb') as null:
        p = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=null)
        _, status, use = os.wait4(p.pid, 0)
    p.returncode = os.waitstatus_to_exitcode(status)
    if p.returncode:
        sys.exit(f'run.py: {argv[0]} ended with {p.returncode}')
    return use.ru_utime + use.ru_stime, use.ru_maxrss / 1024


def main(argv):
    options = []
    if '--' in argv:
        options = argv[argv.index('--') + 1:]
        argv = argv[:argv.index('--')]
    pairs = 9
    if '--pairs' in argv:
        i = argv.index('--pairs')
        pairs = int(argv[i + 1])
        del argv[i:i + 2]
    if len(argv) != 3:
        sys.exit(__doc__)
    loop, program, capture = argv
    times, memory = ([], []), 0
    for _ in range(pairs):
        times[0].append(once([loop, capture])[0])
        t, m = once([program, *options, capture])
        times[1].append(t)
        memory = max(memory, m)
    a, b = min(times[0]), min(times[1])
    print(f'{os.path.basename(capture)}: loop {a:.3f} s, wire101 {b:.3f} s, ratio {b / a:.2f}, peak {memory:.1f} MB ({pairs} pairs)')


if __name__ == '__main__':
    main(sys.argv[1:])
