"""A trouped of its own for each case, somebody who is served meanwhile, and the look at what is
left behind.
"""

import contextlib
import dataclasses
import pathlib
import resource
import time
from collections.abc import Callable

from battery import process
from battery.bystander import Bystander
from battery.client import GET, Client
from harness import servers

CONFIG = pathlib.Path(__file__).resolve().parent.parent / "abuse.yaml"
SETTLE_TIMEOUT = 10.0
MEBIBYTE = 1 << 20


@dataclasses.dataclass
class Case:
    run: Callable  # takes a Scene; raises AssertionError with a sentence
    settings: tuple[str, ...] = ()  # "path=value", for --set
    fresh_connections: bool = True  # whether others can open new ones meanwhile
    resident_growth_max: int = 8 * MEBIBYTE
    descriptors_max: int | None = None  # of the whole process
    requires: str = ""  # a program that must be installed

    @property
    def name(self):
        return self.run.__name__.replace("_", "-")


class Scene:
    """What a case may use."""

    def __init__(self, server):
        self._server = server
        self.address = server.address
        self.url = f"http://{self.address[0]}:{self.address[1]}/text"

    def client(self, **options):
        return Client(self.address, **options)

    @contextlib.contextmanager
    def clients(self, count, **options):
        """That many connections, closed together at the end of the block."""
        opened = []
        try:
            for _ in range(count):
                opened.append(Client(self.address, **options))
            yield opened
        finally:
            for client in opened:
                client.socket.close()

    def now(self):
        return process.snapshot(self._server.pid)

    def cpu_share(self, seconds):
        """The share of one processor that the server uses during that time."""
        before = process.cpu_seconds(self._server.pid)
        time.sleep(seconds)
        return (process.cpu_seconds(self._server.pid) - before) / seconds


def expect(condition, sentence):
    if not condition:
        raise AssertionError(sentence)


def eventually(condition, timeout=SETTLE_TIMEOUT):
    """Waits until `condition()` holds; False when it does not in time."""
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def play(case, binary):
    """Returns what was wrong, as sentences."""

    def limit_descriptors():
        resource.setrlimit(resource.RLIMIT_NOFILE, (case.descriptors_max, case.descriptors_max))

    arguments = [argument for setting in case.settings for argument in ("--set", setting)]
    preexec = limit_descriptors if case.descriptors_max else None
    with servers.trouped(binary, CONFIG, arguments, preexec=preexec) as server:
        scene = Scene(server)
        serve_once(scene)
        before = scene.now()
        with Bystander(server.address, case.fresh_connections) as bystander:
            problems = attempt(case, scene)
        problems += bystander.problems()
        if server.process.poll() is not None:
            return problems + [
                f"the server ended with {server.process.returncode}: {server.log_tail()}"
            ]
        problems += left_behind(case, scene, before)
        code = server.stop()
        return problems + ([] if code == 0 else [f"the server ended with {code} on SIGTERM"])


def attempt(case, scene):
    try:
        case.run(scene)
    except AssertionError as error:
        return [str(error)]
    except OSError as error:
        return [f"{type(error).__name__}: {error}"]
    return []


def serve_once(scene):
    """So that what the server makes with its first connection counts as there before."""
    with scene.client() as client:
        client.send(GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        expect(client.status() == 200 and client.closed(), "the server does not serve")


def left_behind(case, scene, before):
    """Compares descriptors, threads and memory with what was there before; connections get time to
    end.
    """

    def settled():
        after = scene.now()
        return (
            after.descriptors <= before.descriptors
            and after.threads <= before.threads
            and after.resident_bytes <= before.resident_bytes + case.resident_growth_max
        )

    if eventually(settled):
        return []
    after = scene.now()
    return [
        f"left behind: {after.descriptors - before.descriptors} descriptors, "
        f"{after.threads - before.threads} threads, "
        f"{(after.resident_bytes - before.resident_bytes) / MEBIBYTE:.1f} MiB of memory"
    ]
