"""A client that behaves as a case wants it to."""

import socket
import struct

from harness import answers

TIMEOUT = 10.0
WIDE = 1 << 20
GET = b"GET /text HTTP/1.1\r\nHost: h\r\n\r\n"


def post(length, target="/echo", fields=""):
    return f"POST {target} HTTP/1.1\r\nHost: h\r\nContent-Length: {length}\r\n{fields}\r\n".encode()


CHUNKED = b"POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"


class Client:
    def __init__(self, address, buffer_bytes=None):
        """`buffer_bytes` makes the kernel's buffers on this side small, so that back pressure is
        felt soon.
        """
        self.socket = socket.socket()
        self.socket.settimeout(TIMEOUT)
        if buffer_bytes:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer_bytes)
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, buffer_bytes)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.connect(address)
        self._data = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        """Sends all of `data`; False when the server has closed."""
        try:
            self.socket.sendall(data)
            return True
        except (BrokenPipeError, ConnectionResetError):
            return False

    def send_some(self, data, patience=0.5):
        """Sends until nothing is taken for `patience` seconds; returns the bytes sent."""
        self.socket.settimeout(patience)
        sent = 0
        try:
            while sent < len(data):
                sent += self.socket.send(data[sent : sent + 65536])
        except (TimeoutError, BrokenPipeError, ConnectionResetError):
            pass
        self.socket.settimeout(TIMEOUT)
        return sent

    def half_close(self):
        self.socket.shutdown(socket.SHUT_WR)

    def reset(self):
        """Closes with RST instead of FIN."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def answer(self):
        """The next answer; None when the server closes first. Raises TimeoutError."""
        while True:
            received, rest = answers.parse(self._data, [], False)
            if received:
                self._data = self._rest_behind_first(received, rest)
                return received[0]
            data = self.receive()
            if not data:
                return None
            self._data += data

    def _rest_behind_first(self, received, rest):
        if len(received) == 1:
            return rest
        raise AssertionError(
            f"{len(received)} answers at once: use drain() behind pipelined requests"
        )

    def status(self):
        answer = self.answer()
        return answer.status if answer else None

    def closed(self):
        """Whether the server closes without another byte. Raises TimeoutError at neither."""
        return not self._data and not self.receive()

    def drain(self, limit=float("inf")):
        """Reads until the server closes or `limit` bytes are there."""
        parts, size = [self._data], len(self._data)
        self._data = b""
        while size < limit and (data := self.receive()):
            parts.append(data)
            size += len(data)
        return b"".join(parts)

    def widen(self):
        """Takes back `buffer_bytes`."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, WIDE)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, WIDE)

    def receive(self):
        """What has come, b"" when the server has closed. Raises TimeoutError."""
        try:
            return self.socket.recv(262144)
        except ConnectionResetError:
            return b""
