"""One shape of request kills workers again and again: under ENFORCE it costs as many as it takes to
be known, and no more."""

from harness.findings import Finding, at_least

TITLE = "A poison request under quarantine"
KILLS_MAX = 3
POOL = {
    "name": "busy",
    "placement": "SHARED",
    "workers": {"min": 4, "max": 4},
    "restart": {"on_throw": "RESTART_WORKER"},
    "quarantine": {"mode": "ENFORCE", "kills_max": KILLS_MAX},
}
RATE, POISON_RATE = 500, 10  # of the requests of a route, 5 % may be shed
SECONDS = 10


def show(stage):
    with stage.observed(subject := stage.subject([POOL])) as watch:
        good = ("--rate", RATE, "--connections", 20, "--request", "GET /busy/ok 200 ok")
        poison = ("--rate", POISON_RATE, "--connections", 2, "--kinds")
        with stage.load.beside(subject, *good):
            sample = stage.load.run(
                subject,
                *(*poison, "--request", "GET /busy/ok?poison 500|503"),
                *("--duration", stage.whole_or_quick(SECONDS, 3)),
            )
        deaths = int(subject.metrics().sum("troupe_pool_worker_deaths_total", pool="busy"))
        yield Finding(
            f"workers that {sample['answers']} poison requests cost",
            str(deaths),
            f"{KILLS_MAX}",
            deaths == KILLS_MAX,
        )
        shed = sample["kinds"].get("503 quarantined", {"answers": 0})["answers"]
        yield at_least("poison requests shed", shed, sample["answers"] - KILLS_MAX)
        yield from subject.findings(watch)
