"""The health listener as an operator meets it: where it is, and what happens when that is taken."""

import json
import os
import re
import signal
import socket

import program


class HealthListener(program.Case):
    def start_with_health(self, *arguments):
        server = self.start("--health", "127.0.0.1:0", *arguments)
        line = server.process.stdout.readline()
        match = re.fullmatch(r"  health    (?P<host>[\d.]+):(?P<port>\d+)\n", line)
        self.assertTrue(match, line)
        server.health = (match["host"], int(match["port"]))
        return server

    def get(self, server, path):
        return server.get(path, server.health)

    def test_is_named_by_the_banner_and_answers_there(self):
        server = self.start_with_health()
        for probe in ("/livez", "/readyz", "/startupz"):
            self.assertEqual(self.get(server, probe), (200, "ok\n"), probe)

    def test_says_that_it_drains_while_it_still_serves(self):
        server = self.start_with_health("--set", "drain.delay=1h")
        server.signal(signal.SIGTERM)
        self.assertTrue(
            program.eventually(lambda: self.get(server, "/readyz")[0] == 503), server.errors()
        )
        reason = json.loads(self.get(server, "/readyz")[1])
        self.assertEqual(reason["detail"], "the server is draining")
        self.assertEqual(self.get(server, "/livez"), (200, "ok\n"))
        self.assertEqual(server.get(), (200, "ok"))

    def test_is_off_when_told_so(self):
        server = self.start("--health", "off")
        self.assertNotIn("health", server.process.stdout.readline())

    def test_address_that_was_asked_for_and_is_taken_keeps_the_server_from_starting(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = "127.0.0.1:{}".format(taken.getsockname()[1])
            result = program.run("--http", "127.0.0.1:0", "--health", address)
        self.assertEqual(result.returncode, 2, result)
        self.assertEqual(result.stdout, "")
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        for part in ("--health", f"{address} is in use by another process"):
            self.assertIn(part, result.stderr)

    def test_default_address_that_is_taken_is_a_warning(self):
        environment = {k: v for k, v in os.environ.items() if k != "TROUPE_HEALTH_ADDRESS"}
        with socket.socket() as taken:
            try:
                taken.bind(("127.0.0.1", 9902))
                taken.listen()
            except OSError:
                pass  # so it is taken by somebody else
            server = self.start(env=environment)
            self.assertEqual(server.get(), (200, "ok"))
            self.assertNotIn("health", server.process.stdout.readline())
        self.assertTrue(
            program.eventually(lambda: "127.0.0.1:9902 is in use" in server.errors()),
            server.errors(),
        )
        self.assertIn("WARN", server.errors())

    def test_address_that_is_none_is_refused_by_the_check(self):
        result = program.run("--health", "everywhere")
        self.assertEqual(result.returncode, 2, result)
        for part in ("health.address", "everywhere", "or off"):
            self.assertIn(part, result.stderr)

    def test_address_of_a_listener_is_refused(self):
        result = program.run("--http", "127.0.0.1:8080", "--health", "127.0.0.1:8080")
        self.assertEqual(result.returncode, 2, result)
        self.assertIn("health.address: is that of http[0] too", result.stderr)


if __name__ == "__main__":
    program.main()
