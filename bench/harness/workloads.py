"""The workloads (a) to (i): cases that load a running server once and return a sample."""

from dataclasses import dataclass
from typing import Callable

from harness import loads
from harness.peers import ECHO, ERRORS, KEEP_ALIVE, PIPELINE, SLOW

CPU = "cpu_us"
MEMORY = "bytes_per_connection"
SPARE_DESCRIPTORS = 200
# TRACE, because nginx refuses it without being told to.
ERRONEOUS = ["GET /missing 404"] * 3 + ["TRACE /health 405|501"]
MIX = ["GET /health 200 ok"] * 16 + ERRONEOUS
MIX_SLOW = ["GET /slow 200 ok"] * 2 + ["GET /health 200 ok"] * 14 + ERRONEOUS


@dataclass
class Bench:
    """What the cases share."""

    load: loads.Load
    duration_s: float = 1.0
    rate: float = 0  # of the open loop, where the same is wanted for all


@dataclass(frozen=True)
class Case:
    key: str
    title: str
    needs: frozenset
    measure: Callable  # (Bench, Server) -> sample
    figure: str = CPU
    connections: int = 100
    close_each: bool = False
    latency: bool = False  # p99 is charted too

    @property
    def workload(self):
        return self.key.split("-")[0]

    def impossible(self, descriptors):
        """Why the machine cannot run it, or None."""
        if self.connections + SPARE_DESCRIPTORS > descriptors:
            return f"{self.connections:,} connections, but {descriptors:,} descriptors allowed"
        return None

    def beyond(self, peer):
        """Why the peer cannot take part, or None."""
        lacking = sorted(self.needs - peer.abilities)
        if lacking:
            return f"it cannot do {lacking[0]}"
        if self.connections > peer.connections_max:
            return f"it cannot have {self.connections:,} connections here"
        return None


def _closed(connections, *options, requests=("GET /health 200 ok",), ramp_s=0.0, times=1):
    def measure(bench, server):
        return bench.load.run(
            server,
            "--connections",
            connections,
            "--duration",
            bench.duration_s * times + ramp_s,
            "--warmup",
            server.peer.warmup_s + ramp_s,
            *(["--ramp", ramp_s] if ramp_s else []),
            *_requests(requests),
            *options,
        )

    return measure


def _requests(requests):
    return [word for request in requests for word in ("--request", request)]


def _slow(connections, times=1):
    """The connections begin spread over the handler's 100 ms, or all would come in one burst."""
    return _closed(connections, requests=("GET /slow 200 ok",), ramp_s=0.1, times=times)


def _open(share):
    """At a share of what this server does in the closed loop just before, for what a machine can do
    drifts; or of the rate that was asked for."""

    def measure(bench, server):
        rate = share * (bench.rate or _closed(100)(bench, server)["rate"])
        return bench.load.run(
            server,
            "--rate",
            rate,
            "--connections",
            100,
            "--duration",
            bench.duration_s,
            "--warmup",
            server.peer.warmup_s,
        )

    return measure


def _idle(connections):
    """Each connection has made one request, so that what serving leaves behind is counted."""

    def measure(bench, server):
        sample = bench.load.hold(
            server, 0.3, "--connections", connections, "--count", connections, "--ramp", 1
        )
        return sample | {MEMORY: sample["grown_kib"] * 1024 / connections}

    return measure


def _echo(size, connections):
    return _closed(connections, "--body-bytes", size, requests=("POST /echo 200 =",))


def _case(key, title, needs, measure, **rest):
    return Case(key, title, frozenset(needs), measure, **rest)


CASES = [
    _case("a-100", "GET /health, keep-alive, 100 connections", {KEEP_ALIVE}, _closed(100)),
    _case(
        "a-2000",
        "GET /health, keep-alive, 2,000 connections",
        {KEEP_ALIVE},
        _closed(2000),
        connections=2000,
    ),
    _case(
        "a-wrk",
        "GET /health with wrk, keep-alive, 100 connections",
        {KEEP_ALIVE},
        lambda bench, server: loads.wrk(server, 100, max(1, round(bench.duration_s))),
    ),
    _case(
        "b-2000",
        "GET /slow (100 ms), 2,000 connections: at best 20,000 a second",
        {SLOW},
        _slow(2000),
        connections=2000,
        latency=True,
    ),
    _case(
        "b-10000",
        "GET /slow (100 ms), 10,000 connections",
        {SLOW},
        _slow(10000, times=2),
        connections=10000,
        latency=True,
    ),
    _case(
        "b-16000",
        "GET /slow (100 ms), 16,000 connections",
        {SLOW},
        _slow(16000, times=2),
        connections=16000,
        latency=True,
    ),
    _case(
        "c",
        "GET /health, 24 requests at once on each of 100 connections",
        {PIPELINE},
        _closed(100, "--pipeline", 24),
    ),
    _case(
        "d",
        "ab -c 2000 -n 10000: a connection for each request",
        set(),
        lambda bench, server: loads.ab(server, 2000, 10000),
        connections=2000,
        close_each=True,
        latency=True,
    ),
    _case(
        "e",
        "10,000 idle connections that have made a request",
        {KEEP_ALIVE},
        _idle(10000),
        figure=MEMORY,
        connections=10000,
    ),
    _case("g-1k", "POST of 1 KiB, echoed, 100 connections", {ECHO}, _echo(1024, 100)),
    _case("g-1m", "POST of 1 MiB, echoed, 10 connections", {ECHO}, _echo(1 << 20, 10)),
    _case(
        "h",
        "80 % GET /health, 15 % 404, 5 % 405, 100 connections",
        {ERRORS, KEEP_ALIVE},
        _closed(100, requests=MIX),
    ),
    _case(
        "h-slow",
        "70 % GET /health, 10 % GET /slow (100 ms), 15 % 404, 5 % 405, 1,000 connections",
        {ERRORS, SLOW},
        _closed(1000, requests=MIX_SLOW),
        connections=1000,
        latency=True,
    ),
    _case(
        "i-half",
        "open loop at 0.5 of each server's capacity, 100 connections",
        {KEEP_ALIVE},
        _open(0.5),
        latency=True,
    ),
    _case(
        "i-most",
        "open loop at 0.9 of each server's capacity, 100 connections",
        {KEEP_ALIVE},
        _open(0.9),
        latency=True,
    ),
]
