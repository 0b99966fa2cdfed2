"""Clients that take their time."""

import time

from battery.client import GET, post
from battery.scene import MEBIBYTE, Case, eventually, expect

ABUSERS = 50
TIMEOUT = 1.0  # what the cases set
SLACK = 3.0  # how much later a busy machine may be


def drip(clients, piece, seconds):
    """Every client sends `piece` ten times a second."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for client in clients:
            client.send(piece)
        time.sleep(0.1)


def in_time(begin):
    waited = time.monotonic() - begin
    expect(waited >= 0.8 * TIMEOUT, f"it took only {waited:.2f} s")
    expect(waited <= TIMEOUT + SLACK, f"it took {waited:.2f} s")


def all_answered(abusers, status):
    for abuser in abusers:
        got = abuser.status()
        expect(got == status, f"got {got}, not {status}")
        expect(abuser.closed(), "the connection goes on")


def head_a_byte_at_a_time(scene):
    with scene.clients(ABUSERS) as abusers:
        begin = time.monotonic()
        for abuser in abusers:
            abuser.send(b"GET /text HTTP/1.1\r\nHost: h\r\nX: ")
        drip(abusers, b"a", 0.9 * TIMEOUT)
        all_answered(abusers, 408)
        in_time(begin)


def body_below_the_lowest_rate(scene):
    with scene.clients(ABUSERS) as abusers:
        begin = time.monotonic()
        for abuser in abusers:
            abuser.send(post(100_000))
        drip(abusers, b"aaaa", 1.5 * TIMEOUT)
        all_answered(abusers, 408)
        in_time(begin)


def connection_that_idles(scene):
    with scene.clients(ABUSERS) as silent, scene.clients(ABUSERS) as served:
        begin = time.monotonic()
        for client in served:
            client.send(GET)
            expect(client.status() == 200, "not served")
        for client in silent + served:
            expect(client.closed(), "an idle connection gets an answer")
        in_time(begin)


def answer_that_nobody_takes(scene):
    before = scene.now().descriptors
    body = 900_000 * b"a"
    with scene.clients(ABUSERS, buffer_bytes=4096) as abusers:
        for abuser in abusers:
            abuser.send(post(len(body), "/echo?body") + body)
        expect(
            eventually(lambda: scene.now().descriptors <= before),
            "connections that take nothing stay open",
        )
        for abuser in abusers:
            expect(len(abuser.drain()) < len(body), "an abuser got its whole answer")


def expect_without_a_body(scene):
    with scene.clients(ABUSERS) as abusers:
        begin = time.monotonic()
        for abuser in abusers:
            abuser.send(post(5, fields="Expect: 100-continue\r\n"))
        for abuser in abusers:
            expect(abuser.status() == 100, "no 100")
        all_answered(abusers, 408)
        in_time(begin)


CASES = [
    Case(head_a_byte_at_a_time, settings=("timeouts.head=1s",)),
    Case(body_below_the_lowest_rate, settings=("timeouts.body_rate_grace=1s",)),
    Case(connection_that_idles, settings=("timeouts.keep_alive=1s",)),
    Case(
        answer_that_nobody_takes,
        settings=("timeouts.write_stall=1s", "http[0].send_buffer_bytes=64KiB"),
        resident_growth_max=48 * MEBIBYTE,
    ),
    Case(expect_without_a_body, settings=("timeouts.body_idle=1s",)),
]
