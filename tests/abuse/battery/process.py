"""What /proc says of a process."""

import dataclasses
import os
import pathlib


@dataclasses.dataclass
class Snapshot:
    descriptors: int
    threads: int
    resident_bytes: int


def snapshot(pid):
    proc = pathlib.Path(f"/proc/{pid}")
    resident_pages = int((proc / "statm").read_text().split()[1])
    return Snapshot(
        len(os.listdir(proc / "fd")),
        len(os.listdir(proc / "task")),
        resident_pages * os.sysconf("SC_PAGE_SIZE"),
    )


def cpu_seconds(pid):
    """User and system time so far."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
