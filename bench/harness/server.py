"""One server under test: started on its processor, asked for what it has used, ended."""

import os
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from harness import machine

START_TIMEOUT_S = 20
STOP_TIMEOUT_S = 2
FIRST_PORT, LAST_PORT = 18000, 30000  # below the range that the kernel gives to clients

_next_port = FIRST_PORT


class ServerFailed(Exception):
    """The server did not start or died. The message ends with what it printed last."""


@dataclass(frozen=True)
class Usage:
    """CPU time of all processes of a server so far."""

    total_ns: int
    user_ticks: int
    system_ticks: int


class Server:
    """Runs from `with` to its end, on a new port, so as not to meet connections of the last run."""

    def __init__(self, peer, close_each=False):
        self.peer = peer
        self.close_each = close_each
        self.directory = Path(tempfile.mkdtemp(prefix="bench-"))
        self.directory.chmod(0o755)  # some servers, started by root, read it as another user
        self.port = _free_port()
        self._process = None

    def __enter__(self):
        command = ["taskset", "-c", str(machine.server_cpu())] + self.peer.command(self)
        try:
            with (self.directory / "log").open("w") as log:
                self._process = subprocess.Popen(
                    command,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    stdin=subprocess.DEVNULL,
                    cwd=self.directory,
                    start_new_session=True,
                )
            self._wait_until_healthy()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self._process:
            self.end(STOP_TIMEOUT_S)
            self._signal_all(signal.SIGKILL)
            self._process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)

    def end(self, timeout_s):
        """Asks all its processes to end and waits for that."""
        self._signal_all(signal.SIGTERM)
        deadline = time.monotonic() + timeout_s
        while self._processes() and time.monotonic() < deadline:
            self._process.poll()
            time.sleep(0.01)

    @property
    def pid(self):
        return self._process.pid

    def usage(self):
        total = user = system = 0
        for pid, stat in self._processes():
            user += int(stat[11])
            system += int(stat[12])
            # The clock of another process (man 3 clock_getcpuclockid) is exact; stat counts ticks.
            total += time.clock_gettime_ns(~pid << 3 | 2)
        return Usage(total, user, system)

    def resident_kib(self):
        pages = sum(int(stat[21]) for _, stat in self._processes())
        return pages * resource.getpagesize() // 1024

    @property
    def pid(self):
        return self._process.pid

    def log_tail(self):
        return " ".join((self.directory / "log").read_text(errors="replace").split()[-60:])

    def _processes(self):
        """(pid, stat) of all that run in the session that the server was started in."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            stat = _stat(entry)
            if stat and int(stat[3]) == self.pid and stat[0] != "Z":
                found.append((int(entry.name), stat))
        return found

    def _signal_all(self, number):
        for pid, _ in self._processes():
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass

    def _wait_until_healthy(self):
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            if self._is_healthy():
                return
            time.sleep(0.02)
        raise ServerFailed(f"it did not start: {self.log_tail() or 'it printed nothing'}")

    def _is_healthy(self):
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(
                    b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                )
                return connection.recv(4096).startswith(b"HTTP/1.1 200")
        except OSError:
            return False


def _stat(process):
    """The fields of /proc/PID/stat after the name, or None when the process is gone."""
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def _free_port():
    global _next_port
    while True:
        port = _next_port
        _next_port = FIRST_PORT if port >= LAST_PORT else port + 1
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
