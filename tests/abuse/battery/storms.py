"""Very many small things."""

import threading

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
        answers = count_answers(abuser, requests[sent:])
        expect(answers == PIPELINED, f"{answers} answers, not {PIPELINED}")


def count_answers(client, unsent):
    """Sends the rest from a thread of its own while the answers are read."""
    client.widen()
    sender = threading.Thread(target=client.send, args=(unsent,), daemon=True)
    sender.start()
    marker = b"HTTP/1.1 200 OK\r\n"
    answers, data = 0, b""
    while answers < PIPELINED and (received := client.receive()):
        data = data[-len(marker) + 1 :] + received
        answers += data.count(marker)
    sender.join()
    return answers


CASES = [
    Case(chunk_extension_storm),
    Case(one_byte_chunk_storm, resident_growth_max=24 * MEBIBYTE),
    Case(trailer_flood),
    Case(
        pipelined_requests_that_nobody_reads,
        settings=("http[0].receive_buffer_bytes=64KiB", "http[0].send_buffer_bytes=64KiB"),
    ),
]
