"""Workers are killed under the default policy: each pool gives up, fails fast, harms no other, and
comes back by itself."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from statistics import median

from harness.findings import at_least, at_most, none
from harness.prometheus import bound_of, since

TITLE = "A pool that fails, under the default policy"
POOLS = {"reactor": "REACTOR", "shared": "SHARED", "dedicated": "DEDICATED"}
# The same rate all the time, so that what others have left of the processor stays the same.
STEADY = ("--rate", 200, "--connections", 20, "--kinds")
POISON = ("--rate", 50, "--connections", 10)
OTHERS = ("--connections", 50, "--request", "GET /other/ok 200 ok")
SLICE_S = 1.5
FAILS_WITHIN_S = 10
ANSWER_P99_MAX_MS = 10
# The longest pause of the default policy with its spread, the window that a pool must then last,
# and two ticks of its supervisor.
RECOVERS_WITHIN_S = 30 * 1.2 + 10 + 0.1


def show(stage):
    pools = [
        {"name": name, "placement": placement, "restart": {"on_throw": "RESTART_WORKER"}}
        for name, placement in POOLS.items()
    ]
    subject = stage.subject([*pools, {"name": "other"}])
    with stage.observed(subject) as watch:
        slices = stage.whole_or_quick(4, 2)
        with _beside(stage, subject, "ok"):
            _, calm = _phase(stage, subject, slices)
        with _beside(stage, subject, "ok?poison"):
            failed = watch.wait_for_state("FAILED", POOLS, FAILS_WITHIN_S)
            before = subject.metrics()
            under_failure, failing = _phase(stage, subject, slices)
            after = subject.metrics()
        yield at_most("until the pools are FAILED", failed, FAILS_WITHIN_S, " s")
        for name, sample in under_failure.items():
            yield from _fails_fast(name, sample, _durations(after, name), _durations(before, name))
        recovered = watch.wait_for_state("RUNNING", POOLS, 2 * RECOVERS_WITHIN_S)
        yield at_most(
            "from the last kill until they are RUNNING", recovered, RECOVERS_WITHIN_S, " s"
        )
        with _beside(stage, subject, "ok"):
            again, calm_after = _phase(stage, subject, slices)
        answers = sum(sample["answers"] for sample in again.values())
        served = sum(sample["kinds"]["200"]["answers"] for sample in again.values())
        yield none("then: requests that are not served", answers - served, answers)
        ratio = median(failing) / median(calm + calm_after)
        yield at_least("throughput of another pool meanwhile, beside before and after", ratio, 0.95)
        yield from subject.findings(watch)


@contextlib.contextmanager
def _beside(stage, subject, target):
    """Requests to each pool that kill its workers, or not: the same rate whether they do."""
    with contextlib.ExitStack() as loads:
        for name in POOLS:
            request = f"GET /{name}/{target} 200|500|503"
            loads.enter_context(stage.load.beside(subject, *POISON, "--request", request))
        yield


def _phase(stage, subject, slices):
    """What the steady loads of the three pools saw, and the other pool's rates, slice by slice."""
    with ThreadPoolExecutor() as threads:
        duration = (SLICE_S + 0.2) * slices
        steady = {
            name: threads.submit(
                stage.load.run,
                subject,
                *(*STEADY, "--duration", duration, "--request", f"GET /{name}/ok 200|500|503"),
            )
            for name in POOLS
        }
        rates = [
            stage.load.run(subject, *OTHERS, "--duration", SLICE_S)["rate"] for _ in range(slices)
        ]
        return {name: future.result() for name, future in steady.items()}, rates


def _durations(metrics, name):
    return metrics.histogram("http_server_request_duration_seconds", route=f"/{name}/*")


def _fails_fast(name, sample, after, before):
    failed = sample["kinds"].get("503 pool-failed", {"answers": 0})["answers"]
    others = sample["answers"] - failed
    p99_ms = bound_of(since(after, before), 0.99) * 1e3
    yield none(f"{POOLS[name]}: answers that are not 503 pool-failed", others, sample["answers"])
    yield at_most(f"{POOLS[name]}: p99 from read to send", p99_ms, ANSWER_P99_MAX_MS, " ms")
