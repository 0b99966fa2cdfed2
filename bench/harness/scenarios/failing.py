"""Workers are killed under the default policy: each pool gives up, fails fast, harms no other, and
comes back by itself."""

import contextlib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from statistics import median

from harness.findings import at_least, at_most, none
from harness.prometheus import bound_of, since

TITLE = "A pool that fails, under the default policy"
POOLS = {"reactor": "REACTOR", "shared": "SHARED", "dedicated": "DEDICATED"}
# The same rate all the time, so that what others have left of the processor stays the same.
STEADY = ("--rate", 200, "--connections", 20, "--kinds")
POISON = ("--rate", 50, "--connections", 10)
OTHERS = ("--connections", 50, "--request", "GET /other/ok 200 ok")
PHASE_S = 2
FAILS_WITHIN_S = 10
ANSWER_P99_MAX_MS = 10
# The longest pause of the default policy with its spread, the window that a pool must then last,
# and two ticks of its supervisor.
RECOVERS_WITHIN_S = 30 * 1.2 + 10 + 0.1


@dataclass(frozen=True)
class Round:
    """A calm phase, and then one in which the pools have failed."""

    calm_rate: float  # of the other pool
    failed_within_s: float
    failing: dict
    failing_rate: float
    durations: dict  # of the failing pools' answers, in the server


def show(stage):
    pools = [
        {"name": name, "placement": placement, "restart": {"on_throw": "RESTART_WORKER"}}
        for name, placement in POOLS.items()
    ]
    subject = stage.subject([*pools, {"name": "other"}])
    with stage.observed(subject) as watch:
        rounds = [_round(stage, subject, watch)]
        for _ in range(stage.whole_or_quick(3, 0)):
            for name in POOLS:
                subject.control("pool", "resume", name)  # only the last time by itself
            rounds.append(_round(stage, subject, watch))
        recovered = watch.wait_for_state("RUNNING", POOLS, 2 * RECOVERS_WITHIN_S)
        with _beside(stage, subject, "ok"):
            again, _ = _phase(stage, subject)
        yield from _judge(rounds)
        yield at_most(
            "from the last kill until they are RUNNING", recovered, RECOVERS_WITHIN_S, " s"
        )
        answers = sum(sample["answers"] for sample in again.values())
        yield none("then: requests that are not served", answers - _count(again, "200"), answers)
        yield from subject.findings(watch)


def _round(stage, subject, watch):
    with _beside(stage, subject, "ok"):
        _, calm_rate = _phase(stage, subject)
    with _beside(stage, subject, "ok?poison"):
        failed_within_s = watch.wait_for_state("FAILED", POOLS, FAILS_WITHIN_S)
        before = _durations(subject)
        failing, failing_rate = _phase(stage, subject)
        durations = since(_durations(subject), before)
    return Round(calm_rate, failed_within_s, failing, failing_rate, durations)


def _judge(rounds):
    slowest = max(each.failed_within_s for each in rounds)
    yield at_most("until the pools are FAILED", slowest, FAILS_WITHIN_S, " s")
    answers = sum(sample["answers"] for each in rounds for sample in each.failing.values())
    failed = sum(_count(each.failing, "503 pool-failed") for each in rounds)
    yield none("then: answers that are not 503 pool-failed", answers - failed, answers)
    p99_ms = median(bound_of(each.durations, 0.99) * 1e3 for each in rounds)
    yield at_most("their p99 from read to send", p99_ms, ANSWER_P99_MAX_MS, " ms")
    ratio = median(each.failing_rate / each.calm_rate for each in rounds)
    yield at_least("throughput of another pool meanwhile, beside calm", ratio, 0.95)


def _durations(subject):
    """Of the answers of all three pools that are errors."""
    metrics = subject.metrics()
    sums = Counter()
    for name in POOLS:
        sums.update(
            metrics.histogram(
                "http_server_request_duration_seconds", route=f"/{name}/*", status="5xx"
            )
        )
    return dict(sums)


def _count(samples, kind):
    return sum(sample["kinds"].get(kind, {"answers": 0})["answers"] for sample in samples.values())


@contextlib.contextmanager
def _beside(stage, subject, target):
    """Requests to each pool that kill its workers, or not: the same rate whether they do."""
    with contextlib.ExitStack() as loads:
        for name in POOLS:
            request = f"GET /{name}/{target} 200|500|503"
            loads.enter_context(stage.load.beside(subject, *POISON, "--request", request))
        yield


def _phase(stage, subject):
    """What the steady loads of the three pools saw, and the rate of the other pool."""
    with ThreadPoolExecutor() as threads:
        steady = {
            name: threads.submit(
                stage.load.run,
                subject,
                *(*STEADY, "--duration", PHASE_S, "--request", f"GET /{name}/ok 200|500|503"),
            )
            for name in POOLS
        }
        rate = stage.load.run(subject, *OTHERS, "--duration", PHASE_S)["rate"]
        return {name: future.result() for name, future in steady.items()}, rate
