"""HTTP and WebSocket server of the samples with Python's "aiohttp" (Debian: python3-aiohttp).

usage: server_aiohttp.py PORT

Kept-alive HTTP with counted and chunked bodies, and /text and /binary as WebSocket echoes.
Unknown paths answer 404. It runs until it is killed.
"""
import sys

from aiohttp import WSMsgType, web


async def index(request):
    return web.Response(text="<!doctype html><title>sample</title><p>Hello.\n", content_type="text/html")


async def chunked(request):
    """Three chunks, one of them without a line end."""
    response = web.StreamResponse()
    response.enable_chunked_encoding()
    response.content_type = "text/plain"
    await response.prepare(request)
    for piece in (b"first chunk\n", b"second ", b"and the third chunk\n"):
        await response.write(piece)
    await response.write_eof()
    return response


async def upload(request):
    """Say how many bytes the body of a POST had."""
    body = await request.read()
    return web.json_response({"received": len(body)})


async def nothing(request):
    return web.Response(status=204)


async def unchanged(request):
    return web.Response(status=304, headers={"ETag": '"101"'})


async def socket(request):
    ws = web.WebSocketResponse(compress=False)
    await ws.prepare(request)
    async for message in ws:
        if message.type == WSMsgType.TEXT:
            await ws.send_str("heard: " + message.data)
        elif message.type == WSMsgType.BINARY:
            await ws.send_bytes(bytes(reversed(message.data)))
    return ws


app = web.Application()
app.add_routes([
    web.get("/", index), web.get("/chunked", chunked), web.post("/upload", upload),
    web.get("/nothing", nothing), web.get("/unchanged", unchanged),
    web.get("/text", socket), web.get("/binary", socket),
])
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)
