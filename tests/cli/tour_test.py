"""The tour: its claims hold, it leaves nothing behind, and the README shows its commands."""

import os
import pathlib
import re
import shutil
import subprocess
import unittest

import program

ROOT = pathlib.Path(__file__).resolve().parents[2]


def commands_of_the_readme():
    section = (ROOT / "README.md").read_text().partition("## A tour in a minute")[2]
    lines = re.findall(r"^    (\S.*)$", section.partition("\n## ")[0], re.MULTILINE)
    return [re.split(r"\s{2,}", line)[0] for line in lines if not line.startswith("./dev")]


@unittest.skipUnless(shutil.which("curl"), "needs curl")
class Tour(program.Case):
    def test_holds_what_it_claims_shows_what_the_readme_shows_and_leaves_nothing(self):
        result = subprocess.run(
            [ROOT / "docs/tour/tour", "--fast", pathlib.Path(program.BINARY).parent],
            capture_output=True,
            text=True,
            timeout=4 * program.PATIENCE,
            check=False,
            env={**os.environ, "TMPDIR": str(self.folder)},
        )
        self.assertEqual(result.returncode, 0, result)
        steps = re.split(r"^\d+\. ", result.stdout, flags=re.MULTILINE)[1:]
        self.assertEqual(len(steps), 8)
        for text in steps:
            self.assertIn("✓", text)
        self.assertNotIn("✗", result.stdout)
        for command in commands_of_the_readme():
            self.assertIn(f"$ {command}\n", result.stdout)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_is_shown_by_the_readme(self):
        self.assertGreaterEqual(len(commands_of_the_readme()), 6)


if __name__ == "__main__":
    program.main()
