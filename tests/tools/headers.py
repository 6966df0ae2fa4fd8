"""Headers that networks and capturing systems put in front of an IP packet, made
from their standards and not from wire101's code: this is its cross-check.  A
layer is a function (kind, data, item) -> (kind, data), or a list of these where
it cuts the data into pieces.  `kind` says what data begins with: an EtherType
where there is one, else a name.  `item` is the packet at hand: `side` 0 or 1 by
its direction, `n` its number, `nth` its number among those of its addresses,
`copy` which copy of the capture it belongs to."""
import struct
import zlib

IP4, IP6, ETHERNET, PPP, PPPOE, MPLS = 0x0800, 0x86DD, 0x6558, 0x880B, 0x8864, 0x8847
ERSPAN_1_2, ERSPAN_3 = 0x88BE, 0x22EB
GRE, UDP, LLC, ETHERIP, WLAN, FRAME = 'GRE', 'UDP', 'LLC', 'EtherIP', '802.11', 'frame'


def checksum(data):
    """RFC 1071"""
    data += bytes(len(data) % 2)
    total = sum(struct.unpack(f'>{len(data) // 2}H', data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def at(data, place, value):
    return data[:place] + value + data[place + len(value):]


def be16(value):
    return struct.pack('>H', value)


def be32(value):
    return struct.pack('>I', value)


def number(value, item):
    """Identifiers in the table of wrappings may hang on the packet."""
    return value(item) if callable(value) else value


def by_side(*values):
    return lambda item: values[item.side]


def by_copy(*values):
    return lambda item: values[item.copy]


# ---- Ethernet and its relatives

def mac(last):
    return b'\x02\x00\x5E\x10\x00' + bytes([last])


def named(kind, data):
    """IEEE 802.3 3.2.6: a type, or the length of an LLC frame"""
    return be16(len(data) if kind == LLC else kind) + data


def ethernet(kind, data, item):
    return ETHERNET, mac(2 - item.side) + mac(1 + item.side) + named(kind, data)


def vlan(*tags):
    """IEEE 802.1Q 9.6; (type, identifier), the outermost first"""
    def layer(kind, data, item):
        for tpid, vid in reversed(tags):
            kind, data = tpid, be16(5 << 13 | number(vid, item)) + named(kind, data)
        return kind, data
    return layer


def snap(kind, data, item):
    """RFC 1042; what is longer than an LLC frame may be stays as it is"""
    return (LLC, b'\xAA\xAA\x03\0\0\0' + be16(kind) + data) if len(data) + 8 <= 1500 else (kind, data)


def ended(tail):
    """Bytes behind the packet that belong to the link"""
    return lambda kind, data, item: (kind, data + tail)


def with_fcs(kind, data, item):
    """IEEE 802.3 3.2.9"""
    return kind, data + struct.pack('<I', zlib.crc32(data))


def mpls(*labels, control_word=False):
    """RFC 3032 2.1; RFC 4385 3 for the control word"""
    def layer(kind, data, item):
        stack = [number(label, item) << 12 | 64 for label in labels]
        stack[-1] |= 0x100
        return MPLS, b''.join(map(be32, stack)) + (be32(item.n & 0xFFFF) if control_word else b'') + data
    return layer


# ---- PPP

PPP_PROTOCOL = {IP4: 0x21, IP6: 0x57, MPLS: 0x281}


def ppp(address=True, compressed=False):
    """RFC 1661 2, RFC 1662 3.1"""
    def layer(kind, data, item):
        protocol = PPP_PROTOCOL[kind]
        front = b'\xFF\x03' if address else b''
        return PPP, front + (bytes([protocol]) if compressed else be16(protocol)) + data
    return layer


def pppoe(session):
    """RFC 2516 4"""
    return lambda kind, data, item: (PPPOE, b'\x11\0' + be16(number(session, item)) + be16(len(data)) + data)


def ppp_direction(kind, data, item):
    return FRAME, bytes([item.side]) + data


def cisco_hdlc(kind, data, item):
    """RFC 1547 4.3.1; unicast, and broadcast now and then"""
    return FRAME, (b'\x8F\0' if item.n % 5 == 0 else b'\x0F\0') + be16(kind) + data


# ---- what a capturing system puts in front (www.tcpdump.org/linktypes)

def null(order, families=(24, 28, 30)):
    def layer(kind, data, item):
        return FRAME, struct.pack(order + 'I', 2 if kind == IP4 else families[item.n % len(families)]) + data
    return layer


def bare(kind, data, item):
    return FRAME, data


def cooked(kind, data, item):
    """LINKTYPE_LINUX_SLL"""
    return FRAME, struct.pack('>HHH8sH', 4 * item.side, 1, 6, mac(1 + item.side), 4 if kind == LLC else kind) + data


def cooked2(kind, data, item):
    """LINKTYPE_LINUX_SLL2"""
    name = 4 if kind == LLC else kind
    return FRAME, struct.pack('>HHIHBB8s', name, 0, 3, 1, 4 * item.side, 6, mac(1 + item.side)) + data


def nflog(order):
    """LINKTYPE_NFLOG: TLVs in the order of the host, lengths with their header, padded to 4"""
    def layer(kind, data, item):
        out = struct.pack('>BBH', 2 if kind == IP4 else 10, 0, 5)
        for code, value in ((1, be16(kind) + b'\1\0'), (10, b'wire\0'), (4, be32(2)), (9, data)):
            out += struct.pack(order + 'HH', len(value) + 4, code) + value + bytes(-len(value) % 4)
        return FRAME, out
    return layer


def pflog(length, family6):
    """LINKTYPE_PFLOG: the length is 61 (FreeBSD, macOS; 3 bytes of padding follow) or 100 (OpenBSD)"""
    def layer(kind, data, item):
        family = 2 if kind == IP4 else family6
        head = struct.pack('>BBBB16s16sIIIIIIB', length, family, 0, 0, b'em0', b'', 1, 0, 0, 0, 0, 0, 1 + item.side)
        return FRAME, head.ljust((length + 3) // 4 * 4, b'\0') + data
    return layer


# ---- IEEE 802.11 (9.2, 9.3.2)

def wlan(ds=None, qos=False, htc=False, pad=False, fcs=False):
    """ds: 1 to the distribution system, 2 from it, 3 between bridges, 0 neither; None: 1 or 2, by direction"""
    def layer(kind, data, item):
        amsdu = kind == WLAN
        if not amsdu:
            data = b'\xAA\xAA\x03\0\0\0' + be16(kind) + data
        dest, source, station = mac(2 - item.side), mac(1 + item.side), mac(9)
        how = (1 + item.side) if ds is None else ds
        addresses = {0: (dest, source, station), 1: (station, source, dest), 2: (dest, station, source),
                     3: (mac(8), station, dest, source)}[how]
        head = bytes([0x88 if qos else 0x08, how | (0x80 if htc else 0)]) + b'\x2C\0' + b''.join(addresses[:3])
        head += struct.pack('<H', (item.n & 0xFFF) << 4) + b''.join(addresses[3:])
        if qos:
            head += bytes([0x80 if amsdu else 0, 0])
        if htc:
            head += bytes(4)
        tail = struct.pack('<I', zlib.crc32(head + data)) if fcs else b''
        return WLAN, head + (bytes(-len(head) % 4) if pad else b'') + data + tail
    return layer


def subframes(packets, item):
    """9.3.2.2.2: an A-MSDU of (kind, data), padded to 4 but for the last"""
    out = b''
    for kind, data in packets:
        msdu = b'\xAA\xAA\x03\0\0\0' + be16(kind) + data
        out += bytes(-len(out) % 4) + mac(2 - item.side) + mac(1 + item.side) + be16(len(msdu)) + msdu
    return WLAN, out


def radiotap(flags=0, extended=False):
    """www.radiotap.org: time, flags, rate, channel, signal; the fields are aligned to their size"""
    def layer(kind, data, item):
        present = [0x2F | 1 << 31 | 1 << 29, 0x20] if extended else [0x2F]
        words = b''.join(struct.pack('<I', word) for word in present)
        head = words + bytes(-(len(words) + 4) % 8) + struct.pack('<QBBHHb', item.n, flags, 0x0C, 2412, 0xA0, -40)
        head += b'\xD8' if extended else b''
        return FRAME, struct.pack('<BBH', 0, 0, len(head) + 4) + head + data
    return layer


def ppi(link, flags=0, aligned=False):
    """CACE PPI 1.0.10: 802.11-Common, and in an aligned header a field of 3 bytes before it"""
    def layer(kind, data, item):
        fields = struct.pack('<HH3sx', 30001, 3, b'abc') if aligned else b''
        fields += struct.pack('<HHQHHHHBBbb', 2, 20, item.n, flags, 22, 2412, 0xA0, 0, 0, -40, -90)
        return FRAME, struct.pack('<BBHI', 0, 1 if aligned else 0, 8 + len(fields), link) + fields + data
    return layer


def avs(kind, data, item):
    """LINKTYPE_IEEE802_11_AVS"""
    return FRAME, struct.pack('>IIQQ10I', 0x80211001, 64, item.n, 0, 6, 1, 110, 0, 0, 1, 40, 90, 0, 0) + data


def prism(kind, data, item):
    """LINKTYPE_IEEE802_11_PRISM"""
    values = b''.join(struct.pack('<IHHI', 0x00010044 + (i << 16), 0, 4, 7) for i in range(10))
    return FRAME, struct.pack('<II16s', 0x44, 144, b'wlan0') + values + data


# ---- IP, UDP

PROTOCOL = {GRE: 47, UDP: 17, IP4: 4, IP6: 41, MPLS: 137, ETHERIP: 97}


def outer4(net=200, mirror=False):
    """RFC 791 3.1; both directions come from one host when a mirror sends them"""
    def layer(kind, data, item):
        side = 0 if mirror else item.side
        host = [bytes([10, net, item.copy, 1]), bytes([10, net, item.copy, 2])]
        head = struct.pack('>BBHHHBBH', 0x45, 0, 20 + len(data), item.n & 0xFFFF, 0, 64, PROTOCOL[kind], 0)
        head += host[side] + host[1 - side]
        return IP4, at(head, 10, be16(checksum(head))) + data
    return layer


def outer6(net=200, mirror=False):
    """RFC 8200 3; RFC 768 with its pseudo header"""
    def layer(kind, data, item):
        side, protocol = 0 if mirror else item.side, PROTOCOL[kind]
        host = [bytes.fromhex('fd00') + bytes([net, item.copy]) + bytes(11) + bytes([i]) for i in (1, 2)]
        ends = host[side] + host[1 - side]
        if kind == UDP:
            data = at(data, 6, be16(checksum(ends + struct.pack('>II', len(data), protocol) + data) or 0xFFFF))
        return IP6, struct.pack('>IHBB', 6 << 28, len(data), protocol, 64) + ends + data
    return layer


def udp(port, source=None):
    def layer(kind, data, item):
        return UDP, struct.pack('>HHHH', source or 50000 + item.side, port, 8 + len(data), 0) + data
    return layer


def with_options(kind, data, item):
    """RFC 2113, RFC 2711: router alert; in IPv6 destination options behind it"""
    if kind == IP4:
        n = (data[0] & 15) * 4
        head = bytes([data[0] + 1]) + data[1:2] + be16(len(data) + 4) + data[4:10] + b'\0\0' + data[12:n]
        head += b'\x94\4\0\0'
        return kind, at(head, 10, be16(checksum(head))) + data[n:]
    extra = bytes([60, 0, 5, 2, 0, 0, 1, 0]) + bytes([data[6], 0, 1, 4, 0, 0, 0, 0])
    return kind, data[:4] + be16(len(data) - 40 + len(extra)) + b'\0' + data[7:40] + extra + data[40:]


def fragments(piece, outer=False):
    """RFC 791 3.2, RFC 8200 4.5: pieces of so many bytes, a multiple of 8.  Numbers are used once by a host
    for another; both directions use the same.  What is a fragment already stays as it is."""
    def layer(kind, data, item):
        start = (data[0] & 15) * 4 if kind == IP4 else 40
        body, identification = data[start:], item.n if outer else item.nth
        if len(body) <= piece or (kind == IP4 and (data[6] & 0x3F or data[7])):
            return [(kind, data)]
        out = []
        for offset in range(0, len(body), piece):
            part, more = body[offset:offset + piece], offset + piece < len(body)
            if kind == IP4:
                place = be16(identification & 0xFFFF) + be16(more << 13 | offset >> 3)
                head = data[:2] + be16(start + len(part)) + place + data[8:10] + b'\0\0' + data[12:start]
                out.append((kind, at(head, 10, be16(checksum(head))) + part))
            else:
                out.append((kind, fragment6(data, part, offset, more, identification)))
        return out
    return layer


def fragment6(data, part, offset, more, identification):
    head = data[:4] + be16(8 + len(part)) + b'\x2C' + data[7:40]
    return head + struct.pack('>BBHI', data[6], 0, offset | more, identification) + part


def atomic(kind, data, item):
    """RFC 6946: a fragment that is the whole"""
    return kind, fragment6(data, data[40:], 0, 0, 7) if kind == IP6 else data


# ---- tunnels

def gre(key=None, sequence=False, check=False):
    """RFC 2784 2.1, RFC 2890 2"""
    def layer(kind, data, item):
        head = be16(check << 15 | (key is not None) << 13 | sequence << 12) + be16(kind) + (bytes(4) if check else b'')
        head += b'' if key is None else be32(number(key, item))
        head += be32(item.n) if sequence else b''
        if check:
            head = at(head, 4, be16(checksum(head + data)))
        return GRE, head + data
    return layer


def gre_pptp(acknowledge=False):
    """RFC 2637 4.1; the call is another one in each direction"""
    def layer(kind, data, item):
        head = struct.pack('>HHHHI', 0x3001 | acknowledge << 7, kind, len(data), 100 + item.side, item.n)
        return GRE, head + (be32(item.n) if acknowledge else b'') + data
    return layer


def erspan2(session, vid=0):
    """draft-foschiano-erspan 4.2"""
    def layer(kind, data, item):
        return ERSPAN_1_2, be16(1 << 12 | vid) + be16(3 << 11 | number(session, item)) + be32(7) + data
    return layer


def erspan1(kind, data, item):
    """4.1: no header but GRE's"""
    return ERSPAN_1_2, data


def erspan3(session, subheader=False):
    """4.3; frame type 0 is Ethernet, 2 an IP packet"""
    def layer(kind, data, item):
        frame = 0 if kind == ETHERNET else 2
        last = (frame == 0) << 15 | frame << 10 | 2 << 1 | subheader
        head = struct.pack('>HHIHH', 2 << 12 | 5, session, item.n, 0, last)
        return ERSPAN_3, head + (struct.pack('>BBHI', 3 << 2, 0, 1, item.n) if subheader else b'') + data
    return layer


def vxlan(vni):
    """RFC 7348 5"""
    return lambda kind, data, item: (FRAME, b'\x08\0\0\0' + be32(number(vni, item) << 8) + data)


def vxlan_gpe(vni):
    """draft-ietf-nvo3-vxlan-gpe 3"""
    follows = {IP4: 1, IP6: 2, ETHERNET: 3}
    return lambda kind, data, item: (FRAME, b'\x0C\0\0' + bytes([follows[kind]]) + be32(vni << 8) + data)


def geneve(vni, options=True):
    """RFC 8926 3.4, 3.5: an option without data, one with 8 bytes"""
    def layer(kind, data, item):
        tlv = struct.pack('>HBB', 0x0102, 1, 0) + struct.pack('>HBBQ', 0x0103, 0x80, 2, item.n) if options else b''
        return FRAME, bytes([len(tlv) // 4, 0]) + be16(kind) + be32(number(vni, item) << 8) + tlv + data
    return layer


def gtp(teid, sequence=False, container=False):
    """3GPP TS 29.281 5.1, 5.2; the extension is a PDU session container (TS 38.415)"""
    def layer(kind, data, item):
        more = b''
        if sequence or container:
            more = struct.pack('>HBB', item.n & 0xFFFF if sequence else 0, 0, 0x85 if container else 0)
            more += bytes([1, item.side << 4, 9, 0]) if container else b''
        flags = 0x30 | container << 2 | sequence << 1
        return FRAME, struct.pack('>BBHI', flags, 255, len(more) + len(data), number(teid, item)) + more + data
    return layer


def etherip(kind, data, item):
    """RFC 3378 3"""
    return ETHERIP, b'\x30\0' + data
