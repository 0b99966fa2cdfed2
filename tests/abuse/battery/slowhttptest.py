"""The four modes of slowhttptest, from Debian, at ten times the connection limit."""

import subprocess

from battery.scene import Case, expect

CONNECTIONS_MAX = 100  # what the case sets
CONNECTIONS = 10 * CONNECTIONS_MAX
SECONDS = 2


def slowhttptest_in_four_modes(scene):
    for mode in ("-H", "-B", "-R", "-X"):
        command = [
            "slowhttptest",
            mode,
            "-c",
            CONNECTIONS,
            "-r",
            CONNECTIONS,
            "-i",
            1,
            "-l",
            SECONDS,
            "-u",
            scene.url,
        ]
        tool = subprocess.run(list(map(str, command)), capture_output=True, timeout=15, check=False)
        expect(
            tool.returncode == 0,
            f"slowhttptest {mode} ended with {tool.returncode}: {tool.stdout[-300:]!r}",
        )


CASES = [
    Case(
        slowhttptest_in_four_modes,
        settings=(
            f"limits.connections_max={CONNECTIONS_MAX}",
            "timeouts.head=1s",
            "timeouts.body_idle=1s",
            "timeouts.body_rate_grace=1s",
            "timeouts.keep_alive=1s",
            "timeouts.write_stall=1s",
        ),
        fresh_connections=False,
        requires="slowhttptest",
    )
]
