"""Compares what came back with what a case expects. Every function returns sentences; none means a
match.
"""

import email.utils
import json
import re
import time

DATE = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} "
    r"\d\d:\d\d:\d\d GMT\Z"
)
DATE_SLACK_SECONDS = 2


def date(answer, begun):
    """`begun` is when the conversation began."""
    values = answer.all("date")
    if len(values) != 1 or not DATE.match(values[0]):
        return [f"Date is {values}, not one IMF-fixdate"]
    seconds = email.utils.parsedate_to_datetime(values[0]).timestamp()
    if begun - DATE_SLACK_SECONDS <= seconds <= time.time() + DATE_SLACK_SECONDS:
        return []
    return [f"Date is {values[0]}, which is not when the answer was made"]


def framing(answer):
    """What RFC 9110 section 8.6 and RFC 9112 section 6 ask of every final answer."""
    lengths, codings = answer.all("content-length"), answer.all("transfer-encoding")
    if answer.status == 204 and (lengths or codings):
        return ["a 204 with Content-Length or Transfer-Encoding"]
    if answer.status not in (204, 304) and not lengths and not codings:
        return ["neither Content-Length nor Transfer-Encoding"]
    return []


def refusal(answer, expected):
    """A refusal names its cause as application/problem+json; 405 names what is allowed."""
    problems = []
    if answer.status == 405 and answer.get("allow") is None:
        problems.append("405 without Allow")
    if expected.head:
        return problems
    if answer.get("content-type") != "application/problem+json":
        return problems + [f"Content-Type of the refusal is {answer.get('content-type')}"]
    try:
        status = json.loads(answer.body)["status"]
    except (ValueError, KeyError, TypeError):
        return problems + [f"the refusal's body is no problem document: {answer.body!r}"]
    return problems + ([] if status == answer.status else [f"the problem document says {status}"])


def persistence(answer, expected):
    if expected.close:
        return [] if answer.says_close else ["no Connection: close"]
    problems = ["Connection: close, though the connection stays open"] if answer.says_close else []
    if expected.keep_alive and "keep-alive" not in answer.options:
        problems.append("no Connection: keep-alive")
    return problems


def fields(answer, expected):
    problems = []
    for name, value in expected.present.items():
        if answer.get(name) is None:
            problems.append(f"no {name}")
        elif value is not None and answer.get(name) != value:
            problems.append(f"{name} is {answer.get(name)!r}, not {value!r}")
    problems += [f"{name} is present" for name in expected.absent if answer.get(name) is not None]
    return problems


def content(answer, expected):
    problems = []
    if expected.body is not None and answer.body != expected.body:
        problems.append(f"content is {answer.body[:80]!r}, not {expected.body[:80]!r}")
    lines = answer.body.decode("latin-1").splitlines()
    problems += [
        f"the echo has no line {line!r}, but {lines}"
        for line in expected.lines
        if line not in lines
    ]
    problems += [f"the echo has the line {line!r}" for line in expected.not_lines if line in lines]
    return problems


def one(answer, expected, script, begun):
    """Our own answer, in full strictness. Behind a client's end there is nothing to say about the
    connection.
    """
    if not expected.matches(answer.status):
        return [f"status {answer.status}, not {expected.status}"]
    if expected.interim:
        return []
    problems = date(answer, begun) + framing(answer)
    if not script.half_close:
        problems += persistence(answer, expected)
    if answer.status >= 400:
        problems += refusal(answer, expected)
    return problems + fields(answer, expected) + content(answer, expected)


def canary(script, finals):
    """The canary must be echoed: then all before it was framed as the client meant it."""
    if len(finals) <= script.finals:
        return ["the connection did not answer the canary"]
    wanted = script.canary.split(b" ")[1]
    answer = finals[script.finals]
    if answer.status != 200 or wanted not in answer.body:
        return [f"desync: the canary was answered with {answer.status} {answer.body[:120]!r}"]
    return []


def trouped(_, variation, heard):
    """Everything about one conversation with trouped. Interim answers count where the client waited
    for them.
    """
    problems = [heard.error] if heard.error else []
    expected = [answer for answer in variation.answers if variation.paced or not answer.interim]
    got = heard.received if variation.paced else heard.finals
    statuses = [answer.status for answer in got]
    if any_interim(heard.received) and not any_interim(variation.answers):
        problems.append("an interim answer that nobody waits for")
    if len(got) < len(expected):
        problems.append(f"{len(got)} answers, not {len(expected)}: {statuses}")
    for index, (answer, wanted) in enumerate(zip(got, expected), 1):
        found = one(answer, wanted, variation.script, heard.begun)
        problems += [f"answer {index}: {problem}" for problem in found]
    return problems + ending(variation.script, heard)


def any_interim(answers):
    return any(answer.interim for answer in answers)


def ending(script, heard):
    problems = []
    allowed = script.finals + bool(script.canary)
    if len(heard.finals) > allowed:
        problems.append(f"desync: {len(heard.finals)} answers where {allowed} were to come")
    if script.canary:
        problems += canary(script, heard.finals)
    if not heard.closed:
        problems.append("the connection was not closed")
    if heard.rest:
        problems.append(f"bytes behind the last answer: {heard.rest[:80]!r}")
    return problems


def peer(case, variation, heard):
    """What the RFCs alone ask of any server: statuses, their number, and who closes."""
    if heard.error:
        return [heard.error]
    times = 2 if variation.name == "twice" else 1
    outcomes = [variation.answers]
    for alternative in case.alternatives:
        outcomes.append(alternative * (1 if alternative[-1].close else times))
    found = [peer_outcome(outcome, variation.script, heard) for outcome in outcomes]
    return min(found, key=len)


def peer_outcome(outcome, script, heard):
    got = heard.finals
    position = 0
    for wanted in outcome:
        if wanted.interim:
            continue
        if wanted.status == "wait" and position == len(got):
            return []
        if position == len(got):
            dropped = wanted.status == "drop" or (wanted.refusal and not wanted.must)
            if heard.closed and (dropped or (got and got[-1].says_close)):
                return []
            return [
                f"{[answer.status for answer in got]}, not {[answer.status for answer in outcome]}"
            ]
        status = got[position].status
        refused = wanted.refusal and not wanted.must and status >= 400
        if not (refused or wanted.matches(status)):
            return [
                f"{[answer.status for answer in got]}, not {[answer.status for answer in outcome]}"
            ]
        position += 1
        if wanted.close and (wanted.must or not wanted.refusal) and len(got) > position:
            return [
                f"answers go on behind the one that had to be the last: {[a.status for a in got]}"
            ]
        if wanted.close and (wanted.must or not wanted.refusal) and not ended(heard):
            return ["the connection stays open"]
    return peer_ending(script, heard, position)


def ended(heard):
    """A server may say that it closes and then still read for a while, so that its answer is not
    lost.
    """
    return heard.closed or bool(heard.finals and heard.finals[-1].says_close)


def peer_ending(script, heard, position):
    extra = len(heard.finals) - position
    if extra > bool(script.canary):
        return [
            f"desync: {extra} answers more than requests: {[got.status for got in heard.finals]}"
        ]
    if extra == 0 and not ended(heard):
        return ["desync: the canary was swallowed"]
    if extra == 1 and heard.finals[-1].status != 200:
        return [f"desync: the canary was answered with {heard.finals[-1].status}"]
    return []
