"""A dedicated pool of 1 to 32 workers, whose handler blocks for 50 ms, follows its load."""

import random
import time
from itertools import pairwise

from harness.findings import at_most
from harness.prometheus import bound_of, since

TITLE = "A dedicated pool of 1 to 32 workers that follows its load"
POOL = {
    "placement": "DEDICATED",
    "workers": {"min": 1, "max": 32},
    "queue_max": 2000,
}
STEP_RATE = 400
STEP_S, REACTION_S = 10, 3
WAIT_P95_MAX_MS = 50
# Short, so that the way back is seen in this time; the noise is met with the default.
STEPPED = POOL | {"name": "stepped", "scaling": {"cooldown_down": "1s"}}
BACK_WITHIN_S = 30
NOISY = POOL | {"name": "noisy"}
NOISE_RATES, NOISE_PIECE_S = (20, 380), (0.5, 3)
CHANGES_MAX = 2


def show(stage):
    with stage.observed(subject := stage.subject([STEPPED, NOISY])) as watch:
        yield from _step(stage, subject, watch)
        yield from _noise(stage, subject)
        yield from subject.findings(watch)


def _load(stage, subject, pool, rate):
    request = f"GET /{pool}/block/50 200 ok"
    return stage.load.beside(
        subject, "--rate", rate, "--connections", 1000, "--request", request
    )


def _waits(subject):
    return subject.metrics().histogram("troupe_request_queue_seconds", pool="stepped")


def _step(stage, subject, watch):
    with _load(stage, subject, "stepped", STEP_RATE):
        time.sleep(REACTION_S)
        waits_at_first = _waits(subject)
        time.sleep(STEP_S - REACTION_S)
        waits = since(_waits(subject), waits_at_first)
    yield at_most(
        f"wait p95 from {REACTION_S} s after a step to {STEP_RATE} requests a second",
        bound_of(waits, 0.95) * 1e3,
        WAIT_P95_MAX_MS,
        " ms",
    )
    yield at_most("requests shed meanwhile", int(watch.pool("stepped")["shed"]), 0)
    back = watch.wait_for(
        lambda watch: watch.pool("stepped")["workers_running"] == 1, BACK_WITHIN_S
    )
    yield at_most("from the end of the load until 1 worker is left", back, BACK_WITHIN_S, " s")


def _noise(stage, subject):
    chance = random.Random(1)
    seconds = stage.whole_or_quick(60, 10)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with _load(stage, subject, "noisy", chance.uniform(*NOISE_RATES)):
            time.sleep(chance.uniform(*NOISE_PIECE_S))
    decisions = subject.control("pool", "explain", "noisy", "--limit", 64).get("decisions", [])
    steps = [int(each["to"]) - int(each["from"]) for each in reversed(decisions)]
    yield at_most(
        f"changes of direction in {seconds} s and {len(steps)} steps, under a load between "
        f"{NOISE_RATES[0]} and {NOISE_RATES[1]} requests a second",
        changes_of_direction(steps),
        CHANGES_MAX,
    )


def changes_of_direction(steps):
    return sum((a < 0) != (b < 0) for a, b in pairwise(steps))
