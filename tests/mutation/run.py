#!/usr/bin/env python3
"""Switches parser rules off one at a time and checks that a test notices each.

Each mutation is a piece of a source file and what it becomes. The mutated file is compiled apart,
linked with the rest of http_test in front of the library, and the tests have to fail. Needs a build
directory of Ninja in which http_test is built:

    tests/mutation/run.py --build-dir build/release
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parents[2]
HTTP = "runtime/http/"
TEST_PROGRAM = "tests/http_test"

# (file, text that occurs once, replacement, the rule that is switched off)
MUTATIONS = [
    ("head_parser.cc",
     "if (empty_lines_ == kEmptyLinesMax)",
     "if (false)", "at most four empty lines"),
    ("head_parser.cc",
     "if (*p == '\\n') return Refuse(Refusal::kBareLineFeed);",
     "", "no bare LF before a request line"),
    ("head_parser.cc",
     "if (p[1] != '\\n') return Refuse(Refusal::kBareCarriageReturn); if (Refusal refusal = "
     "TakeField",
     "if (Refusal refusal = TakeField", "no bare CR behind a field"),
    ("head_parser.cc",
     "if (unknown_method_) return Refusal::kUnknownMethod;",
     "", "unknown methods"),
    ("head_parser.cc",
     "if (in.head.method == Method::kConnect) return Refusal::kConnectNotSupported;",
     "", "CONNECT"),
    ("head_parser.cc",
     "if (p == begin) return StopInTarget(Refusal::kMalformedRequestLine, in, p);",
     "", "empty targets"),
    ("head_parser.cc",
     "if (line_size > in.limits.request_line_bytes_max) return "
     "Refuse(Refusal::kRequestLineTooLong); target_size_",
     "target_size_", "the limit of the request line"),
    ("head_parser.cc",
     "if (line[kMajorOffset] != '1') return Refuse(Refusal::kUnsupportedVersion);",
     "", "other major versions"),
    ("head_parser.cc", "if (host_seen_) return Refusal::kRepeatedHost;", "", "repeated Host"),
    ("head_parser.cc",
     "if (!is_name && !IsAuthority(value)) return Refusal::kInvalidHost;",
     "", "malformed Host"),
    ("head_parser.cc",
     "if (in.head.form == TargetForm::kAbsolute) return Refusal::kNone;",
     "", "the target's authority counts, not Host"),
    ("head_parser.cc",
     "if (!host_seen_ && head.version_minor >= 1) return Refuse(Refusal::kMissingHost);",
     "", "missing Host"),
    ("head_parser.cc",
     "if (head.framing == BodyFraming::kChunked) return Refusal::kConflictingFraming;",
     "", "Content-Length behind Transfer-Encoding"),
    ("head_parser.cc",
     "if (head.framing == BodyFraming::kLength) return Refusal::kConflictingFraming;",
     "", "Transfer-Encoding behind Content-Length"),
    ("head_parser.cc",
     "if (head.version_minor == 0) return Refusal::kTransferEncodingInHttp10;",
     "", "Transfer-Encoding with HTTP/1.0"),
    ("head_parser.cc",
     "return Refusal::kUnsupportedExpectation;",
     "return Refusal::kNone;", "other expectations"),
    ("head_parser.cc",
     "if (in.head.fields.size() >= in.limits.fields_max) return Refuse(Refusal::kTooManyFields);",
     "", "the number of fields"),
    ("field_line.cc",
     "if (IsBlank(next)) return Refusal::kBlankBeforeColon;",
     "", "blank before the colon"),
    ("field_line.cc",
     "return first_line ? Refusal::kBlankBeforeFields : Refusal::kFoldedField;",
     "return Refusal::kNone;", "folded fields"),
    ("body_framing.cc",
     "(digits[0] == '0' && digits.size() > 1)",
     "false", "leading zeros of Content-Length"),
    ("body_framing.cc",
     "if (length > (kMax - digit) / 10) return Refusal::kContentLengthOverflow;",
     "", "overflow of Content-Length"),
    ("body_framing.cc",
     "if (length.has_value() && *length != parsed) return Refusal::kDifferingContentLengths;",
     "", "differing Content-Length"),
    ("body_framing.cc",
     "if (!codings.chunked) return Refusal::kChunkedNotLast;",
     "", "chunked is the last coding"),
    ("body_framing.cc",
     "return codings.others ? Refusal::kUnknownTransferCoding : Refusal::kNone;",
     "return Refusal::kNone;", "unknown codings"),
    ("request_target.cc",
     "return method == Method::kOptions ? Refusal::kNone : Refusal::kAsteriskWithoutOptions;",
     "return Refusal::kNone;", "the asterisk belongs to OPTIONS"),
    ("request_target.cc",
     "if (low < 0) return Refusal::kInvalidPercentEncoding;",
     "", "malformed percent-encodings"),
    ("request_target.cc",
     "return byte == 0 || (in_path && control) ? Refusal::kEncodedControlByte : Refusal::kNone;",
     "return Refusal::kNone;", "encoded control bytes"),
    ("request_target.cc",
     "if (!IsAuthority(authority)) return Refusal::kInvalidAuthority;",
     "", "userinfo and the like in a target"),
    ("request_target.cc",
     "return Refusal::kFragmentInTarget;",
     "return Refusal::kNone;", "fragments"),
    ("authority.cc", "if (digit > 9) return false;", "", "ports are numbers"),
    ("chunked_decoder.cc",
     "if (line_bytes_ == kSizeDigitsMax) return Refusal::kChunkSizeOverflow;",
     "", "overflow of a chunk size"),
    ("chunked_decoder.cc",
     "if (IsBlank(byte)) return Refusal::kBlankInChunkLine;",
     "if (IsBlank(byte)) return Refusal::kNone;", "blanks beside a chunk size"),
    ("chunked_decoder.cc",
     "return byte == expected ? Refusal::kNone : refusal;",
     "return Refusal::kNone;", "line ends of chunks"),
    ("chunked_decoder.cc",
     "return go_on_if(token_byte, Phase::kExtensionNameRest);",
     "return go_on_if(true, Phase::kExtensionNameRest);", "extensions are tokens"),
    ("chunked_decoder.cc",
     "if (chunk_bytes_ > limits.body_bytes_max - body_bytes_) return Refusal::kBodyTooLarge;",
     "", "the limit of a chunked body"),
    ("chunked_decoder.cc",
     "if (trailers_++ == limits.trailers_max) return Refusal::kTooManyTrailers;",
     "", "the number of trailers"),
    ("target.cc",
     "if (!BeginsWithDotSegment(segment)) return false;",
     "return false;", "encoded dot segments"),
    ("target.cc",
     "out.append(kEncodedSlash);",
     "out.push_back('/');", "encoded slashes stay encoded"),
]


# Changes nothing: shows that a program built in this way passes the tests.
CONTROL = ("field_line.cc", "Refusal WhyNoColon(char next)", "Refusal WhyNoColon(char next)", "")


class Builder:
    """Builds http_test with one source file mutated, with the commands of an existing build."""

    def __init__(self, build_dir, work_dir):
        entries = json.loads((build_dir / "compile_commands.json").read_text())
        self.entries = {os.path.relpath(entry["file"], SOURCE): entry for entry in entries}
        self.build_dir, self.work_dir = build_dir, work_dir
        self.link_command = self._find_link_command()

    def _find_link_command(self):
        ninja = ["ninja", "-C", self.build_dir, "-t", "commands", "-s", TEST_PROGRAM]
        listed = subprocess.run(ninja, capture_output=True, text=True)
        found = re.search(r"\S*\+\+\S* .* -o \S+ [^&]*", listed.stdout)
        if not found:
            sys.exit(f"Nothing links {TEST_PROGRAM} in {self.build_dir}: configure it with Ninja.")
        return shlex.split(found.group(0))

    def build(self, name, file, text):
        source = self.work_dir / f"{name}.cc"
        source.write_text(text)
        entry = self.entries[HTTP + file]
        compile_command = with_output(shlex.split(entry["command"]), source.with_suffix(".o"))
        compile_command[compile_command.index(entry["file"])] = str(source)
        run_tool(compile_command + ["-w"], entry["directory"])
        program = self.work_dir / name
        link_command = with_output(self.link_command, program)
        link_command.insert(link_command.index("-o"), str(source.with_suffix(".o")))
        run_tool(link_command, self.build_dir)
        return program


def with_output(command, output):
    at = command.index("-o") + 1
    return command[:at] + [str(output)] + command[at + 1:]


def run_tool(command, directory):
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{shlex.join(command)}\n{done.stderr}")


def mutate(text, old, new):
    """Any blanks and line breaks stand for any others, so that the formatter may move them."""
    pattern = r"\s+".join(re.escape(word) for word in old.split())
    mutated, count = re.subn(pattern, lambda _: new, text)
    if count != 1:
        raise RuntimeError(f"the text of the rule occurs {count} times, not once: {old}")
    return mutated


def is_noticed(builder, name, mutation):
    file, old, new, _ = mutation
    program = builder.build(name, file, mutate((SOURCE / HTTP / file).read_text(), old, new))
    try:
        tests = subprocess.run([program, "--gtest_brief=1", "--gtest_fail_fast"],
                               capture_output=True, timeout=120)
        return tests.returncode != 0
    except subprocess.TimeoutExpired:
        return True
    finally:
        program.unlink()


def report(builder, item):
    number, mutation = item
    try:
        noticed, note = is_noticed(builder, f"http_test_{number}", mutation), ""
    except RuntimeError as error:
        noticed, note = False, f"\n    {error}"
    print(f"{'noticed' if noticed else 'MISSED '}  {mutation[0]}: {mutation[3]}{note}", flush=True)
    return noticed


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build-dir", type=pathlib.Path, required=True)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as work_dir:
        builder = Builder(args.build_dir.resolve(), pathlib.Path(work_dir))
        if is_noticed(builder, "control", CONTROL):
            sys.exit("The tests fail without any mutation: repair them first.")
        with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
            noticed = list(pool.map(lambda item: report(builder, item), enumerate(MUTATIONS)))
    print(f"{sum(noticed)} of {len(noticed)} rules are noticed when switched off")
    return 0 if all(noticed) else 1


if __name__ == "__main__":
    sys.exit(main())
