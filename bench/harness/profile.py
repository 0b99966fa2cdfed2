"""Instructions for each request, by part of a server, counted by callgrind, without the kernel's.

The server runs twice, with few and with many requests; the difference is what the requests cost,
without start and stop.
"""

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

from harness.loads import LoadFailed
from harness.server import Server

FEW, MANY = 2_000, 12_000
STOP_TIMEOUT_S = 60
OPTIONS = {
    "a": ("--connections", 100),
    "c": ("--connections", 100, "--pipeline", 24),
}
# What the name of a source file or, where that does not tell, of a library or program stands for.
FILES = (
    (re.compile(r"(?:^|/)runtime/(\w+)/"), None),
    (re.compile(r"(?:^|/)services/"), "services"),
    (re.compile(r"/caf/"), "CAF"),
    (re.compile(r"/absl/"), "abseil"),
)
OBJECTS = (
    (re.compile(r"libcaf"), "CAF"),
    (re.compile(r"libc[.-]|ld-linux|libpthread"), "libc"),
    (re.compile(r"libstdc|libgcc"), "libstdc++"),
    (re.compile(r"mimalloc"), "mimalloc"),
    (re.compile(r"absl"), "abseil"),
    (re.compile(r"vgpreload|valgrind"), "allocator (valgrind's)"),
)


def run(bench, peer, workload):
    """Prints a table of instructions for each request by part."""
    few, many = (_profile(bench, peer, workload, count) for count in (FEW, MANY))
    cost = Counter({part: (many[part] - few[part]) / (MANY - FEW) for part in many})
    total = sum(cost.values())
    print(f"| part of {peer.name} | instructions/request | share |\n|---|--:|--:|")
    for part, instructions in cost.most_common():
        if instructions >= 0.5:
            print(f"| {part} | {instructions:,.0f} | {instructions / total:.1%} |")
    print(f"| **total** | {total:,.0f} | |")


def _profile(bench, peer, workload, count):
    with Server(_under_callgrind(peer)) as server:
        sample = bench.load.hold(server, 0, *OPTIONS[workload], "--count", count, "--timeout", 60)
        if sample["wrong"] or sample["answers"] != count:
            raise LoadFailed(f"{sample['answers']} of {count} answers, {sample['wrong']} wrong")
        server.end(STOP_TIMEOUT_S)
        profiles = server.directory.glob("callgrind.out.*")  # one for each process
        return sum((instructions_by_part(p.read_text().splitlines()) for p in profiles), Counter())


def _under_callgrind(peer):
    def command(server):
        return [
            "valgrind",
            "--tool=callgrind",
            "--callgrind-out-file=callgrind.out.%p",
            *peer.command(server),
        ]

    return replace(peer, command=command)


def instructions_by_part(lines):
    """Sums the self cost in a profile (valgrind's manual: Callgrind Format Specification)."""
    names = {}  # (kind, id) -> name; the profile spells each name once
    kinds = {"ob": "ob", "cob": "ob", "fn": "fn", "cfn": "fn"} | dict.fromkeys(
        ("fl", "fi", "fe", "cfi", "cfl"), "fl"
    )
    place = {"ob": "", "fl": "", "inlined": ""}
    sums = Counter()
    is_call = False
    for line in lines:
        if line.startswith("calls="):
            is_call = True  # the next line is the callee's cost
        elif line[:1] in "0123456789+-*" and line:
            if not is_call:
                sums[_part(place)] += int(line.split()[1])
            is_call = False
        elif spec := re.match(r"(\w+)=\((\d+)\)(?: (.*))?$", line):
            key, number, name = spec.groups()
            if key not in kinds:
                continue
            if name is not None:
                names[kinds[key], number] = name
            name = names[kinds[key], number]
            if key == "ob":
                place["ob"] = name
            elif key in ("fl", "fi", "fe"):
                place["inlined"] = name
                place["fl"] = name if key == "fl" else place["fl"]
    return sums


def _part(place):
    """What is inlined from the standard library counts for where it is inlined."""
    for name in (place["inlined"], place["fl"]):
        for pattern, part in FILES:
            if found := pattern.search(name):
                return part or found[1]
    for pattern, part in OBJECTS:
        if pattern.search(place["ob"]):
            return part
    return Path(place["ob"]).name
