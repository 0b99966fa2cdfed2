"""A project of an author's own is configured as docs/SERVICES.md says.

usage: own_project_test.py SOURCE [unittest options]
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(sys.argv.pop(1)).resolve()
EXPORT = "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON"
CMAKE_BLOCK = re.compile(r"```cmake\n(.*?)```", re.DOTALL)


class OwnProject(unittest.TestCase):
    def test_configures_with_services_of_its_own_and_without_tests(self):
        program, beginning = CMAKE_BLOCK.findall((SOURCE / "docs/SERVICES.md").read_text())[:2]
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "troupe").symlink_to(SOURCE)
            (folder / "main.cc").write_text('#include "runtime/service.h"\n')
            (folder / "CMakeLists.txt").write_text(beginning + program)
            result = subprocess.run(
                ["cmake", "-G", "Ninja", "-S", folder, "-B", folder / "build", EXPORT],
                capture_output=True,
                text=True,
                check=False,
            )
            self.assertEqual(result.returncode, 0, result.stderr)
            commands = json.loads((folder / "build/compile_commands.json").read_text())
        by_file = {pathlib.Path(each["file"]).name: each["command"] for each in commands}
        self.assertRegex(by_file["main.cc"], "-std=(c|gnu)[+][+]20")
        self.assertFalse([each for each in by_file if each.endswith("_test.cc")])


if __name__ == "__main__":
    unittest.main()
