"""Workers are killed at random, every 20 ms, under 1,000 connections and a policy that starts them
again at once: by an exception, and by an exit from outside of their turns."""

import time
from dataclasses import dataclass, replace
from statistics import median

from harness.findings import Finding, at_least, none

TITLE = "Killing workers every 20 ms"
PLACEMENTS = {
    "REACTOR": {},
    "SHARED": {"workers": {"min": 2, "max": 2}},
    "DEDICATED": {"workers": {"min": 8, "max": 8}},
}
RESTART = {
    "restarts_max": 100_000,
    "backoff_min": "1ms",
    "backoff_max": "1ms",
    "on_throw": "RESTART_WORKER",
}
KILLS_PER_SECOND = 50
# Before all others, or they would wait for their turn among 1,000.
KILL_ROUTE = {"path": "/kill/*", "pool": "busy", "rewrite": "/{*}", "priority": "CRITICAL"}
KILLS = (
    *("--rate", KILLS_PER_SECOND, "--connections", 20),
    *("--request", "GET /kill/ok?poison 500|503", "--request", "GET /kill/exit 500|503"),
)
CALM_S, CHAOS_S, WARMUP_S = 1.5, 5, 0.3
# Handlers that are over at once, and some that are suspended when their worker dies.
REQUESTS = ["GET /busy/ok 200|500|503"] * 9 + ["GET /busy/sleep/10 200|500|503"]
LOAD = (
    *("--connections", 1000, "--kinds", "--warmup", WARMUP_S),
    *(word for request in REQUESTS for word in ("--request", request)),
)
SETTLE_S = 10


@dataclass(frozen=True)
class Round:
    calm: dict
    chaos: dict

    def ratio(self):
        return _served(self.chaos) / CHAOS_S / (_served(self.calm) / CALM_S)


def show(stage):
    for placement, settings in PLACEMENTS.items():
        pool = {
            "name": "busy",
            "placement": placement,
            "queue_max": 2000,
            "restart": RESTART,
            **settings,
        }
        subject = stage.subject([pool], [KILL_ROUTE])
        with stage.observed(subject) as watch:
            stage.load.run(subject, *LOAD, "--duration", 0.5)  # makes what is made once
            before = _settled(subject)
            rounds = [_round(stage, subject, i) for i in range(stage.whole_or_quick(4, 1))]
            left = _left_over(subject, before)
            deaths = int(watch.pool("busy")["deaths"])
            for finding in [*_judge(rounds, deaths), left, *subject.findings(watch)]:
                yield replace(finding, what=f"{placement}: {finding.what}")


def _round(stage, subject, number):
    """Which of the two is first alternates, so that drift of the machine hits both alike."""

    def calm():
        return stage.load.run(subject, *LOAD, "--duration", CALM_S)

    def chaos():
        with stage.load.beside(subject, *KILLS):
            return stage.load.run(subject, *LOAD, "--duration", CHAOS_S)

    if number % 2 == 0:
        return Round(calm=calm(), chaos=chaos())
    under_chaos = chaos()
    return Round(calm=calm(), chaos=under_chaos)


def _judge(rounds, deaths):
    samples = [round_.chaos for round_ in rounds]
    answers = sum(sample["answers"] for sample in samples)
    lost = sum(
        sample[problem]
        for sample in samples
        for problem in ("errors", "reconnects", "timeouts", "wrong")
    )
    unexplained = sum(
        kind["answers"]
        for sample in samples
        for name, kind in sample["kinds"].items()
        if name != "200" and " " not in name
    )
    seconds = (WARMUP_S + CHAOS_S) * len(rounds)
    yield at_least("workers that died, a second", deaths / seconds, 0.8 * KILLS_PER_SECOND)
    yield none("requests whose connection was reset or that had no answer", lost, answers)
    yield none("answers that are neither 200 nor 5xx with a cause", unexplained, answers)
    yield at_least(
        "requests answered with 200, beside calm", median(r.ratio() for r in rounds), 0.8
    )


def _served(sample):
    return sample["kinds"]["200"]["answers"]


def _settled(subject):
    """What it holds once the connections of the load before are gone."""
    before, now = None, subject.resources()
    while now != before:
        time.sleep(0.2)
        before, now = now, subject.resources()
    return now


def _left_over(subject, before):
    until = time.monotonic() + SETTLE_S
    while (more := _growth(before, subject.resources())) and time.monotonic() < until:
        time.sleep(0.2)
    figure = ", ".join(f"{count} {what}" for what, count in more.items()) or "none"
    return Finding("left over: actors, timers, descriptors, threads", figure, "none", not more)


def _growth(before, after):
    return {what: after[what] - count for what, count in before.items() if after[what] > count}
