"""troupectl against a running trouped. What each verb prints is tested in tests/admin/cli; this is
about what the two do together."""

import json
import os
import pathlib
import subprocess

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
