"""Demonstrations of what supervision promises, against a real server: each requirement with its
figure and its aim."""

import time

from harness import machine
from harness.findings import HEAD
from harness.scenarios import chaos, failing, hangs, overload, quarantine, scaling

SCENARIOS = {
    "chaos": chaos,
    "failing": failing,
    "scaling": scaling,
    "overload": overload,
    "hangs": hangs,
    "quarantine": quarantine,
}
PAGE = "supervision.md"
METHOD = """\
# Supervision, shown

    ./dev bench supervision                       # all of it, in about ten minutes
    ./dev bench supervision --only hangs,chaos
    ./dev bench supervision --quick

This page is written by `./dev bench supervision` when it has run whole.

The server is trouped's runtime with a service whose handlers misbehave when they are asked to
(`bench/service.cc`). It has one processor and two reactors; what loads it has another. In each
demonstration the admin API is read all the time, and requests of priority are sent besides; what
they take is measured by the server, and told as the upper end of the histogram's bucket. Where a
run is compared with a calm one the two alternate, and the figure is the median.
"""


def run(stage, names, output):
    """Prints findings, and writes the page when all were asked for. True when none fell short."""
    sections = []
    for name in names:
        scenario = SCENARIOS[name]
        lines = [f"## {scenario.TITLE}", "", *HEAD.splitlines()]
        print("\n".join(lines), flush=True)
        for finding in scenario.show(stage):
            lines.append(finding.line())
            print(lines[-1], flush=True)
        print(flush=True)
        sections.append("\n".join(lines))
    text = "\n\n".join([METHOD + "\n" + _machine(), *sections]) + "\n"
    if names == list(SCENARIOS) and not stage.quick:
        output.mkdir(parents=True, exist_ok=True)
        (output / PAGE).write_text(text)
    return "FELL SHORT" not in text


def _machine():
    m = machine.describe()
    return (
        f"Measured on {time.strftime('%Y-%m-%d')}: {m['processor']}, {m['processors']} processors, "
        f"{m['memory']}, {m['system']}, kernel {m['kernel']}."
    )
