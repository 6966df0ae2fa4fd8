"""Server side of the samples with Python's "websockets" (Debian: python3-websockets).

usage: server_websockets.py SCENARIO PORT

The library does the handshake and the frames; this file only says what to talk about.
It runs until it is killed.
"""
import asyncio
import http
import json
import logging
import sys

import websockets
from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory

logging.getLogger("websockets").setLevel(logging.CRITICAL)  # "/broken" fails on purpose


async def echo(ws, path):
    """Send every message back as it came."""
    async for message in ws:
        await ws.send(message)


async def only_echo_path(path, headers):
    """404 for everything but /echo."""
    if path != "/echo":
        return http.HTTPStatus.NOT_FOUND, [], b"There is only /echo here.\n"
    return None


async def acknowledge(ws, path):
    """Answer each reading (JSON text) with a longer JSON text that repeats it."""
    count = 0
    async for message in ws:
        count += 1
        try:
            reading = json.loads(message)
        except ValueError:
            reading = {"text": message}
        await ws.send(json.dumps({"type": "stored", "count": count, "reading": reading,
                                  "limits": {"low": -20.0, "high": 45.0}, "alarm": False}))


async def fragments(ws, path):
    """Answer text with a fragmented text, binary with a fragmented binary and a Ping inside."""
    async for message in ws:
        third = max(1, len(message) // 3)
        parts = [message[:third], message[third:2 * third], message[2 * third:]]
        if isinstance(message, str):
            await ws.send(parts)  # three frames, then an empty last one
        else:
            async def slowly():
                for number, part in enumerate(parts):
                    yield part
                    if number == 0:
                        await ws.ping(b"inside")
                    await asyncio.sleep(0.05)
            await ws.send(slowly())


async def early_close(ws, path):
    """Accept, then close at once, each path in its own way."""
    if path == "/busy":
        await ws.close(1013, "try again later")
    elif path == "/policy":
        await ws.close(1008, "no ticket")
    else:
        raise RuntimeError("the library turns this into 1011")


NO_TAKEOVER = ServerPerMessageDeflateFactory(
    server_no_context_takeover=True, client_no_context_takeover=True,
    server_max_window_bits=10, client_max_window_bits=10)

SCENARIOS = {
    "echo": (echo, {"process_request": only_echo_path, "compression": None}),
    "deflate": (acknowledge, {"extensions": [ServerPerMessageDeflateFactory()], "compression": None}),
    "deflate-no-takeover": (acknowledge, {"extensions": [NO_TAKEOVER], "compression": None}),
    "origin": (echo, {"origins": ["http://shop.example"], "compression": None}),
    "fragments": (fragments, {"compression": None}),
    "early-close": (early_close, {"compression": None}),
    "idle": (echo, {"compression": None, "ping_interval": None}),
}


async def main():
    handler, options = SCENARIOS[sys.argv[1]]
    host = sys.argv[3] if len(sys.argv) > 3 else "127.0.0.1"
    async with websockets.serve(handler, host, int(sys.argv[2]), **options):
        await asyncio.Future()


asyncio.run(main())
