"""The documents for operators name only settings that exist.

usage: documents_test.py ROOT [unittest's arguments]
"""

import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path()  # set by main()
DOCUMENTS = ["README.md", "README.zh-CN.md", "docs/DEPLOY.md", "docs/GUNICORN.md", "SECURITY.md"]

HEADING = re.compile(r"^##+ ([a-z_][a-z_.\[\]N]*)$", re.MULTILINE)
# pools[].queue_max, http[0].address, drain.delay; also followed by ": VALUE", as in a file.
SETTING = re.compile(r"`([a-z_]+(?:\[\w*\])?(?:\.[a-z_]+(?:\[\w*\])?)+)[`:]")


def plain(path):
    return re.sub(r"\[\w*\]", "", path)


def settings():
    return {plain(path) for path in HEADING.findall((ROOT / "docs/CONFIG.md").read_text())}


class Documents(unittest.TestCase):
    def test_name_settings_that_exist(self):
        known = settings()
        sections = {path.partition(".")[0] for path in known}
        for document in DOCUMENTS:
            with self.subTest(document):
                named = map(plain, SETTING.findall((ROOT / document).read_text()))
                wrong = [p for p in named if p.partition(".")[0] in sections and p not in known]
                self.assertEqual(wrong, [])

    def test_are_searched_where_they_name_any(self):
        named = SETTING.findall((ROOT / "docs/GUNICORN.md").read_text())
        self.assertIn("pools[].request_timeout", named)
        self.assertIn("http[].proxy_protocol", named)


def code(document):
    """The samples, and the first command of each line of commands, without what explains them."""
    samples = "".join(re.findall(r"```\w+\n(.*?)```", document, re.DOTALL)).splitlines()
    commands = re.findall(r"^    (\S.*)$", re.sub(r"```.*?```", "", document, flags=re.DOTALL),
                          re.MULTILINE)
    return [re.sub(r"\s+#.*", "", line) for line in samples] + [
        re.split(r"\s{2,}", line)[0] for line in commands
    ]


class ChineseReadme(unittest.TestCase):
    def test_shows_the_same_code(self):
        english, chinese = (code((ROOT / name).read_text())
                            for name in ("README.md", "README.zh-CN.md"))
        self.assertEqual(english, chinese)


def main():
    global ROOT
    ROOT = pathlib.Path(sys.argv.pop(1))
    unittest.main()


if __name__ == "__main__":
    main()
