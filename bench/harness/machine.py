"""What the measurements were made on, and which processor does what."""

import os
import platform
import re
import resource
import subprocess
from pathlib import Path


def raise_descriptor_limit():
    """Returns how many descriptors a process may have; children inherit it."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def server_cpu():
    return max(os.sched_getaffinity(0))


def load_cpu():
    """Another processor than the server's, where there is one."""
    return min(os.sched_getaffinity(0))


def describe():
    cpuinfo = Path("/proc/cpuinfo").read_text()
    model = re.search(r"^model name\s*: (.*)$", cpuinfo, re.M)
    memory_kib = int(re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text())[1])
    return {
        "processor": model[1] if model else platform.machine(),
        "processors": len(os.sched_getaffinity(0)),
        "memory": f"{memory_kib / 1048576:.0f} GiB",
        "kernel": platform.release(),
        "system": platform.freedesktop_os_release().get("PRETTY_NAME", platform.system()),
        "descriptors": resource.getrlimit(resource.RLIMIT_NOFILE)[1],
    }


def version_of(command):
    """The first version number in what `command` prints, or "unknown"."""
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    found = re.search(r"\d+\.\d+[\w.+-]*", run.stdout + run.stderr)
    return found[0] if found else "unknown"
