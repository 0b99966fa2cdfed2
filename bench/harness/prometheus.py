"""Reading the text format of Prometheus, as /metrics has it."""

import re

LINE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$", re.M)
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


class Metrics:
    def __init__(self, text):
        self._samples = [
            (name, dict(LABEL.findall(labels)), float(value))
            for name, labels, value in LINE.findall(text)
        ]

    def sum(self, name, **labels):
        """Of all samples that have these labels."""
        return sum(value for _, value in self._matching(name, labels))

    def histogram(self, name, **labels):
        """By upper bound: how many did not exceed it."""
        counts = {}
        for found, value in self._matching(f"{name}_bucket", labels):
            bound = float(found["le"])
            counts[bound] = counts.get(bound, 0) + value
        return counts

    def _matching(self, name, labels):
        for sample, found, value in self._samples:
            if sample == name and labels.items() <= found.items():
                yield found, value


def since(later, earlier):
    """What a histogram has counted between two readings."""
    return {bound: count - earlier.get(bound, 0) for bound, count in later.items()}


def bound_of(histogram, share):
    """The least bound that so large a share did not exceed; infinity where nothing was counted."""
    total = histogram.get(float("inf"), 0)
    within = (bound for bound, count in sorted(histogram.items()) if count >= share * total > 0)
    return next(within, float("inf"))
