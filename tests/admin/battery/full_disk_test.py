"""A full state_dir: a change is refused with a sentence that names it, all is served on, and the
next change works once there is room."""

import os
import resource
import shutil
import signal
import subprocess

import grpc
import program
import scene

SIZE = 512 * 1024  # of the file system; the record of a fatal signal takes a part of it
ROOM = 128  # bytes, in which no revision fits

# Mounts a small file system for the program alone, which ends with it.
MOUNT = 'mount -t tmpfs -o size="$1" none "$2" && shift 2 && exec "$@"'


def with_small_disk(folder):
    """The command that runs trouped so that its `folder` is on a small file system; None where that
    may not be."""
    command = ["unshare", "--mount", "sh", "-c", MOUNT, "sh", str(SIZE), str(folder)]
    if os.geteuid() != 0:
        command.insert(1, "--map-root-user")
    may = shutil.which("unshare") and subprocess.run(
        [*command, "true"], capture_output=True).returncode == 0
    return [*command, program.BINARY] if may else None


class Disk:
    """Of a running server; what it has mounted is seen through its process."""

    def __init__(self, server, folder):
        self._ballast = f"/proc/{server.process.pid}/root{folder}/ballast"

    def fill(self):
        with open(self._ballast, "wb", buffering=0) as file:
            try:
                while file.write(b"\0" * 4096):
                    pass
            except OSError:
                pass  # full

    def make_room(self):
        os.unlink(self._ballast)


class FileLimit:
    """Where no file system may be mounted: no file can grow beyond a few bytes."""

    def __init__(self, server):
        self._pid = server.process.pid
        _, self._hard = resource.prlimit(self._pid, resource.RLIMIT_FSIZE)

    @staticmethod
    def prepare():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # then writing fails instead

    def fill(self):
        resource.prlimit(self._pid, resource.RLIMIT_FSIZE, (ROOM, self._hard))

    def make_room(self):
        resource.prlimit(self._pid, resource.RLIMIT_FSIZE, (self._hard, self._hard))


class FullStateDir(scene.Case):
    def setUp(self):
        super().setUp()
        self.state = self.folder / "state"
        self.state.mkdir(mode=0o700)
        command = with_small_disk(self.state)
        if command:
            self.server = self.serve(command=command)
            self.disk = Disk(self.server, self.state)
        else:
            self.server = self.serve(preexec_fn=FileLimit.prepare)
            self.disk = FileLimit(self.server)
        self.admin = self.api()

    def apply(self, value, **more):
        request = {"assignments": [f"limits.body_bytes_max={value}"], **more}
        return self.admin.call("Config.ApplyConfig", request)

    def refused(self, method, request):
        with self.assertRaises(grpc.RpcError) as caught:
            self.admin.call(method, request)
        self.assertEqual(caught.exception.code(), grpc.StatusCode.UNAVAILABLE)
        self.assertIn(f"state_dir {self.state} cannot be written", caught.exception.details())
        self.assertIn("make room", caught.exception.details())

    def in_effect(self):
        return self.admin.call("Config.GetConfig")

    def post(self, size):
        """The status of a request with a body."""
        connection = self.server.connect()
        self.addCleanup(connection.close)
        connection.request("POST", "/", b"x" * size)
        return connection.getresponse().status

    def test_refuses_changes_serves_on_and_recovers(self):
        self.apply(1000)
        before = self.in_effect()
        self.disk.fill()
        for method, request in (
            ("Config.ApplyConfig", {"assignments": ["limits.body_bytes_max=2000"]}),
            ("Config.RollbackConfig", {"name": "revisions/1"}),
            ("Pools.UpdatePool", {"pool": {"name": "pools/slow", "queue_max": 5}}),
        ):
            self.refused(method, request)
        self.assertEqual(self.in_effect(), before)
        self.assertEqual(self.server.get(), (200, "ok"))
        self.assertEqual((self.post(1000), self.post(1001)), (200, 413))
        self.disk.make_room()
        self.assertEqual(self.apply(2000).revision.number, before.revision.number + 1)
        self.assertEqual((self.post(2000), self.post(2001)), (200, 413))

    def test_takes_back_what_was_not_confirmed_once_there_is_room(self):
        if isinstance(self.disk, FileLimit):
            self.skipTest("mounting is not allowed here, and the limit stops the log as well")
        before = self.in_effect()
        self.apply(1000, confirm_within="1s")
        self.disk.fill()
        self.refused("Config.ConfirmConfig", {})
        self.eventually(lambda: "cannot go back" in self.server.errors())
        self.assertEqual(self.server.get(), (200, "ok"))
        self.disk.make_room()
        self.eventually(lambda: self.in_effect().yaml == before.yaml)
        self.assertEqual(self.in_effect().revision.source, before.revision.REVERT)


if __name__ == "__main__":
    program.main()
