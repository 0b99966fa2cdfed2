"""Three figures in about two minutes: is trouped within its budget on this machine?"""

from harness import stats
from harness.report import table
from harness.runner import run_case
from harness.workloads import CASES, CPU, MEMORY

GOALS = (
    # case, pairs, what is compared, goal
    ("a-100", 15, "CPU for each request to nginx's, keep-alive", 1.0),
    ("c", 15, "CPU for each request to nginx's, 24 pipelined", 0.12),
    ("e", 3, "bytes for each of 10,000 idle connections", 2048),
)
DURATION_S = 0.8


def run(bench, peers):
    """Prints tables and verdicts. Returns whether all goals are met and all answers were right."""
    bench.duration_s = DURATION_S
    cases = {case.key: case for case in CASES}
    results = [run_case(bench, cases[key], peers, pairs) for key, pairs, _, _ in GOALS]
    good = True
    for result in results:
        print(f"({result.case.key}) {result.case.title}\n")
        for name, why in result.skipped.items():
            print(f"Without {name}: {why}\n")
        print(table(result.case.figure, result.samples, {}))
    for result, (_, _, what, goal) in zip(results, GOALS):
        reached = _reached(result.case.figure, result.samples)
        met = reached is not None and reached.value <= goal
        wrong = list(result.wrong())
        good = good and met and not wrong
        print("\n".join(wrong + [f"{what}: {_verdict(reached, met)} (goal {goal:g})"]))
    return good


def _verdict(reached, met):
    if reached is None:
        return "NOT MEASURED"
    return (
        f"{reached.value:.3g} [{reached.low:.3g}, {reached.high:.3g}] {'met' if met else 'MISSED'}"
    )


def _reached(figure, samples):
    """What the goal is about: bytes, or the ratio to nginx. None when one of the two is missing."""
    if not {"trouped", "nginx"} <= samples.keys():
        return None
    ours = [sample[figure] for sample in samples["trouped"]]
    if figure == MEMORY:
        return stats.estimate(ours)
    return stats.ratio(ours, [sample[CPU] for sample in samples["nginx"]])
