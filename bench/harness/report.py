"""Tables and charts. results.json keeps all samples; README.md and the charts are made from it."""

import json
from pathlib import Path

from harness import figures
from harness.svg import bar_chart, number
from harness.workloads import CASES, CPU, MEMORY

UNITS = {
    CPU: "µs of CPU time for each request",
    MEMORY: "bytes of resident memory for each connection",
}
HEADINGS = {CPU: "CPU/request [95 %], µs", MEMORY: "bytes/connection [95 %]"}


def table(figure, samples, titles):
    """A Markdown table with one row for each server, the best first."""
    columns = _columns(figure, samples)
    lines = ["| " + " | ".join(columns) + " |", "|---" + "|--:" * (len(columns) - 1) + "|"]
    for row in figures.rows(figure, samples):
        name = titles.get(row.name, row.name)
        cells = [
            cell(row, f"**{name}**" if row.name == "trouped" else name) for cell in columns.values()
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _columns(figure, samples):
    """By heading: what makes the cell of a row and its title."""
    columns = {
        "server": lambda row, title: title,
        HEADINGS[figure]: lambda row, title: _with_interval(row.figure),
        f"to {figures.baseline_of(samples) or 'nginx'}": lambda row, title: _with_interval(
            row.to_baseline
        ),
        "to the bare loop": lambda row, title: _with_interval(row.to_limit),
    }
    if figure == CPU:
        columns |= {
            "user, µs": lambda row, title: _median(row, "user_us"),
            "system, µs": lambda row, title: _median(row, "system_us"),
            "requests/s": lambda row, title: _median(row, "rate"),
            "p50, ms": lambda row, title: _median(row, "p50", 1e3),
            "p99, ms": lambda row, title: _median(row, "p99", 1e3),
            "p99.9 [95 %], ms": lambda row, title: _with_interval(row.tail_us, 1e3),
            "slowest [95 %], ms": lambda row, title: _with_interval(row.slowest_us, 1e3),
        }
        if any("client_busy" in sample for runs in samples.values() for sample in runs):
            columns["client busy, %"] = lambda row, title: _median(row, "client_busy", 1e-2)
    return columns | {
        "errors": lambda row, title: str(row.sums["errors"]),
        "time-outs": lambda row, title: str(row.sums["timeouts"]),
        "resident, MiB": lambda row, title: _median(row, "resident_kib", 1024),
    }


def _median(row, key, unit=1):
    return number(row.medians[key] / unit) if key in row.medians else ""


def _with_interval(estimate, unit=1):
    if not estimate:
        return ""
    value, low, high = (number(v / unit) for v in (estimate.value, estimate.low, estimate.high))
    return f"{value} [{low}, {high}]"


def _to_json(results):
    """A line for each server of each case, so that a new measurement is a readable change."""
    text = json.dumps(_rounded(results), separators=(",", ":"))
    return (
        text.replace("]},", "]},\n").replace("}],", "}],\n").replace('"samples":{', '"samples":{\n')
        + "\n"
    )


def _rounded(value):
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return float(f"{value:.5g}") if isinstance(value, float) else value


class Report:
    """The results so far, case by case; those of another machine are dropped."""

    def __init__(self, directory, machine):
        self._directory = Path(directory)
        self._file = self._directory / "results.json"
        old = json.loads(self._file.read_text()) if self._file.exists() else {}
        self._results = (
            old
            if old.get("machine") == machine
            else {"machine": machine, "cases": {}, "servers": {}}
        )

    def add(self, result, titles, versions):
        self._results["cases"][result.case.key] = {
            "date": result.date,
            "pairs": result.pairs,
            "duration_s": result.duration_s,
            "samples": result.samples,
            "skipped": result.skipped,
        }
        for name in result.samples:
            self._results["servers"][name] = {"title": titles[name], "version": versions[name]}

    def write(self):
        self._directory.mkdir(parents=True, exist_ok=True)
        self._file.write_text(_to_json(self._results))
        sections = [self._section(case) for case in CASES if self._measured(case)]
        method = (Path(__file__).parent / "method.md").read_text()
        text = "\n".join([method, self._machine(), *sections])
        (self._directory / "README.md").write_text(text)

    def _measured(self, case):
        return self._results["cases"].get(case.key, {}).get("samples")

    def _machine(self):
        m = self._results["machine"]
        servers = [
            f"{s['title']} {s['version']}".strip() for s in self._results["servers"].values()
        ]
        return (
            f"## Machine\n\n{m['processor']}, {m['processors']} processors, {m['memory']}, "
            f"{m['system']}, kernel {m['kernel']}, {m['descriptors']} descriptors for a process. "
            f"Servers: {', '.join(servers)}.\n"
        )

    def _section(self, case):
        stored = self._results["cases"][case.key]
        titles = {name: self._results["servers"][name]["title"] for name in stored["samples"]}
        parts = [
            f"## ({case.workload}) {case.title}",
            f"{stored['date']}, {stored['pairs']} alternating runs of {stored['duration_s']:g} s.",
            *self._charts(case, stored["samples"], titles),
            table(case.figure, stored["samples"], titles),
        ]
        # What follows the colon is a server's own words, with this machine's paths.
        skipped = [
            f"- Without {name}: {why.split(':')[0]}." for name, why in stored["skipped"].items()
        ]
        return "\n\n".join(parts) + "".join("\n" + line for line in skipped) + "\n"

    def _charts(self, case, samples, titles):
        """Writes them and returns the Markdown that shows them."""
        figure = {row.name: row.figure for row in figures.rows(case.figure, samples)}
        yield self._chart(case.key, case.title, UNITS[case.figure], figure, titles)
        if case.latency:
            latencies = figures.latency_estimates(samples)
            title = f"{case.title}: p99"
            yield self._chart(f"{case.key}-p99", title, "µs until the answer", latencies, titles)

    def _chart(self, name, title, unit, estimates, titles):
        ordered = sorted(estimates.items(), key=lambda item: item[1].value)
        bars = [(server, titles[server], estimate) for server, estimate in ordered]
        (self._directory / f"{name}.svg").write_text(bar_chart(title, unit, bars))
        return f"![{title}]({name}.svg)"
