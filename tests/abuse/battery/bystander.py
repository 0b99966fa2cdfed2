"""A well-behaved client beside the abuse: what it sees is what the abuse does to others."""

import threading
import time

from battery.client import GET, Client

PAUSE = 0.002
NEW_CONNECTION_EVERY = 10
SLOWEST_MAX = 3.0  # generous: the machine may be busy with other things


class Bystander:
    """Sends a request after the other from a thread of its own, on a connection that it keeps and,
    unless the case forbids new connections, now and then on a fresh one.
    """

    def __init__(self, address, fresh_connections=True):
        self._address = address
        self._fresh = fresh_connections
        self._stop = threading.Event()
        self._kept = Client(address)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._problems = []
        self.requests = 0
        self.slowest = 0.0

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()
        self._kept.socket.close()

    def problems(self):
        found = self._problems[:3]
        if self.requests == 0:
            found.append("the well-behaved client was never served")
        if self.slowest > SLOWEST_MAX:
            found.append(f"the well-behaved client waited {self.slowest:.1f} s")
        return found

    def _run(self):
        while not self._stop.is_set() and not self._problems:
            self._ask(self._kept)
            if self._fresh and self.requests % NEW_CONNECTION_EVERY == 0:
                with Client(self._address) as client:
                    self._ask(client)
            self._stop.wait(PAUSE)

    def _ask(self, client):
        begin = time.monotonic()
        try:
            client.send(GET)
            status = client.status()
        except OSError as error:
            status = error
        if status != 200:
            self._problems.append(f"the well-behaved client got {status!r}, not 200")
        self.requests += 1
        self.slowest = max(self.slowest, time.monotonic() - begin)
