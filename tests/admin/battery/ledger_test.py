"""Accepted is what is in flight and all that has ended, in every one of 1,000 reads, while workers
die, are replaced and restarted, requests are cancelled and clients vanish."""

import contextlib
import json
import random
import socket
import subprocess
import threading

import grpc
import program
import scene

READS = 1000
READS_BY_TOOL = 200
LOAD = ("GET / 200 ok", "GET /die 500|503", "GET /slow 200|503")


class Ledger(scene.Case):
    def setUp(self):
        super().setUp()
        self.server = self.serve_fragile()
        self.done = threading.Event()
        self.problems = []

    @contextlib.contextmanager
    def under_fire(self):
        """Load, and what kills, until its end."""
        threads = [
            threading.Thread(target=self.until_done, args=(what,))
            for what in (self.restart_a_worker, self.cancel_all, self.vanish)
        ]
        with scene.Load(self.server, LOAD, rate=2000) as load:
            for thread in threads:
                thread.start()
            try:
                yield
            finally:
                self.done.set()
                for thread in threads:
                    thread.join()
        self.assertEqual(load.problems + self.problems, [])

    def until_done(self, what):
        admin, luck = self.api(), random.Random(1)
        try:
            while not self.done.is_set():
                what(admin, luck)
        except Exception as error:  # told to the test, on its own thread
            self.problems.append(repr(error))

    @staticmethod
    def restart_a_worker(admin, luck):
        workers = admin.call("Pools.ListWorkers", {"parent": "pools/-"}).workers
        code = admin.code("Pools.RestartWorker", {"name": luck.choice(workers).name})
        # Another one may have taken its place.
        known = (grpc.StatusCode.OK, grpc.StatusCode.NOT_FOUND, grpc.StatusCode.FAILED_PRECONDITION)
        assert code in known, code

    @staticmethod
    def cancel_all(admin, luck):
        admin.call("Requests.CancelRequests", {"filter": "route : slow"})

    def vanish(self, admin, luck):
        """A client that sends requests, and leaves in the middle of one or of an answer."""
        request = b"GET /slow HTTP/1.1\r\nHost: h\r\n\r\n"
        with socket.create_connection(self.server.address) as connection:
            connection.sendall((request * 3)[: luck.randrange(1, 3 * len(request))])
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    def test_adds_up_in_1000_reads_on_one_channel(self):
        admin = self.api()
        accepted = 0
        with self.under_fire():
            for _ in range(READS):
                ledger = admin.call("Ledger.GetLedger")
                self.assert_adds_up(ledger)
                self.assertGreaterEqual(ledger.accepted, accepted)
                accepted = ledger.accepted
        for outcome in ("ANSWERED", "FAILED", "CANCELLED", "CLIENT_GONE"):
            self.assertGreater(ledger.outcomes[outcome], 0, outcome)
        self.eventually(lambda: admin.call("Ledger.GetLedger").in_flight == 0)
        self.assert_adds_up(admin.call("Ledger.GetLedger"))

    def test_adds_up_for_the_tool(self):
        command = self.command("ledger", "--watch=1ms", "-o", "json")
        with self.under_fire():
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as tool:
                try:
                    for _ in range(READS_BY_TOOL):
                        ledger = self.next_object(tool.stdout)
                        total = ledger["in_flight"] + sum(ledger["outcomes"].values())
                        self.assertEqual(ledger["accepted"], total)
                finally:
                    tool.kill()

    @staticmethod
    def next_object(lines):
        """One of the indented objects that follow one another."""
        text = ""
        for line in lines:
            text += line
            if line == "}\n":
                return json.loads(text)
        raise AssertionError(f"ended with {text!r}")


if __name__ == "__main__":
    program.main()
