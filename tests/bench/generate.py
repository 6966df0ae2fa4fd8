#!/usr/bin/env python3
"""Writes a workload as a capture: classic pcap, microseconds, Ethernet, IPv4, the same bytes for the same arguments.

usage: generate.py WORKLOAD FILE [--scale F] [--frames F] [--seed N]
       generate.py --list
  --scale   all counts times F (default 1): connections, frames, bytes, sources
  --frames  frames and messages times F (default 1), connections stay

Handshakes, accept values, sequence numbers, acknowledgements, time stamps and IP checksums are right; TCP checksums
are zero, as a sender's offload leaves them.  Nobody closes, except in bulk.  deflate and parked hold what the local
zlib makes of the same text, so that another zlib may write other bytes of about the same size."""
import argparse, base64, hashlib, itertools, random, struct, zlib

GUID = b'258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
CLIENT, SERVER = 0, 1
FIN, SYN, PSH, ACK = 1, 2, 8, 16
MSS = 1448
MACS = b'\x02\0\0\0\0\1\x02\0\0\0\0\2', b'\x02\0\0\0\0\2\x02\0\0\0\0\1'  # of packets to the client, to the server
RECORD = struct.Struct('<IIII')
IP = struct.Struct('>14sHHIBBH4s4s')
SEGMENT = struct.Struct('>16sH6sH12sIIH10sII')  # Ethernet, IPv4, TCP with the timestamp option
FIXED = b'\0\0\x40\0\x40\6', struct.pack('>HHHI', 0xffff, 0, 0, 0x0101080a)
SYN_OPTIONS = b'\x02\4\x05\xb4\4\2\x08\x0a', b'\1\3\3\7'


class Capture:
    """The records of one file; each comes `step` microseconds after the one before, more or less."""

    def __init__(self, f, rng, step):
        self.f, self.now, self.parts = f, 1_700_000_000_000_000, []
        self.gaps = itertools.cycle([rng.randint(1, 2 * step - 1) for _ in range(4093)])
        f.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1))

    def record(self, head, payload=b''):
        self.now = now = self.now + next(self.gaps)
        n = len(head) + len(payload)
        self.parts += RECORD.pack(now // 1000000, now % 1000000, n, n), head, payload
        if len(self.parts) > 12000:
            self.flush()

    def flush(self):
        self.f.write(b''.join(self.parts))
        self.parts.clear()


def checksum(header):
    total = sum(struct.unpack('>%dH' % (len(header) // 2), header))
    total = (total & 0xffff) + (total >> 16)
    return 0xffff ^ ((total & 0xffff) + (total >> 16))


def ip(ether_to, protocol, source, target, size):
    """Ethernet and IPv4 headers before `size` bytes."""
    head = IP.pack(ether_to + b'\x08\0', 0x4500, 20 + size, 0x4000, 64, protocol, 0, source, target)
    return head[:24] + checksum(head[14:]).to_bytes(2, 'big') + head[26:]


class Connection:
    """A TCP connection as both ends write it: every segment in order, everything received acknowledged at once."""

    def __init__(self, cap, rng, client, client_port, server=b'\x0a\0\0\1', server_port=80):
        self.cap, self.rng = cap, rng
        a, b = client_port.to_bytes(2, 'big'), server_port.to_bytes(2, 'big')
        self.ends = client + server + a + b, server + client + b + a
        self.sum = 0xffff ^ checksum(b'\x45\0' + FIXED[0] + client + server)
        self.ether = MACS[1] + b'\x08\0\x45\0', MACS[0] + b'\x08\0\x45\0'
        self.seq = [rng.getrandbits(32), rng.getrandbits(32)]
        self.clock = [0, 0]

    def head(self, side, flags, size, ack):
        total = 52 + size
        check = self.sum + total
        now = self.clock[side] = self.cap.now // 1000 & 0xffffffff
        seq = self.seq[side]
        self.seq[side] = seq + size & 0xffffffff
        check = 0xffff ^ ((check & 0xffff) + (check >> 16))
        return SEGMENT.pack(self.ether[side], total, FIXED[0], check, self.ends[side], seq, ack,
                            0x8000 | flags, FIXED[1], now, self.clock[1 - side])

    def send(self, side, payload=b'', flags=PSH | ACK):
        self.cap.record(self.head(side, flags, len(payload), self.seq[1 - side]), payload)

    def syn(self, side, flags):
        now = self.clock[side] = self.cap.now // 1000 & 0xffffffff
        ends, ack = self.ends[side], self.seq[1 - side] if flags & ACK else 0
        self.cap.record(ip(MACS[1 - side], 6, ends[:4], ends[4:8], 40) + ends[8:] +
                        struct.pack('>IIHHI', self.seq[side], ack, 0xa000 | flags, 64240, 0) +
                        SYN_OPTIONS[0] + struct.pack('>II', now, self.clock[1 - side]) + SYN_OPTIONS[1])
        self.seq[side] = self.seq[side] + 1 & 0xffffffff

    def open(self):
        self.syn(CLIENT, SYN)
        self.syn(SERVER, SYN | ACK)
        self.send(CLIENT, flags=ACK)

    def upgrade(self, extension=b''):
        """Yields between the packets of the handshake, for others to speak."""
        self.syn(CLIENT, SYN)
        yield
        self.syn(SERVER, SYN | ACK)
        yield
        self.send(CLIENT, flags=ACK)
        key = base64.b64encode(self.rng.randbytes(16))
        Connection.send(self, CLIENT, b'GET /stream HTTP/1.1\r\nHost: bench.example\r\nUpgrade: websocket\r\n'
                        b'Connection: Upgrade\r\nSec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\n%s\r\n' %
                        (key, extension))
        yield
        accept = base64.b64encode(hashlib.sha1(key + GUID).digest())
        Connection.send(self, SERVER, b'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n'
                        b'Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n%s\r\n' % (accept, extension))

    def frame(self, side, payload, first=0x81):
        if side == CLIENT:
            key = self.rng.getrandbits(32)
            self.send(side, frame_head(first, len(payload), 0x80) + key.to_bytes(4, 'big') + masked(payload, key))
        else:
            self.send(side, frame_head(first, len(payload)) + payload)

    def burst(self, side, stream, at, segments):
        """Up to so many full segments of stream from `at` on, an acknowledgement for each two; returns where it got."""
        for i in range(segments):
            part = stream[at:at + MSS]
            at += len(part)
            self.send(side, part, ACK if at < len(stream) else PSH | ACK)
            if i & 1 or at == len(stream):
                self.send(1 - side, flags=ACK)
            if at == len(stream):
                break
        return at

    def close(self):
        for side in SERVER, CLIENT:
            self.send(side, flags=FIN | ACK)
            self.seq[side] = self.seq[side] + 1 & 0xffffffff
        self.send(SERVER, flags=ACK)


class Unsteady(Connection):
    """A connection of which 5 % of the frames come late by one to four packets of theirs, and 1 % come once more."""

    def __init__(self, *args):
        super().__init__(*args)
        self.late = []  # [packets to wait, side or None for a copy, its sequence number, head, payload]

    def send(self, side, payload=b'', flags=PSH | ACK):
        start = self.seq[side]
        ack = next((x[2] for x in self.late if x[1] == 1 - side), self.seq[1 - side])
        head, chance = self.head(side, flags, len(payload), ack), self.rng.random() if payload else 1
        if chance >= 0.05:
            self.cap.record(head, payload)
        waiting, self.late = self.late, []
        for x in waiting:
            x[0] -= 1
            if x[0]:
                self.late.append(x)
            else:
                self.cap.record(x[3], x[4])
        if chance < 0.06:
            self.late.append([self.rng.randint(1, 4), side if chance < 0.05 else None, start, head, payload])

    def settle(self):
        for x in self.late:
            self.cap.record(x[3], x[4])
        self.late = []


def frame_head(first, n, mask=0):
    if n < 126:
        return bytes((first, mask | n))
    return struct.pack('>BBH', first, mask | 126, n) if n < 65536 else struct.pack('>BBQ', first, mask | 127, n)


ONES = [int.from_bytes(b'\0\0\0\1' * n, 'big') for n in range(1024)]  # times a key: the key so many times


def masked(payload, key):
    n = len(payload)
    return (int.from_bytes(payload, 'big') ^ key * ONES[n + 3 >> 2] >> 8 * (-n & 3)).to_bytes(n, 'big')


def address(i):
    return bytes((10, 1 + (i >> 16), i >> 8 & 255, i & 255))


def connect(cap, rng, i, kind=Connection, **more):
    return kind(cap, rng, address(i), 20000 + i * 7 % 40000, **more)


def exhaust(generators, rng, at_once=64):
    """Runs them all to their ends, so many at once, in random turns."""
    generators = iter(generators)
    active = list(itertools.islice(generators, at_once))
    while active:
        i = int(rng.random() * len(active))
        try:
            next(active[i])
        except StopIteration:
            active[i] = next(generators, None)
            if active[i] is None:
                active[i] = active[-1]
                active.pop()


def phrases(rng):
    """What people say in `update`: 2,048 phrases of seven words, of which there are 512."""
    words = [bytes(rng.choices(b'aeilnorstdhmu', k=rng.randint(2, 9))) for _ in range(512)]
    return [b' '.join(rng.choices(words, k=7)) for _ in range(2048)]


PHRASES = phrases(random.Random(0))
UPDATE = (b'{"type":"update","room":"north wing","sequence":%d,"readings":[' +
          b','.join([b'{"sensor":"t-%03d","value":%d.%02d,"unit":"C"}'] * 9) +
          b'],"notes":[' + b','.join([b'"%s"'] * 13) + b']}')


def update(rng):
    """A message of about 1,100 bytes: names stay, numbers change, phrases come again."""
    bits, values = rng.getrandbits(9 * 18 + 13 * 11), []
    for _ in range(9):
        values += bits & 127, bits >> 7 & 31, bits >> 12 & 63
        bits >>= 18
    for _ in range(13):
        values.append(PHRASES[bits & 2047])
        bits >>= 11
    return UPDATE % (rng.getrandbits(31), *values)


# ---- the workloads: what the capture, the random numbers and the counts make

def chatty(cap, rng, count, frames, kind=Connection):
    """JSON text of about 150 bytes, 30 % from the client, on connections that open during the first tenth."""
    texts = [(b'{"seq":%d,"temperature":%d.%d,"where":"' % (i, i % 40, i % 10)).ljust(128 + i % 41, b'x') + b'"}'
             for i in range(1024)]
    answers = [frame_head(0x81, len(t)) + t for t in texts]
    connections, wanted, total = [], count(1000), frames(count(1_000_000))

    def opening():
        for i in range(wanted):
            c = connect(cap, rng, i, kind)
            yield from c.upgrade()
            connections.append(c)
            yield

    steps, every = opening(), max(1, total // 10 // (4 * wanted))
    for i in range(total):
        if i % every == 0 or not connections:
            for _ in itertools.islice(steps, 1 if connections else 4):
                pass
        c = connections[int(rng.random() * len(connections))]
        if rng.random() < 0.3:
            c.frame(CLIENT, texts[i & 1023])
        else:
            c.send(SERVER, answers[i & 1023])
    return connections


def reorder(cap, rng, count, frames):
    """chatty, with 5 % of the frames late by one to four packets of their connection and 1 % sent twice."""
    for c in chatty(cap, rng, count, frames, Unsteady):
        c.settle()


def bulk(cap, rng, count, frames):
    """1 GB: 60 % HTTP downloads, 39 % TLS without keys, 1 % WebSocket, by turns in bursts."""
    pool = memoryview(rng.randbytes(40 << 20))
    ids = itertools.count()

    def piece(n):
        at = int(rng.random() * (len(pool) - n))
        return pool[at:at + n]

    def size():
        return int(20000 * 800 ** rng.random())  # 20 KB to 16 MB

    def stream(c, side, data):
        at = 0
        while at < len(data):
            before = at
            at = c.burst(side, data, at, rng.randint(2, 10))
            yield at - before

    def download():
        c = connect(cap, rng, next(ids), server=b'\x0a\0\0\2')
        c.open()
        for i in range(rng.randint(1, 4)):
            n = size()
            c.send(CLIENT, b'GET /files/%d HTTP/1.1\r\nHost: files.example\r\nAccept: */*\r\n\r\n' % i)
            yield from stream(c, SERVER, b'HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n'
                              b'Content-Length: %d\r\n\r\n' % n + piece(n))
        c.close()

    def secret():
        c = connect(cap, rng, next(ids), server=b'\x0a\0\0\3', server_port=443)
        c.open()
        hello, answer = hellos(rng)
        c.send(CLIENT, hello)
        yield from stream(c, SERVER, answer + b'\x14\3\3\0\1\1' + record(piece(3200)))
        c.send(CLIENT, b'\x14\3\3\0\1\1' + record(piece(53)))
        for _ in range(rng.randint(1, 4)):
            c.send(CLIENT, record(piece(rng.randint(150, 900))))
            n = size()
            yield from stream(c, SERVER, b''.join(record(piece(min(16401, n - at))) for at in range(0, n, 16401)))
        c.close()

    def talk():
        c = connect(cap, rng, next(ids))
        for _ in c.upgrade():
            yield 0
        while True:
            c.frame(CLIENT if rng.random() < 0.3 else SERVER, update(rng))
            yield 1100

    kinds = [[start, share, 0, [start() for _ in range(width)]] for start, share, width in
             ((download, 0.60, 16), (secret, 0.39, 12), (talk, 0.01, 4))]
    total, sent = frames(count(1_000_000_000)), 0
    while sent < total:
        k = min(kinds, key=lambda k: k[2] / k[1])
        i = int(rng.random() * len(k[3]))
        try:
            n = next(k[3][i])
        except StopIteration:
            k[3][i], n = k[0](), 0
        k[2] += n
        sent += n


def record(payload):
    return struct.pack('>BHH', 23, 0x303, len(payload)) + payload


def hellos(rng):
    """A ClientHello and a ServerHello of TLS 1.3."""
    def block(width, data):
        return len(data).to_bytes(width, 'big') + data

    def message(kind, version, cipher, extensions):
        listed = b''.join(number.to_bytes(2, 'big') + block(2, data) for number, data in extensions)
        body = b'\3\3' + rng.randbytes(32) + block(1, session) + cipher + block(2, listed)
        return b'\x16\3' + version + block(2, bytes((kind,)) + block(3, body))

    session = rng.randbytes(32)
    offered = ((0, block(2, b'\0' + block(2, b'secret.example'))), (10, b'\0\2\0\x1d'), (13, b'\0\2\4\3'),
               (16, block(2, block(1, b'http/1.1'))), (43, b'\2\3\4'),
               (51, block(2, b'\0\x1d' + block(2, rng.randbytes(32)))))
    chosen = (43, b'\3\4'), (51, b'\0\x1d' + block(2, rng.randbytes(32)))
    return message(1, b'\1', b'\0\2\x13\1\1\0', offered), message(2, b'\3', b'\x13\1\0', chosen)


def flows(cap, rng, count, frames):
    """Upgraded connections that say one frame at once, one when all are open, in random order, and never close."""
    text = [b'{"event":"subscribe","channel":"news"}', b'{"event":"subscribed","channel":"news","members":17}']
    connections = [None] * count(200_000)

    def start(i):
        c = connections[i] = connect(cap, rng, i)
        yield from c.upgrade()
        yield
        c.frame(CLIENT, text[CLIENT])

    exhaust(map(start, range(len(connections))), rng, 256)
    for _ in range(frames(1)):
        rng.shuffle(connections)
        for c in connections:
            c.frame(SERVER, text[SERVER])


def compressed(cap, rng, connections, messages, note):
    """Messages with context takeover, 30 % from the client; the connections speak in random turns."""
    sides = [bytearray(rng.random() >= 0.3 for _ in range(messages)) for _ in range(connections)]
    waiting = []
    for said in sides:
        shrink = [zlib.compressobj(6, zlib.DEFLATED, -15) for _ in (CLIENT, SERVER)]
        waiting.append(iter([(shrink[side].compress(update(rng)) + shrink[side].flush(zlib.Z_SYNC_FLUSH))[:-4]
                             for side in said]))
    sides = [iter(said) for said in sides]
    all_of_them = [connect(cap, rng, i) for i in range(connections)]
    exhaust((c.upgrade(b'Sec-WebSocket-Extensions: permessage-deflate\r\n') for c in all_of_them), rng)
    turns = [i for i in range(connections) for _ in range(messages)]
    rng.shuffle(turns)
    for i in turns:
        side, payload = next(sides[i]), next(waiting[i])
        all_of_them[i].frame(side, payload, 0xc1)
        if note:
            note.write(struct.pack('<II', 2 * i + side, len(payload)) + payload)


def deflate(cap, rng, count, frames):
    """JSON of about 1,100 bytes, compressed; FILE.deflate has the payloads: stream, length (32 bits, little), bytes."""
    with open(cap.f.name + '.deflate', 'wb') as note:
        compressed(cap, rng, count(1000), frames(200), note)


def parked(cap, rng, count, frames):
    """A few KB of history on each of many connections, in random turns, so that each is idle most of the time."""
    compressed(cap, rng, count(10_000), frames(6), None)


def large(cap, rng, count, frames):
    """Binary messages of 8 MiB from four clients at once, masked, in fragments of 64 KiB."""
    pool = memoryview(rng.randbytes(16 << 20))  # random bytes are random under each mask: nothing is masked here

    def upload(c, messages):
        yield from c.upgrade()
        for _ in range(messages):
            parts = []
            for i in range(128):
                at = int(rng.random() * (len(pool) - 65536))
                first = (0x80 if i == 127 else 0) | (2 if i == 0 else 0)
                parts += frame_head(first, 65536, 0x80), rng.randbytes(4), pool[at:at + 65536]
            data, at = memoryview(b''.join(parts)), 0
            while at < len(data):
                at = c.burst(CLIENT, data, at, rng.randint(2, 10))
                yield

    total = frames(count(100))
    clients = min(4, total)
    exhaust([upload(connect(cap, rng, i), total // clients + (i < total % clients)) for i in range(clients)], rng)


def junk(cap, rng, count, frames):
    """A SYN flood of distinct sources, and for each twenty of them three random datagrams, a DNS question with its
    answer, and an ARP question."""
    pool = rng.randbytes(1 << 20)
    syn = struct.Struct('>24sHIIHHIIII6x')  # with the padding of a small frame
    start = ip(MACS[1], 6, b'\0\0\0\0', b'\x0a\0\0\1', 20)
    base = 0xffff ^ checksum(start[14:24] + start[26:])

    def datagram(source, target, ports, data):
        return ip(MACS[1], 17, source, target, 8 + len(data)) + struct.pack('>IHH', ports, 8 + len(data), 0) + data

    def name(i):
        host = b'host-%d' % i
        return bytes((len(host),)) + host + b'\7example\0\0\1\0\1'

    target = 0x0a000001
    for i in range(frames(count(2_000_000))):
        source, bits = i * 2654435761 + 12345 & 0xffffffff, rng.getrandbits(46)  # an odd factor: all are distinct
        check = base + (source >> 16) + (source & 0xffff)
        check = (check & 0xffff) + (check >> 16)
        check = 0xffff ^ ((check & 0xffff) + (check >> 16))
        cap.record(syn.pack(start[:24], check, source, target, 0xc000 | bits >> 32, 80, bits & 0xffffffff, 0,
                            0x5002ffff, 0))
        if i % 20:
            continue
        for _ in range(3):
            at, n, ports = rng.getrandbits(19), rng.randint(20, 1200), 0xc000c000 | rng.getrandbits(32)
            cap.record(datagram(address(rng.getrandbits(16)), b'\x0a\0\0\4', ports, pool[at:at + n]))
        who, port, ask = address(rng.getrandbits(16)), 0xc000 | rng.getrandbits(14), rng.randbytes(2)
        cap.record(datagram(who, b'\x0a\0\0\5', port << 16 | 53, ask + b'\1\0\0\1\0\0\0\0\0\0' + name(i)))
        cap.record(datagram(b'\x0a\0\0\5', who, 53 << 16 | port, ask + b'\x81\x80\0\1\0\1\0\0\0\0' + name(i) +
                            b'\xc0\x0c\0\1\0\1\0\0\1\x2c\0\4' + who))
        cap.record(b'\xff' * 6 + MACS[1][6:] + b'\x08\6\0\1\x08\0\6\4\0\1' + MACS[1][6:] + who + bytes(6) +
                   b'\x0a\0\0\6' + bytes(18))


WORKLOADS = {  # microseconds between packets
    chatty: 50, reorder: 50, bulk: 20, flows: 50, deflate: 100, parked: 500, large: 20, junk: 5,
}


def main():
    by_name = {w.__name__: w for w in WORKLOADS}
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument('workload', nargs='?', choices=by_name)
    a.add_argument('file', nargs='?')
    a.add_argument('--list', action='store_true')
    a.add_argument('--scale', type=float, default=1)
    a.add_argument('--frames', type=float, default=1)
    a.add_argument('--seed', type=int, default=1)
    o = a.parse_args()
    if o.list:
        for name, w in by_name.items():
            print(f'{name:8} {" ".join(w.__doc__.split())}')
        return
    if not o.file:
        a.error('a workload and a file are wanted')
    rng = random.Random(o.seed)
    with open(o.file, 'wb') as f:
        cap = Capture(f, rng, WORKLOADS[by_name[o.workload]])
        by_name[o.workload](cap, rng, lambda n: max(1, round(n * o.scale)), lambda n: max(1, round(n * o.frames)))
        cap.flush()


if __name__ == '__main__':
    main()
