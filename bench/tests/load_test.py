"""bench_load against servers that answer as they should, and against such that do not.

BENCH_LOAD names the program; without it build/release/bench/bench_load is taken.
"""

import contextlib
import json
import os
import socket
import subprocess
import threading
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("BENCH_LOAD", ROOT / "build/release/bench/bench_load")
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def load(*options, answers, pieces=None):
    """Runs bench_load against a server that gives its connection `answers`, one for each request.

    `pieces` cuts each answer into so many bytes a send.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=_serve, args=(listener, list(answers), pieces))
        server.start()
        command = [PROGRAM, "--port", listener.getsockname()[1], "--connections", 1, *options]
        count = [] if "--count" in options else ["--count", len(answers)]
        run = subprocess.run(
            [*map(str, command + count), "--timeout", "1"],
            capture_output=True,
            text=True,
            timeout=20,
        )
        listener.shutdown(socket.SHUT_RDWR)
        server.join()
    return json.loads(run.stdout) | {"status": run.returncode}


def _serve(listener, answers, pieces):
    while answers:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection, contextlib.suppress(ConnectionError):  # the client resets at its end
            _serve_connection(connection, answers, pieces)


def _serve_connection(connection, answers, pieces):
    """Ends the connection after an answer that is None or says so."""
    received = b""
    while answers:
        while b"\r\n\r\n" not in received:
            data = connection.recv(65536)
            if not data:
                return
            received += data
        received = received.split(b"\r\n\r\n", 1)[1]
        answer = answers.pop(0)
        if answer is None:
            return
        for at in range(0, len(answer), pieces or len(answer)):
            connection.sendall(answer[at : at + (pieces or len(answer))])
        if b"Connection: close" in answer:
            return
    while connection.recv(65536):
        pass


class LoadTest(unittest.TestCase):
    def assert_wrong(self, problem, answer, *options):
        report = load(*options, answers=[OK, answer])
        self.assertEqual((1, 1), (report["wrong"], report["status"]), report)
        self.assertIn(problem, report["problem"])

    def test_right_answers_are_counted(self):
        report = load(answers=[OK] * 5)
        self.assertEqual((5, 0, 0), (report["answers"], report["wrong"], report["status"]))

    def test_an_answer_may_come_a_byte_at_a_time(self):
        chunked = CHUNKED + b"1\r\no\r\n1;x=y\r\nk\r\n0\r\nA: b\r\n\r\n"
        report = load(answers=[OK, chunked, OK], pieces=1)
        self.assertEqual((3, 0), (report["answers"], report["wrong"]), report)

    def test_pipelined_answers_are_told_apart(self):
        report = load("--pipeline", 4, answers=[OK] * 8)
        self.assertEqual((8, 0), (report["answers"], report["wrong"]), report)

    def test_another_status_is_wrong(self):
        self.assert_wrong("status", OK.replace(b"200", b"503"))

    def test_another_body_is_wrong(self):
        self.assert_wrong("body", OK.replace(b"\r\nok", b"\r\nko"))

    def test_a_shorter_body_is_wrong(self):
        self.assert_wrong("body", b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\no")

    def test_a_longer_body_is_wrong(self):
        self.assert_wrong("body", b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\noks")

    def test_an_answer_without_framing_is_wrong(self):
        self.assert_wrong("Content-Length", b"HTTP/1.1 200 OK\r\n\r\nok")

    def test_what_is_not_http_is_wrong(self):
        self.assert_wrong("status line", b"hello\r\n\r\n")

    def test_an_answer_too_many_is_wrong(self):
        report = load(answers=[OK + OK, OK, OK])
        self.assertGreaterEqual(report["wrong"], 1, report)

    def test_a_connection_closed_without_an_answer_is_an_error_and_not_wrong(self):
        report = load(answers=[OK, None, OK])
        self.assertEqual((2, 1, 0), (report["answers"], report["errors"], report["wrong"]), report)

    def test_answers_are_told_apart_by_status_and_cause(self):
        body = b'{"type":"about:blank#queue-full","title":"Service Unavailable"}'
        shed = b"HTTP/1.1 503 X\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
        plain = b"HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n"
        request = ["--request", "GET /health 200|503", "--kinds", "--patience", 9]
        report = load(*request, answers=[OK, shed, plain, shed], pieces=7)
        self.assertEqual(0, report["wrong"], report)
        counts = {kind: each["answers"] for kind, each in report["kinds"].items()}
        self.assertEqual({"200": 1, "503": 1, "503 queue-full": 2}, counts)
        self.assertEqual(1, report["kinds"]["200"]["in_time"])

    def test_an_answer_beyond_the_patience_is_not_in_time(self):
        report = load("--kinds", "--patience", 1e-9, answers=[OK])
        self.assertEqual(0, report["kinds"]["200"]["in_time"], report)

    def test_a_server_that_closes_after_each_answer_is_connected_to_again(self):
        closing = OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
        report = load(answers=[closing] * 3)
        self.assertEqual((3, 2, 0), (report["answers"], report["reconnects"], report["errors"]))

    def test_a_missing_answer_is_a_timeout(self):
        report = load("--count", 1, answers=[b"HTTP/1.1 200 OK\r\n"])
        self.assertEqual((0, 1), (report["answers"], report["timeouts"]), report)

    def test_open_loop_latency_counts_from_when_the_request_was_due(self):
        # All ten are due at once, and one connection sends them one after the other: the last has
        # waited for all. Counted from when it was sent, it would have taken a tenth.
        report = load("--rate", 1e6, "--count", 10, answers=[OK] * 10)
        self.assertEqual(10, report["answers"], report)
        self.assertGreater(report["max"], 0.5 * report["seconds"] * 1e6)


if __name__ == "__main__":
    unittest.main()
