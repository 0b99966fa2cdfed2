"""What the admin plane is worth on a bad day, and what it costs: how long its calls take while HTTP
is overloaded on every processor, and what its threads use while many watch."""

import contextlib
import itertools
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from harness.peers import BENCH, Peer, trouped_command
from harness.server import START_TIMEOUT_S, Server

DURATION_S = 10
LOADS_PER_PROCESSOR = 2
CONNECTIONS = 200  # of each load
CALLS = ("Ledger.GetLedger", "Server.GetStatus", "Pools.ListPools", "Stats.GetStats")
PAUSE_S = 0.01  # between two calls
P99_AIM_MS = 50

WATCHERS = 100
INTERVAL_S = 0.1
SHARE_AIM = 10  # % of one processor

# The server's threads that are there without the admin plane too.
NOT_ADMIN = ("trouped", "reactor-", "health", "log", "access", "caf")


def run(build):
    """Prints both tables. Returns whether both aims are reached."""
    with _server(build) as server, _api(server) as api:
        with _overload(build, server):
            latencies = _latencies(api)
    with _server(build) as server, _api(server) as api:
        shares, received = _shares(server, api)
    reached = [_print_latencies(latencies), _print_shares(shares, received)]
    return all(reached)


def _server(build):
    processors = sorted(os.sched_getaffinity(0))

    def command(server):
        own = trouped_command(build / "trouped", server, reactors=len(processors))
        everywhere = ["taskset", "-c", ",".join(map(str, processors))]
        return [*everywhere, *own, "--set", f"admin.socket={server.directory}/admin.sock"]

    return Server(Peer("trouped", "trouped", frozenset(), command, lambda: None))


@contextlib.contextmanager
def _api(server):
    """The client of the tests. Imported here: nothing else in the bench needs gRPC for Python."""
    sys.path.insert(0, str(BENCH.parent / "tests/admin/battery"))
    import api
    import grpc

    with contextlib.closing(api.Api(f"unix:{server.directory}/admin.sock")) as client:
        # HTTP is served a moment before.
        grpc.channel_ready_future(client.channel).result(START_TIMEOUT_S)
        yield client


@contextlib.contextmanager
def _overload(build, server):
    """More load than all processors can serve, from before the first call until after the last."""
    command = [build / "bench/bench_load", "--port", server.port, "--connections", CONNECTIONS]
    command += ["--handshake", "--warmup", 0.5, "--duration", 2 * DURATION_S]
    loads = [
        subprocess.Popen(
            list(map(str, command)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(LOADS_PER_PROCESSOR * len(os.sched_getaffinity(0)))
    ]
    try:
        for load in loads:
            load.stdout.readline()
            load.stdin.write("\n")
            load.stdin.flush()
        yield
    finally:
        for load in loads:
            load.kill()
            load.communicate()


def _latencies(api):
    """By method: milliseconds, in order of size."""
    latencies = {method: [] for method in CALLS}
    end = time.monotonic() + DURATION_S
    for method in itertools.cycle(CALLS):
        begin = time.monotonic()
        if begin > end:
            break
        api.call(method)
        latencies[method].append((time.monotonic() - begin) * 1e3)
        time.sleep(PAUSE_S)
    return {method: sorted(values) for method, values in latencies.items()}


def _shares(server, api):
    """By thread of the server: % of one processor; and messages a second, while many watch."""
    counts = [0] * WATCHERS

    def read(index, stream):
        with contextlib.suppress(Exception):  # it is cancelled in the end
            for _ in stream:
                counts[index] += 1

    streams = [api.call("Stats.WatchStats", {"interval": f"{INTERVAL_S}s"}) for _ in counts]
    readers = [threading.Thread(target=read, args=each) for each in enumerate(streams)]
    for reader in readers:
        reader.start()
    time.sleep(1)
    before, count_before = _ticks(server), sum(counts)
    time.sleep(DURATION_S)
    after, count_after = _ticks(server), sum(counts)
    for stream in streams:
        stream.cancel()
    for reader in readers:
        reader.join()
    unit = 100 / os.sysconf("SC_CLK_TCK") / DURATION_S
    shares = {name: (after[name] - before.get(name, 0)) * unit for name in after}
    return shares, (count_after - count_before) / DURATION_S


def _ticks(server):
    """By name of the server's threads: clock ticks that they have used."""
    ticks = {}
    for task in Path(f"/proc/{server.pid}/task").iterdir():
        name, _, rest = (task / "stat").read_text().partition("(")[2].rpartition(")")
        fields = rest.split()
        ticks[name] = ticks.get(name, 0) + int(fields[11]) + int(fields[12])
    return ticks


def _print_latencies(latencies):
    print("| call under overload | calls | p50, ms | p99, ms | max, ms |\n|---|--:|--:|--:|--:|")
    worst = 0
    for method, values in latencies.items():
        p50, p99 = (values[int(len(values) * share)] for share in (0.5, 0.99))
        worst = max(worst, p99)
        print(f"| {method} | {len(values)} | {p50:.1f} | {p99:.1f} | {values[-1]:.1f} |")
    return _verdict(f"p99 {worst:.1f} ms", worst, P99_AIM_MS, "ms")


def _print_shares(shares, received):
    print(f"| thread, {WATCHERS} watchers | % of one processor |\n|---|--:|")
    for name, share in sorted(shares.items(), key=lambda item: -item[1]):
        if share > 0:
            print(f"| {name} | {share:.1f} |")
    share = sum(s for name, s in shares.items() if not name.startswith(NOT_ADMIN))
    what = f"threads of the admin plane {share:.1f} %, at {received:.0f} messages a second"
    return _verdict(what, share, SHARE_AIM, "%")


def _verdict(what, value, aim, unit):
    met = value <= aim
    print(f"\n{what}: {'met' if met else 'MISSED'} (aim {aim:g} {unit})\n", flush=True)
    return met
