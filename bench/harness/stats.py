"""Medians with intervals, without assuming any distribution."""

from dataclasses import dataclass
from math import comb
from statistics import median


@dataclass(frozen=True)
class Estimate:
    """A median and the interval that holds the true one with a probability of at least 95 %.

    With fewer than six values no such interval exists; `low` and `high` are then the extremes.
    """

    value: float
    low: float
    high: float


def estimate(values):
    ordered = sorted(values)
    below = _rank(len(ordered))
    return Estimate(median(ordered), ordered[below], ordered[-1 - below])


def ratio(values, baseline):
    """The median of the pairs' ratios. Both lists are in the order of the pairs."""
    return estimate([value / base for value, base in zip(values, baseline) if base])


def _rank(count):
    """How many values to leave out at each end: the sign test at 5 %."""
    rank, outside = 0, 2 / 2**count
    while rank + 1 < count / 2:
        outside += 2 * comb(count, rank + 1) / 2**count
        if outside > 0.05:
            break
        rank += 1
    return rank
