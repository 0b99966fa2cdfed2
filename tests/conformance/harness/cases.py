"""Reads the case files. Their format is described in tests/conformance/README.md."""

import collections
import dataclasses
import pathlib
import re


@dataclasses.dataclass
class Answer:
    """One expected answer."""

    # "400", or "2xx" for any of a class; for peers also "drop" for a connection closed without an
    # answer, and "wait" for
    # one that stays open without an answer.
    status: str
    close: bool = False  # the connection ends after it, and it says so
    keep_alive: bool = False  # it says "Connection: keep-alive" (HTTP/1.0)
    head: bool = False  # it answers a HEAD: no content follows whatever Content-Length says
    must: bool = False  # the RFC demands this very status
    body: bytes | None = None
    present: dict[str, str | None] = dataclasses.field(default_factory=dict)
    absent: list[str] = dataclasses.field(default_factory=list)
    lines: list[str] = dataclasses.field(default_factory=list)  # what the echo must hold
    not_lines: list[str] = dataclasses.field(default_factory=list)  # and must not hold

    @property
    def interim(self):
        return self.status.startswith("1")

    @property
    def refusal(self):
        return self.status[0] in "45" or self.status == "drop"

    def filled(self, value):
        """Itself, with `value` in place of {} in what the echo must hold."""

        def fill(lines):
            return [unescape(line.replace("{}", value)).decode("latin-1") for line in lines]

        return dataclasses.replace(self, lines=fill(self.lines), not_lines=fill(self.not_lines))

    def matches(self, status):
        return all(want in ("x", got) for want, got in zip(self.status, str(status)))


@dataclasses.dataclass(eq=False)
class Case:
    family: str
    line: int
    name: str
    reference: str  # "RFC 9112 section 6.3"
    quote: str
    flags: set[str]
    segments: list[bytes] = dataclasses.field(
        default_factory=list
    )  # the harness waits for an answer in between
    answers: list[Answer] = dataclasses.field(default_factory=list)
    alternatives: list[list[Answer]] = dataclasses.field(
        default_factory=list
    )  # what the RFC allows besides

    @property
    def own(self):
        return "own" in self.flags

    @property
    def data(self):
        return b"".join(self.segments)

    @property
    def finals(self):
        return [answer for answer in self.answers if not answer.interim]

    @property
    def closes(self):
        return self.answers[-1].close

    @property
    def repeatable(self):
        """Whether the bytes mean the same behind or before other requests on a connection."""
        return not self.flags & {"eof", "once"}

    def __str__(self):
        return f"{self.family}:{self.line} {self.name}"


ESCAPES = {"r": b"\r", "n": b"\n", "t": b"\t", "0": b"\0", "\\": b"\\"}
FLAGS = {"own", "eof", "once"}
WAIT = object()


class CaseError(Exception):
    pass


def repeat(text):
    """Writes out every {N*text}, the inner ones first."""
    repetition = re.compile(r"\{(\d+)\*([^{}]*)\}")
    while repetition.search(text):
        text = repetition.sub(lambda match: int(match[1]) * match[2], text)
    return text


def unescape(text):
    """Makes bytes of `text`: \\r \\n \\t \\0 \\xHH \\\\, and {N*text} for a repetition."""

    def replace(match):
        code, escape = match.groups()
        if code:
            return bytes([int(code, 16)])
        if escape.decode() not in ESCAPES:
            raise CaseError(f"unknown escape \\{escape.decode()}")
        return ESCAPES[escape.decode()]

    return re.sub(rb"\\x([0-9a-fA-F]{2})|\\(.)", replace, repeat(text).encode("latin-1"))


def wire_line(text):
    """One `>` line: CRLF follows, unless it ends with a lone backslash."""
    if re.search(r"(?<!\\)(\\\\)*\\$", text):
        return text[:-1]
    return text + r"\r\n"


def parse_answers(text):
    status, *attributes = text.split()
    answer = Answer(status)
    times = 1
    for attribute in attributes:
        key, _, value = attribute[1:].partition("=")
        if attribute in ("close", "head", "must"):
            setattr(answer, attribute, True)
        elif attribute == "keep-alive":
            answer.keep_alive = True
        elif attribute.startswith("times="):
            times = int(attribute[6:])
        elif attribute.startswith("body="):
            answer.body = unescape(attribute[5:])
        elif attribute.startswith("+"):
            answer.present[key.lower()] = unescape(value).decode("latin-1") if value else None
        elif attribute.startswith("-"):
            answer.absent.append(key.lower())
        else:
            raise CaseError(
                f"unknown attribute {attribute!r}; allowed are close, keep-alive, head, must, "
                "times=, body=, +Field, +Field=value and -Field"
            )
    return [answer] * times


@dataclasses.dataclass
class Block:
    """The lines of one case, or those that the cases of a rule share."""

    wire: list = dataclasses.field(default_factory=list)
    answers: list[Answer] = dataclasses.field(default_factory=list)
    alternatives: list[list[Answer]] = dataclasses.field(default_factory=list)

    def read(self, mark, text):
        if mark == ">":
            self.wire.append(wire_line(text))
        elif mark == ".":
            self.wire.append(WAIT)
        elif mark == "<":
            self.answers += parse_answers(text)
        elif mark == "~":
            self.alternatives.append(sum(map(parse_answers, text.split(";")), []))
        elif mark == "|":
            self.answers[-1].lines.append(text)
        elif mark == "!":
            self.answers[-1].not_lines.append(text)


def build(case, value, shared, own):
    """Fills `case` from its own lines, or from those of its rule where it has none."""
    wire = own.wire or shared.wire
    if not wire:
        raise CaseError(f"case {case.name!r} has no bytes")
    segment = ""
    for line in wire + [WAIT]:
        if line is WAIT:
            case.segments.append(unescape(segment))
            segment = ""
        else:
            segment += line.replace("{}", value)
    case.answers = [answer.filled(value) for answer in own.answers or shared.answers]
    if not case.answers:
        raise CaseError(f"case {case.name!r} expects nothing")
    case.alternatives = own.alternatives or ([] if own.answers else shared.alternatives)


def split_flags(text):
    flags = set(re.findall(r"\[(\w+)\]", text))
    if not flags <= FLAGS:
        raise CaseError(f"unknown flag in {text!r}; allowed are {sorted(FLAGS)}")
    return re.sub(r"\s*\[\w+\]", "", text), flags


def parse_file(path):
    cases = []
    reference, quote, rule_flags = "", "", set()
    shared = own = Block()
    pending = None  # the case whose lines are being read, with its value

    def finish():
        if pending:
            build(pending[0], pending[1], shared, own)
            cases.append(pending[0])

    for number, line in enumerate(path.read_text("latin-1").splitlines(), 1):
        mark, text = line[:1], line[2:]
        try:
            if mark in ("", "#"):
                continue
            if mark == "=":
                finish()
                pending = None
                reference, rule_flags = split_flags(text)
                quote = ""
                shared = own = Block()
            elif mark == '"':
                quote = f"{quote} {text}".strip()
            elif mark == "-":
                finish()
                name, _, value = re.match(r"(.*?)( \| ?(.*))?$", text).groups(default="")
                name, flags = split_flags(name)
                own = Block()
                pending = (
                    Case(path.stem, number, name.strip(), reference, quote, flags | rule_flags),
                    value,
                )
            elif mark in "><~|!.":
                own.read(mark, text)
            else:
                raise CaseError(f"a line begins with {mark!r}")
        except (CaseError, IndexError) as error:
            raise CaseError(f"{path}:{number}: {error}") from error
    finish()
    return cases


def load(folder, only=""):
    cases = []
    for path in sorted(pathlib.Path(folder).glob("*.txt")):
        cases += parse_file(path)
    names = collections.Counter((case.family, case.name) for case in cases)
    twice = [f"{family}: {name}" for (family, name), count in names.items() if count > 1]
    if twice:
        raise CaseError(f"more than one case has the name {'; '.join(twice)}")
    return [case for case in cases if only in str(case)]
