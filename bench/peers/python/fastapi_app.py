"""The bench's ASGI peers: FastAPI with asynchronous and with synchronous handlers."""

import asyncio
import time

from fastapi import Depends, FastAPI, Request
from fastapi.responses import PlainTextResponse

asynchronous = FastAPI()
synchronous = FastAPI()


@asynchronous.get("/health", response_class=PlainTextResponse)
async def health():
    return "ok"


@asynchronous.get("/slow", response_class=PlainTextResponse)
async def slow():
    await asyncio.sleep(0.1)
    return "ok"


@asynchronous.post("/echo", response_class=PlainTextResponse)
async def echo(request: Request):
    return PlainTextResponse(await request.body())


async def read_body(request: Request):
    return await request.body()


@synchronous.get("/health", response_class=PlainTextResponse)
def health_synchronous():
    return "ok"


@synchronous.get("/slow", response_class=PlainTextResponse)
def slow_synchronous():
    time.sleep(0.1)
    return "ok"


@synchronous.post("/echo", response_class=PlainTextResponse)
def echo_synchronous(body: bytes = Depends(read_body)):
    return PlainTextResponse(body)
