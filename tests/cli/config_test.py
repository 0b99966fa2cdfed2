"""How trouped takes and explains its configuration."""

import json
import pathlib
import re

import program

ROOT = pathlib.Path(__file__).resolve().parents[2]


class BadConfiguration(program.Case):
    def refuses(self, result, *parts):
        self.assertEqual(result.returncode, 2, result)
        self.assertEqual(result.stdout, "")
        for part in parts:
            self.assertIn(part, result.stderr)

    def test_says_file_line_field_what_is_wrong_and_what_is_allowed(self):
        text = "http: [{address: '127.0.0.1:0'}]\nlimits:\n  fields_max: 0\n"
        path = self.write("bad.yaml", text)
        self.refuses(
            program.run("--config", path), f"{path}:3", "limits.fields_max", "0", "1 to 10000"
        )

    def test_names_every_problem_on_a_line_of_its_own(self):
        path = self.write("bad.yaml", "reactors: {count: many}\ntimeouts: {heads: 1s}\n")
        result = program.run("--config", path)
        self.refuses(result, f"{path}:1", "reactors.count", f"{path}:2", "heads", "head")

    def test_file_that_does_not_exist(self):
        self.refuses(program.run("--config", self.folder / "none.yaml"), "none.yaml")

    def test_opens_no_socket(self):
        # The address would be refused as well: the field is named instead.
        result = program.run("--http", "192.0.2.1:80", "--set", "limits.fields_max=0")
        self.refuses(result, "limits.fields_max", "--set")
        self.assertNotIn("192.0.2.1", result.stderr)

    def test_unknown_flag(self):
        self.refuses(program.run("--no-such-flag"), "--no-such-flag")

    def test_set_without_a_value(self):
        self.refuses(program.run("--set", "limits.fields_max"), "limits.fields_max")

    def test_environment_is_named(self):
        result = program.run(environment={"TROUPE_LIMITS_FIELDS_MAX": "0"})
        self.refuses(result, "TROUPE_LIMITS_FIELDS_MAX", "limits.fields_max")


class CheckConfig(program.Case):
    def test_good_file_is_said_to_be_good_and_nothing_starts(self):
        path = self.write("good.yaml", program.CONFIG)
        result = program.run("--check-config", path)
        self.assertEqual(result.returncode, 0, result)
        self.assertEqual(result.stdout, f"trouped: {path} is good\n")

    def test_sample_of_the_readme_is_good(self):
        text = (ROOT / "README.md").read_text()
        sample = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)[1]
        result = program.run("--check-config", self.write("sample.yaml", sample))
        self.assertEqual(result.returncode, 0, result)

    def test_bad_file_is_refused(self):
        path = self.write("bad.yaml", "pools: [{name: a, service: none}]\n")
        result = program.run("--check-config", path)
        self.assertEqual(result.returncode, 2, result)
        self.assertIn("none", result.stderr)

    def test_what_only_a_start_would_find_is_found(self):
        path = self.write("bad.yaml", program.CONFIG.replace("body: ok", "status: 999"))
        result = program.run("--check-config", path)
        self.assertEqual(result.returncode, 2, result)
        self.assertIn("status", result.stderr)


class PrintConfig(program.Case):
    def printed(self, *arguments, environment=None):
        result = program.run("--print-config", *arguments, environment=environment)
        self.assertEqual(result.returncode, 0, result)
        return result.stdout

    def test_can_be_loaded_again_and_prints_the_same(self):
        path = self.write("a.yaml", program.CONFIG)
        first = self.printed("--config", path, "--set", "limits.fields_max=50")
        again = self.printed("--config", self.write("b.yaml", first))
        self.assertEqual(self.values(first), self.values(again))
        self.assertIn("  fields_max: 50", self.values(again))

    @staticmethod
    def values(text):
        return [re.sub(r"\s+#.*", "", line) for line in text.splitlines()]

    def test_says_where_each_value_came_from(self):
        path = self.write("a.yaml", program.CONFIG)
        variables = self.write("a.env", "TROUPE_LIMITS_PIPELINE_MAX=3\n")
        text = self.printed(
            "--config",
            path,
            "--env-file",
            variables,
            "--set",
            "limits.fields_max=50",
            environment={"TROUPE_TIMEOUTS_HEAD": "7s"},
        )
        origins = {
            "pipeline_max: 3": "a.env",
            "fields_max: 50": "--set",
            "head: 7s": "TROUPE_TIMEOUTS_HEAD",
            "count: 2": "a.yaml:4",
        }
        for value, origin in origins.items():
            line = next((line for line in text.splitlines() if value in line), "")
            self.assertIn(origin, line, f"of {value}")

    def test_later_sources_win(self):
        path = self.write("a.yaml", "limits: {fields_max: 10}\n")
        variables = self.write("a.env", "TROUPE_LIMITS_FIELDS_MAX=20\n")
        environment = {"TROUPE_LIMITS_FIELDS_MAX": "30"}
        sources = ["--config", path]
        self.assertIn("fields_max: 10", self.printed(*sources))
        sources += ["--env-file", variables]
        self.assertIn("fields_max: 20", self.printed(*sources))
        self.assertIn("fields_max: 30", self.printed(*sources, environment=environment))
        sources += ["--set", "limits.fields_max=40"]
        self.assertIn("fields_max: 40", self.printed(*sources, environment=environment))

    def test_short_flags_stand_for_their_fields(self):
        text = self.printed("--http", "127.0.0.1:1", "--http", "[::1]:2", "--reactors", "3")
        for part in ("127.0.0.1:1", "[::1]:2", "count: 3"):
            self.assertIn(part, text)

    def test_json_is_read_like_yaml(self):
        path = self.write("a.json", json.dumps({"limits": {"fields_max": 12}}))
        self.assertIn("fields_max: 12", self.printed("--config", path))


if __name__ == "__main__":
    program.main()
