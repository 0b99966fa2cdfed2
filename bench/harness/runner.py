"""Runs cases on servers in alternating order and collects samples."""

import sys
import time
from dataclasses import dataclass, field

from harness.loads import LoadFailed
from harness.server import Server, ServerFailed


@dataclass
class Result:
    """One case: `samples[name]` are a server's, one for each round, in their order."""

    case: object
    pairs: int
    duration_s: float
    date: str
    samples: dict = field(default_factory=dict)
    skipped: dict = field(default_factory=dict)  # name -> why

    def wrong(self):
        """One sentence for each server that gave a wrong answer."""
        for name, samples in self.samples.items():
            count = sum(sample["wrong"] for sample in samples)
            if count:
                problem = next(sample["problem"] for sample in samples if sample["wrong"])
                yield f"({self.case.key}) {name}: {count} wrong answers: {problem}"


def run_case(bench, case, peers, pairs):
    """Rounds in the order A B C, C B A, ..., so that drift of the machine hits all alike."""
    result = Result(case, pairs, bench.duration_s, time.strftime("%Y-%m-%d"))
    running = []
    for peer in peers:
        beyond = case.beyond(peer)
        if beyond:
            result.skipped[peer.name] = beyond
        else:
            running.append(peer)
            result.samples[peer.name] = []
    for round_ in range(pairs):
        for peer in running if round_ % 2 == 0 else running[::-1]:
            if peer.name in result.skipped:
                continue
            _say(f"\r({case.key}) {round_ + 1}/{pairs} {peer.name:<20}")
            try:
                with Server(peer, case.close_each) as server:
                    result.samples[peer.name].append(case.measure(bench, server))
            except (ServerFailed, LoadFailed) as failure:
                result.skipped[peer.name] = str(failure)
                del result.samples[peer.name]
    _say("\r" + " " * 60 + "\r")
    return result


def _say(text):
    if sys.stderr.isatty():
        sys.stderr.write(text)
        sys.stderr.flush()
