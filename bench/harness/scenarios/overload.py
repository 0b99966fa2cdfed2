"""Three times as many requests as can be served, each of which burns a millisecond: the pool goes
on serving as many as it can, in time, and sheds the rest cheaply. Beside it the same pool with an
unbounded queue, and servers that have no bound."""

from dataclasses import dataclass
from statistics import median

from harness.findings import Finding, at_least, at_most, beside
from harness.peers import burning_peers
from harness.server import Server

TITLE = "Three times the capacity, of a handler that burns 1 ms"
QUEUE_TIMEOUT_S = 0.05
POOL = {
    "name": "busy",
    "placement": "SHARED",
    "workers": {"min": 1, "max": 1},
    "in_flight_max": 1,
}
BOUNDED = POOL | {"queue_max": 20, "queue_timeout": f"{QUEUE_TIMEOUT_S * 1e3:g}ms"}
UNBOUNDED = POOL | {"queue_max": 1_000_000, "queue_timeout": "1h", "request_timeout": "1h"}
BURN = {"path": "/burn", "pool": "busy", "rewrite": "/burn/1"}
PRIORITY = ("busy", "/burn/1")  # critical requests wait in the same queue
REQUEST = ("--request", "GET /burn 200|503")
CAPACITY_S, CALM_S, OVERLOAD_S = 2, 2, 5


@dataclass(frozen=True)
class Overloaded:
    """One run at capacity, at half of it and at three times, of one server."""

    capacity: dict
    calm: dict
    overload: dict

    @property
    def p99_max_us(self):
        return 2 * self.calm["p99"] + QUEUE_TIMEOUT_S * 1e6

    def served(self):
        return self.overload["kinds"]["200"]

    def goodput(self):
        """What was served in time, as a share of the capacity."""
        return self.served()["in_time"] / OVERLOAD_S / self.capacity["rate"]

    def cost_of_shedding(self):
        """CPU time of a shed answer, as a share of a served one's."""
        of_served = self.capacity["cpu_us"]
        answers = self.overload["answers"]
        shed = answers - self.served()["answers"]
        cpu_us = self.overload["cpu_us"] * answers - of_served * self.served()["answers"]
        return cpu_us / shed / of_served


def show(stage):
    bounded = stage.subject([BOUNDED], [BURN], PRIORITY)
    with stage.observed(bounded) as watch:
        runs = [_overload(stage, bounded) for _ in range(stage.whole_or_quick(3, 1))]
        yield from _judge(runs)
        yield from bounded.findings(watch)
    with stage.subject([UNBOUNDED], [BURN], PRIORITY) as unbounded:
        run = _overload(stage, unbounded)
        yield Finding(
            "the same load with an unbounded queue: served in time, of capacity",
            f"{run.goodput():.3g}",
            "collapses",
            run.goodput() < 0.5,
        )
    for peer in burning_peers(stage.build / "bench"):
        peer.build(online=False)
        if reason := peer.missing():
            yield beside(f"{peer.title}: not measured", reason)
            continue
        with Server(peer) as server:
            run = _overload(stage, server)
        figure = f"{run.goodput():.3g}, p99 {run.served()['p99'] / 1e3:,.0f} ms"
        yield beside(f"{peer.title}: served in time, of capacity", figure)


def _overload(stage, server):
    run = stage.load.run
    capacity = run(server, *REQUEST, "--connections", 4, "--duration", CAPACITY_S)
    rate = capacity["rate"]
    calm = run(server, *REQUEST, "--connections", 100, "--rate", rate / 2, "--duration", CALM_S)
    measured = Overloaded(capacity, calm, {})
    overload = run(
        server,
        *(*REQUEST, "--connections", 2000, "--rate", 3 * rate, "--duration", OVERLOAD_S),
        *("--kinds", "--patience", measured.p99_max_us / 1e6, "--timeout", 60),
    )
    return Overloaded(capacity, calm, overload)


def _judge(runs):
    def middle(value):
        return median(value(run) for run in runs)

    yield at_least("served in time, of capacity", middle(Overloaded.goodput), 0.9)
    p99_max_ms = middle(lambda run: run.p99_max_us) / 1e3
    yield at_most(
        "p99 of served requests; aim: twice the calm one and queue_timeout",
        middle(lambda run: run.served()["p99"]) / 1e3,
        p99_max_ms,
        " ms",
    )
    yield at_most(
        "CPU of a shed answer, of a served one's", middle(Overloaded.cost_of_shedding), 0.1
    )
