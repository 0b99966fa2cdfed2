"""What the harness prints."""

import collections


def printable(data, limit=240):
    text = data.decode("latin-1").encode("unicode_escape").decode()
    return text if len(text) <= limit else f"{text[:limit]}... ({len(data)} bytes)"


def failure(case, variation, problems):
    head = f"FAIL {case} [{variation}] {case.reference}: {'; '.join(problems)}"
    return f"{head}\n     <- {printable(case.data)}"


def table(cases, failures):
    """Markdown: the number of failed cases by family, a column for each server.

    Peers play no case that is about trouped's own limits and routes.
    """
    totals = collections.Counter(case.family for case in cases)
    shared = collections.Counter(case.family for case in cases if not case.own)
    servers = list(failures)
    rows = [["family", "cases", "for peers", *servers], ["---"] * (3 + len(servers))]
    for family, total in totals.items():
        failed = [sum(case.family == family for case in failures[server]) for server in servers]
        counts = [
            count if shared[family] or server == "trouped" else "-"
            for server, count in zip(servers, failed)
        ]
        rows.append([family, total, shared[family], *counts])
    rows.append(
        ["all", totals.total(), shared.total(), *(len(failures[server]) for server in servers)]
    )
    return "\n".join(f"| {' | '.join(map(str, row))} |" for row in rows)
