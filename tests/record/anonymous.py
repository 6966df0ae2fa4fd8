"""Copies a pcapng without the options that name this machine's processor and kernel.

usage: anonymous.py FROM TO

Everything else stays as the recorder wrote it. Little-endian files only, which is what dumpcap writes here.
"""
import struct
import sys

# block type: (bytes before its options, options to leave out)
SECTION, INTERFACE = 0x0A0D0D0A, 1
BLOCKS = {SECTION: (24, {2, 3}), INTERFACE: (16, {12, 15})}


def without(options, unwanted):
    kept, at = b"", 0
    while at + 4 <= len(options):
        code, length = struct.unpack_from("<HH", options, at)
        end = at + 4 + (length + 3) // 4 * 4
        if code not in unwanted:
            kept += options[at:end]
        at = end
    return kept


with open(sys.argv[1], "rb") as source, open(sys.argv[2], "wb") as target:
    data, at = source.read(), 0
    while at < len(data):
        kind, length = struct.unpack_from("<II", data, at)
        block = data[at:at + length]
        if kind in BLOCKS:
            fixed, unwanted = BLOCKS[kind]
            options = without(block[fixed:-4], unwanted)
            size = struct.pack("<I", fixed + len(options) + 4)
            block = block[:4] + size + block[8:fixed] + options + size
        target.write(block)
        at += length
