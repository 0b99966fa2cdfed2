"""Takes apart what a server answered, strictly: what a careful client would not believe is an
error.
"""

import dataclasses
import re

STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-5][0-9][0-9]) ([\t\x20-\x7e\x80-\xff]*)\Z")
FIELD_LINE = re.compile(
    rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*?)[ \t]*\Z"
)
CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})(;.*)?\Z")


class AnswerError(Exception):
    """The bytes are no answer that RFC 9112 allows."""


@dataclasses.dataclass
class Received:
    status: int
    fields: list[tuple[str, str]]
    body: bytes = b""

    def all(self, name):
        return [value for key, value in self.fields if key == name]

    def get(self, name):
        values = self.all(name)
        return values[0] if values else None

    @property
    def interim(self):
        return self.status < 200

    @property
    def options(self):
        """The options of Connection, in lower case."""
        return {
            option.strip().lower()
            for value in self.all("connection")
            for option in value.split(",")
        }

    @property
    def says_close(self):
        return "close" in self.options


def parse_head(data):
    """Returns (answer without body, bytes of the head), or None when the head is not whole."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return None
    first, *rest = data[:end].split(b"\r\n")
    match = STATUS_LINE.match(first)
    if not match:
        raise AnswerError(f"malformed status line {first!r}")
    fields = []
    for line in rest:
        field = FIELD_LINE.match(line)
        if not field:
            raise AnswerError(f"malformed field line {line!r}")
        fields.append((field[1].decode().lower(), field[2].decode("latin-1")))
    return Received(int(match[1]), fields), end + 4


def parse_chunked(data):
    """Returns (content, bytes used), or None when the body is not whole."""
    content, position = b"", 0
    while True:
        end = data.find(b"\r\n", position)
        if end < 0:
            return None
        size = CHUNK_SIZE.match(data[position:end])
        if not size:
            raise AnswerError(f"malformed chunk size {data[position:end]!r}")
        length = int(size[1], 16)
        position = end + 2
        if length == 0:
            end = data.find(b"\r\n", position)
            return None if end < 0 else (content, end + 2)
        content += data[position : position + length]
        position += length
        if len(data) < position + 2:
            return None
        if data[position : position + 2] != b"\r\n":
            raise AnswerError("chunk data is not followed by CRLF")
        position += 2


def parse_body(answer, data, head_only, closed):
    """Returns (content, bytes used), or None when the body is not whole."""
    lengths, codings = answer.all("content-length"), answer.all("transfer-encoding")
    if lengths and codings:
        raise AnswerError("an answer with both Content-Length and Transfer-Encoding")
    if len(lengths) > 1 or (lengths and not lengths[0].isdigit()):
        raise AnswerError(f"malformed Content-Length {lengths}")
    if head_only or answer.interim or answer.status in (204, 304):
        return b"", 0
    if codings:
        return parse_chunked(data)
    if lengths:
        length = int(lengths[0])
        return (data[:length], length) if len(data) >= length else None
    return (data, len(data)) if closed else None


def parse(data, heads, closed):
    """Returns (answers, rest). `heads` tells for each final answer whether it answers a HEAD."""
    answers, finals = [], 0
    while data:
        head = parse_head(data)
        if head is None:
            break
        answer, used = head
        head_only = finals < len(heads) and heads[finals]
        body = parse_body(answer, data[used:], head_only, closed)
        if body is None:
            break
        answer.body = body[0]
        data = data[used + body[1] :]
        finals += not answer.interim
        answers.append(answer)
    return answers, data
