#!/usr/bin/env python3
"""Reads a .talk transcript and makes packets from it (tests/talk/README.md has
the language).  Both ends are simulated: what has arrived is acknowledged as a
real TCP would, so that loss, delay and reordering in the *network* and in the
*capture* come out differently, as they do in life.

usage: talk.py FILE.talk OUT.pcap"""
import base64
import hashlib
import ipaddress
import re
import struct
import sys
import zlib
from dataclasses import dataclass, field

import pcapfile

GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
OPCODES = {'continuation': 0, 'text': 1, 'binary': 2, 'close': 8, 'ping': 9, 'pong': 10}
REASONS = {'200': 'OK', '400': 'Bad Request', '403': 'Forbidden', '404': 'Not Found', '426': 'Upgrade Required',
           '502': 'Bad Gateway', '503': 'Service Unavailable'}
START = 1_700_000_000 * 10**9
STEP = 10**6            # capture time from one packet to the next
MSS = 1448

TOKEN = re.compile(r'''\s*(?:(?P<str>"(?:\\.|[^"\\])*") | (?P<hex>hex:[0-9a-fA-F]*)
    | (?P<call>[a-z]+\() | (?P<close>\)) | (?P<comma>,) | (?P<word>[^\s",()]+))''', re.X)


class TalkError(Exception):
    pass


@dataclass
class Expectation:
    line: int
    text: str           # as written
    words: list         # tokens: str, or bytes for a payload
    todo: bool          # known not to hold yet


@dataclass
class Talk:
    packets: list = field(default_factory=list)
    expectations: list = field(default_factory=list)


# ---- the words of a line

def unquote(s):
    out, i = bytearray(), 1
    while i < len(s) - 1:
        if s[i] != '\\':
            out += s[i].encode()
            i += 1
        elif s[i + 1] == 'x':
            out.append(int(s[i + 2:i + 4], 16))
            i += 4
        else:
            out += {'r': b'\r', 'n': b'\n', 't': b'\t', '0': b'\0', '"': b'"', '\\': b'\\'}[s[i + 1]]
            i += 2
    return bytes(out)


def tokens(text):
    at = 0
    text = text.rstrip()
    while at < len(text):
        m = TOKEN.match(text, at)
        if not m:
            raise TalkError(f'cannot read {text[at:at + 20]!r}')
        at = m.end()
        yield m.lastgroup, m.group(m.lastgroup)


def tree(stream, nested=False):
    """-> list of bytes (strings, hex), str (words) and (name, arguments)"""
    out = []
    for kind, value in stream:
        if kind == 'str':
            out.append(unquote(value))
        elif kind == 'hex':
            out.append(bytes.fromhex(value[4:]))
        elif kind == 'word':
            out.append(value)
        elif kind == 'call':
            out.append((value[:-1], tree(stream, True)))
        elif kind == 'close' and nested:
            return out
        elif kind == 'close':
            raise TalkError('")" without "("')
    if nested:
        raise TalkError('")" is missing')
    return out


def number(s):
    return int(s, 0)


def duration(s):
    m = re.fullmatch(r'(-?[\d.]+)(us|ms|s)', s)
    if not m:
        raise TalkError(f'{s!r} is no duration')
    return round(float(m[1]) * {'us': 10**3, 'ms': 10**6, 's': 10**9}[m[2]])


def split_options(args):
    """-> (words {name: value or True}, the rest)"""
    words, rest = {}, []
    for a in args:
        if isinstance(a, str):
            name, eq, value = a.partition('=')
            words[name] = value if eq else True
        else:
            rest.append(a)
    return words, rest


# ---- builders: bytes from calls

class Side:
    """What the builders of one direction remember."""

    def __init__(self, number_, client):
        self.number, self.client = number_, client
        self.frames = 0
        self.deflate = None


class Builders:
    """Turns items into bytes for one direction of a connection."""

    def __init__(self, conn):
        self.conn = conn

    def join(self, side, items):
        return b''.join(self.one(side, i) for i in items)

    def one(self, side, item):
        if isinstance(item, bytes):
            return item
        if isinstance(item, tuple) and hasattr(self, 'make_' + item[0]):
            return getattr(self, 'make_' + item[0])(side, item[1])
        raise TalkError(f'{item!r} is no data')

    def make_repeat(self, side, args):
        return self.join(side, args[:-1]) * number(args[-1])

    def make_noise(self, _side, args):
        """noise(N): bytes without a pattern, always the same"""
        n = number(args[0])
        return b''.join(hashlib.sha1(b'%d' % i).digest() for i in range(n // 20 + 1))[:n]

    def make_slice(self, side, args):
        words, items = [a for a in args if isinstance(a, str)], [a for a in args if not isinstance(a, str)]
        bounds = [number(w) for w in words]
        return self.join(side, items)[bounds[0]:bounds[1] if len(bounds) > 1 else None]

    def make_join(self, side, args):
        return self.join(side, args)

    def make_accept(self, side, args):
        """accept("KEY"), or made wrong in one of the ways seen in the wild"""
        words, items = split_options(args)
        key, guid = self.join(side, items), GUID
        if 'decoded' in words:
            key = base64.b64decode(key)
        if 'lower' in words:
            guid = guid.lower()
        digest = hashlib.sha1(key + guid.encode())
        return digest.hexdigest().encode() if 'hex' in words else base64.b64encode(digest.digest())

    def make_deflate(self, side, args):
        words, items = split_options(args)
        data = self.join(side, items)
        if 'takeover' in words and side.deflate:
            z = side.deflate
        else:
            z = side.deflate = zlib.compressobj(9, zlib.DEFLATED, -number(words.get('bits', '15')))
        if 'final' in words:
            side.deflate = None
            return z.compress(data) + z.flush(zlib.Z_FINISH) + b'\0'
        out = z.compress(data) + z.flush(zlib.Z_SYNC_FLUSH)
        return out if 'tail' in words else out[:-4]

    def make_frame(self, side, args):
        words, items = split_options(args)
        op = number(words['op']) if 'op' in words else next((OPCODES[w] for w in words if w in OPCODES), None)
        if op is None:
            raise TalkError('frame() without a kind')
        payload = self.join(side, items)
        if 'code' in words:
            payload = struct.pack('>H', number(words['code'])) + payload
        side.frames += 1
        mask = words.get('mask', 'auto' if side.client else 'none')
        if mask == 'auto':      # looks random, is always the same
            mask = hashlib.sha1(b'%d %d %d' % (self.conn.number, side.number, side.frames)).hexdigest()[:8]
        first = op | (0 if words.get('fin') == '0' else 0x80)
        for bit, name in ((0x40, 'rsv1'), (0x20, 'rsv2'), (0x10, 'rsv3')):
            first |= bit if name in words else 0
        n = number(words['len']) if 'len' in words else len(payload)
        form = number(words['form']) if 'form' in words else 7 if n < 126 else 16 if n < 65536 else 64
        flag = 0 if mask == 'none' else 0x80
        head = bytes([first, flag | {7: n & 0x7F, 16: 126, 64: 127}[form]])
        head += {7: b'', 16: struct.pack('>H', n & 0xFFFF), 64: struct.pack('>Q', n)}[form]
        if mask == 'none':
            return head + payload
        key = bytes.fromhex(mask)
        return head + key + bytes(b ^ key[i % 4] for i, b in enumerate(payload))

    def _head(self, side, start, defaults, args):
        fields, fresh = list(defaults), set(range(len(defaults)))   # fresh: not replaced yet
        for a in args:
            text = self.one(side, a).decode('utf-8', 'surrogateescape')
            if text.startswith('-'):
                gone = next(i for i, f in enumerate(fields) if f and f[0].lower() == text[1:].lower())
                fields[gone] = None
                continue
            name, _, value = text.partition(':')
            at = next((i for i in sorted(fresh) if fields[i] and fields[i][0].lower() == name.lower()), None)
            if at is None:
                fields.append((name, value.strip()))
            else:
                fields[at] = (name, value.strip())
                fresh.remove(at)
        lines = [start] + [f'{f[0]}: {f[1]}' for f in fields if f]
        return ''.join(line + '\r\n' for line in lines + ['']).encode('utf-8', 'surrogateescape')

    def make_upgrade(self, side, args):
        """upgrade("/path", "Name: value" ...): a request for a WebSocket without fault"""
        words, args = split_options(args)
        key = base64.b64encode(hashlib.md5(b'key %d %d' % (self.conn.number, len(self.conn.keys))).digest()).decode()
        target = self.one(side, args[0]).decode() if args else '/chat'
        head = self._head(side, f"{words.get('method', 'GET')} {target} HTTP/{words.get('version', '1.1')}", [
            ('Host', 'server.example.com'), ('Upgrade', 'websocket'), ('Connection', 'Upgrade'),
            ('Sec-WebSocket-Key', key), ('Sec-WebSocket-Version', '13')], args[1:])
        m = re.search(rb'(?im)^sec-websocket-key:\s*(\S+)', head)
        self.conn.keys.append(m[1] if m else b'')
        return head

    def make_answer(self, side, args):
        """answer(400, "Name: value" ...)"""
        words, items = split_options(args)
        status = next(iter(words))
        return self._head(side, f'HTTP/1.1 {status} {REASONS.get(status, "Status")}', [('Content-Length', '0')], items)

    def make_switched(self, side, args):
        """switched("Name: value" ...): the right 101 to the last upgrade()"""
        key = self.conn.keys[-1] if self.conn.keys else b''
        return self._head(side, 'HTTP/1.1 101 Switching Protocols', [
            ('Upgrade', 'websocket'), ('Connection', 'Upgrade'),
            ('Sec-WebSocket-Accept', self.make_accept(side, [key]).decode())], args)


# ---- TCP

class End:
    """One end: what it has sent, and what has arrived there."""

    def __init__(self, address, port, isn):
        self.address, self.port = address, port
        self.next = isn         # 64 bits wide; wrapped when written
        self.arrived = isn      # in order
        self.waiting = []       # (from, to) behind a hole

    def receive(self, start, end):
        self.waiting.append((start, end))
        moved = True
        while moved:
            moved = False
            for a, b in sorted(self.waiting):
                if a <= self.arrived:
                    self.arrived = max(self.arrived, b)
                    self.waiting.remove((a, b))
                    moved = True
                    break


class Connection:
    def __init__(self, number_, client, server, isn):
        self.number, self.keys = number_, []
        self.ends = (End(*client, isn[0]), End(*server, isn[1]))
        self.ends[0].arrived, self.ends[1].arrived = isn[1], isn[0]
        self.sides = (Side(0, True), Side(1, False))
        self.builders = Builders(self)
        self.pending = []       # (packets still to pass, segment): late in the network


@dataclass
class Segment:
    conn: Connection
    who: int
    seq: int
    data: bytes
    flags: int
    snap: int = -1
    answered: bool = True
    lost: bool = False
    moved: int = 0
    copies: int = 1
    ack_shift: int = 0


class Simulation:
    def __init__(self):
        self.now, self.out, self.conns, self.opened = START, [], {}, 0
        self.current = None

    # -- packets
    def emit(self, s, flags, ack):
        """One packet into the capture, unless it is lost there."""
        src, dst = s.conn.ends[s.who], s.conn.ends[1 - s.who]
        tcp = struct.pack('>HHIIBBHHH', src.port, dst.port, s.seq & 0xFFFFFFFF,
                          (ack + s.ack_shift) & 0xFFFFFFFF if flags & ACK else 0, 5 << 4, flags, 65535, 0, 0) + s.data
        a, b = src.address.packed, dst.address.packed
        pseudo = a + b + struct.pack('>HH' if len(a) == 4 else '>II', 6, len(tcp))
        total = checksum(pseudo + tcp)
        tcp = tcp[:16] + struct.pack('>H', total) + tcp[18:]
        if len(a) == 4:
            ip = struct.pack('>BBHHHBBH', 0x45, 0, 20 + len(tcp), len(self.out) & 0xFFFF, 0x4000, 64, 6, 0) + a + b
            ip = ip[:10] + struct.pack('>H', checksum(ip)) + ip[12:]
            kind = 0x0800
        else:
            ip = struct.pack('>IHBB', 0x60000000, len(tcp), 6, 64) + a + b
            kind = 0x86DD
        ether = bytes([2, 0, 0, 0, 0, 1 + (1 - s.who), 2, 0, 0, 0, 0, 1 + s.who]) + struct.pack('>H', kind)
        packet = ether + ip + tcp
        kept = packet if s.snap < 0 else packet[:len(ether) + len(ip) + 20 + s.snap]
        for _ in range(0 if s.lost else s.copies):
            self.out.append((s.moved, pcapfile.Packet(self.now, kept, len(packet))))
            self.now += STEP

    def send(self, s, delay=0):
        """A segment leaves; what it takes of the sequence space is counted now."""
        end = s.conn.ends[s.who]
        used = len(s.data) + bool(s.flags & SYN) + bool(s.flags & FIN)
        if not s.flags & RST:       # a reset takes no room, wherever it points
            end.next = max(end.next, s.seq + used)
        if delay:
            s.conn.pending.append([delay, s])
        else:
            self.deliver(s)

    def deliver(self, s):
        sender, receiver = s.conn.ends[s.who], s.conn.ends[1 - s.who]
        self.emit(s, s.flags, sender.arrived)
        used = len(s.data) + bool(s.flags & SYN) + bool(s.flags & FIN)
        receiver.receive(s.seq, s.seq + used)
        if used and s.answered and not s.flags & RST:
            self.pure_ack(s.conn, 1 - s.who)
        self.passed(s.conn)

    def passed(self, conn):
        """One more segment has gone by: those that were late may be due."""
        for p in conn.pending:
            p[0] -= 1
        due = [p for p in conn.pending if p[0] <= 0]
        conn.pending = [p for p in conn.pending if p[0] > 0]
        for _, s in due:
            self.deliver(s)

    def pure_ack(self, conn, who, shift=0):
        end = conn.ends[who]
        self.emit(Segment(conn, who, end.next, b'', ACK, ack_shift=shift), ACK, end.arrived)

    # -- statements
    def open(self, args):
        words = [a for a in args if isinstance(a, str)]
        data = [a for a in args if not isinstance(a, str)]
        name = '' if ':' in words[0] else words.pop(0)
        (client, server), options = (parse_endpoint(w) for w in words[:2]), split_options(words[2:])[0]
        self.opened += 1
        isn = [number(n) for n in options.pop('isn', f'{1000 * self.opened}/{5000000 * self.opened}').split('/')]
        conn = self.current = self.conns[name] = Connection(self.opened, client, server, isn)
        how = {k: options.pop(k, False) for k in ('no-syn', 'lost-syn', 'lost-synack', 'moved')}
        if options:
            raise TalkError(f'open: unknown option {sorted(options)}')
        first = conn.builders.join(conn.sides[0], data)
        if how['no-syn']:
            for end in conn.ends:
                end.next += 1
                end.arrived += 1
            return
        self.send(Segment(conn, 0, isn[0], first, SYN, answered=False, lost=bool(how['lost-syn']),
                          moved=number(how['moved']) if how['moved'] else 0))
        self.send(Segment(conn, 1, isn[1], b'', SYN | ACK, answered=False, lost=bool(how['lost-synack'])))
        self.pure_ack(conn, 0)

    def write(self, conn, who, args):
        words = [a for a in args if isinstance(a, str)]
        data = conn.builders.join(conn.sides[who], [a for a in args if not isinstance(a, str)])
        options = {}            # name -> {segment number or 0: value}
        for w in words:
            name, _, at = w.partition('@')
            name, eq, value = name.partition('=')
            options.setdefault(name, {})[number(at) if at else 0] = value if eq else True
        unknown = set(options) - {'split', 'lost', 'late', 'moved', 'dup', 'snap', 'noack', 'fin', 'rst', 'seq', 'ack',
                                  'keepalive', 'pure'}
        if unknown:
            raise TalkError(f'unknown option {sorted(unknown)}')
        end = conn.ends[who]
        if 'pure' in options:
            shift = options.get('ack', {}).get(0, '0')
            return self.pure_ack(conn, who, shift=number(shift))
        if 'keepalive' in options:
            n = options['keepalive'][0]
            probe = Segment(conn, who, end.next - 1, bytes(0 if n is True else number(n)), ACK, answered=False)
            self.emit(probe, ACK, end.arrived)
            return self.pure_ack(conn, 1 - who)
        sizes = [number(n) for n in options['split'][0].split('/')] if 'split' in options else [MSS]
        pieces, at = [], 0
        while at < len(data):
            n = sizes[min(len(pieces), len(sizes) - 1)]
            pieces.append(data[at:at + n])
            at += n
        if not pieces and not ('fin' in options or 'rst' in options):
            raise TalkError('nothing to send')
        pieces = pieces or [b'']
        seq = end.next + number(options['seq'][0]) if 'seq' in options else end.next
        for i, piece in enumerate(pieces, 1):
            def get(name, default):
                o = options.get(name, {})
                return o.get(i, o.get(0, default))
            last = i == len(pieces)
            flags = ACK | (PSH if piece and last else 0)
            flags |= FIN if last and 'fin' in options else 0
            flags |= RST if last and 'rst' in options else 0
            segment = Segment(conn, who, seq, piece, flags, snap=number(get('snap', '-1')),
                              answered=not get('noack', False), lost=bool(get('lost', False)),
                              moved=number(get('moved', '0')), copies=2 if get('dup', False) else 1,
                              ack_shift=number(get('ack', '0')))
            seq += len(piece)
            self.send(segment, number(get('late', '0')))

    def packets(self):
        """The capture: packets that were moved take their place in the file with their own time."""
        for conn in self.conns.values():
            for _, s in conn.pending:
                raise TalkError(f'a late segment of connection {s.conn.number} never came: send more, or use lost')
        keyed = [(i + moved + (0.5 if moved > 0 else -0.5 if moved < 0 else 0), i, p)
                 for i, (moved, p) in enumerate(self.out)]
        return [p for _, _, p in sorted(keyed, key=lambda k: k[:2])]


def checksum(data):
    data += bytes(len(data) % 2)
    total = sum(struct.unpack(f'>{len(data) // 2}H', data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def parse_endpoint(text):
    host, _, port = text.rpartition(':')
    return ipaddress.ip_address(host.strip('[]')), int(port)


# ---- the file

def logical_lines(text):
    """A line that begins with white space goes on with the one before."""
    out = []
    for n, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith('#'):
            continue
        if line[0] in ' \t' and out:
            out[-1][1] += ' ' + line.strip()
        else:
            out.append([n, line.strip()])
    return out


def parse(text):
    talk, sim = Talk(), Simulation()
    for n, line in logical_lines(text):
        try:
            verb, _, rest = line.partition(' ')
            if verb == 'todo':
                verb, _, rest = rest.partition(' ')
                if verb != 'expect':
                    raise TalkError('todo is for expectations')
            if verb == 'expect':
                talk.expectations.append(Expectation(n, rest.strip(), tree(tokens(rest)), line.startswith('todo')))
            elif verb == 'open':
                sim.open(tree(tokens(rest)))
            elif verb == 'wait':
                sim.now += duration(rest.strip())
            elif verb[-1] in '<>':
                name = verb[:-1]
                conn = sim.conns[name] if name else sim.current
                sim.write(conn, 0 if verb[-1] == '>' else 1, tree(tokens(rest)))
            else:
                raise TalkError(f'unknown statement {verb!r}')
        except (TalkError, KeyError, ValueError, IndexError, AttributeError, StopIteration, struct.error) as e:
            raise TalkError(f'line {n}: {line[:60]}: {e}') from e
    talk.packets = sim.packets()
    return talk


def load(path):
    with open(path, encoding='utf-8') as f:
        return parse(f.read())


def main(argv):
    if len(argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        talk = load(argv[1])
    except (TalkError, OSError) as e:
        print(f'talk: {argv[1]}: {e}', file=sys.stderr)
        return 3
    with open(argv[2], 'wb') as f:
        f.write(pcapfile.pcap_bytes(pcapfile.Capture(talk.packets)))
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv))
