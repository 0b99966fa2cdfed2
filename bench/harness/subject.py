"""bench_service under one configuration: loaded, and asked over its admin API, /metrics and /proc.

Each pool NAME answers below /NAME/; /priority is a CRITICAL route, of a pool of its own unless the
demonstration has another.
"""

import contextlib
import http.client
import json
import os
import socket
import subprocess
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from harness import machine
from harness.findings import at_most, none
from harness.loads import Load
from harness.peers import Peer
from harness.prometheus import Metrics, bound_of
from harness.server import Server

SERVICE = "trouble"
PRIORITY_P99_MAX_MS = 10
PRIORITY_LOAD = ("--rate", 50, "--connections", 8, "--request", "GET /priority 200 ok")
REACTORS = 2  # on the one processor of the server, so that there is another one when one is stuck
WATCH_INTERVAL = "50ms"


@dataclass(frozen=True)
class Stage:
    """What all demonstrations share."""

    build: Path
    load: Load
    quick: bool = False

    def whole_or_quick(self, whole, quick):
        return quick if self.quick else whole

    def subject(self, pools, routes=(), priority=("vital", "/ok")):
        return Subject(self.build, pools, routes, priority)

    @contextlib.contextmanager
    def observed(self, subject):
        """The subject, watched and with requests of priority for as long as the block lasts."""
        with subject, Watch(subject) as watch:
            with self.load.beside(subject, *PRIORITY_LOAD):
                yield watch


class Subject(Server):
    def __init__(self, build, pools, routes, priority):
        super().__init__(
            Peer("trouped", "trouped", frozenset(), lambda server: server.command(), lambda: None)
        )
        self._build = build
        self._health = self.directory / "health.sock"
        self._admin = self.directory / "admin.sock"
        self._config = self._configure(pools, routes, *priority)

    def _configure(self, pools, routes, priority_pool, priority_handler):
        vital = {"pool": "vital", "rewrite": "/ok"}
        priority = {"pool": priority_pool, "rewrite": priority_handler, "priority": "CRITICAL"}
        return {
            "http": [{"address": f"127.0.0.1:{self.port}", "backlog": 4096}],
            "reactors": {"count": REACTORS},
            "admin": {"socket": str(self._admin), "address": "off"},
            "health": {"address": f"unix:{self._health}"},
            "pools": [{"service": SERVICE, **pool} for pool in [{"name": "vital"}, *pools]],
            "routes": [
                {"path": "/health", **vital},
                {"path": "/priority", **priority},
                *({"path": f"/{p['name']}/*", "pool": p["name"], "rewrite": "/{*}"} for p in pools),
                *routes,
            ],
        }

    def command(self):
        path = self.directory / "trouped.json"
        path.write_text(json.dumps(self._config))
        return [str(self._build / "bench/bench_service"), "--config", str(path)]

    # --- what it says of itself -------------------------------------------------------------------

    def control_command(self, *arguments):
        return [
            str(self._build / "troupectl"),
            "--target",
            f"unix:{self._admin}",
            "-o",
            "json",
            *map(str, arguments),
        ]

    def control(self, *arguments):
        """What troupectl answers."""
        run = subprocess.run(
            self.control_command(*arguments), capture_output=True, text=True, check=True
        )
        return json.loads(run.stdout)

    def metrics(self):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(self._health))
            connection.sendall(b"GET /metrics HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            return Metrics(answer.read().decode())

    def resources(self):
        """What must not leak: actors (timers are parts of them), descriptors, threads."""
        process = Path("/proc") / str(self.pid)
        return {
            "actors": int(self.metrics().sum("troupe_actors")),
            "descriptors": len(os.listdir(process / "fd")),
            "threads": len(os.listdir(process / "task")),
        }

    def crashes(self, kind, pool):
        """Of that kind and pool, the latest first, each with `at` in seconds since the epoch."""
        found = self.control("crash", "ls").get("crashes", [])
        return [
            crash | {"at": datetime.fromisoformat(crash["time"]).timestamp()}
            for crash in found
            if crash["kind"] == kind and crash["pool"] == f"pools/{pool}"
        ]

    def get(self, target, timeout_s=20):
        """One request on a connection of its own."""
        began = time.time()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout_s)
        with contextlib.closing(connection):
            connection.request("GET", target)
            status = connection.getresponse().status
        return Answer(status, began, time.time())

    def findings(self, watch):
        """What holds for every demonstration."""
        yield none("ledger: snapshots that do not add up", watch.unbalanced(), len(watch.snapshots))
        durations = self.metrics().histogram(
            "http_server_request_duration_seconds", route="/priority"
        )
        count = f"{durations.get(float('inf'), 0):,.0f}"
        yield at_most(
            f"{count} requests of priority: p99 from read to send",
            bound_of(durations, 0.99) * 1e3,
            PRIORITY_P99_MAX_MS,
            " ms",
        )


@dataclass(frozen=True)
class Answer:
    status: int
    began: float  # seconds since the epoch
    ended: float

    @property
    def took_s(self):
        return self.ended - self.began


class Watch:
    """Reads the server's numbers over the admin API all the time, into `snapshots`."""

    def __init__(self, subject):
        self._command = subject.control_command("stats", f"--watch={WATCH_INTERVAL}")
        self.snapshots = []  # (seconds, snapshot), the latest last

    def __enter__(self):
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)
        self._thread = threading.Thread(target=self._read)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._thread.join()
        self._process.wait()
        self._process.stdout.close()

    def _read(self):
        os.sched_setaffinity(0, {machine.load_cpu()})  # this thread's
        for line in self._process.stdout:
            if line.endswith("\n"):  # the last one may be cut
                self.snapshots.append((time.monotonic(), json.loads(line)))

    def pool(self, name):
        """As it was in the latest snapshot."""
        if not self.snapshots:
            return {}
        pools = self.snapshots[-1][1]["pools"]
        return next(pool for pool in pools if pool["name"] == f"pools/{name}")

    def wait_for(self, condition, timeout_s):
        """Seconds until `condition(watch)` holds; `timeout_s` when it never does."""
        began = time.monotonic()
        while time.monotonic() < began + timeout_s:
            if condition(self):
                return time.monotonic() - began
            time.sleep(0.01)
        return timeout_s

    def wait_for_state(self, state, pools, timeout_s):
        def reached(watch):
            return all(watch.pool(name).get("state") == state for name in pools)

        return self.wait_for(reached, timeout_s)

    def unbalanced(self):
        return sum(not is_balanced(snapshot["ledger"]) for _, snapshot in self.snapshots)


def is_balanced(ledger):
    outcomes = sum(map(int, ledger["outcomes"].values()))
    return int(ledger["accepted"]) == int(ledger["in_flight"]) + outcomes
