"""Reads and writes capture files for the tests: pcap and pcapng, either byte
order, micro- or nanoseconds, plain or gzip'ed.  Python's standard library only.
Knows nothing of what the packets hold."""
import gzip
import struct
from dataclasses import dataclass, field

PCAP_US, PCAP_NS = 0xA1B2C3D4, 0xA1B23C4D


@dataclass
class Packet:
    time: int           # ns since 1970
    data: bytes         # as captured
    length: int         # on the wire
    link: int = 1       # LINKTYPE_


@dataclass
class Capture:
    packets: list = field(default_factory=list)
    snaplen: int = 262144

    @property
    def links(self):
        return sorted({p.link for p in self.packets}) or [1]

    @property
    def nano(self):
        return any(p.time % 1000 for p in self.packets)


def read(path):
    with open(path, 'rb') as f:
        raw = f.read()
    if raw[:2] == b'\x1f\x8b':
        raw = gzip.decompress(raw)
    if raw[:4] == b'\x0a\x0d\x0d\x0a':
        return _read_pcapng(raw)
    for order in '<>':
        magic, = struct.unpack(order + 'I', raw[:4])
        if magic in (PCAP_US, PCAP_NS):
            return _read_pcap(raw, order, 1 if magic == PCAP_NS else 1000)
    raise ValueError(f'{path}: not a capture file')


def _read_pcap(raw, order, unit):
    snaplen, link = struct.unpack(order + 'II', raw[16:24])
    capture, at = Capture(snaplen=snaplen), 24
    while at + 16 <= len(raw):
        sec, frac, kept, length = struct.unpack(order + 'IIII', raw[at:at + 16])
        data = raw[at + 16:at + 16 + kept]
        if len(data) < kept:
            break
        capture.packets.append(Packet(sec * 10**9 + frac * unit, data, length, link & 0xFFFF))
        at += 16 + kept
    return capture


def _options(body, order):
    at = 0
    while at + 4 <= len(body):
        code, n = struct.unpack(order + 'HH', body[at:at + 4])
        if code == 0:
            return
        yield code, body[at + 4:at + 4 + n]
        at += 4 + (n + 3) // 4 * 4


def _read_pcapng(raw):
    capture, at, order, interfaces = Capture(), 0, '<', []
    while at + 12 <= len(raw):
        if raw[at:at + 4] == b'\x0a\x0d\x0d\x0a':
            order = '<' if raw[at + 8:at + 12] == b'\x4d\x3c\x2b\x1a' else '>'
            interfaces = []
        kind, total = struct.unpack(order + 'II', raw[at:at + 8])
        body = raw[at + 8:at + total - 4]
        if total < 12 or at + total > len(raw):
            break
        if kind == 1:
            link, _, capture.snaplen = struct.unpack(order + 'HHI', body[:8])
            unit, offset = 10**6, 0
            for code, value in _options(body[8:], order):
                if code == 9:
                    unit = 2**(value[0] & 0x7F) if value[0] & 0x80 else 10**value[0]
                elif code == 14:
                    offset, = struct.unpack(order + 'q', value)
            interfaces.append((link, unit, offset, capture.snaplen))
        elif kind in (2, 6):
            which, high, low, kept, length = struct.unpack(order + ('HxxIIII' if kind == 2 else 'IIIII'), body[:20])
            link, unit, offset, _ = interfaces[which]
            time = ((high << 32 | low) * 10**9) // unit + offset * 10**9
            capture.packets.append(Packet(time, body[20:20 + kept], length, link))
        elif kind == 3:
            length, = struct.unpack(order + 'I', body[:4])
            link, _, _, snaplen = interfaces[0]
            capture.packets.append(Packet(0, body[4:4 + min(length, snaplen or length)], length, link))
        at += total
    return capture


def pcap_bytes(capture, nano=None, swap=False):
    """nano None: nanoseconds only when a time stamp needs them."""
    if len(capture.links) > 1:
        raise ValueError('classic pcap holds one link type')
    nano = capture.nano if nano is None else nano
    order, unit = '>' if swap else '<', 1 if nano else 1000
    out = [struct.pack(order + 'IHHiIII', PCAP_NS if nano else PCAP_US, 2, 4, 0, 0, capture.snaplen, capture.links[0])]
    for p in capture.packets:
        sec, rest = divmod(p.time, 10**9)
        out.append(struct.pack(order + 'IIII', sec, rest // unit, len(p.data), p.length) + p.data)
    return b''.join(out)


class Section:
    """One section of a pcapng file (draft-ietf-opsawg-pcapng 4) while it is written.  Options are (code, bytes)."""

    def __init__(self, swap=False):
        self.order, self.units, self.blocks = '>' if swap else '<', [], []
        self.block(0x0A0D0D0A, self.pack('IHHq', 0x1A2B3C4D, 1, 0, -1))

    def pack(self, form, *values):
        return struct.pack(self.order + form, *values)

    def block(self, kind, body, options=()):
        body += bytes(-len(body) % 4)
        for code, value in [*options, (0, b'')] if options else []:
            body += self.pack('HH', code, len(value)) + value + bytes(-len(value) % 4)
        total = self.pack('I', len(body) + 12)
        self.blocks.append(self.pack('I', kind) + total + body + total)

    def interface(self, link, snaplen=262144, resolution=9, offset=0, options=()):
        """resolution as if_tsresol has it: 10^-n, or 2^-n with 0x80; None: not said, microseconds"""
        extra = [] if resolution is None else [(9, bytes([resolution]))]
        extra += [(14, self.pack('q', offset))] if offset else []
        self.block(1, self.pack('HHI', link, 0, snaplen), [*extra, *options])
        resolution = 6 if resolution is None else resolution
        self.units.append((2**(resolution & 0x7F) if resolution & 0x80 else 10**resolution, offset))

    def ticks(self, time, interface):
        unit, offset = self.units[interface]
        ticks = (time - offset * 10**9) * unit // 10**9
        return ticks >> 32, ticks & 0xFFFFFFFF

    def packet(self, p, interface=0, options=()):
        head = self.pack('IIIII', interface, *self.ticks(p.time, interface), len(p.data), p.length)
        self.block(6, head + p.data, options)

    def obsolete(self, p, interface=0):
        head = self.pack('HHIIII', interface, 0xFFFF, *self.ticks(p.time, interface), len(p.data), p.length)
        self.block(2, head + p.data)

    def simple(self, p):
        """of the first interface, whose snapshot length says how much was captured; without time"""
        self.block(3, self.pack('I', p.length) + p.data)

    def bytes(self):
        return b''.join(self.blocks)


def pcapng_bytes(capture, swap=False):
    section = Section(swap)
    for link in capture.links:
        section.interface(link, capture.snaplen)
    for p in capture.packets:
        section.packet(p, capture.links.index(p.link))
    return section.bytes()
