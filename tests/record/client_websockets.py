"""Client side of the samples with Python's "websockets" (Debian: python3-websockets).

usage: client_websockets.py SCENARIO URL
"""
import asyncio
import struct
import sys

import websockets


async def telemetry(url):
    """Ten binary readings, each answered; a Ping; then the server closes with 1001."""
    async with websockets.connect(url, compression=None) as ws:
        for number in range(1, 11):
            await ws.send(struct.pack(">Hh12s", number, 1900 + 37 * number, b"sensor-3"))
            await ws.recv()
            if number == 5:
                await (await ws.ping(b"still there"))
            await asyncio.sleep(0.02)
        await ws.wait_closed()
        assert ws.close_code == 1001, ws.close_code


async def text(url):
    """Five texts with answers, then a Close of the client."""
    async with websockets.connect(url, compression=None) as ws:
        for word in ("one", "two", "three", "vier", "пять"):
            await ws.send(word)
            await ws.recv()
        await ws.close(code=1000, reason="counted to five")


async def binary(url):
    """Three binary messages: 7-bit length, then twice 16-bit length."""
    async with websockets.connect(url, compression=None) as ws:
        for size in (16, 1000, 7000):
            await ws.send(bytes(n % 251 for n in range(size)))
            await ws.recv()


SCENARIOS = {"telemetry": telemetry, "text": text, "binary": binary}
asyncio.run(SCENARIOS[sys.argv[1]](sys.argv[2]))
