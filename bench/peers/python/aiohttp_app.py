"""The bench's peer on aiohttp: aiohttp_app.py PORT."""

import asyncio
import sys

from aiohttp import web


async def health(request):
    return web.Response(text="ok")


async def slow(request):
    await asyncio.sleep(0.1)
    return web.Response(text="ok")


async def echo(request):
    return web.Response(body=await request.read(), content_type="text/plain")


app = web.Application(client_max_size=1 << 21)  # the limit is exclusive
app.add_routes([web.get("/health", health), web.get("/slow", slow), web.post("/echo", echo)])
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), backlog=4096, access_log=None, print=None)
