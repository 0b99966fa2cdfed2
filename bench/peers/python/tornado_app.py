"""The bench's peer on Tornado: tornado_app.py PORT."""

import asyncio
import logging
import sys

from tornado import web


class Text(web.RequestHandler):
    def set_default_headers(self):
        self.set_header("Content-Type", "text/plain")


class Health(Text):
    def get(self):
        self.write("ok")


class Slow(Text):
    async def get(self):
        await asyncio.sleep(0.1)
        self.write("ok")


class Echo(Text):
    def post(self):
        self.write(self.request.body)


async def main():
    logging.getLogger("tornado.access").disabled = True
    app = web.Application([("/health", Health), ("/slow", Slow), ("/echo", Echo)])
    app.listen(int(sys.argv[1]), "127.0.0.1", backlog=4096)
    await asyncio.Event().wait()


asyncio.run(main())
