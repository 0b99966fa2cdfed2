"""What the demonstrations of supervision conclude from what they read."""

import math
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from harness.findings import at_least, at_most, none  # noqa: E402
from harness.prometheus import Metrics, bound_of, since  # noqa: E402
from harness.scenarios.overload import OVERLOAD_S, Overloaded  # noqa: E402
from harness.scenarios.scaling import changes_of_direction  # noqa: E402
from harness.subject import is_balanced  # noqa: E402

TEXT = """\
# TYPE waits_seconds histogram
waits_seconds_bucket{pool="a",route="/{x}",le="0.005"} 90
waits_seconds_bucket{pool="a",route="/{x}",le="0.01"} 99
waits_seconds_bucket{pool="a",route="/{x}",le="+Inf"} 100
waits_seconds_bucket{pool="b",route="/{x}",le="0.005"} 1
waits_seconds_bucket{pool="b",route="/{x}",le="+Inf"} 1
actors 7
"""


class MetricsTest(unittest.TestCase):
    def setUp(self):
        self.metrics = Metrics(TEXT)

    def test_samples_are_summed_over_the_labels_that_are_not_asked_for(self):
        self.assertEqual(7, self.metrics.sum("actors"))
        self.assertEqual(101, self.metrics.sum("waits_seconds_bucket", le="+Inf"))

    def test_a_quantile_is_the_upper_end_of_its_bucket(self):
        waits = self.metrics.histogram("waits_seconds", pool="a")
        self.assertEqual(0.005, bound_of(waits, 0.9))
        self.assertEqual(0.01, bound_of(waits, 0.99))
        self.assertEqual(math.inf, bound_of(waits, 1))

    def test_of_nothing_there_is_no_quantile(self):
        self.assertEqual(math.inf, bound_of({}, 0.5))
        waits = self.metrics.histogram("waits_seconds")
        self.assertEqual(math.inf, bound_of(since(waits, waits), 0.5))


class FindingsTest(unittest.TestCase):
    def test_an_aim_is_met_at_its_bound(self):
        self.assertTrue(at_least("", 0.9, 0.9).met)
        self.assertFalse(at_least("", 0.89, 0.9).met)
        self.assertTrue(at_most("", 2, 2).met)
        self.assertFalse(at_most("", 3, 2).met)

    def test_none_of_nothing_shows_nothing(self):
        self.assertTrue(none("", 0, 5).met)
        self.assertFalse(none("", 1, 5).met)
        self.assertFalse(none("", 0, 0).met)

    def test_what_fell_short_says_so(self):
        self.assertIn("FELL SHORT", at_most("", 3, 2).line())


class ConclusionsTest(unittest.TestCase):
    def test_a_ledger_whose_numbers_do_not_add_up_is_not_balanced(self):
        ledger = {"accepted": "5", "in_flight": "2", "outcomes": {"ANSWERED": "3", "SHED": "0"}}
        self.assertTrue(is_balanced(ledger))
        self.assertFalse(is_balanced(ledger | {"in_flight": "1"}))

    def test_steps_the_same_way_are_no_change_of_direction(self):
        self.assertEqual(0, changes_of_direction([4, 20, 7]))
        self.assertEqual(2, changes_of_direction([4, -2, -1, 3]))

    def test_what_shedding_costs_is_what_serving_does_not_explain(self):
        capacity = {"rate": 1000, "cpu_us": 1000}
        served = {"answers": 900 * OVERLOAD_S, "in_time": 900 * OVERLOAD_S}
        shed = 2000 * OVERLOAD_S
        answers = served["answers"] + shed
        cpu_us = (served["answers"] * 1000 + shed * 20) / answers
        overload = {"answers": answers, "cpu_us": cpu_us, "kinds": {"200": served}}
        run = Overloaded(capacity, {}, overload)
        self.assertAlmostEqual(0.9, run.goodput())
        self.assertAlmostEqual(0.02, run.cost_of_shedding())


if __name__ == "__main__":
    unittest.main()
