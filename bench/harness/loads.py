"""The load generators. Each loads a server once and returns a sample.

A sample is a dict of what the client saw and what the server used: answers, rate, p50, p99, p99_9,
max (microseconds), wrong, errors, timeouts, problem; cpu_us, user_us and system_us for each answer;
resident_kib at the end.
"""

import contextlib
import json
import re
import subprocess
import time

from harness import machine
from harness.peers import BENCH

ENDLESS_S = 3600


class LoadFailed(Exception):
    """The load could not be made. The message says why."""


class Load:
    """bench_load: verifies every answer; closed loop, or open loop at a rate."""

    def __init__(self, program):
        self._program = program

    def run(self, server, *options):
        """Measures from when all connections are open and warm until the last answer is there."""
        with self._start(server, "--handshake", "--hold", *options) as process:
            if process.stdout.readline() != "ready\n":
                raise _failure("bench_load", process)
            before = server.usage()
            process.stdin.write("\n")
            process.stdin.flush()
            sample = _parse(process.stdout.readline(), "bench_load", process)
            after = server.usage()
            sample["resident_kib"] = server.resident_kib()
            process.stdin.close()
        return _with_cpu(sample, before, after)

    def hold(self, server, settle_s, *options):
        """Measures resident memory while the connections that made the load are open and idle."""
        before = server.resident_kib()
        with self._start(server, "--hold", *options) as process:
            sample = _parse(process.stdout.readline(), "bench_load", process)
            time.sleep(settle_s)
            sample["resident_kib"] = server.resident_kib()
            process.stdin.close()
        sample["grown_kib"] = sample["resident_kib"] - before
        return sample

    @contextlib.contextmanager
    def beside(self, server, *options):
        """The same load for as long as the block lasts, not measured."""
        with self._start(server, "--duration", ENDLESS_S, *options) as process:
            try:
                yield
            finally:
                process.kill()

    def _start(self, server, *options):
        return _popen(self._program, "--port", server.port, *options)


def wrk(server, connections, duration_s):
    """wrk with a script that verifies every answer. It counts connecting and does not warm up."""
    before = server.usage()
    with _popen(
        "wrk",
        "--threads",
        1,
        "--connections",
        connections,
        "--duration",
        f"{duration_s:.0f}s",
        "--script",
        BENCH / "verify.lua",
        f"http://127.0.0.1:{server.port}/health",
    ) as process:
        output = process.stdout.read().strip().splitlines()
        sample = _parse(output[-1] if output else "", "wrk", process)
    after = server.usage()
    sample["resident_kib"] = server.resident_kib()
    return _with_cpu(sample, before, after)


def ab(server, connections, requests):
    """ApacheBench without keep-alive. It verifies statuses (2xx) and the length of the bodies."""
    before = server.usage()
    with _popen(
        "ab",
        "-q",
        "-s",
        30,
        "-r",
        "-c",
        connections,
        "-n",
        requests,
        f"http://127.0.0.1:{server.port}/health",
    ) as process:
        output = process.stdout.read()
        process.wait()
        if process.returncode:
            raise _failure("ab", process)
    after = server.usage()

    def number(pattern):
        found = re.search(pattern, output)
        return float(found[1]) if found else 0.0

    wrong = number(r"Non-2xx responses:\s+(\d+)") + (number(r"Document Length:\s+(\d+)") != 2)
    sample = {
        "answers": number(r"Complete requests:\s+(\d+)"),
        "rate": number(r"Requests per second:\s+([\d.]+)"),
        "p50": number(r"\n\s+50%\s+(\d+)") * 1e3,
        "p99": number(r"\n\s+99%\s+(\d+)") * 1e3,
        "p99_9": None,
        "max": number(r"\n\s+100%\s+(\d+)") * 1e3,
        "wrong": int(wrong),
        "errors": int(number(r"Failed requests:\s+(\d+)")),
        "timeouts": 0,
        "resident_kib": server.resident_kib(),
        "problem": "ab saw another status or length" if wrong else "",
    }
    return _with_cpu(sample, before, after)


def _popen(program, *arguments):
    command = ["taskset", "-c", str(machine.load_cpu()), str(program), *map(str, arguments)]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def _parse(line, program, process):
    try:
        return json.loads(line)
    except json.JSONDecodeError:
        raise _failure(program, process) from None


def _failure(program, process):
    process.kill()
    return LoadFailed(f"{program}: {process.stderr.read().strip() or 'no result'}")


def _with_cpu(sample, before, after):
    answers = sample["answers"] or 1
    ticks = (after.user_ticks - before.user_ticks) + (after.system_ticks - before.system_ticks)
    cpu_us = (after.total_ns - before.total_ns) / 1e3 / answers
    # The clock is exact in sum; ticks only tell how it divides.
    user = (after.user_ticks - before.user_ticks) / ticks if ticks else 0
    return sample | {"cpu_us": cpu_us, "user_us": cpu_us * user, "system_us": cpu_us * (1 - user)}
