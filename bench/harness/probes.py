"""How long /livez and /readyz take while HTTP is overloaded on all processors.

The probes come from a client whose priority is above everything else's, where that is allowed, so
that what is measured is the server's share of the wait and not the client's.
"""

import contextlib
import copy
import os
import re
import subprocess
from dataclasses import replace

from harness.server import Server

PATHS = ("/livez", "/readyz")
AIM_US = 10_000  # at p99
DURATION_S = 10
PROBES_PER_S = 100
CONNECTIONS = 256  # of the load on each processor
KEYS = ("p50", "p99", "p99_9", "max")


def run(bench, peer, program):
    """Prints a table and a verdict. Returns whether the aim is met."""
    with Server(_on_all_processors(peer)) as server:
        health = copy.copy(server)
        health.port = _health_port(server)
        with _overload(program, server.port), _priority():
            samples = {path: _probe(bench, health, path) for path in PATHS}
    print(f"{PROBES_PER_S} probes a second, {len(_processors())} processors busy, microseconds\n")
    print("| probe | p50 | p99 | p99.9 | max |\n|---|--:|--:|--:|--:|")
    for path, sample in samples.items():
        print(f"| {path} | " + " | ".join(f"{sample[key]:,.0f}" for key in KEYS) + " |")
    worst = max(sample["p99"] for sample in samples.values())
    met = worst <= AIM_US
    print(f"\np99 of the slower one: {worst / 1e3:.2f} ms {'met' if met else 'MISSED'} "
          f"(aim {AIM_US / 1e3:g} ms)")
    return met and not any(sample["wrong"] or sample["errors"] for sample in samples.values())


def _processors():
    return sorted(os.sched_getaffinity(0))


def _on_all_processors(peer):
    everywhere = ["taskset", "-c", ",".join(map(str, _processors()))]
    return replace(
        peer, command=lambda server: everywhere + peer.command(server) + ["--health", "127.0.0.1:0"]
    )


def _health_port(server):
    return int(re.search(r"health +127\.0\.0\.1:(\d+)", (server.directory / "log").read_text())[1])


def _probe(bench, health, path):
    return bench.load.run(
        health,
        *("--request", f"GET {path} 200"),
        *("--connections", 1, "--rate", PROBES_PER_S, "--duration", DURATION_S),
    )


@contextlib.contextmanager
def _overload(program, port):
    """A client on each processor that sends the next request as soon as an answer is there."""
    options = ["--port", port, "--connections", CONNECTIONS, "--duration", 3600]
    loads = [
        subprocess.Popen(["taskset", "-c", str(cpu), str(program), *map(str, options)],
                         stdout=subprocess.DEVNULL)
        for cpu in _processors()
    ]
    try:
        yield
        for load in loads:
            if load.poll() is not None:
                raise SystemExit("The load has ended before the probes.")
    finally:
        for load in loads:
            load.kill()
            load.wait()


@contextlib.contextmanager
def _priority():
    """For what is started meanwhile."""
    try:
        os.nice(-10)
    except PermissionError:
        print("Without the right to raise priorities: the client's own waits count as well.")
        yield
        return
    yield
    os.nice(10)
