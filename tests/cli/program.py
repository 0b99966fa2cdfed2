"""trouped as a program: run to its end, or running beside a test."""

import contextlib
import http.client
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

PATIENCE = 30.0
BINARY = ""  # set by main()

# Tests run side by side, and the default is one port; those of the health listener ask for it.
os.environ.setdefault("TROUPE_HEALTH_ADDRESS", "off")

# Short times, so that no test waits long.
CONFIG = """
http: [{address: '127.0.0.1:0'}]
admin: {socket: 'off', address: 'off'}
reactors: {count: 2}
drain: {read: 10ms, timeout: 10s}
pools:
  - {name: fast, service: respond, options: {body: ok}}
  - {name: slow, service: respond, options: {body: slow, delay: 300ms}}
  - {name: endless, service: respond, options: {delay: 1h}}
routes:
  - {path: /, pool: fast}
  - {path: /slow, pool: slow}
  - {path: /endless, pool: endless}
"""


def run(*arguments, environment=None, **options):
    """Runs trouped to its end."""
    return subprocess.run(
        [BINARY, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        env={**os.environ, **(environment or {})},
        **options,
    )


def eventually(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


class Running:
    """A trouped that serves, until the end of a `with`; `address` is where, as its banner says.
    Another program can be given as `command`, a list."""

    def __init__(self, folder, arguments, command=None, **options):
        self.errors_file = pathlib.Path(folder) / "stderr.log"
        with open(self.errors_file, "wb") as errors:
            self.process = subprocess.Popen(
                [*(command or [BINARY]), *map(str, arguments)],
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                **options,
            )
        self.first_line = self.process.stdout.readline()
        match = re.search(r"serves HTTP on (?P<host>[\d.]+):(?P<port>\d+)", self.first_line)
        if not match:
            self.__exit__()
            raise AssertionError(f"no banner: {self.first_line!r} {self.errors()}")
        self.address = (match["host"], int(match["port"]))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
        self.process.stdout.close()

    def errors(self):
        return self.errors_file.read_text()

    def connect(self, address=None):
        return http.client.HTTPConnection(*(address or self.address), timeout=PATIENCE)

    def get(self, path="/", address=None):
        """(status, body) of one request on a connection of its own."""
        with contextlib.closing(self.connect(address)) as connection:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self):
        """The exit code."""
        return self.process.wait(PATIENCE)

    def stop(self):
        self.signal(signal.SIGTERM)
        return self.wait()

    def kill(self):
        self.process.kill()
        self.process.wait()


class Case(unittest.TestCase):
    """Has a folder of its own, and servers that end with the test."""

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path

    def start(self, *arguments, config=CONFIG, **options):
        path = self.write("trouped.yaml", config)
        return self.enterContext(Running(self.folder, ["--config", path, *arguments], **options))


def main():
    global BINARY
    BINARY = os.path.abspath(sys.argv.pop(1))
    sys.modules["program"].BINARY = BINARY
    unittest.main(module="__main__")
