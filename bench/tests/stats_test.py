"""Medians and their intervals."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from harness import stats  # noqa: E402


class EstimateTest(unittest.TestCase):
    def test_interval_of_fifteen_is_from_the_fourth_to_the_twelfth(self):
        estimate = stats.estimate(range(15, 0, -1))
        self.assertEqual((8, 4, 12), (estimate.value, estimate.low, estimate.high))

    def test_interval_of_six_is_the_whole_range(self):
        estimate = stats.estimate([5, 1, 4, 2, 6, 3])
        self.assertEqual((3.5, 1, 6), (estimate.value, estimate.low, estimate.high))

    def test_interval_of_one_is_that_one(self):
        estimate = stats.estimate([7])
        self.assertEqual((7, 7, 7), (estimate.value, estimate.low, estimate.high))

    def test_ratio_is_of_the_pairs_and_so_free_of_their_common_drift(self):
        estimate = stats.ratio([10, 20, 40], [20, 40, 80])
        self.assertEqual((0.5, 0.5, 0.5), (estimate.value, estimate.low, estimate.high))


if __name__ == "__main__":
    unittest.main()
