#!/usr/bin/env python3
"""Makes a variant of a capture that must mean the same: its IP packets under
another link type, in a tunnel, in fragments, or in another form of file.  What
is not IP is left out; packets that were cut are refused.

usage: rewrap.py NAME IN OUT
       rewrap.py --list"""
import dataclasses
import gzip
import itertools
import struct
import sys
from typing import Callable

import headers as h
import pcapfile
from headers import by_copy, by_side
from pcapfile import Packet, Section


@dataclasses.dataclass
class Item:
    """An IP packet of the capture; see headers.py."""
    time: int
    ip: bytes
    side: int
    n: int
    nth: int
    copy: int = 0

    @property
    def kind(self):
        return h.IP4 if self.ip[0] >> 4 == 4 else h.IP6


# ---- from the capture to its IP packets

def strip(p):
    """-> the IP packet in p; None: there is none"""
    data, kind = p.data, None
    if p.link == 1:
        kind, data = data[12:14], data[14:]
    elif p.link == 113:
        kind, data = data[14:16], data[16:]
    elif p.link == 276:
        kind, data = data[0:2], data[20:]
    elif p.link in (0, 108):
        data = data[4:]
    elif p.link not in (12, 101, 228, 229):
        raise ValueError(f'link type {p.link} cannot be taken off')
    while kind in (b'\x81\x00', b'\x88\xA8', b'\x91\x00'):
        kind, data = data[2:4], data[4:]
    if kind not in (None, b'\x08\x00', b'\x86\xDD') or not data:
        return None
    if data[0] >> 4 == 4 and len(data) >= 20:
        return data[:int.from_bytes(data[2:4], 'big') or len(data)]
    if data[0] >> 4 == 6 and len(data) >= 40:
        return data[:int.from_bytes(data[4:6], 'big') + 40]
    return None


def ends(ip):
    """-> source and destination; of one host to itself with their TCP ports"""
    four = ip[0] >> 4 == 4
    source, dest = (ip[12:16], ip[16:20]) if four else (ip[8:24], ip[24:40])
    if source == dest and ip[9 if four else 6] == 6:
        n = (ip[0] & 15) * 4 if four else 40
        return ip[n:n + 2], ip[n + 2:n + 4]
    return source, dest


def items(capture):
    out, first, counts = [], {}, {}
    for p in capture.packets:
        if len(p.data) < p.length:
            raise ValueError('packets that were cut cannot be wrapped')
        ip = strip(p)
        if ip is None:
            continue
        source, dest = ends(ip)
        side = int(first.setdefault(frozenset((source, dest)), source) != source)
        hosts = ip[12:20] if ip[0] >> 4 == 4 else ip[8:40]
        counts[hosts] = counts.get(hosts, 0) + 1
        out.append(Item(p.time, ip, side, len(out) + 1, counts[hosts]))
    return out


# ---- frames: each takes the items of a capture and returns packets

def through(layers, item):
    """-> [(kind, data)]"""
    parts = [(item.kind, item.ip)]
    for layer in layers:
        made = [layer(kind, data, item) for kind, data in parts]
        parts = [part for one in made for part in (one if isinstance(one, list) else [one])]
    return parts


def packet(item, data, link):
    return Packet(item.time, data, len(data), link)


def framed(link, *layers, order=itertools.chain.from_iterable):
    """link and layers, the innermost first; order: from the pieces of each packet to the packets of the file"""
    def make(packets):
        return list(order([packet(i, data, h.number(link, i)) for _, data in through(layers, i)] for i in packets))
    return make


def backwards(lists):
    return (p for pieces in lists for p in reversed(pieces))


def doubled(lists):
    """One piece of each comes twice: every time another one, at times the last, whose second copy is too late."""
    for n, pieces in enumerate(lists):
        for i, p in enumerate(pieces):
            yield p
            if len(pieces) > 1 and i == n % len(pieces):
                yield p


def mixed(lists):
    """Two datagrams at a time are in assembly; the first is complete first."""
    for pair in itertools.zip_longest(*[iter(lists)] * 2, fillvalue=[]):
        held = [pieces[:-1] for pieces in pair]
        yield from (p for both in itertools.zip_longest(*held) for p in both if p)
        yield from (p for pieces in pair for p in pieces[-1:])


def version_link(item):
    """LINKTYPE_IPV4, LINKTYPE_IPV6"""
    return 228 if item.kind == h.IP4 else 229


def side_layers(a, b):
    """Other layers for each direction."""
    return lambda kind, data, item: (a, b)[item.side](kind, data, item)


def aggregate(groups_of):
    """802.11 frames under radiotap with an A-MSDU each"""
    def make(packets):
        out = []
        for group in groups_of(packets):
            first = group[0][0]
            kind, data = h.subframes([part for _, part in group], first)
            kind, data = h.wlan(qos=True, fcs=True, pad=True)(kind, data, first)
            _, data = h.radiotap(0x30)(kind, data, first)
            out.append(packet(first, data, 127))
        return out
    return make


def beside_udp(packets):
    """A datagram of another connection of the same hosts stands before the packet, or behind it."""
    for i in packets:
        other = h.outer4(9)(*h.udp(40000)(h.FRAME, b'?' * (i.n % 7), i), i)
        pair = [(i, other), (i, (i.kind, i.ip))]
        yield pair if i.n % 2 else pair[::-1]


def pairs(packets):
    """Two packets of the capture, when less than a millisecond lies between them."""
    at = 0
    while at < len(packets):
        near = at + 1 < len(packets) and 0 <= packets[at + 1].time - packets[at].time < 10**6
        yield [(i, (i.kind, i.ip)) for i in packets[at:at + 1 + near]]
        at += 1 + near


# ---- files: each takes packets and returns bytes

def capture_of(packets):
    return pcapfile.Capture(packets)


def plain(packets):
    """pcap; pcapng for several link types"""
    capture = capture_of(packets)
    return pcapfile.pcap_bytes(capture) if len(capture.links) == 1 else pcapfile.pcapng_bytes(capture)


def pcap(nano, swap):
    return lambda packets: pcapfile.pcap_bytes(capture_of(packets), nano, swap)


def fcs_told(packets):
    """The upper bits of the link type say that two 16-bit words of check sequence follow each frame."""
    raw = pcapfile.pcap_bytes(capture_of(packets))
    return h.at(raw, 20, struct.pack('<I', 1 | 0x04000000 | 2 << 28))


def pcapng(swap, from_first=False, **options):
    """options: of Section.interface; from_first: times count from the second of the first packet"""
    def write(packets):
        section = Section(swap)
        start = {'offset': packets[0].time // 10**9} if from_first else {}
        section.interface(1, **options, **start)
        for p in packets:
            section.packet(p)
        return section.bytes()
    return write


def simple(swap):
    def write(packets):
        section = Section(swap)
        section.interface(1, 0)
        for p in packets:
            section.simple(p)
        return section.bytes()
    return write


def obsolete(packets):
    """Packet blocks of the old kind, every third of the new one"""
    section = Section()
    section.interface(1, resolution=9)
    for n, p in enumerate(packets):
        (section.packet if n % 3 == 2 else section.obsolete)(p)
    return section.bytes()


def two_sections(packets):
    """The second has the other byte order, another resolution, and no use of its first interface."""
    half = len(packets) // 2
    first, second = Section(), Section(swap=True)
    first.interface(1)
    second.interface(101, 64, None)
    second.interface(1, resolution=0x80 | 33)
    for p in packets[:half]:
        first.packet(p)
    for p in packets[half:]:
        second.packet(p, 1)
    return first.bytes() + second.bytes()


def two_interfaces(packets):
    """One for each direction: link types, snapshot lengths and clocks differ."""
    section, known = Section(), {}
    for p in packets:
        if p.link not in known:
            known[p.link] = len(known)
            section.interface(p.link, 0 if p.link == 1 else 65535, 9 if p.link == 1 else 12, p.time // 10**9)
        section.packet(p, known[p.link])
    return section.bytes()


def clutter(swap):
    """Every other kind of block, between the packets and with options of all kinds"""
    def write(packets):
        section = Section(swap)
        section.blocks.clear()
        comment, custom = (1, b'said by the writer of the file'), (2988, section.pack('I', 32473) + b'ours')
        text = [comment, (2, b'a machine'), (3, b'a system'), (4, b'a program'), custom]
        section.block(0x0A0D0D0A, section.pack('IHHq', 0x1A2B3C4D, 1, 0, -1), text)
        interface = [(2, b'eth0'), (3, b'a wire'), (4, bytes(8)), (6, bytes(6)), (8, bytes(8)), (11, b'\0tcp'),
                     (12, b'an OS'), (13, b'\0'), comment]
        name = section.pack('HH', 1, 17) + b'\x7F\0\0\1this.example\0'
        section.interface(1, options=interface)
        others = [
            lambda p: section.block(0x0BAD, section.pack('I', 32473) + b'custom data'),
            lambda p: section.block(0x40000BAD, section.pack('I', 32473), [comment]),
            lambda p: section.block(0x7FFFFFFE, b'unknown' * 9),
            lambda p: section.block(5, section.pack('III', 0, *section.ticks(p.time, 0)),
                                    [(4, section.pack('Q', len(packets))), (5, bytes(8)), (7, bytes(8)), comment]),
            lambda p: section.block(4, name + bytes(-len(name) % 4) + section.pack('HH', 0, 0), [comment]),
            lambda p: section.block(10, section.pack('II', 0x544C534B, 12) + b'# no secret\n'),
            lambda p: section.block(9, b'__REALTIME_TIMESTAMP=1\nMESSAGE=x\n'),
            lambda p: section.block(0x204, bytes(24)),
            lambda p: section.interface(147, 96, None, options=[(2, b'unused')]),
        ]
        marks = [comment, (2, section.pack('I', 1)), (3, b'\2' + bytes(4)), (4, bytes(8)), custom]
        for n, p in enumerate(packets):
            others[n % len(others)](p)
            section.packet(p, 0, marks[n % len(marks):])
        return section.bytes()
    return write


def zipped(write):
    return lambda packets: gzip.compress(write(packets), mtime=0)


def two_members(write):
    """RFC 1952 2.2; the first ends inside a packet and has a name in its head"""
    def pack(packets):
        raw = write(packets)
        half = len(raw) // 2
        first = gzip.compress(raw[:half], mtime=0)
        return first[:3] + b'\x08' + first[4:10] + b'name\0' + first[10:] + gzip.compress(raw[half:], mtime=0)
    return pack


# ---- the table

@dataclasses.dataclass
class Wrapping:
    frames: Callable            # items -> packets
    file: Callable = plain      # packets -> bytes
    tick: int = 0               # ns that a time stamp may be early; None: time is lost
    numbered: bool = True       # packets keep their numbers
    version: int = 0            # 6: means something for captures of IPv6 only
    copies: int = 1             # of the capture, each in a tunnel of its own


E = h.ethernet


def tunnels():
    """name -> layers between the packet and the outer IP header"""
    return {
        'ip-in-ip': [],
        'gre': [h.gre()],
        'gre-all': [h.gre(77, True, True)],
        'gre-key-by-direction': [h.gre(by_side(77, 78))],
        'gre-sequence': [h.gre(sequence=True)],
        'gre-ethernet': [E, h.gre(5)],
        'gre-mpls': [h.mpls(16, 17), h.gre()],
        'mpls-in-ip': [h.mpls(99)],
        'vxlan': [E, h.vxlan(123456), h.udp(4789)],
        'vxlan-8472': [E, h.vxlan(0), h.udp(8472)],
        'vxlan-by-direction': [E, h.vxlan(by_side(10, 20)), h.udp(4789)],
        'vxlan-gpe': [h.vxlan_gpe(9), h.udp(4790)],
        'vxlan-gpe-ethernet': [E, h.vxlan_gpe(9), h.udp(4790)],
        'geneve': [E, h.geneve(77), h.udp(6081)],
        'geneve-ip': [h.geneve(77, options=False), h.udp(6081)],
        'gtp': [h.gtp(0xABCD), h.udp(2152)],
        'gtp-by-direction': [h.gtp(by_side(0x1001, 0x80002002)), h.udp(2152, 2152)],
        'gtp-sequence': [h.gtp(by_side(1, 2), sequence=True), h.udp(2152)],
        'gtp-container': [h.gtp(by_side(3, 4), container=True), h.udp(2152)],
        'gtp-both': [h.gtp(by_side(5, 6), sequence=True, container=True), h.udp(2152)],
        'pptp': [h.ppp(), h.gre_pptp()],
        'pptp-acknowledged': [h.ppp(address=False, compressed=True), h.gre_pptp(True)],
        'etherip': [E, h.etherip],
        'vlan-vxlan': [h.vlan((0x8100, by_side(7, 8))), E, h.vxlan(4), h.udp(4789)],
    }


def mirrors():
    """the same, where one host sends both directions"""
    return {
        'erspan-1': [E, h.erspan1, h.gre()],
        'erspan-2': [E, h.erspan2(900, 30), h.gre(sequence=True)],
        'erspan-2-vlan': [h.vlan((0x8100, 30)), E, h.erspan2(900, 30), h.gre(sequence=True)],
        'erspan-3': [E, h.erspan3(901), h.gre(sequence=True)],
        'erspan-3-subheader': [E, h.erspan3(901, True), h.gre(sequence=True)],
        'erspan-3-ip': [h.erspan3(901), h.gre(sequence=True)],
    }


def links():
    tags8 = h.vlan(*((tpid, 100 + i) for i, tpid in enumerate((0x88A8, 0x9100, 0x8100, 0x8100) * 2)))
    snap, session = h.snap, h.ppp(address=False)
    return {
        'null-le': (0, h.null('<')), 'null-be': (0, h.null('>')), 'loop': (108, h.null('>')),
        'raw': (101, h.bare), 'raw-12': (12, h.bare), 'raw-14': (14, h.bare), 'ipv4-ipv6': (version_link, h.bare),
        'raw-options': (101, h.with_options),
        'ethernet': (1, E), 'ethernet-padded': (1, E, h.ended(b'\xA5' * 18)),
        'vlan': (1, h.vlan((0x8100, 100)), E), 'vlan-priority': (1, h.vlan((0x8100, 0)), E),
        'vlan-2': (1, h.vlan((0x88A8, 20), (0x8100, 100)), E), 'vlan-8': (1, tags8, E),
        'vlan-by-direction': (1, h.vlan((0x8100, by_side(100, 200))), E),
        'vlan-2-by-direction': (1, h.vlan((0x88A8, by_side(3, 4)), (0x8100, by_side(100, 200))), E),
        'snap': (1, snap, E), 'snap-padded': (1, snap, E, h.ended(b'\xA5' * 18)),
        'vlan-snap': (1, snap, h.vlan((0x8100, 9)), E),
        'sll': (113, h.cooked), 'sll-vlan': (113, h.vlan((0x8100, 5)), h.cooked), 'sll-snap': (113, snap, h.cooked),
        'sll2': (276, h.cooked2), 'sll2-vlan': (276, h.vlan((0x8100, 5)), h.cooked2),
        'ppp': (9, h.ppp()), 'ppp-bare': (9, h.ppp(address=False)), 'ppp-compressed': (9, h.ppp(False, True)),
        'ppp-mpls': (9, h.mpls(30), h.ppp()), 'ppp-hdlc': (50, h.ppp()), 'ppp-hdlc-cisco': (50, h.cisco_hdlc),
        'ppp-direction': (204, h.ppp(), h.ppp_direction),
        'pppoe': (1, session, h.pppoe(77), E), 'pppoe-padded': (1, session, h.pppoe(77), E, h.ended(b'\xA5' * 9)),
        'pppoe-vlan': (1, session, h.pppoe(77), h.vlan((0x8100, 9)), E), 'ppp-ether': (51, session, h.pppoe(1)),
        'mpls': (1, h.mpls(1000), E), 'mpls-3': (1, h.mpls(by_side(16, 17), 0, by_side(18, 1048575)), E),
        'mpls-pseudowire': (1, E, h.mpls(500, by_side(600, 601), control_word=True), E),
        'mpls-pseudowire-plain': (1, E, h.mpls(500, by_side(600, 601)), E),
        'mpls-bare': (219, h.mpls(40, 2)),
        'hdlc': (104, h.cisco_hdlc), 'hdlc-mpls': (104, h.mpls(7), h.cisco_hdlc),
        'nflog-le': (239, h.nflog('<')), 'nflog-be': (239, h.nflog('>')),
        'pflog-61': (117, h.pflog(61, 28)), 'pflog-61-macos': (117, h.pflog(61, 30)),
        'pflog-100': (117, h.pflog(100, 24)),
        'wlan': (105, h.wlan()), 'wlan-to': (105, h.wlan(1)), 'wlan-from': (105, h.wlan(2)),
        'wlan-adhoc': (105, h.wlan(0)), 'wlan-bridge': (105, h.wlan(3)), 'wlan-qos': (105, h.wlan(qos=True)),
        'wlan-qos-htc': (105, h.wlan(qos=True, htc=True)), 'wlan-bridge-qos-htc': (105, h.wlan(3, qos=True, htc=True)),
        'radiotap': (127, h.wlan(), h.radiotap()),
        'radiotap-extended': (127, h.wlan(qos=True), h.radiotap(extended=True)),
        'radiotap-fcs': (127, h.wlan(fcs=True), h.radiotap(0x10)),
        'radiotap-pad': (127, h.wlan(qos=True, pad=True), h.radiotap(0x20)),
        'radiotap-bridge-pad-fcs': (127, h.wlan(3, pad=True, fcs=True), h.radiotap(0x30)),
        'ppi': (192, h.wlan(), h.ppi(105)), 'ppi-fcs': (192, h.wlan(qos=True, fcs=True), h.ppi(105, 1)),
        'ppi-aligned': (192, h.wlan(), h.ppi(105, aligned=True)), 'ppi-ethernet': (192, E, h.ppi(1)),
        'avs': (163, h.wlan(), h.avs), 'prism': (119, h.wlan(qos=True), h.prism),
    }


def pieces():
    """Fragments, of the packet or of what is round it; these get other numbers."""
    out = {f'fragments-{n}': framed(1, h.fragments(n), E) for n in (8, 24, 1000, 1480)}
    for name, order in (('backwards', backwards), ('doubled', doubled), ('mixed', mixed)):
        out[f'fragments-8-{name}'] = framed(101, h.fragments(8), h.bare, order=order)
        out[f'fragments-24-{name}'] = framed(1, h.fragments(24), E, order=order)
    inner = h.fragments(48)
    for outer, version in ((h.outer4(), 4), (h.outer6(), 6)):
        around = [E, h.vxlan(5), h.udp(4789), outer]
        out[f'vxlan-ipv{version}-fragments'] = framed(1, *around, h.fragments(64, True), E)
        for name, order in (('backwards', backwards), ('doubled', doubled), ('mixed', mixed)):
            out[f'vxlan-ipv{version}-fragments-{name}'] = framed(1, *around, h.fragments(40, True), E, order=order)
        out[f'fragments-in-vxlan-ipv{version}-fragments'] = framed(1, inner, *around, h.fragments(32, True), E)
        out[f'gre-ipv{version}-fragments'] = framed(1, h.gre(3), outer, h.fragments(56, True), E, order=mixed)
        out[f'ip-in-ipv{version}-fragments'] = framed(1, outer, h.fragments(16, True), E, order=backwards)
    out['options-fragments'] = framed(101, h.with_options, h.fragments(16), h.bare)
    out['vlan-by-direction-fragments'] = framed(1, h.fragments(24), h.vlan((0x8100, by_side(100, 200))), E)
    return out


def files():
    """name -> (frames, Wrapping's further arguments)"""
    eth = framed(1, E)
    out = {
        'pcapng-le': (eth, pcapng(False)), 'pcapng-be': (eth, pcapng(True)),
        'pcapng-us': (eth, pcapng(False, resolution=None), 1000),
        'pcapng-ms': (eth, pcapng(False, resolution=3), 10**6),
        'pcapng-ps': (eth, pcapng(False, from_first=True, resolution=12)),
        'pcapng-2-20': (eth, pcapng(True, resolution=0x80 | 20), 1000),
        'pcapng-2-30': (eth, pcapng(False, resolution=0x80 | 30), 1),
        'pcapng-earlier': (eth, pcapng(True, offset=-10**9)), 'pcapng-snaplen': (eth, pcapng(False, snaplen=0)),
        'pcapng-simple': (eth, simple(False), None), 'pcapng-simple-be': (eth, simple(True), None),
        'pcapng-obsolete': (eth, obsolete), 'pcapng-sections': (eth, two_sections, 1),
        'pcapng-interfaces': (framed(by_side(1, 101), side_layers(E, h.bare)), two_interfaces),
        'pcapng-clutter': (eth, clutter(False)), 'pcapng-clutter-be': (eth, clutter(True)),
        'pcapng-check-sequence': (framed(1, E, h.with_fcs), pcapng(False, options=[(13, b'\4')])),
        'pcap-check-sequence': (framed(1, E, h.with_fcs), fcs_told),
    }
    for nano, swap in itertools.product((False, True), repeat=2):
        out[f"pcap-{'ns' if nano else 'us'}-{'be' if swap else 'le'}"] = (eth, pcap(nano, swap), 0 if nano else 1000)
    out.update({f'{name}-gz': (frames, zipped(write), *rest) for name, (frames, write, *rest) in out.items()})
    for name in ('pcap-ns-le', 'pcapng-le'):
        frames, write, *rest = out[name]
        out[f'{name}-gz-members'] = (frames, two_members(write), *rest)
    return out


def copies():
    """Two copies at once, each in a network of its own"""
    vlan, udp = h.vlan((0x8100, by_copy(100, 200))), h.udp
    alone = h.outer4(7)
    return {
        'twice-vlan': framed(1, vlan, E), 'twice-vlan-fragments': framed(1, h.fragments(24), vlan, E),
        'twice-vlan-2': framed(1, h.vlan((0x88A8, by_copy(1, 2)), (0x8100, by_copy(2, 1))), E),
        'twice-pppoe': framed(1, h.ppp(address=False), h.pppoe(by_copy(1, 2)), E),
        'twice-vxlan': framed(1, E, h.vxlan(by_copy(1, 2)), udp(4789), same(alone), E),
        'twice-vxlan-fragments': framed(1, h.fragments(24), E, h.vxlan(by_copy(1, 2)), udp(4789), same(alone), E),
        'twice-geneve': framed(1, E, h.geneve(by_copy(1, 2)), udp(6081), same(alone), E),
        'twice-gtp': framed(1, h.gtp(by_copy(1, 2)), udp(2152), same(alone), E),
        'twice-gre': framed(1, h.gre(by_copy(1, 2)), same(alone), E),
        'twice-erspan': framed(1, E, h.erspan2(by_copy(1, 2)), h.gre(sequence=True), same(alone), E),
        'twice-gre-hosts': framed(1, h.gre(), h.outer4(), E),
        'twice-ip-in-ip': framed(1, h.outer4(), E), 'twice-ip-in-ipv6': framed(1, h.outer6(), E),
        'twice-vlan-in-vxlan': framed(1, vlan, E, h.vxlan(1), udp(4789), same(alone), E),
    }


def same(layer):
    """Both copies get one outer header."""
    return lambda kind, data, item: layer(kind, data, dataclasses.replace(item, copy=0))


def nested():
    vxlan, gtp = h.vxlan(4), h.gtp(by_side(1, 2))
    return {
        'vlan-vxlan-vlan': (1, h.vlan((0x8100, 12)), E, vxlan, h.udp(4789), h.outer4(),
                            h.vlan((0x8100, by_side(40, 41))), E),
        'gre-in-gre': (1, h.gre(1), h.outer4(201), h.gre(2), h.outer6(), E),
        'gtp-in-vxlan-in-mpls': (1, gtp, h.udp(2152), h.outer6(201), E, vxlan, h.udp(4789), h.outer4(), h.mpls(20), E),
        'gre-sll': (113, h.gre(), h.outer4(), h.cooked),
        'vxlan-wlan': (127, E, vxlan, h.udp(4789), h.outer4(), h.wlan(), h.radiotap()),
    }


def table():
    out = {name: Wrapping(framed(link, *layers)) for name, (link, *layers) in {**links(), **nested()}.items()}
    for outer, version in ((h.outer4, 4), (h.outer6, 6)):
        for some, mirror in ((tunnels(), False), (mirrors(), True)):
            for name, layers in some.items():
                out[f'{name}-ipv{version}'] = Wrapping(framed(1, *layers, outer(mirror=mirror), E))
    out['amsdu-udp'] = Wrapping(aggregate(beside_udp))
    out['amsdu-pairs'] = Wrapping(aggregate(pairs), tick=10**6, numbered=False)
    out.update({name: Wrapping(frames, numbered=False) for name, frames in pieces().items()})
    out['ipv6-fragments-options'] = Wrapping(framed(1, h.with_options, h.fragments(24), E, order=backwards),
                                             numbered=False, version=6)
    out['ipv6-atomic'] = Wrapping(framed(1, h.atomic, E), version=6)
    out['vxlan-ipv6-atomic'] = Wrapping(framed(1, E, h.vxlan(5), h.udp(4789), h.outer6(), h.atomic, E))
    out.update({name: Wrapping(*how) for name, how in files().items()})
    out.update({name: Wrapping(frames, numbered=False, copies=2) for name, frames in copies().items()})
    return out


def suits(wrapping, packets):
    return not wrapping.version or all(i.kind == h.IP6 for i in packets)


def wrapped(wrapping, packets):
    """items -> the bytes of the file"""
    copied = [dataclasses.replace(i, copy=c) for i in packets for c in range(wrapping.copies)]
    return wrapping.file(wrapping.frames(copied))


def main(argv):
    every = table()
    if argv[1:] == ['--list']:
        print('\n'.join(every))
        return 0
    if len(argv) != 4 or argv[1] not in every:
        sys.exit(__doc__)
    packets = items(pcapfile.read(argv[2]))
    with open(argv[3], 'wb') as f:
        f.write(wrapped(every[argv[1]], packets))
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv))
