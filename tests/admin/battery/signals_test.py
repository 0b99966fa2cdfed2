"""Signals are in the audit log like calls; SIGUSR1 opens that log anew too."""

import json
import signal

import program
import scene

CONFIG = scene.CONFIG.replace("admin: {", "admin: {audit_file: 'FOLDER/audit.log', ")


class Signals(scene.Case):
    def setUp(self):
        super().setUp()
        self.server = self.serve(CONFIG)
        self.audit_file = self.folder / "audit.log"

    def lines(self):
        text = self.audit_file.read_text() if self.audit_file.exists() else ""
        return list(map(json.loads, text.splitlines()))

    def assert_audited(self, name):
        self.eventually(lambda: len(self.lines()) == 2, "no two lines")
        before, after = self.lines()
        self.assertEqual(before["id"], after["id"])
        self.assertEqual(
            (before["event"], before["who"], before["method"]), ("before", "signal", name)
        )
        self.assertEqual((after["event"], after["code"]), ("after", "OK"))
        return after["result"]

    def test_sigusr1_opens_a_log_anew_that_was_rotated(self):
        self.audit_file.rename(self.folder / "audit.log.1")
        self.server.signal(signal.SIGUSR1)
        self.assert_audited("SIGUSR1")
        self.assertEqual((self.folder / "audit.log.1").read_text(), "")

    def test_a_drain_by_sigterm(self):
        self.server.signal(signal.SIGTERM)
        self.assertEqual(self.server.wait(), 0)
        self.assertIn("exits: true", self.assert_audited("SIGTERM"))


if __name__ == "__main__":
    program.main()
