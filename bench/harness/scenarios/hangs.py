"""Handlers that keep their thread: answered in time, named, and their workers replaced; a stuck
reactor's new connections are accepted by another one."""

import time
from concurrent.futures import ThreadPoolExecutor

from harness.findings import Finding, at_most

TITLE = "Handlers that hang"
REQUEST_TIMEOUT_S, HANG_TIMEOUT_S = 0.5, 1
HANG_S = 2.5
LATE_S = 0.1
REACTOR_NAMED_S, REACTOR_RELIEVED_S = 0.2, 1.2
CONNECT_EVERY_S = 0.02


def _pool(name, placement):
    return {
        "name": name,
        "placement": placement,
        "workers": {"min": 1, "max": 1},
        "request_timeout": f"{REQUEST_TIMEOUT_S}s",
        "hang_timeout": f"{HANG_TIMEOUT_S}s",
        "queue_timeout": "10s",
    }


# Requests that wait for the replaced worker have time for it.
PATIENT = [
    {"path": f"/patient/{name}", "pool": name, "rewrite": "/ok", "request_timeout": "10s"}
    for name in ("shared", "dedicated")
]


def show(stage):
    pools = [_pool("dedicated", "DEDICATED"), _pool("shared", "SHARED"), {"name": "reactor"}]
    repeats = stage.whole_or_quick(5, 1)
    with stage.observed(subject := stage.subject(pools, PATIENT)) as watch:
        for name in ("dedicated", "shared"):
            yield from _hang(subject, name, repeats)
        yield from _hang_reactor(subject, stage.whole_or_quick(3, 1))
        yield from subject.findings(watch)


def _hang(subject, name, repeats):
    answered, replaced, statuses = [], [], set()
    with ThreadPoolExecutor() as threads:
        for _ in range(repeats):
            hung = threads.submit(subject.get, f"/{name}/block/{HANG_S * 1e3:.0f}")
            time.sleep(0.1)  # until the only worker hangs
            next_one = subject.get(f"/patient/{name}")
            answer = hung.result()
            statuses |= {answer.status, next_one.status}
            answered.append(answer.took_s - REQUEST_TIMEOUT_S)
            replaced.append(next_one.ended - answer.began - HANG_TIMEOUT_S)
    placement = name.upper()
    yield Finding(
        f"{placement}: statuses of the hung request and of the next",
        ", ".join(map(str, sorted(statuses))),
        "200, 504",
        statuses == {200, 504},
    )
    yield at_most(
        f"{placement}: from the deadline to its answer", max(answered) * 1e3, LATE_S * 1e3, " ms"
    )
    yield at_most(
        f"{placement}: from hang_timeout to the next answer, of a new worker",
        max(replaced) * 1e3,
        LATE_S * 1e3,
        " ms",
    )
    yield _named(subject, name, repeats)


def _named(subject, name, repeats):
    named = [crash for crash in subject.crashes("HANG", name) if crash.get("route")]
    return Finding(
        f"{name.upper()}: hangs named with their route",
        f"{len(named)} of {repeats}",
        "all",
        len(named) == repeats,
    )


def _hang_reactor(subject, repeats):
    named, relieved = [], []
    for _ in range(repeats):
        with ThreadPoolExecutor(max_workers=int(HANG_S / CONNECT_EVERY_S) + 1) as threads:
            hung = threads.submit(subject.get, f"/reactor/block/{HANG_S * 1e3:.0f}")
            others = []
            while not hung.done():
                time.sleep(CONNECT_EVERY_S)
                others.append(threads.submit(subject.get, "/priority"))
            relieved += [other.result().took_s for other in others]
        named.append(subject.crashes("HANG", "reactor")[0]["at"] - hung.result().began)
    yield at_most("REACTOR: until it is named", max(named) * 1e3, REACTOR_NAMED_S * 1e3, " ms")
    yield at_most(
        f"REACTOR: the longest that one of {len(relieved)} new connections waited",
        max(relieved) * 1e3,
        REACTOR_RELIEVED_S * 1e3,
        " ms",
    )
