"""Every verb of troupectl is driven against a running trouped, under load. A verb that --help lists
and no part of this drives fails it."""

import contextlib
import os
import re
import subprocess

import program
import scene


class EveryVerb(scene.Case):
    def setUp(self):
        super().setUp()
        self.server = self.serve_fragile()
        self.driven = []

    def drive(self, *words, options=(), prints="", **more):
        """Runs `words`, a verb and its arguments, and returns what it printed."""
        self.driven.append(words)
        result = self.ctl(*words, *options, **more)
        self.assertIn(prints, result.stdout + result.stderr)
        return result.stdout

    def rows(self, *words, options=()):
        """The first column of the table that a verb prints."""
        return [line.split()[0] for line in self.drive(*words, options=options).splitlines()[1:]]

    def verbs(self, *group):
        """Each as a tuple of words, as the help lists them."""
        listed = self.ctl(*group, "--help").stdout.partition("Subcommands:")[2]
        names = re.findall(r"^  (\w+)", listed, re.M)
        if not names:
            return [group]
        return [verb for name in names for verb in self.verbs(*group, name)]

    @contextlib.contextmanager
    def held_request(self):
        """The number of one in flight, and the connection that waits for its answer."""
        with contextlib.closing(self.server.connect()) as connection:
            connection.request("GET", "/endless")
            found = []
            query = ("--filter", 'route = "/endless" AND phase = SERVING')

            def is_served():
                found[:] = self.rows("req", "ls", options=query)
                return found

            self.eventually(is_served)
            yield found[0], connection

    def test_is_driven_under_load(self):
        parts = [self.overview, self.pools, self.workers, self.requests, self.connections]
        parts += [self.crashes, self.configuration, self.logs, self.others, self.drain]
        with scene.Load(self.server) as load:
            for part in parts:
                with self.subTest(part.__name__):
                    part()
        self.assertGreater(load.answers, 0)
        self.assertEqual(load.problems, [])
        self.drive("shutdown", options=("--wait",))
        self.assertEqual(self.server.wait(), 0)
        listed = self.verbs()
        self.assertGreater(len(listed), 40)
        driven = {verb for verb in listed for words in self.driven if words[: len(verb)] == verb}
        self.assertEqual(set(listed) - driven, set())

    def overview(self):
        self.drive("status", prints="SERVING")
        self.drive("health", prints="SERVING")
        self.drive("stats", prints="accepted")
        self.drive("ledger", prints="ANSWERED")
        self.drive("tree", prints="pool fast")

    def pools(self):
        self.assertEqual(self.rows("pool", "ls"), ["endless", "fast", "fragile", "slow"])
        self.drive("pool", "get", "slow", prints="respond")
        self.drive("pool", "set", "slow", "queue_max=7", prints="0 of 7")
        self.drive("pool", "scale", "fragile", "2-4", prints="workers")
        self.drive("pool", "explain", "fragile", prints="worker")
        self.drive("pool", "suspend", "slow", options=("--reason", "test"), prints="SUSPENDED")
        self.assertEqual(self.server.get("/slow")[0], 503)
        self.drive("pool", "resume", "slow", prints="RUNNING")
        self.assertEqual(self.server.get("/slow"), (200, "slow"))

    def workers(self):
        restarted, stopped = self.rows("worker", "ls", "fragile")[:2]
        self.drive("worker", "restart", restarted)
        self.eventually(lambda: restarted not in self.rows("worker", "ls", "fragile"))
        self.drive("worker", "stop", stopped)
        self.eventually(lambda: stopped not in self.rows("worker", "ls", "fragile"))

    def requests(self):
        with self.held_request() as (number, connection):
            self.drive("req", "get", number, prints="/endless")
            self.drive("req", "cancel", number, prints="/endless")
            self.assertEqual(connection.getresponse().status, 503)
        self.eventually(lambda: self.rows("req", "slow"))

    def connections(self):
        with self.held_request() as (number, connection):
            of_it = self.ask("req", "get", number)["connection"].removeprefix("connections/")
            self.assertIn(of_it, self.rows("conn", "ls"))
            self.drive("conn", "close", of_it)
            with self.assertRaises(OSError):
                connection.getresponse()

    def crashes(self):
        for _ in range(3):
            self.server.get("/die")
        self.eventually(lambda: self.rows("quarantine", "ls"))
        crash = self.rows("crash", "ls")[0]
        self.drive("crash", "get", crash, prints="as fragile as")
        [entry] = self.rows("quarantine", "ls")
        self.drive("quarantine", "release", entry, prints="fragile")
        self.assertEqual(self.rows("quarantine", "ls"), [])

    def configuration(self):
        yaml = self.drive("config", "get", prints="respond")
        changed = self.write("changed.yaml", yaml.replace("delay: 50ms", "delay: 60ms"))
        self.drive("config", "diff", prints="pools")
        self.drive("config", "apply", changed, prints="pools[1].options.delay", code=1)
        self.drive("config", "apply", options=("--set", "drain.delay=5s", "--confirm", "10m"))
        self.drive("config", "confirm", prints="CURRENT")
        self.drive("config", "history", prints="drain.delay")
        self.drive("config", "rollback", prints="drain.delay")
        editor = self.write("editor.sh", "sed -i 's/^  read: .*/  read: 300ms/' \"$1\"\n")
        environment = {**os.environ, "VISUAL": f"sh {editor}", "TMPDIR": str(self.folder)}
        self.drive("config", "edit", prints="drain.read", env=environment)

    def logs(self):
        self.drive("log", "level", "debug", options=("--component", "x", "--for", "1m"), prints="x")
        self.drive("log", "reopen")

    def others(self):
        self.drive("raw", prints="Pools.GetPool")
        self.drive("raw", "Pools.GetPool", options=("-d", '{"name": "pools/fast"}'), prints="fast")
        self.drive("probe", "http://{}:{}/".format(*self.server.address), prints="200")
        script = self.write("complete.sh", self.drive("completion", "bash"))
        subprocess.run(["bash", "-n", script], check=True)
        for shell in ("zsh", "fish"):
            self.drive("completion", shell, prints="quarantine")

    def drain(self):
        self.drive("drain", options=("--delay", "10m"), prints="DELAY")
        self.drive("health", code=6)
        self.drive("undrain", options=("--wait",))
        self.drive("events", prints="drain-step")
        self.drive("wait", "ready")
        self.drive("wait", "pool/fast", "RUNNING")


if __name__ == "__main__":
    program.main()
