"""troupectl against a running trouped. What each verb prints is tested in tests/admin/cli; this is
about what the two do together."""

import json
import os
import pathlib
import subprocess
import threading

import program

CONFIG = program.CONFIG.replace(
    "admin: {socket: 'off', address: 'off'}", "admin: {address: '127.0.0.1:0'}"
)


class Troupectl(program.Case):
    def setUp(self):
        super().setUp()
        self.runtime = self.folder / "runtime"
        self.runtime.mkdir(mode=0o700)
        self.environment = {**os.environ, "RUNTIME_DIRECTORY": str(self.runtime)}
        self.server = self.start(config=CONFIG, env=self.environment)

    def command(self, *arguments):
        tool = pathlib.Path(program.BINARY).with_name("troupectl")
        return [str(tool), *map(str, arguments)]

    def run_tool(self, *arguments):
        return subprocess.run(
            self.command(*arguments),
            capture_output=True,
            text=True,
            timeout=program.PATIENCE,
            env=self.environment,
        )

    def ask(self, *arguments):
        """The answer of a call that goes well."""
        result = self.run_tool(*arguments, "-o", "json")
        self.assertEqual(result.returncode, 0, result)
        return json.loads(result.stdout)

    def test_finds_the_server_and_says_what_to_try(self):
        result = self.run_tool()
        self.assertEqual(result.returncode, 0, result)
        self.assertIn("SERVING", result.stdout)
        self.assertEqual(result.stderr.count("  troupectl "), 3)

    def test_the_ledger_adds_up_in_1000_reads_under_load(self):
        done = threading.Event()

        def load():
            while not done.is_set():
                self.server.get("/")

        clients = [threading.Thread(target=load) for _ in range(4)]
        for client in clients:
            client.start()
        watching = subprocess.Popen(
            self.command("ledger", "--watch=1ms", "-o", "json"),
            stdout=subprocess.PIPE,
            text=True,
            env=self.environment,
        )
        try:
            for _ in range(1000):
                ledger = self.next_object(watching.stdout)
                total = ledger["in_flight"] + sum(ledger["outcomes"].values())
                self.assertEqual(ledger["accepted"], total)
        finally:
            watching.kill()
            watching.wait()
            watching.stdout.close()
            done.set()
            for client in clients:
                client.join()
        self.assertGreater(ledger["accepted"], 0)

    @staticmethod
    def next_object(lines):
        """One of the indented objects that follow one another."""
        text = ""
        for line in lines:
            text += line
            if line == "}\n":
                return json.loads(text)
        raise AssertionError(f"ended with {text!r}")

    def test_cancel_ends_one_request_and_leaves_its_connection(self):
        connection = self.server.connect()
        self.addCleanup(connection.close)
        connection.request("GET", "/endless")
        found = []

        def is_in_flight():
            found[:] = self.ask("req", "ls", "--filter", "phase = SERVING")["requests"]
            return found

        self.assertTrue(program.eventually(is_in_flight))
        self.assertEqual(self.ask("req", "get", found[0]["name"])["target"], "/endless")
        self.ask("req", "cancel", found[0]["name"], "--reason", "test")
        answer = connection.getresponse()
        answer.read()
        self.assertEqual(answer.status, 503)
        connection.request("GET", "/")
        self.assertEqual(connection.getresponse().read(), b"ok")
        self.assertEqual(self.ask("ledger")["outcomes"]["CANCELLED"], 1)

    def test_drains_and_comes_back(self):
        drained = self.run_tool("drain", "--wait", "--reason", "test")
        self.assertEqual(drained.returncode, 0, drained)
        self.assertEqual(drained.stdout.splitlines()[-1], "DONE")
        self.assertEqual(self.run_tool("wait", "drained").returncode, 0)
        self.assertEqual(self.run_tool("health").returncode, 6)
        self.assertEqual(self.run_tool("undrain", "--wait").returncode, 0)
        self.assertEqual(self.server.get(), (200, "ok"))

    def test_shutdown_ends_the_process(self):
        result = self.run_tool("shutdown", "--wait")
        self.assertEqual(result.returncode, 0, result)
        self.assertEqual(self.server.wait(), 0)
        # By name: without, it would try the default port, which another server may have.
        target = f"unix:{self.runtime / 'admin.sock'}"
        self.assertEqual(self.run_tool("--target", target, "status").returncode, 3)

    def test_a_change_is_shown_taken_back_and_carried_to_the_chart(self):
        before = self.ask("config", "get")["revision"]
        applied = self.ask("config", "apply", "--set", "drain.delay=5s", "--reason", "balancer")
        self.assertEqual([change["path"] for change in applied["changes"]], ["drain.delay"])
        self.assertIn("delay: 5s", self.run_tool("config", "diff", "--helm").stdout)
        change = ["config", "apply", "--set", "drain.delay=6s"]
        stale = self.run_tool(*change, "--etag", before["etag"])
        self.assertEqual(stale.returncode, 4, stale)
        self.ask("config", "rollback")
        history = self.ask("config", "history")["revisions"]
        self.assertEqual(history[0]["source"], "ROLLBACK")
        self.assertEqual(history[1]["reason"], "balancer")
        self.assertEqual(history[0]["etag"], before["etag"])

    def test_what_is_wrong_with_a_change_is_named(self):
        path = self.write("wrong.yaml", CONFIG + "limits: {fields_max: 0}\n")
        result = self.run_tool("config", "apply", path)
        self.assertEqual(result.returncode, 1, result)
        self.assertIn("limits.fields_max", result.stderr)
        self.assertEqual(len(self.ask("config", "history")["revisions"]), 1)

    def test_a_change_that_is_not_confirmed_goes_away(self):
        self.ask("config", "apply", "--set", "drain.delay=5s", "--confirm", "1s")
        self.assertTrue(
            program.eventually(
                lambda: self.ask("config", "history")["revisions"][0]["source"] == "REVERT"
            )
        )

    def test_the_editor_changes_what_is_in_effect(self):
        editor = self.write("editor.sh", "sed -i 's/^  delay: .*/  delay: 7s/' \"$1\"\n")
        self.environment.update(VISUAL=f"sh {editor}", TMPDIR=str(self.folder))
        result = self.run_tool("config", "edit", "--reason", "test")
        self.assertEqual(result.returncode, 0, result)
        self.assertIn("drain.delay", result.stdout)

    def test_the_port_without_credentials_shows_numbers_only(self):
        listeners = self.ask("status")["listeners"]
        port = next(l["address"] for l in listeners if l["role"] == "OBSERVER")
        self.assertEqual(self.run_tool("pool", "ls", "--target", port).returncode, 0)
        refused = self.run_tool("req", "ls", "--target", port)
        self.assertEqual(refused.returncode, 1, refused)
        self.assertIn("VIEWER", refused.stderr)


if __name__ == "__main__":
    program.main()
