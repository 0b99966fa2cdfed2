"""Requests that are larger than the limits."""

from battery.client import CHUNKED, post
from battery.scene import MEBIBYTE, Case, expect

ABUSERS = 20
ENDLESS = 4 << 20  # far more than any limit


def refused(scene, status, begin, endless, end=b""):
    """Every abuser gets `status` and is closed, however much it still wants to send."""
    with scene.clients(ABUSERS) as abusers:
        for abuser in abusers:
            if abuser.send(begin):
                abuser.send(endless + end)
        for abuser in abusers:
            answer = abuser.answer()
            expect(
                answer and answer.status == status, f"got {answer and answer.status}, not {status}"
            )
            expect(answer.says_close, "the answer does not say that the connection ends")
            expect(abuser.closed(), "the connection goes on")


def request_line_that_never_ends(scene):
    refused(scene, 414, b"GET /", ENDLESS * b"a")


def method_that_never_ends(scene):
    refused(scene, 501, b"", ENDLESS * b"M")


def field_that_never_ends(scene):
    refused(scene, 431, b"GET / HTTP/1.1\r\nHost: h\r\nX: ", ENDLESS * b"a")


def fields_that_are_too_large_together(scene):
    refused(scene, 431, b"GET / HTTP/1.1\r\nHost: h\r\n", 500 * (b"X: " + 8000 * b"a" + b"\r\n"))


def fields_that_are_too_many(scene):
    refused(scene, 431, b"GET / HTTP/1.1\r\nHost: h\r\n", 100_000 * b"X: y\r\n")


def body_that_is_too_large(scene):
    refused(scene, 413, post(10 << 30), ENDLESS * b"a")
    refused(scene, 413, CHUNKED, (ENDLESS // 4096) * (b"1000\r\n" + 4096 * b"a" + b"\r\n"))


CASES = [
    Case(request_line_that_never_ends),
    Case(method_that_never_ends),
    Case(field_that_never_ends),
    Case(fields_that_are_too_large_together),
    Case(fields_that_are_too_many),
    Case(body_that_is_too_large, resident_growth_max=24 * MEBIBYTE),
]
