"""Changes that are taken back: unconfirmed ones by themselves, others by rollback, byte for byte;
and those that are wrong and never come into effect."""

import contextlib

import program
import scene

# What a change touches: scalars, lists of messages, maps.
CHANGES = (
    "limits.body_bytes_max=5",
    "drain.delay=3s",
    "log.level=WARNING",
    "pools.slow.queue_max=7",
    "pools.slow.request_timeout=9s",
)


class Undo(scene.Case):
    def setUp(self):
        super().setUp()
        self.config = scene.CONFIG.replace("admin: {", "admin: {allowed_paths: ['FOLDER'], ")
        self.server = self.serve(self.config)

    def effect(self):
        """The canonical form of what is in effect, and whether a body of ten bytes is taken."""
        with contextlib.closing(self.server.connect()) as connection:
            connection.request("POST", "/", b"0123456789")
            return self.ctl("config", "get").stdout, connection.getresponse().status

    def apply(self, *options):
        assignments = [part for change in CHANGES for part in ("--set", change)]
        return self.ask("config", "apply", *assignments, *options)

    def newest(self):
        return self.ask("config", "history")["revisions"][0]

    def restart(self):
        self.server.kill()
        self.server = self.serve(self.config)

    def test_an_unconfirmed_change_is_back_after_its_time(self):
        before = self.effect()
        applied = self.apply("--confirm", "2s")
        self.assertEqual(applied["revision"]["state"], "UNCONFIRMED")
        self.assertEqual(self.effect()[1], 413)
        self.eventually(lambda: self.newest()["source"] == "REVERT")
        self.assertEqual(self.effect(), before)
        self.restart()
        self.assertEqual(self.effect(), before)

    def test_unconfirmed_changes_in_a_row_are_all_taken_back(self):
        before = self.effect()
        self.apply("--confirm", "1h")
        self.ctl("config", "apply", "--set", "drain.delay=4s", "--confirm", "1s")
        self.eventually(lambda: self.newest()["source"] == "REVERT")
        self.assertEqual(self.effect(), before)

    def test_an_unconfirmed_change_that_names_a_file_is_taken_back(self):
        page = self.write("page.html", "nothing here")
        values = {"statuses": 404, "file": page}
        assignments = [f"--set=error_pages[0].{name}={value}" for name, value in values.items()]
        before = self.effect()
        self.ask("config", "apply", *assignments, "--confirm", "1s")
        self.assertEqual(self.server.get("/nowhere"), (404, "nothing here"))
        self.eventually(lambda: self.newest()["source"] == "REVERT")
        self.assertEqual(self.effect(), before)
        self.assertNotEqual(self.server.get("/nowhere")[1], "nothing here")

    def test_an_unconfirmed_change_does_not_outlive_the_process(self):
        before = self.effect()
        self.apply("--confirm", "1h")
        self.restart()
        self.assertEqual(self.effect(), before)

    def test_a_confirmed_change_stays(self):
        self.apply("--confirm", "1h")
        after = self.effect()
        self.ctl("config", "confirm")
        self.ctl("config", "confirm", code=1)
        self.restart()
        self.assertEqual(self.effect(), after)

    def test_a_rollback_restores_every_byte_of_every_revision(self):
        forms = {1: self.effect()}
        for change in CHANGES:
            revision = self.ask("config", "apply", "--set", change)["revision"]
            forms[revision["number"]] = self.effect()
        self.assertEqual(len(set(forms.values())), 1 + len(CHANGES))
        for number, form in forms.items():
            self.ctl("config", "rollback", number)
            self.assertEqual(self.effect(), form)
            self.assertEqual(self.ctl("config", "get", number).stdout, form[0])
        self.restart()
        self.assertEqual(self.effect(), form)

    def test_what_is_wrong_is_named_and_changes_nothing(self):
        before = self.effect()
        good = (self.folder / "trouped.yaml").read_text() + "limits: {body_bytes_max: 5}\n"
        for field, right, wrong in (
            ("limits.body_bytes_max", "body_bytes_max: 5", "body_bytes_max: -5"),
            ("limits.nonsense", "limits: {", "limits: {nonsense: 1, "),
            ("drain.read", "read: 200ms", "read: soon"),
            ("pools[0].service", "service: respond", "service: none"),
            ("reactors.count", "count: 2", "count: 5"),  # only at a start
        ):
            path = self.write("wrong.yaml", good.replace(right, wrong, 1))
            self.assertIn(field, self.ctl("config", "apply", path, code=1).stderr)
            self.assertEqual(self.effect(), before, field)
            self.assertEqual(self.newest()["number"], 1)


if __name__ == "__main__":
    program.main()
