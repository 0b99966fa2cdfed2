#!/usr/bin/env python3
"""Checks the rules of the source tree that no compiler checks: includes and the look of files.

usage: tidy.py ROOT

Prints one line for each violation and exits 1 when there is any.
"""

import pathlib
import re
import sys

# --- who may include whom -------------------------------------------------------------------------

# What each folder may include besides itself; a file may have a row of its own. One way only:
#   proto <- http <- async <- telemetry <- policy <- config <- reactor <- actors <- server <- admin
#   <- program <- services
HTTP = ["runtime/http"]
ASYNC = HTTP + ["runtime/async"]
TELEMETRY = HTTP + ["runtime/telemetry", "troupe/admin"]
POLICY = ["runtime/policy"]
CONFIG = HTTP + ["troupe/config", "troupe/admin"]
REACTOR = ASYNC + TELEMETRY + POLICY + ["runtime/reactor"]
ACTORS = REACTOR + CONFIG + ["runtime/config", "runtime/actors", "troupe/admin"]
SERVICE = ["runtime/service.h"]
MAIN = SERVICE + ["runtime/program/main.h", "runtime/config/default_config.h"]
MAY_INCLUDE = {
    "proto": [],
    "runtime/http": [],
    "runtime/async": HTTP,
    "runtime/telemetry": HTTP + ["troupe/admin"],
    "runtime/policy": [],
    "runtime/config": CONFIG,
    "runtime/reactor": ASYNC + TELEMETRY + POLICY,
    "runtime/actors": ACTORS,
    "runtime/service.h": ASYNC,
    "runtime/testing.h": ASYNC + SERVICE,
    "runtime/testing.cc": ASYNC + SERVICE + ["runtime/testing.h"],
    "runtime": ACTORS,
    "runtime/program": ["runtime", "admin", "troupe/config"],
    "services": SERVICE,
    "services/main.cc": MAIN + ["services"],
    "services/samples": MAIN,
    "admin": ["runtime", "troupe/admin", "troupe/config"],
    "bench": [],
    "bench/service.cc": SERVICE + ["runtime/actors"],  # one of its handlers ends its worker
}

# Libraries and system headers that only these folders, and their tests, may include.
ONLY_IN = {
    "prometheus/": ["admin"],
    "caf/": ["runtime/reactor", "runtime/actors"],
    "grpcpp/": ["admin"],
    "grpc/": ["admin"],
    "spdlog/": ["runtime/telemetry"],
    "yaml-cpp/": ["runtime/config", "admin/cli"],
}

# RFC syntax and handlers know values, not connections.
WITHOUT_SOCKETS = ["runtime/http", "runtime/async"]
SOCKET_HEADERS = re.compile(r"sys/(socket|epoll|eventfd|un)\.h|netdb\.h|poll\.h")

INCLUDE = re.compile(r'^\s*#\s*include\s+["<]([^">]+)[">]')
OWN_ROOTS = ("runtime/", "services/", "admin/", "bench/", "tests/", "troupe/", "proto/")


def inside(path, folder):
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def most_specific(path, folders):
    """The longest of `folders` that holds `path`, or None."""
    return max((f for f in folders if inside(path, f)), key=len, default=None)


def tested_folder(path):
    """tests/http/x.cc is of runtime/http, tests/services/x.cc of services; None for other tests."""
    folder = path.split("/")[1]
    for candidate in (f"runtime/{folder}", folder):
        if candidate in MAY_INCLUDE:
            return candidate
    return None


def includes(text):
    for number, line in enumerate(text.splitlines(), 1):
        if match := INCLUDE.match(line):
            yield number, match[1]


def check_include_direction(path, text):
    if not path.endswith((".h", ".cc")):
        return
    is_test = path.startswith("tests/")
    row = tested_folder(path) if is_test else most_specific(path, MAY_INCLUDE)
    if row is None:
        return
    allowed = MAY_INCLUDE[row] + [row]
    if is_test:
        allowed += ["tests", "runtime/testing.h", "runtime/service.h"]
    for number, include in includes(text):
        if include.startswith(OWN_ROOTS) and not any(inside(include, a) for a in allowed):
            yield number, f"{row} may not include {include}"


def check_libraries(path, text):
    if not path.endswith((".h", ".cc")):
        return
    folder = (tested_folder(path) if path.startswith("tests/") else None) or path
    for number, include in includes(text):
        for prefix, folders in ONLY_IN.items():
            if include.startswith(prefix) and not any(inside(folder, f) for f in folders):
                yield number, f"{prefix} may only be included in {' and '.join(folders)}"
        if SOCKET_HEADERS.match(include) and any(inside(path, f) for f in WITHOUT_SOCKETS):
            yield number, f"{include}: {' and '.join(WITHOUT_SOCKETS)} know no sockets"


# --- what a file looks like -----------------------------------------------------------------------

COLUMNS_MAX = 100
LINES_MAX = 600
CODE = (".h", ".cc", ".py", ".proto", ".cmake", "CMakeLists.txt", "/run", "dev")
LEFT_OVER = re.compile(r"\b(TO" r"DO|FIX" r"ME|X" r"XX)\b")
MACHINE_PATH = re.compile(r"(?<![\w./}])/(work|tmp|home|root)/")


def check_header(path, text):
    if not path.endswith(".h"):
        return
    if not text.startswith("//"):
        yield 1, "a header begins with a comment: what it is for, threads, ownership, errors"
    if "#pragma once\n" not in text:
        yield 1, "#pragma once is missing"


def check_size(path, text):
    if not path.endswith(CODE):
        return
    lines = text.splitlines()
    if len(lines) > LINES_MAX:
        yield LINES_MAX + 1, f"over {LINES_MAX} lines: the file has more than one purpose"
    for number, line in enumerate(lines, 1):
        if len(line) > COLUMNS_MAX:
            yield number, f"{len(line)} columns, at most {COLUMNS_MAX}"


def check_text(path, text):
    if inside(path, "tests/fuzz/corpus"):
        return  # requests as they are
    if text and not text.endswith("\n"):
        yield text.count("\n") + 1, "no newline at the end"
    for number, line in enumerate(text.splitlines(), 1):
        if match := LEFT_OVER.search(line):
            yield number, f"{match[0]}: finish it, or describe it as a limit"
        if match := MACHINE_PATH.search(line):
            yield number, f"{match[0]} is a path of one machine"


FILE_CHECKS = [check_include_direction, check_libraries, check_header, check_size, check_text]

# --- the tree -------------------------------------------------------------------------------------

NOT_OURS = {"build", ".git", ".cache", "__pycache__"}


def source_files(root):
    """(path from the root, text) of every text file."""
    for path in sorted(root.rglob("*")):
        relative = path.relative_to(root)
        if NOT_OURS.intersection(relative.parts) or not path.is_file():
            continue
        try:
            yield relative.as_posix(), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # data: fuzz corpora, raw requests


def check_documented_folders(root):
    """Every folder of the runtime stands in docs/ARCHITECTURE.md."""
    document = root / "docs/ARCHITECTURE.md"
    if not document.exists():
        return
    text = document.read_text(encoding="utf-8")
    for folder in sorted(p for p in (root / "runtime").iterdir() if p.is_dir()):
        if f"{folder.name}/" not in text:
            yield f"docs/ARCHITECTURE.md:1: does not describe runtime/{folder.name}/"


def violations(root):
    for path, text in source_files(root):
        for check in FILE_CHECKS:
            for number, message in check(path, text):
                yield f"{path}:{number}: {message}"
    yield from check_documented_folders(root)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    found = list(violations(pathlib.Path(sys.argv[1])))
    print("\n".join(found) or "tidy: nothing to say")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
