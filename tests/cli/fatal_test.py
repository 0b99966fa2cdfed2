"""A handler that corrupts memory ends the process, and the next one says what it was."""

import json
import os
import pathlib
import signal
import subprocess

import program

CONFIG = """
http: [{address: '127.0.0.1:0'}]
admin: {address: 'off'}
reactors: {count: 2}
pools:
  - {name: shop, service: crasher}
  - {name: other, service: crasher, placement: DEDICATED}
routes:
  - {path: '/read-null/{what}', pool: shop}
  - {path: /block, pool: other}
"""


class FatalSignal(program.Case):
    def setUp(self):
        super().setUp()
        self.tool = pathlib.Path(program.BINARY).with_name("troupectl")
        self.addCleanup(setattr, program, "BINARY", program.BINARY)
        program.BINARY = os.environ["CRASHER"]
        self.state = self.folder / "state"
        self.state.mkdir()
        runtime = self.folder / "runtime"
        runtime.mkdir(mode=0o700)
        # A sanitizer would report the fault itself, and end the process otherwise.
        sanitizer = "handle_segv=0:handle_abort=0"
        self.environment = {
            **os.environ,
            "RUNTIME_DIRECTORY": str(runtime),
            "STATE_DIRECTORY": str(self.state),
            "ASAN_OPTIONS": sanitizer,
            "TSAN_OPTIONS": sanitizer,
        }

    def start_crasher(self, *arguments):
        return self.start(*arguments, config=CONFIG, env=self.environment)

    def ask(self, *arguments):
        result = subprocess.run(
            [str(self.tool), *arguments, "-o", "json"],
            capture_output=True,
            text=True,
            timeout=program.PATIENCE,
            env=self.environment,
        )
        self.assertEqual(result.returncode, 0, result)
        return json.loads(result.stdout)

    def begin(self, server, target):
        """A request that is never answered."""
        connection = server.connect()
        self.addCleanup(connection.close)
        connection.request("GET", target)

    def crash(self):
        """The server whose handler has read through a null pointer while another one ran."""
        server = self.start_crasher()
        self.begin(server, "/block")
        self.assertTrue(
            program.eventually(
                lambda: any(
                    worker["state"] == "BUSY" for worker in self.ask("worker", "ls")["workers"]
                )
            )
        )
        self.begin(server, "/read-null/7?token=secret")
        self.assertEqual(server.wait(), -signal.SIGSEGV)
        return server

    def test_is_listed_by_the_next_process(self):
        crashed = self.crash()
        server = self.start_crasher()
        crashes = self.ask("crash", "ls")["crashes"]
        self.assertEqual(len(crashes), 1, crashes)
        crash = crashes[0]
        self.assertEqual(crash["kind"], "SIGNAL")
        self.assertEqual(crash["exception_type"], "SIGSEGV")
        self.assertEqual(crash["pool"], "pools/shop")
        self.assertEqual(crash["method"], "GET")
        self.assertEqual(crash["target"], "/read-null/7")
        self.assertEqual(crash["route"], "/read-null/{what}")
        whole = self.ask("crash", "get", crash["name"])
        # A sanitizer's own backtrace leaves the frame of the signal in.
        culprit = [frame for frame in whole["stack"][:2] if "Crasher::ReadNull" in frame]
        self.assertEqual(len(culprit), 1, whole["stack"])
        self.assertIn("crasher_for_tests+0x", culprit[0])
        process = whole["process"]
        self.assertEqual(int(process["pid"]), crashed.process.pid)
        self.assertEqual(process["fault_address"], "0x0")
        self.assertRegex(process["thread"], "^reactor-[01]$")
        self.assertEqual(int(process["revision"]), 1)
        own, other = process["in_hand"]
        self.assertTrue(own["crashed"])
        self.assertEqual(other["target"], "/block")
        self.assertEqual(other["worker"].rpartition("/")[0], "pools/other/workers")
        self.assertEqual(server.stop(), 0)
        self.assertEqual(server.errors().count("ended by SIGSEGV"), 1, server.errors())
        self.assertNotIn("secret", server.errors() + json.dumps(whole))

    def test_is_kept_over_later_starts_and_warned_of_once(self):
        self.crash()
        self.assertEqual(self.start_crasher().stop(), 0)
        server = self.start_crasher()
        self.assertEqual(len(self.ask("crash", "ls")["crashes"]), 1)
        self.assertEqual(server.stop(), 0)
        self.assertNotIn("SIGSEGV", server.errors())

    def test_a_record_that_cannot_be_read_is_no_reason_not_to_start(self):
        (self.state / "fatal.record").write_bytes(os.urandom(1000))
        server = self.start_crasher()
        self.assertEqual(self.ask("crash", "ls").get("crashes", []), [])
        self.assertEqual(server.stop(), 0)
        self.assertIn("fatal.record is no record that can be read", server.errors())

    def test_without_a_folder_for_state_the_process_ends_all_the_same(self):
        server = self.start_crasher("--set", "state_dir=off", "--set", "log.level=DEBUG")
        self.begin(server, "/read-null/7")
        self.assertEqual(server.wait(), -signal.SIGSEGV)
        self.assertIn("will leave no record", server.errors())
        self.assertEqual(list(self.state.iterdir()), [])


if __name__ == "__main__":
    program.main()
