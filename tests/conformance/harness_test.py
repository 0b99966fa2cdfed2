#!/usr/bin/env python3
"""The harness must be able to fail: each thing it looks at is noticed when it is wrong."""

import email.utils
import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from harness import answers, cases, check, variations  # noqa: E402
from harness.cases import Answer  # noqa: E402
from harness.wire import Script, Transcript  # noqa: E402


def parse_cases(text):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "family.txt"
        path.write_text(text)
        return cases.parse_file(path)


RULE = '= RFC 0 section 1\n" words\n> GET /{} HTTP/1.1\n>\n< 200\n'


class CaseFiles(unittest.TestCase):
    def test_bytes_are_unescaped_and_repeated(self):
        self.assertEqual(cases.unescape(r"a\r\n\t\0\x7f\\{2*b\x20}"), b"a\r\n\t\0\x7f\\b b ")
        self.assertEqual(cases.unescape("{2*a{3*b}}"), b"abbbabbb")

    def test_a_value_fills_the_rule(self):
        (case,) = parse_cases(RULE + "- a name | x\n")
        self.assertEqual(case.data, b"GET /x HTTP/1.1\r\n\r\n")
        self.assertEqual((case.name, case.reference), ("a name", "RFC 0 section 1"))

    def test_lines_of_its_own_replace_the_rule(self):
        (case,) = parse_cases(RULE + "- a name [once]\n> X\\\n< 400 close\n~ 200; 400 close\n")
        self.assertEqual((case.data, case.flags), (b"X", {"once"}))
        self.assertTrue(case.closes)
        self.assertEqual([answer.status for answer in case.alternatives[0]], ["200", "400"])

    def test_a_wait_parts_the_bytes(self):
        (case,) = parse_cases("= RFC 0\n- a\n> A\n.\n> B\\\n< 100\n< 200\n")
        self.assertEqual(case.segments, [b"A\r\n", b"B"])

    def test_mistakes_are_named_with_their_line(self):
        for text in ("?", "= RFC 0\n- a\n> \\q\n< 200\n- b", RULE + "- a [x]", "= R\n- a\n< 1 x\n"):
            with self.subTest(text), self.assertRaises(cases.CaseError):
                parse_cases(text)


class Answers(unittest.TestCase):
    def test_whole_answers_are_told_from_the_rest(self):
        data = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 4"
        (answer,), rest = answers.parse(data, [False], False)
        self.assertEqual((answer.status, answer.body, rest), (200, b"ok", b"HTTP/1.1 4"))

    def test_chunked_and_close_delimited_content(self):
        data = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
        self.assertEqual(answers.parse(data, [False], False)[0][0].body, b"ok")
        self.assertEqual(answers.parse(b"HTTP/1.1 200 OK\r\n\r\nok", [False], False)[0], [])
        self.assertEqual(
            answers.parse(b"HTTP/1.1 200 OK\r\n\r\nok", [False], True)[0][0].body, b"ok"
        )

    def test_no_content_behind_head_204_and_304(self):
        for status, head in ((200, True), (204, False), (304, False)):
            data = b"HTTP/1.1 %d X\r\nContent-Length: 2\r\n\r\n" % status
            self.assertEqual(len(answers.parse(data, [head], False)[0]), 1)

    def test_malformed_answers_are_refused(self):
        both = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n"
        for data in (
            b"HTTP/2.0 200 OK\r\n\r\n",
            b"HTTP/1.1 20 OK\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nX : y\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nX: a\nb\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\n",
            both,
        ):
            with self.subTest(data), self.assertRaises(answers.AnswerError):
                answers.parse(data, [False], False)


class Checks(unittest.TestCase):
    DATE = email.utils.formatdate(usegmt=True)

    def problems(self, data, expected, canary=b"", closed=True):
        finals = [answer for answer in expected if not answer.interim]
        script = Script([[b""]], len(finals), [answer.head for answer in finals], False, canary)
        received, rest = answers.parse(
            data.replace(b"DATE", self.DATE.encode()), script.heads, closed
        )
        heard = Transcript(received, rest, closed)
        return check.trouped(None, variations.Variation("whole", script, expected), heard)

    OK = b"HTTP/1.1 200 OK\r\nDate: DATE\r\nContent-Length: 2\r\n\r\nok"
    CLOSE = b"HTTP/1.1 200 OK\r\nDate: DATE\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"

    def assert_noticed(self, word, *arguments, **options):
        problems = self.problems(*arguments, **options)
        self.assertTrue(any(word in problem for problem in problems), problems)

    def test_a_good_answer_passes(self):
        self.assertEqual(self.problems(self.CLOSE, [Answer("200", close=True)]), [])

    def test_each_fault_is_noticed(self):
        close = Answer("200", close=True)
        self.assert_noticed("status", self.CLOSE, [Answer("204", close=True)])
        self.assert_noticed("0 answers", b"", [close])
        self.assert_noticed("Date", self.CLOSE.replace(b"DATE", b"now"), [close])
        self.assert_noticed("Date", self.CLOSE.replace(b"Date: DATE\r\n", b""), [close])
        self.assert_noticed("no Connection: close", self.OK, [close])
        self.assert_noticed("stays open", self.CLOSE, [Answer("200")])
        self.assert_noticed("not closed", self.CLOSE, [close], closed=False)
        self.assert_noticed("desync", self.OK + self.CLOSE, [close])
        self.assert_noticed("bytes behind", self.CLOSE + b"x", [close])
        self.assert_noticed("content", self.CLOSE, [Answer("200", close=True, body=b"no")])
        self.assert_noticed("no line", self.CLOSE, [Answer("200", close=True, lines=["x"])])
        self.assert_noticed(
            "has the line", self.CLOSE, [Answer("200", close=True, not_lines=["ok"])]
        )
        self.assert_noticed("no x", self.CLOSE, [Answer("200", close=True, present={"x": None})])
        self.assert_noticed("present", self.CLOSE, [Answer("200", close=True, absent=["date"])])
        self.assert_noticed("keep-alive", self.OK, [Answer("200", keep_alive=True)])
        self.assert_noticed("interim", b"HTTP/1.1 100 Continue\r\n\r\n" + self.CLOSE, [close])

    def test_a_refusal_needs_its_problem_document(self):
        refusal = self.CLOSE.replace(b"200 OK", b"405 X")
        self.assert_noticed("Content-Type", refusal, [Answer("405", close=True)])
        self.assert_noticed("Allow", refusal, [Answer("405", close=True)])

    def test_a_canary_that_is_not_echoed_is_noticed(self):
        line = b"GET /echo?canary=1 HTTP/1.1"
        self.assert_noticed("canary", self.OK, [Answer("200")], canary=line)
        self.assert_noticed("desync", self.OK + self.CLOSE, [Answer("200")], canary=line)


if __name__ == "__main__":
    unittest.main()
