"""Reading callgrind's format."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from harness.profile import instructions_by_part  # noqa: E402

PROFILE = """\
events: Ir
ob=(1) build/release/trouped
fl=(1) runtime/actors/connection.cc
fn=(1) Connection::Read
10 100
fi=(2) runtime/http/scan.h
+3 20
fi=(3) include/c++/12/bits/vector.h
5 7
fe=(1)
cob=(2) lib/libc.so.6
cfi=(4) ???
cfn=(2) memcpy
calls=3 0
* 600
+1 1

ob=(2)
fl=(4)
fn=(2)
0 600
totals: 728
"""


class InstructionsByPartTest(unittest.TestCase):
    def setUp(self):
        self.parts = instructions_by_part(PROFILE.splitlines())

    def test_a_callees_cost_counts_once(self):
        self.assertEqual(728, sum(self.parts.values()))
        self.assertEqual(600, self.parts["libc"])

    def test_inlined_code_counts_for_its_own_part(self):
        self.assertEqual(20, self.parts["http"])

    def test_inlined_library_code_counts_for_the_function_it_is_in(self):
        self.assertEqual(100 + 7 + 1, self.parts["actors"])


if __name__ == "__main__":
    unittest.main()
