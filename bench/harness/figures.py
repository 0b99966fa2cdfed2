"""From samples to what is printed: medians with their intervals, ratios, sums."""

from dataclasses import dataclass

from harness import stats

MEDIANS = ("rate", "p50", "p99", "client_busy", "user_us", "system_us", "resident_kib")
BASELINES = ("nginx", "nginx-lua")  # the second for what the first cannot do


@dataclass(frozen=True)
class Row:
    """One server in one case. Estimates; `sums` are over all runs."""

    name: str
    figure: stats.Estimate
    medians: dict
    tail_us: object  # Estimate of p99.9, or None
    slowest_us: object  # Estimate of a run's slowest request
    sums: dict
    to_baseline: object  # Estimate, or None
    to_limit: object


def baseline_of(samples):
    return next((name for name in BASELINES if name in samples), None)


def rows(figure, samples):
    """A row for each server, the best first. `samples` are a case's, by server."""

    def values(name, key=figure):
        return [sample[key] for sample in samples[name]]

    def to(other, name):
        return (
            stats.ratio(values(name), values(other)) if other in samples and other != name else None
        )

    def row(name):
        medians = {
            key: stats.estimate(values(name, key)).value
            for key in MEDIANS
            if samples[name][0].get(key) is not None
        }
        sums = {key: sum(values(name, key)) for key in ("errors", "timeouts", "wrong")}
        return Row(
            name,
            stats.estimate(values(name)),
            medians,
            stats.estimate(values(name, "p99_9")) if samples[name][0].get("p99_9") else None,
            stats.estimate(values(name, "max")),
            sums,
            to(baseline_of(samples), name),
            to("limit", name),
        )

    return sorted(map(row, samples), key=lambda r: r.figure.value)


def latency_estimates(samples, key="p99"):
    """By server: the median of a percentile, in microseconds."""
    return {
        name: stats.estimate([sample[key] for sample in runs]) for name, runs in samples.items()
    }
