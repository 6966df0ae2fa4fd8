"""WebSocket echo with Python's "tornado" (Debian: python3-tornado), which still accepts version 8.

usage: server_tornado.py PORT

It runs until it is killed.
"""
import asyncio
import sys

import tornado.web
import tornado.websocket


class Echo(tornado.websocket.WebSocketHandler):
    def on_message(self, message):
        self.write_message(message)


async def main():
    tornado.web.Application([("/echo", Echo)]).listen(int(sys.argv[1]), "127.0.0.1")
    await asyncio.Event().wait()


asyncio.run(main())
