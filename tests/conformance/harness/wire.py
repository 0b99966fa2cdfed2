"""One conversation with a server: pieces out, bytes in, as they come."""

import asyncio
import dataclasses
import socket
import time

from harness import answers

ANSWER_TIMEOUT = 5.0
CONVERSATION_TIMEOUT = 20.0


@dataclasses.dataclass
class Script:
    """What to send. The harness waits for one answer more between two segments."""

    segments: list[list[bytes]]
    finals: int  # how many final answers are expected
    heads: list[bool]
    half_close: bool = False  # the client ends its side after the last byte
    canary: bytes = b""  # sent after the last answer where the connection stays open


@dataclasses.dataclass
class Transcript:
    received: list
    rest: bytes = b""
    closed: bool = False
    error: str = ""
    begun: float = dataclasses.field(default_factory=time.time)

    @property
    def finals(self):
        return [answer for answer in self.received if not answer.interim]


class Conversation:
    def __init__(self, heads):
        self._heads = heads
        self._data = b""
        self._changed = asyncio.Event()
        self.transcript = Transcript([])

    async def play(self, address, script, source):
        loop = asyncio.get_running_loop()
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.bind((source, 0))
            try:
                async with asyncio.timeout(CONVERSATION_TIMEOUT):
                    await loop.sock_connect(sock, address)
                    await self._listen_and_talk(loop, sock, script)
            except TimeoutError:
                self.transcript.error = "the server neither reads on nor closes"
        self._parse()
        return self.transcript

    async def _listen_and_talk(self, loop, sock, script):
        reader = asyncio.create_task(self._read(loop, sock))
        try:
            await self._talk(loop, sock, script)
        finally:
            reader.cancel()
            await asyncio.gather(reader, return_exceptions=True)

    async def _talk(self, loop, sock, script):
        for index, pieces in enumerate(script.segments):
            if index and not await self._wait(lambda: len(self.transcript.received) >= index):
                self.transcript.error = "no answer where one was to come before the rest is sent"
            await self._send(loop, sock, pieces)
        if script.half_close:
            sock.shutdown(socket.SHUT_WR)
        elif script.canary:
            await self._wait(lambda: len(self.transcript.finals) >= script.finals)
            await self._send(loop, sock, [script.canary])
        await self._wait(lambda: False)

    async def _send(self, loop, sock, pieces):
        for piece in pieces:
            if self.transcript.closed:
                return
            try:
                await loop.sock_sendall(sock, piece)
            except ConnectionError:
                return
            await asyncio.sleep(0)

    async def _read(self, loop, sock):
        while not self.transcript.closed:
            try:
                data = await loop.sock_recv(sock, 65536)
            except ConnectionError:
                data = b""
            self._data += data
            self.transcript.closed = not data
            self._parse()
            self._changed.set()

    async def _wait(self, done):
        """Waits until `done()` or the server has closed; False when neither comes in time."""
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT):
                while not (done() or self.transcript.closed or self.transcript.error):
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            return False
        return done()

    def _parse(self):
        try:
            parsed = answers.parse(self._data, self._heads, self.transcript.closed)
            self.transcript.received, self.transcript.rest = parsed
        except answers.AnswerError as error:
            self.transcript.error = str(error)


async def play(address, script, source="127.0.0.1"):
    """Has the whole conversation from the client address `source`."""
    return await Conversation(script.heads).play(address, script, source)
