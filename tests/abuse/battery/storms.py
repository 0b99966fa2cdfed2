"""Very many small things."""

from battery.client import CHUNKED, GET
from battery.limits import refused
from battery.scene import MEBIBYTE, Case, expect

PIPELINED = 100_000
UPLOADERS = 8


def chunk_extension_storm(scene):
    refused(scene, 400, CHUNKED, 20_000 * (b"1;" + 200 * b"a" + b"\r\nx\r\n"))


def one_byte_chunk_storm(scene):
    """It is within every limit, so it is served; it must only not cost others their turn."""
    body = 100_000 * b"1\r\nx\r\n" + b"0\r\n\r\n"
    with scene.clients(UPLOADERS) as uploaders:
        for uploader in uploaders:
            uploader.send(CHUNKED)
            uploader.send(body)
        for uploader in uploaders:
            expect(uploader.status() == 200, "an upload within the limits is not served")


def trailer_flood(scene):
    refused(scene, 431, CHUNKED + b"0\r\n", 100_000 * b"X: y\r\n")


def pipelined_requests_that_nobody_reads(scene):
    """The server stops reading when its answers are not taken; what it holds is bounded. Once they
    are taken it serves on.
    """
    before = scene.now().resident_bytes
    requests = PIPELINED * GET
    with scene.client(buffer_bytes=4096) as abuser:
        sent = abuser.send_some(requests)
        expect(sent < len(requests), "the server takes everything though nobody reads")
        growth = scene.now().resident_bytes - before
        expect(growth < 4 * MEBIBYTE, f"the server holds {growth} bytes for one connection")
        answers = read_while_sending(abuser, requests[sent:])
        expect(answers == PIPELINED, f"{answers} answers, not {PIPELINED}")


def read_while_sending(client, data):
    """Sends the rest bit by bit and counts the answers."""
    marker = b"HTTP/1.1 200 OK\r\n"
    answers, tail = 0, b""
    client.socket.settimeout(5)
    while answers < PIPELINED:
        if data:
            data = data[client.send_some(data[:65536], patience=0.02) :]
        received = client.socket.recv(1 << 20)
        if not received:
            break
        tail += received
        answers += tail.count(marker)
        tail = (
            tail[tail.rfind(b"\n", 0, -len(marker)) + 1 :]
            if marker in tail
            else tail[-len(marker) :]
        )
    return answers


CASES = [
    Case(chunk_extension_storm),
    Case(one_byte_chunk_storm, resident_growth_max=32 << 20),
    Case(trailer_flood),
    Case(
        pipelined_requests_that_nobody_reads,
        settings=("http[0].receive_buffer_bytes=64KiB", "http[0].send_buffer_bytes=64KiB"),
    ),
]
