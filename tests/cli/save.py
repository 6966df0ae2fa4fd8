#!/usr/bin/env python3
"""-w: what is saved is whole, opens again and is analysed to the same result;
what cannot be saved is said, and the report is printed all the same.
Prints TAP.

usage: WIRE101=path/to/wire101 save.py"""
import glob
import gzip
import json
import os
import resource
import signal
import struct
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'tools'))
import pcapfile  # noqa: E402
import wire101  # noqa: E402

SAMPLES = os.path.join(HERE, '..', '..', 'samples')
CHAT, BROWSER, REFUSED = (os.path.join(SAMPLES, n + '.pcap') for n in ('chat', 'browser', 'refused-nginx'))
TAP = wire101.Tap()


def sample(name):
    return os.path.join(SAMPLES, name)


def run(*args, **how):
    """-> (exit status, standard output, lines of standard error)"""
    how.setdefault('stdin', subprocess.DEVNULL)
    p = subprocess.run([wire101.program(), *args], capture_output=True, timeout=wire101.LIMIT, check=False, **how)
    err = p.stderr.decode('utf-8', 'replace')
    if p.returncode < 0 or 'Sanitizer' in err or 'runtime error:' in err:
        raise wire101.Broken(f'{args}: status {p.returncode}: {err[:1500]}')
    return p.returncode, p.stdout, err.splitlines()


def saved(out, *args, ok=0, **how):
    """Saves to `out` with JSON lines as the output -> (its lines, lines of standard error)"""
    status, text, err = run('-o', 'jsonl', '--payload', 'full', '-w', out, *args, **how)
    if status != ok:
        raise wire101.Broken(f'{args}: exit status {status}, wanted {ok}: {err}')
    return [json.loads(line) for line in text.splitlines()], err


def by_connection(lines):
    """The events of each connection that is shown, in their order, without what numbers packets and connections."""
    shown = sorted({e['flow'] for e in lines if e['type'] in ('connection', 'exchange')})
    flows = {flow: [] for flow in shown}
    for e in lines:
        if e.get('flow') in flows:
            event = {k: v for k, v in e.items() if k not in ('packet', 'flow')}
            if 'evidence' in event:
                event['evidence'] = [x for x in event['evidence'] if not x.startswith('packet ')]
            flows[e['flow']].append(event)
    return list(flows.values())


def difference(a, b):
    if len(a) != len(b):
        return f'{len(a)} connections became {len(b)}'
    for n, (one, two) in enumerate(zip(a, b), 1):
        for x, y in zip(one + [None], two + [None]):
            if x != y:
                return f'connection {n}:\n{x}\n{y}'
    return ''


def same(what, before, *files, options=()):
    """What was saved gives the events of the connections that were shown."""
    after = by_connection(wire101.events(files[-1], *options, *files[:-1], ok=(0, 3)))
    diff = difference(by_connection(before), after)
    TAP.point(not diff, what, diff)
    return len(after)


def point(ok, what, detail=''):
    TAP.point(ok, what, detail)


# ---- packets put into other packets

def vlan(data):
    return data[:12] + b'\x81\x00\x20\x05' + data[12:]


def fragments(data, size=24, number=[0]):
    """An Ethernet frame with IPv4 as several, in a mixed order"""
    head, body = bytearray(data[14:34]), data[34:14 + struct.unpack('>H', data[16:18])[0]]
    number[0] += 1
    out = []
    for at in range(0, len(body), size):
        piece = body[at:at + size]
        head[2:4] = struct.pack('>H', 20 + len(piece))
        head[4:6] = struct.pack('>H', number[0])
        head[6:8] = struct.pack('>H', at // 8 | (0x2000 if at + size < len(body) else 0))
        out.append(data[:14] + bytes(head) + piece)
    return out[1:] + out[:1]


def rewrite(source, out, change):
    """change: bytes of a packet -> list of those of the packets that replace it"""
    capture = pcapfile.read(source)
    packets = [pcapfile.Packet(p.time, data, len(data), p.link) for p in capture.packets for data in change(p.data)]
    with open(out, 'wb') as f:
        f.write(pcapfile.pcap_bytes(pcapfile.Capture(packets)))
    return len(packets)


# ---- the cases

def every_sample(folder):
    for path in sorted(glob.glob(sample('*.pcap*'))):
        name = os.path.basename(path)
        own = os.path.join(folder, name)
        os.mkdir(own)
        lines, err = saved(os.path.join(own, 'of.pcap'), path)
        files = sorted(glob.glob(os.path.join(own, '*')), key=lambda f: 'of-' in f)
        connections = same(f'{name}: the same events', lines, *files)
        capture = [pcapfile.read(f) for f in files]
        point(all(len(c.links) == 1 for c in capture) and len(files) == len(err), f'{name}: a file for each link type', err)
        original = {(p.time, p.link, p.data, p.length) for p in pcapfile.read(path).packets}
        kept = [(p.time, p.link, p.data, p.length) for c in capture for p in c.packets]
        point(set(kept) <= original, f'{name}: packets as they were, to the nanosecond', '')
        told = [line.split(': ', 1)[1] for line in err]
        number = sum(int(t.split()[1]) for t in told if t.startswith('saved '))
        point(number == len(kept) and (connections > 0) == (number > 0), f'{name}: as many as was said', told)
        with open(files[0], 'rb') as f:
            point(f.read(4) == struct.pack('=I', pcapfile.PCAP_NS), f'{name}: nanoseconds', '')


def what_is_shown(folder):
    out = os.path.join(folder, 'some.pcap')

    def ports(*options):
        if os.path.exists(out):
            os.unlink(out)
        lines, _ = saved(out, *options)
        verbose = [o for o in options if o == '-v']
        same(f'{" ".join(map(os.path.basename, options))}: the same events', lines, out, options=verbose)
        return len(by_connection(lines)), len(pcapfile.read(out).packets)

    total = len(pcapfile.read(REFUSED).packets)
    every = [ports('--connection', str(n), REFUSED) for n in range(1, 5)]
    point(all(n == 1 and 0 < packets < total for n, packets in every), '--connection: only that one', every)
    both = ports('--connection', '1,3', REFUSED)
    point(both == (2, every[0][1] + every[2][1]), '--connection 1,3: all of both', (both, every))
    odd, few = sample('odd-port.pcap'), ports(sample('odd-port.pcap'))
    many = ports('-v', odd)
    point(many[0] >= few[0] and many[1] >= few[1], '-v: plain HTTP too', (few, many))
    one = ports('--host', '127.0.0.1:9101', CHAT)
    point(one[0] == 1 and one[1] == len(pcapfile.read(CHAT).packets), '--host: all packets of the connection', one)
    point(ports('--host', 'nobody.example', CHAT) == (0, 0), '--host that nobody has: none', '')
    for options in (('--kind', 'close'), ('--severity', 'error')):
        os.unlink(out)
        saved(out, *options, CHAT)
        point(len(pcapfile.read(out).packets) == one[1], f'{options[0]}: the connection whole', options)
    os.unlink(out)
    _, err = saved(out, '--grep', 'no such words', CHAT)
    point(not pcapfile.read(out).packets and 'no connection is shown' in err[0], '--grep without a match: nothing, said', err)
    os.unlink(out)
    saved(out, '-f', 'tcp src port 9101', CHAT)
    point(all(p.data[34:36] == struct.pack('>H', 9101) for p in pcapfile.read(out).packets), '-f: what matches', '')
    os.unlink(out)
    saved(out, '-c', '20', CHAT)
    point(len(pcapfile.read(out).packets) == 20, '-c: so many', '')
    os.unlink(out)
    saved(out, '-q', '-c', '20', '-f', 'tcp', CHAT)
    point(len(pcapfile.read(out).packets) == 20, '-q changes nothing', '')


def where_packets_come_from(folder):
    reference = wire101.events(CHAT)
    n = len(pcapfile.read(CHAT).packets)
    other = os.path.join(folder, 'other.pcap')
    saved(other, BROWSER)
    browser = len(pcapfile.read(other).packets)

    def case(what, *files, count=n, **how):
        out = os.path.join(folder, what.replace(' ', '-').replace(',', '') + '.pcap')
        lines, err = saved(out, *files, **how)
        same(f'{what}: the same events', lines, out)
        kept = len(pcapfile.read(out).packets)
        point(kept == count, f'{what}: all packets', (kept, count, err))
        return lines

    def to_fifo(path):
        with open(path, 'wb') as fifo, open(CHAT, 'rb') as f:
            fifo.write(f.read())

    with open(CHAT, 'rb') as f:
        lines = case('standard input that is a file', '-', stdin=f)
    point(not difference(by_connection(reference), by_connection(lines)), '... analysed as the file', '')
    with open(CHAT, 'rb') as f:
        whole = f.read()
    behind = os.path.join(folder, 'behind')
    with open(behind, 'wb') as f:
        f.write(b'something else' + whole)
    with open(behind, 'rb', buffering=0) as f:
        f.read(14)
        case('standard input that began behind its begin', '-', stdin=f)
    out = os.path.join(folder, 'pipe.pcap')
    p = subprocess.run([wire101.program(), '-q', '-w', out, '-'], input=whole, capture_output=True, check=False)
    point(p.returncode == 0 and len(pcapfile.read(out).packets) == n, 'a pipe: all packets', p.stderr)
    fifo = os.path.join(folder, 'fifo')
    os.mkfifo(fifo)
    writer = threading.Thread(target=to_fifo, args=(fifo,))
    writer.start()
    case('a FIFO', fifo)
    writer.join()
    packed = os.path.join(folder, 'chat.gz')
    with gzip.open(packed, 'wb') as f:
        f.write(whole)
    case('gzip', packed)
    case('two files', CHAT, BROWSER, count=n + browser)
    with open(CHAT, 'rb') as f:
        case('a file, a missing one, standard input, gzip', BROWSER, 'nope', '-', packed, stdin=f, ok=3,
             count=2 * n + browser)
    cut = os.path.join(folder, 'cut')
    with open(cut, 'wb') as f:
        f.write(whole[:-7])
    case('a file that is cut', cut, count=n - 1, ok=3)
    for name, change in (('VLAN tags', lambda d: [vlan(d)]), ('fragments', fragments)):
        wrapped = os.path.join(folder, 'wrapped')
        count = rewrite(CHAT, wrapped, change)
        lines = case(name, wrapped, count=count)
        point(len(by_connection(lines)) == 1, f'{name}: were read', '')


def what_falls_out(folder):
    """A pipe of more than the ring holds: 70,000 packets of 1,000 bytes that nobody asked for after the handshake."""
    capture = pcapfile.read(CHAT)
    filler = b'\x02\0\0\0\0\1\x02\0\0\0\0\2\x88\xb5' + bytes(986)
    pad = pcapfile.pcap_bytes(pcapfile.Capture([pcapfile.Packet(capture.packets[0].time, filler, 1000)]))[24:]
    first = pcapfile.pcap_bytes(capture)
    capture.packets = capture.packets[10:]
    rest = pcapfile.pcap_bytes(capture)[24:]
    data = first[:24] + first[24:len(first) - len(rest)] + pad * 70000 + rest
    out = os.path.join(folder, 'fell.pcap')
    p = subprocess.run([wire101.program(), '-o', 'jsonl', '-w', out, '-'], input=data, capture_output=True, check=False)
    err, n = p.stderr.decode(), len(capture.packets)
    point(p.returncode == 3 and f'10 of {n + 10} packets of the connections shown were no longer at hand '
          '(the ring holds 64 MiB)' in err, 'what fell out of the ring is said', err)
    point(len(pcapfile.read(out).packets) == n, '... the others are saved', err)
    piped = os.path.join(folder, 'big.pcap')
    with open(piped, 'wb') as f:
        f.write(data)
    _, err = saved(os.path.join(folder, 'fell-not.pcap'), piped)
    point(len(pcapfile.read(os.path.join(folder, 'fell-not.pcap')).packets) == n + 10, 'a file loses none', err)


def refusals(folder):
    old = os.path.join(folder, 'old.pcap')

    def write_old(content=b'precious'):
        with open(old, 'wb') as f:
            f.write(content)

    def is_old(content=b'precious'):
        with open(old, 'rb') as f:
            return f.read() == content

    def refused(what, words, *args, status=3, lines=1):
        got, text, err = run(*args)
        point(got == status and len(err) == lines and words in err[0] and not text, what, (got, text, err))

    write_old()
    refused('an existing file', f'-w {old}: File exists: --force', '-w', old, CHAT)
    point(is_old(), '... stays', '')
    refused('... before anything is read', 'File exists', '-w', old, 'nope.pcap')
    refused('an empty name', '-w "": No such file', '-w', '', CHAT)
    refused('standard output', '-w: standard output is for the report', '-w', '-', CHAT, status=2)
    refused('a directory', 'is a directory', '-w', folder, '--force', CHAT)
    refused('a directory that is not there', 'No such file or directory', '-w', os.path.join(folder, 'no', 'out'), CHAT)
    refused('/dev/full', 'is not a regular file', '-w', '/dev/full', CHAT)
    new = os.path.join(folder, 'new.pcap')
    refused('a bad filter', 'filter "prt 80"', '-w', new, '-r', CHAT, 'prt', '80', status=2)
    refused('a bad pattern', '--grep', '-w', new, '--grep', '(', CHAT, status=2)
    refused('no input', 'nope', '-w', new, 'nope')
    point(not os.path.exists(new), '... leave no file behind', '')
    got, _, err = run('--force', '-w', old, 'nope')
    point(got == 3 and is_old(), '... and with --force the old one', err)

    with open(CHAT, 'rb') as f:
        chat = f.read()
    write_old(chat)
    link = os.path.join(folder, 'link.pcap')
    os.link(old, link)
    for options in ((), ('--force',)):
        refused(f'one of the inputs {" ".join(options)}'.strip(), 'is one of the inputs', *options, '-w', old, CHAT, link)
        point(is_old(chat), '... stays', '')
    with open(old, 'rb') as f:
        got, _, err = run('--force', '-w', old, '-', stdin=f)
    point(got == 3 and 'is one of the inputs' in err[0] and is_old(chat), 'standard input is one, too', err)
    for what, options, environment in (('the key log', ('-k', old), {}), ('the filter file', ('-F', old), {}),
                                       ('the key log of SSLKEYLOGFILE', (), {'SSLKEYLOGFILE': old})):
        write_old(b'tcp\n')
        words = 'is the filter file' if '-F' in options else 'is a key log'
        got, text, err = run('--force', '-w', old, *options, CHAT, env={**os.environ, **environment})
        point(got == 3 and len(err) == 1 and words in err[0] and not text and is_old(b'tcp\n'), what, (got, err))
    for stream in ('stdout', 'stderr'):
        write_old(b'')
        with open(old, 'ab') as f:
            p = subprocess.run([wire101.program(), '--force', '-w', old, CHAT], check=False,
                               **{'stdout': subprocess.PIPE, 'stderr': subprocess.PIPE, stream: f})
        with open(old, 'rb') as f:
            told = p.stderr if stream == 'stdout' else f.read()
        name = {'stdout': 'output', 'stderr': 'error'}[stream]
        point(p.returncode == 3 and told == f'wire101: -w {old}: is where standard {name} goes: choose another name\n'
              .encode() and (stream == 'stderr' or is_old(b'')), f'the file that standard {name} is', told)
    write_old()
    saved(old, '--force', BROWSER)
    point(wire101.events(old)[-1]['upgrades']['offered'] == 2, '--force writes over it', '')

    two = sample('two-links.pcapng')
    if os.path.exists(two):
        with open(os.path.join(folder, 'both-RAW.pcap'), 'wb') as f:
            f.write(b'precious')
        got, text, err = run('-w', os.path.join(folder, 'both.pcap'), two)
        point(got == 3 and text and 'both-RAW.pcap: File exists' in err[0], 'an existing file for a further link type', err)
        point(any('saved ' in line and 'both.pcap' in line for line in err), '... the first one is saved', err)


def trouble(folder):
    def limits(most=2000):
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    full = os.path.join(folder, 'full.pcap')
    _, wanted, _ = run('-o', 'jsonl', CHAT)
    got, text, err = run('-o', 'jsonl', '-w', full, CHAT, preexec_fn=limits)
    point(got == 3 and len([line for line in err if 'full.pcap: File too large' in line]) == 1, 'a full disk is said once', err)
    point(text == wanted, '... and everything is reported', err)
    kept = wire101.events(full, ok=(3,))[-1]['packets']
    point(kept > 1 and f'wire101: only {kept} packets came to {full}, which is not whole' in err,
          '... with the packets that are in the file', (kept, err))
    os.unlink(full)
    got, _, err = run('-q', '-w', full, CHAT, preexec_fn=lambda: limits(20))
    point(got == 3 and not os.path.exists(full), 'a full disk from the begin leaves no file', err)

    capture = pcapfile.read(CHAT)
    capture.packets = [pcapfile.Packet(p.time, p.data + bytes(300000 * (n < 2)), p.length + 300000 * (n < 2), p.link)
                       for n, p in enumerate(capture.packets)]
    large, cut = os.path.join(folder, 'large.pcapng'), os.path.join(folder, 'cut.pcap')
    with open(large, 'wb') as f:
        f.write(pcapfile.pcapng_bytes(capture))
    got, _, err = run('-q', '-w', cut, large)
    point(got == 3 and 'wire101: -w: 2 packets were cut to 262144 bytes, the most that pcap has' in err,
          'packets that pcap does not take', err)

    def at_second_pass(what, words, act, *options):
        """The file changes when the report is printed: standard output is a pipe that is read late."""
        path, out = os.path.join(folder, 'changing'), os.path.join(folder, 'late.pcap')
        if os.path.exists(out):
            os.unlink(out)
        with open(path, 'wb') as f, open(CHAT, 'rb') as chat:
            f.write(chat.read())
        filler = os.path.join(SAMPLES, 'lossy.pcap')
        p = subprocess.Popen([wire101.program(), '-o', 'log', '-x', '-vv', '--payload', 'full', *options, '-w', out, path,
                              *[filler] * 30], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        p.stdout.read(1)        # more than a pipe holds is still to come: the first pass cannot end
        act(path, p)
        text, err = p.communicate(timeout=wire101.LIMIT)
        err = err.decode()
        point(p.returncode == 3 and words in err and b'upgrades offered' in text, what, (p.returncode, err))

    def shorten(path, _):
        with open(path, 'rb+') as f:
            f.truncate(3000)

    def replace(path, _):
        os.rename(CHAT_COPY, path)

    CHAT_COPY = os.path.join(folder, 'copy')
    with open(CHAT, 'rb') as f, open(CHAT_COPY, 'wb') as copy:
        copy.write(f.read())
    at_second_pass('a file that became shorter', 'changing: changed while it was read', shorten)
    at_second_pass('a file that was replaced', 'changing: was replaced while it was read', replace)
    at_second_pass('a file that has gone', 'changing: No such file or directory', lambda path, _: os.unlink(path))


def main():
    for case in (every_sample, what_is_shown, where_packets_come_from, what_falls_out, refusals, trouble):
        with tempfile.TemporaryDirectory() as folder:
            try:
                case(folder)
            except (wire101.Broken, KeyError, IndexError, OSError, struct.error) as e:
                point(False, case.__name__.replace('_', ' '), repr(e))
    return TAP.end()


if __name__ == '__main__':
    sys.exit(main())
