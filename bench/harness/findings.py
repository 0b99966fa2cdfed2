"""What a demonstration has found: a line for each requirement, with its figure and its aim."""

from dataclasses import dataclass

HEAD = "| requirement | figure | aim | |\n|---|--:|--:|---|"


@dataclass(frozen=True)
class Finding:
    what: str
    figure: str
    aim: str
    met: bool | None = None  # None: nothing is demanded, it is measured beside

    def line(self):
        verdict = {True: "ok", False: "FELL SHORT", None: ""}[self.met]
        return f"| {self.what} | {self.figure} | {self.aim} | {verdict} |"


def at_least(what, value, aim, unit=""):
    return Finding(what, _text(value) + unit, f"at least {_text(aim)}{unit}", value >= aim)


def at_most(what, value, aim, unit=""):
    return Finding(what, _text(value) + unit, f"at most {_text(aim)}{unit}", value <= aim)


def none(what, count, total):
    """None of so many may be."""
    return Finding(what, f"{count:,} of {total:,}", "none", count == 0 and total > 0)


def beside(what, figure):
    return Finding(what, figure, "")


def _text(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
