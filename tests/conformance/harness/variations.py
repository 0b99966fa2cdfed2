"""The ways in which the bytes of a case are sent. The answers must be the same."""

import dataclasses
import re

from harness.cases import Answer
from harness.wire import Script

SPLIT_WHOLE_MAX = 400  # longer cases are split at samples only
NEIGHBOUR = b"GET /echo?neighbour HTTP/1.1\r\nHost: neighbour.test\r\n\r\n"


@dataclasses.dataclass
class Variation:
    """A script, and the answers that it must bring."""

    name: str
    script: Script
    answers: list[Answer]
    paced: bool = False  # the client waited for interim answers, so they must come


def canary(label):
    """A last request, recognised in its echo; it ends the connection."""
    line = f"GET /echo?canary={label} HTTP/1.1\r\n".encode()
    return line + b"Host: canary.test\r\nConnection: close\r\n\r\n"


def cut(data, positions):
    edges = [0, *sorted(set(positions) - {0, len(data)}), len(data)]
    return [data[begin:end] for begin, end in zip(edges, edges[1:])]


def each_byte(data):
    """Single bytes; of a long case the first 200 and last 60 bytes, and 100 cuts in between."""
    if len(data) <= SPLIT_WHOLE_MAX:
        return cut(data, range(len(data)))
    middle = range(200, len(data) - 60, max(1, (len(data) - 260) // 100))
    return cut(data, [*range(200), *middle, *range(len(data) - 60, len(data))])


def each_line(data):
    return cut(data, [match.end() for match in re.finditer(rb"\r\n", data)])


def of(case, label, is_peer=False):
    """Every variation of `case`. `label` makes the canaries unique.

    Of a peer it is not known whether it closes, so it is sent a canary always, and nothing is put
    before or behind what it may refuse.
    """
    paced = len(case.segments) > 1

    def make(name, segments, answers):
        finals = [answer for answer in answers if not answer.interim]
        half_close = "eof" in case.flags
        last = half_close or (answers[-1].close and not is_peer)
        script = Script(
            segments,
            len(finals),
            [answer.head for answer in finals],
            half_close,
            b"" if last else canary(f"{label}-{name}"),
        )
        return Variation(name, script, answers, paced and len(segments) > 1)

    yield make("whole", [[segment] for segment in case.segments], case.answers)
    yield make("bytes", [each_byte(segment) for segment in case.segments], case.answers)
    yield make("lines", [each_line(segment) for segment in case.segments], case.answers)
    if case.repeatable and not (is_peer and case.closes):
        yield make("twice", [[case.data * 2]], case.answers * (1 if case.closes else 2))
    if case.repeatable and not is_peer:
        yield make("behind", [[NEIGHBOUR + case.data]], [Answer("200"), *case.answers])
