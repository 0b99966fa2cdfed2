"""The access log and the server's own log, as a collector reads them."""

import json
import re
import signal

import program

TEXT_LINE = re.compile(
    r'127\.0\.0\.1 - - \[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000\] "GET (?P<target>\S+) '
    r'HTTP/1\.1" (?P<status>\d{3}) (?P<bytes>\d+) id=\d+ .*outcome=(?P<outcome>[A-Z_]+)'
)


class AccessLog(program.Case):
    def start_with_log(self, log_format):
        self.log = self.folder / "access.log"
        return self.start(
            "--set", f"access_log.format={log_format}", "--set", f"access_log.file={self.log}"
        )

    def lines(self, count):
        """The log once it has so many lines."""

        def read():
            return self.log.read_text().splitlines() if self.log.exists() else []

        self.assertTrue(program.eventually(lambda: len(read()) >= count), read())
        return read()

    def test_text_lines_parse(self):
        server = self.start_with_log("TEXT")
        server.get("/?a=b")
        server.get("/none")
        # Each reactor's lines are in order; these may be of two.
        lines = {line.group("target"): line for line in map(TEXT_LINE.match, self.lines(2))}
        self.assertEqual(
            lines["/?a=b"].group("status", "bytes", "outcome"), ("200", "2", "ANSWERED")
        )
        self.assertEqual(lines["/none"].group("status", "outcome"), ("404", "REJECTED"))

    def test_json_lines_parse(self):
        server = self.start_with_log("JSON")
        server.get('/%22?"')
        line = json.loads(self.lines(1)[0])
        expected = {
            "client": "127.0.0.1",
            "method": "GET",
            "target": '/%22?"',
            "status": 404,
            "outcome": "REJECTED",
        }
        self.assertEqual({key: line.get(key) for key in expected}, expected)
        server.get("/slow")
        line = json.loads(self.lines(2)[1])
        expected = {"route": "/slow", "pool": "slow", "status": 200, "outcome": "ANSWERED"}
        self.assertEqual({key: line.get(key) for key in expected}, expected)
        self.assertGreaterEqual(line["service_time_us"], 300_000)

    def test_what_was_logged_before_the_end_is_written(self):
        server = self.start_with_log("TEXT")
        for _ in range(100):
            server.get()
        self.assertEqual(server.stop(), 0)
        self.assertEqual(len(self.log.read_text().splitlines()), 100)

    def test_sigusr1_opens_it_anew(self):
        server = self.start_with_log("TEXT")
        server.get("/")
        self.lines(1)
        old = self.log.rename(self.folder / "old.log")
        server.signal(signal.SIGUSR1)
        self.assertTrue(program.eventually(self.log.exists))
        server.get("/slow")
        self.assertIn("/slow", self.lines(1)[0])
        self.assertEqual(len(old.read_text().splitlines()), 1)


class ServerLog(program.Case):
    def test_json_lines_parse(self):
        server = self.start("--set", "log.format=JSON")
        self.assertEqual(server.stop(), 0)
        lines = [json.loads(line) for line in server.errors().splitlines()]
        self.assertTrue(any("drain" in json.dumps(line) for line in lines), lines)

    def test_what_a_json_server_says_at_its_start_is_json_too(self):
        server = self.start("--set", "log.format=JSON")
        line = json.loads(server.first_line)
        self.assertEqual((line["level"], line["component"]), ("INFO", "server"))
        self.assertIn("{}:{}".format(*server.address), line["message"])
        server.stop()
        self.assertEqual(server.process.stdout.read(), "")

    def test_level_is_obeyed(self):
        server = self.start("--set", "log.level=OFF")
        server.signal(signal.SIGHUP)
        self.assertEqual(server.stop(), 0)
        self.assertEqual(server.errors(), "")


if __name__ == "__main__":
    program.main()
