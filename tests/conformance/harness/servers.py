"""Starts and stops the server under test: trouped, or a peer that always answers 200."""

import contextlib
import os
import pathlib
import shutil
import signal
import socket
import string
import subprocess
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent.parent
PEERS = ("nginx", "haproxy", "h2o", "go", "node")
START_TIMEOUT = 20.0
STOP_TIMEOUT = 10.0


class ServerError(Exception):
    pass


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


class Server:
    """A running process that listens on `address`; `folder` holds its files."""

    def __init__(self, command, port, folder, environment=None, preexec=None, banner=""):
        """It has started when it accepts, and when it has written `banner`."""
        self.address = ("127.0.0.1", port)
        self.folder = pathlib.Path(folder)
        self.log = self.folder / "stderr.log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd=folder,
                env={**os.environ, **(environment or {})},
                preexec_fn=preexec,
            )
        self._await_start(banner)

    @property
    def pid(self):
        return self.process.pid

    def log_tail(self):
        return self.log.read_text(errors="replace")[-2000:]

    def _await_start(self, banner):
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            with contextlib.suppress(OSError), socket.create_connection(self.address, timeout=1):
                if banner in self.log.read_text(errors="replace"):
                    return
            time.sleep(0.02)
        self.stop()
        raise ServerError(f"{self.process.args[0]} did not start:\n{self.log_tail()}")

    def stop(self):
        """Ends the process; returns its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


@contextlib.contextmanager
def running(command, port, **options):
    """`command` is a function of the server's folder that returns an argument vector."""
    with tempfile.TemporaryDirectory(prefix="troupe-test-") as folder:
        server = Server(command(pathlib.Path(folder)), port, folder, **options)
        try:
            yield server
        finally:
            server.stop()


def trouped(binary, config=HERE / "trouped.yaml", arguments=(), **options):
    """`arguments` go behind those that every start needs."""
    port = free_port()
    command = [binary, "--http", f"127.0.0.1:{port}", "--config", config, *arguments]
    # Listeners are open before the admin plane is; the banner comes behind both.
    return running(lambda folder: list(map(str, command)), port, banner="\ntry\n", **options)


def peer_command(name, port):
    """The peers' configurations are templates with ${PORT} and ${FOLDER}."""

    def configured(folder, template):
        text = string.Template((HERE / "peers" / template).read_text())
        path = folder / template
        path.write_text(text.safe_substitute(PORT=port, FOLDER=folder))
        return str(path)

    def go(folder):
        program = str(folder / "peer")
        subprocess.run(
            ["go", "build", "-o", program, str(HERE / "peers" / "peer.go")],
            check=True,
            env={**os.environ, "GO111MODULE": "off"},
        )
        return [program, str(port)]

    commands = {
        "nginx": lambda folder: [
            "nginx",
            "-p",
            str(folder),
            "-c",
            configured(folder, "nginx.conf"),
        ],
        "haproxy": lambda folder: ["haproxy", "-db", "-f", configured(folder, "haproxy.cfg")],
        "h2o": lambda folder: ["h2o", "-c", configured(folder, "h2o.conf")],
        "go": go,
        "node": lambda folder: ["node", str(HERE / "peers" / "peer.js"), str(port)],
    }
    return commands[name]


def installed(name):
    return shutil.which(name) is not None


def peer(name):
    port = free_port()
    return running(peer_command(name, port), port)
