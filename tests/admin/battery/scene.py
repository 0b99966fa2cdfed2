"""What the tests of this folder play with: a trouped with its admin plane, troupectl, a client of
the API, and load."""

import json
import os
import pathlib
import random
import subprocess
import threading

import api
import program

# FOLDER is the test's own. Short times, so that no test waits long.
CONFIG = """
http: [{address: '127.0.0.1:0'}]
state_dir: 'FOLDER/state'
reactors: {count: 2}
drain: {read: 200ms, timeout: 10s}
admin: {socket: 'FOLDER/admin.sock', address: '127.0.0.1:0'}
pools:
  - {name: fast, service: respond, options: {body: ok}}
  - {name: slow, service: respond, options: {body: slow, delay: 50ms}}
  - {name: endless, service: respond, options: {delay: 1h}}
routes:
  - {path: /, pool: fast}
  - {path: /slow, pool: slow}
  - {path: /endless, pool: endless}
"""

# The same with a pool whose workers die of each request.
FRAGILE_CONFIG = CONFIG.replace(
    "routes:\n",
    """  - name: fragile
    service: fragile
    placement: SHARED
    workers: {min: 4}
    restart: {on_throw: RESTART_WORKER, restarts_max: 1000000, backoff_min: 1ms, backoff_max: 1ms}
routes:
  - {path: /die, pool: fragile}
""",
)


def built(*path):
    """A file of the build that the trouped under test is of."""
    return pathlib.Path(program.BINARY).parent.joinpath(*path)


def seeded(name):
    """Random numbers whose seed is printed; $BATTERY_SEED repeats a run."""
    seed = int(os.environ.get("BATTERY_SEED") or random.SystemRandom().randrange(1 << 32))
    print(f"{name}: BATTERY_SEED={seed}", flush=True)
    return random.Random(seed)


class Case(program.Case):
    def serve(self, config=CONFIG, **options):
        return self.start(config=config.replace("FOLDER", str(self.folder)), **options)

    def serve_fragile(self, config=FRAGILE_CONFIG):
        command = [built("tests", "services", "fragile", "fragile")]
        return self.serve(config=config, command=command)

    @property
    def socket(self):
        return f"unix:{self.folder}/admin.sock"

    def api(self, target=None, **options):
        """A client with a connection of its own, over the socket where nothing else is said."""
        client = api.Api(target or self.socket, **options)
        self.addCleanup(client.close)
        return client

    def command(self, *arguments):
        return [str(part) for part in (built("troupectl"), "--target", self.socket, *arguments)]

    def ctl(self, *arguments, code=0, **options):
        """Runs troupectl to its end, which must be with that exit code."""
        result = subprocess.run(
            self.command(*arguments),
            capture_output=True,
            text=True,
            timeout=program.PATIENCE,
            **options,
        )
        self.assertEqual(result.returncode, code, result)
        return result

    def ask(self, *arguments):
        """What it prints for programs."""
        return json.loads(self.ctl(*arguments, "-o", "json").stdout)

    def eventually(self, condition, what=""):
        self.assertTrue(program.eventually(condition), what)

    def assert_adds_up(self, ledger):
        """Of an answer of the API."""
        self.assertEqual(ledger.accepted, ledger.in_flight + sum(ledger.outcomes.values()))


class Load:
    """HTTP requests at a steady rate from `with` to its end; bench_load verifies every answer."""

    def __init__(self, server, requests=("GET / 200 ok",), rate=500):
        self._command = [built("bench", "bench_load"), "--port", server.address[1]]
        self._command += ["--connections", 8, "--rate", rate, "--duration", 0.5]
        for request in requests:
            self._command += ["--request", request]
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.answers = 0
        self.problems = []  # what was wrong, lost or late

    def __enter__(self):
        self._thread.start()
        program.eventually(lambda: self.answers or self.problems)
        return self

    def __exit__(self, *_):
        self._done.set()
        self._thread.join()

    def _run(self):
        while not self._done.is_set():
            run = subprocess.run(list(map(str, self._command)), capture_output=True, text=True)
            if run.returncode == 2:
                self.problems.append(run.stderr)
                return
            report = json.loads(run.stdout)
            self.answers += report["answers"]
            if report["wrong"] or report["errors"] or report["timeouts"]:
                self.problems.append(report)
