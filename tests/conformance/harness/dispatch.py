"""How many requests reached a service, as the access log has it. Each conversation comes from an
address of its own.
"""

import collections
import ipaddress
import json

FIRST_SOURCE = ipaddress.IPv4Address("127.1.0.0")
SERVICE_STATUSES = (
    "200",
    "204",
    "304",
)  # what the services of trouped.yaml answer; all else the server answers itself


def source(number):
    return str(FIRST_SOURCE + number)


def expected(variation):
    return sum(answer.status in SERVICE_STATUSES for answer in variation.answers) + bool(
        variation.script.canary
    )


def count(path):
    """Requests that a worker got, by the client's address."""
    counts = collections.Counter()
    with open(path, "rb") as log:
        for line in log:
            entry = json.loads(line)
            counts[entry["client"]] += entry["worker"] != 0
    return counts
