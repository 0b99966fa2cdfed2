"""The command line."""

import argparse
import os
import sys
from pathlib import Path

from harness import admin, machine, probes, profile, quick, supervision
from harness.loads import Load
from harness.peers import BENCH, all_peers, install
from harness.report import Report, table
from harness.runner import run_case
from harness.subject import Stage
from harness.workloads import CASES, Bench

# Beside trouped; profile, probes and admin: instead of it.
DEFAULT_PEERS = {
    "measure": "limit,nginx,go",
    "quick": "limit,nginx",
    "profile": "trouped",
    "probes": "trouped",
    "admin": "trouped",
}


def main():
    arguments = _parse()
    if len(os.sched_getaffinity(0)) < 2:
        _say("One processor for server and load: rates and latencies say little.")
    descriptors = machine.raise_descriptor_limit()
    tools = arguments.build / "bench"
    if not (tools / "bench_load").exists():
        _say(f"{tools}/bench_load is not there; ./dev bench builds it.")
        return 2
    if arguments.command == "admin":
        return 0 if admin.run(arguments.build) else 1
    if arguments.command == "supervision":
        return _show(arguments, Load(tools / "bench_load"))
    chosen = _choose(all_peers(arguments.build / "trouped", tools), arguments)
    if arguments.install:
        install(chosen)
    present = [peer for peer in chosen if _is_present(peer)]
    bench = Bench(Load(tools / "bench_load"), arguments.duration, rate=arguments.rate)
    if arguments.command == "quick":
        return 0 if quick.run(bench, present) else 1
    if arguments.command == "probes":
        return 0 if probes.run(bench, present[0], tools / "bench_load") else 1
    if arguments.command == "profile":
        for peer in present:
            profile.run(bench, peer, arguments.workload)
        return 0 if present else 1
    return _measure(bench, present, _cases(arguments.only), arguments, descriptors)


def _parse():
    parser = argparse.ArgumentParser(
        prog="bench",
        description=__doc__,
        epilog=f"Cases: {', '.join(c.key for c in CASES)}. Of supervision: "
        f"{', '.join(supervision.SCENARIOS)}.",
    )
    add = parser.add_argument
    add("command", nargs="?", choices=[*DEFAULT_PEERS, "supervision"], default="measure")
    add("workload", nargs="?", choices=list(profile.OPTIONS), help="for profile")
    add("--only", help="workloads or cases, for example a,c or b-2000 (default: all)")
    add("--peers", help=f"names, or all (default: {DEFAULT_PEERS['measure']})")
    add("--pairs", type=int, default=15, help="alternating runs of each server (default: 15)")
    add("--duration", type=float, default=1.0, help="seconds of each run (default: 1)")
    add("--rate", type=float, default=0, help="(i): shares of this rate, not of each capacity")
    add("--quick", action="store_true", help="supervision: shorter, and no page")
    add("--install", action="store_true", help="install what the chosen peers need")
    add("--without-trouped", action="store_true", help="measure only the peers")
    add("--build", type=Path, default=BENCH.parent / "build/release", help="where trouped is built")
    add("--output", type=Path, default=BENCH.parent / "docs/benchmarks", help="for the report")
    arguments = parser.parse_args()
    arguments.build = arguments.build.resolve()
    if arguments.command == "profile" and not arguments.workload:
        parser.error("profile needs a workload: a or c")
    return arguments


def _say(sentence):
    print(sentence, file=sys.stderr)


def _choose(peers, arguments):
    wanted = arguments.peers or DEFAULT_PEERS[arguments.command]
    names = list(peers) if wanted == "all" else wanted.split(",")
    unknown = [name for name in names if name not in peers]
    if unknown:
        raise SystemExit(f"There is no peer {unknown[0]}. There are: {', '.join(peers)}.")
    if arguments.command != "profile":
        ours = [] if arguments.without_trouped else ["trouped"]
        names = ours + [name for name in names if name != "trouped"]
    return [peers[name] for name in names]


def _is_present(peer):
    peer.build(online=False)
    missing = peer.missing()
    if missing:
        print(f"Skips {peer.name}: {missing}. Try --install.")
    return not missing


def _cases(only):
    wanted = only.split(",") if only else [case.key for case in CASES]
    cases = [case for case in CASES if case.workload in wanted or case.key in wanted]
    if not cases:
        raise SystemExit(f"There is no case {only}. There are: {', '.join(c.key for c in CASES)}.")
    return cases


def _show(arguments, load):
    names = arguments.only.split(",") if arguments.only else list(supervision.SCENARIOS)
    if unknown := set(names) - set(supervision.SCENARIOS):
        _say(f"There is no {unknown.pop()}. There are: {', '.join(supervision.SCENARIOS)}.")
        return 2
    stage = Stage(arguments.build, load, arguments.quick)
    return 0 if supervision.run(stage, names, arguments.output) else 1


def _measure(bench, peers, cases, arguments, descriptors):
    """Prints a table for each case and writes the report. Returns the exit status."""
    titles = {peer.name: peer.title for peer in peers}
    versions = {p.name: machine.version_of(p.version) if p.version else "" for p in peers}
    report = Report(arguments.output, machine.describe())
    wrong = []
    for case in cases:
        print(f"## ({case.workload}) {case.title}\n")
        if reason := case.impossible(descriptors):
            print(f"Skipped: {reason}.\n")
            continue
        result = run_case(bench, case, peers, arguments.pairs)
        for name, why in result.skipped.items():
            print(f"Without {name}: {why}")
        if result.samples:
            print("\n" + table(case.figure, result.samples, titles), flush=True)
            report.add(result, titles, versions)
            report.write()
        wrong += result.wrong()
    for sentence in wrong:
        print(f"WRONG {sentence}")
    return 1 if wrong else 0
