"""A real Prometheus scrapes /metrics, and its queries give the load that was made."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import unittest
import urllib.parse

import program

LOAD = {"/": 30, "/slow": 5, "/nowhere": 7}

# Debian's prometheus with a configuration that scrapes one target; everything else at its default.
CONFIG = """
global: {{scrape_interval: 1s}}
scrape_configs:
  - job_name: trouped
    static_configs: [{{targets: ['{target}']}}]
"""


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


@unittest.skipUnless(shutil.which("prometheus") and shutil.which("promtool"), "needs prometheus")
class Prometheus(program.Case):
    def setUp(self):
        super().setUp()
        self.server = self.start("--health", "127.0.0.1:0")
        host, port = self.server.process.stdout.readline().split()[-1].split(":")
        self.health = (host, int(port))
        for path, count in LOAD.items():
            for _ in range(count):
                self.server.get(path)

    def start_prometheus(self):
        config = self.write("prometheus.yml", CONFIG.format(target="{}:{}".format(*self.health)))
        self.prometheus = ("127.0.0.1", free_port())
        with open(self.folder / "prometheus.log", "wb") as log:
            process = subprocess.Popen(
                [
                    "prometheus",
                    f"--config.file={config}",
                    f"--storage.tsdb.path={self.folder / 'data'}",
                    "--web.listen-address={}:{}".format(*self.prometheus),
                ],
                stdout=log,
                stderr=log,
            )
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)

    def query(self, expression):
        """{labels: value} of an instant query; empty while Prometheus does not answer yet."""
        path = "/api/v1/query?query=" + urllib.parse.quote(expression)
        with contextlib.suppress(OSError):
            status, body = self.server.get(path, self.prometheus)
            if status == 200:
                return {
                    frozenset(result["metric"].items()): float(result["value"][1])
                    for result in json.loads(body)["data"]["result"]
                }
        return {}

    def becomes(self, expression, expected):
        wanted = {frozenset(labels): value for labels, value in expected.items()}
        self.assertTrue(
            program.eventually(lambda: self.query(expression) == wanted),
            f"{expression}: {self.query(expression)}, not {expected}; "
            + (self.folder / "prometheus.log").read_text(),
        )

    def test_queries_give_the_load_that_was_made(self):
        self.start_prometheus()
        self.becomes(
            "sum by (route, status) (http_server_request_duration_seconds_count)",
            {
                (("route", "/"), ("status", "2xx")): LOAD["/"],
                (("route", "/slow"), ("status", "2xx")): LOAD["/slow"],
                (("status", "4xx"),): LOAD["/nowhere"],
            },
        )
        self.becomes(
            "sum by (outcome, cause) (troupe_requests_total)",
            {
                (("outcome", "ANSWERED"), ("cause", "none")): LOAD["/"] + LOAD["/slow"],
                (("outcome", "REJECTED"), ("cause", "route-not-found")): LOAD["/nowhere"],
            },
        )
        # The handler waits 300 ms.
        name = "http_server_request_duration_seconds_bucket"
        self.becomes(f'sum({name}{{route="/slow",le="0.25"}})', {(): 0})
        self.becomes("sum(http_server_active_requests)", {(): 0})
        self.becomes('sum(troupe_pool_workers{pool="fast"})', {(): 2})
        self.becomes("sum(up)", {(): 1})

    def test_promtool_finds_nothing(self):
        _, text = self.server.get("/metrics", self.health)
        result = subprocess.run(
            ["promtool", "check", "metrics"],
            input=text,
            capture_output=True,
            text=True,
            timeout=program.PATIENCE,
            check=False,
            env={**os.environ, "HOME": str(self.folder)},
        )
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))


if __name__ == "__main__":
    program.main()
