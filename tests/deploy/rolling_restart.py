"""A rolling restart as Kubernetes does it, with processes for pods: no request fails under load.

usage: rolling_restart.py TROUPED [unittest's arguments]

Each pod has an address of its own. Its readiness is polled, and clients hear of a change late, as
they do in a cluster. A new pod has to be ready before an old one gets its SIGTERM; that one is
sent requests until the clients have heard, and has to end within its grace period.
"""

import collections
import contextlib
import http.client
import itertools
import os
import pathlib
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

BINARY = ""  # set by main()
PATIENCE = 30.0
HTTP_PORT, HEALTH_PORT = 8080, 9902
REPLICAS = 2

# As in the chart's values.
DRAIN_DELAY, DRAIN_TIMEOUT = 5.0, 20.0
GRACE_PERIOD = DRAIN_DELAY + DRAIN_TIMEOUT + 5

POLL = 0.1  # between two looks at a pod's readiness
LAG = 3.0  # until clients have heard of a change

CONFIG = """
http: [{{address: '{host}:{http}'}}]
health: {{address: '{host}:{health}'}}
drain: {{delay: '{delay}', timeout: {timeout}s}}
pools:
  - {{name: fast, service: respond, options: {{body: ok}}}}
  - {{name: slow, service: respond, options: {{body: ok, delay: 300ms}}}}
routes:
  - {{path: /fast, pool: fast}}
  - {{path: /slow, pool: slow}}
"""


def wait_for(condition, what):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {PATIENCE} s for {what}")
        time.sleep(POLL)


class Pod:
    _numbers = itertools.count(1)

    def __init__(self, folder, delay):
        number, process = next(self._numbers), os.getpid()
        self.host = f"127.{process // 256 % 256}.{process % 256}.{number}"
        file = pathlib.Path(folder) / f"pod-{number}.yaml"
        file.write_text(CONFIG.format(host=self.host, http=HTTP_PORT, health=HEALTH_PORT,
                                      delay=delay, timeout=int(DRAIN_TIMEOUT)))
        self.process = subprocess.Popen([BINARY, "--config", file], stdout=subprocess.DEVNULL)
        self.told_to_stop = None  # when

    def ready(self):
        try:
            with contextlib.closing(http.client.HTTPConnection(
                    self.host, HEALTH_PORT, timeout=PATIENCE)) as probe:
                probe.request("GET", "/readyz")
                return probe.getresponse().status == 200
        except OSError:
            return False

    def stop(self):
        """Its exit code and the seconds that it took."""
        self.told_to_stop = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(GRACE_PERIOD)
        return code, time.monotonic() - self.told_to_stop

    def kill(self):
        self.process.kill()
        self.process.wait()


class Endpoints:
    """Which pods get traffic: those that were ready `LAG` ago."""

    def __init__(self):
        self.pods = []  # these two are replaced, never changed
        self.known = ()
        self._turn = itertools.count()
        self._stop = threading.Event()
        self._watcher = threading.Thread(target=self._watch)
        self._watcher.start()

    def _watch(self):
        unheard = collections.deque()
        while not self._stop.wait(POLL):
            now = time.monotonic()
            unheard.append((now + LAG, tuple(pod for pod in self.pods if pod.ready())))
            while unheard[0][0] <= now:
                _, self.known = unheard.popleft()

    def next(self):
        known = self.known
        return known[next(self._turn) % len(known)]

    def stop(self):
        self._stop.set()
        self._watcher.join()


class Client:
    """Sends one request after the other; what becomes of each is noted."""

    def __init__(self, endpoints, path, keep_alive=True, pause=0.01):
        self.name = f"{path} {'keep-alive' if keep_alive else 'fresh'} every {pause} s"
        self.failures = []
        self.answered_late = 0  # by a pod that had been told to stop
        self.keep_alive = keep_alive
        self._endpoints = endpoints
        self._path, self._pause = path, pause
        self._pod = self._connection = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self):
        while not self._stop.wait(self._pause):
            try:
                self._request()
            except (OSError, http.client.HTTPException) as error:
                self.failures.append(repr(error))
                self._disconnect()
        self._disconnect()

    def _request(self):
        if self._connection is not None and self._closed_by_server():
            self._disconnect()
        if self._connection is None:
            self._pod = self._endpoints.next()
            self._connection = http.client.HTTPConnection(
                self._pod.host, HTTP_PORT, timeout=PATIENCE)
        fields = {} if self.keep_alive else {"Connection": "close"}
        late = self._pod.told_to_stop is not None
        self._connection.request("GET", self._path, headers=fields)
        answer = self._connection.getresponse()
        if (answer.status, answer.read()) != (200, b"ok"):
            self.failures.append(f"status {answer.status}")
        self.answered_late += late
        if answer.will_close:
            self._disconnect()

    def _closed_by_server(self):
        """Whether there is something to read, which can only be the end: as pools look first."""
        return bool(select.select([self._connection.sock], [], [], 0)[0])

    def _disconnect(self):
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def stop(self):
        self._stop.set()
        self._thread.join()


class RollingRestart(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        self.endpoints = Endpoints()
        self.addCleanup(self.endpoints.stop)

    def start(self, delay):
        """A pod that clients have heard of."""
        pod = Pod(self.folder, delay)
        self.addCleanup(pod.kill)
        self.endpoints.pods = [*self.endpoints.pods, pod]
        wait_for(lambda: pod in self.endpoints.known, "a new pod to get traffic")
        return pod

    def clients(self):
        kinds = [{"path": "/fast"}] * 3 + [
            {"path": "/slow"},
            {"path": "/slow", "keep_alive": False},
            {"path": "/fast", "keep_alive": False},
            {"path": "/fast", "pause": 1.0},
        ]
        clients = [Client(self.endpoints, **kind) for kind in kinds]
        for client in clients:
            self.addCleanup(client.stop)
        return clients

    def restart(self, delay):
        """(clients, [(exit code, seconds)]) after every pod has been replaced under load."""
        old = [self.start(delay) for _ in range(REPLICAS)]
        clients, ends = self.clients(), []
        for pod in old:
            self.start(delay)
            ends.append(pod.stop())
        wait_for(lambda: not set(old) & set(self.endpoints.known), "old pods to be forgotten")
        for client in clients:
            client.stop()
        return clients, ends

    def test_loses_no_request(self):
        clients, ends = self.restart(f"{DRAIN_DELAY:.0f}s")
        self.assertEqual({c.name: c.failures for c in clients if c.failures}, {})
        for keep_alive in (True, False):
            late = sum(c.answered_late for c in clients if c.keep_alive == keep_alive)
            self.assertGreater(late, 0, "nothing was asked of a pod that drained")
        for code, seconds in ends:
            self.assertEqual(code, 0)
            self.assertGreaterEqual(seconds, DRAIN_DELAY)
            self.assertLess(seconds, GRACE_PERIOD)

    def test_would_notice_lost_requests(self):
        clients, _ = self.restart("off")
        self.assertTrue(any(client.failures for client in clients))


def main():
    global BINARY
    BINARY = os.path.abspath(sys.argv.pop(1))
    unittest.main()


if __name__ == "__main__":
    main()
