"""Signals: SIGTERM and SIGINT drain, a second one ends at once, SIGUSR1 opens the log anew."""

import contextlib
import http.client
import signal
import socket
import threading
import time

import program


class Drain(program.Case):
    def test_sigterm_and_sigint_exit_0(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            server = self.start()
            self.assertEqual(server.get(), (200, "ok"))
            server.signal(number)
            self.assertEqual(server.wait(), 0)

    def test_requests_in_flight_finish(self):
        server = self.start()
        with contextlib.closing(server.connect()) as connection:
            connection.request("GET", "/slow")
            server.signal(signal.SIGTERM)
            answer = connection.getresponse()
            self.assertEqual((answer.status, answer.read()), (200, b"slow"))
            self.assertEqual(answer.getheader("Connection"), "close")
        self.assertEqual(server.wait(), 0)

    def test_no_request_fails_during_the_delay(self):
        server = self.start("--set", "drain.delay=1s")
        failures, closes, stop = [], [], threading.Event()

        def load():
            while not stop.is_set():
                try:
                    with contextlib.closing(server.connect()) as connection:
                        will_close = False
                        while not will_close and not stop.is_set():
                            connection.request("GET", "/")
                            answer = connection.getresponse()
                            answer.read()
                            if answer.status != 200:
                                failures.append(answer.status)
                            will_close = answer.will_close
                        closes.append(will_close)
                except (OSError, http.client.HTTPException) as error:
                    failures.append(repr(error))

        threads = [threading.Thread(target=load) for _ in range(4)]
        for thread in threads:
            thread.start()
        server.signal(signal.SIGTERM)
        program.eventually(lambda: len(closes) >= 20 or failures)
        stop.set()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])
        self.assertEqual(server.wait(), 0)

    def test_beyond_the_timeout_503(self):
        server = self.start("--set", "drain.timeout=100ms")
        with contextlib.closing(server.connect()) as connection:
            connection.request("GET", "/endless")
            server.signal(signal.SIGTERM)
            answer = connection.getresponse()
            self.assertEqual(answer.status, 503)
            self.assertIn("drain-timeout", answer.read().decode())
        self.assertEqual(server.wait(), 0)

    def test_second_signal_ends_at_once(self):
        server = self.start("--set", "drain.timeout=10m")
        with contextlib.closing(server.connect()) as connection:
            connection.request("GET", "/endless")
            server.signal(signal.SIGTERM)
            self.assertTrue(program.eventually(lambda: not self.accepts(server)))
            server.signal(signal.SIGTERM)
            self.assertEqual(server.wait(), 128 + signal.SIGTERM)

    @staticmethod
    def accepts(server):
        try:
            socket.create_connection(server.address, timeout=1).close()
        except OSError:
            return False
        return True

    def test_idle_server_uses_neither_processor_nor_memory(self):
        server = self.start()
        self.assertEqual(server.get(), (200, "ok"))
        before = usage(server.process.pid)
        time.sleep(1)
        after = usage(server.process.pid)
        self.assertLess(after[0] - before[0], 5, "clock ticks in an idle second")
        self.assertLess(after[1] - before[1], 256, "pages in an idle second")

    def test_sighup_reads_the_configuration_again_and_serves_on(self):
        server = self.start()
        server.signal(signal.SIGHUP)
        self.assertTrue(program.eventually(lambda: "SIGHUP" in server.errors()))
        self.assertEqual(server.get(), (200, "ok"))
        self.assertEqual(server.stop(), 0)


def usage(pid):
    """(clock ticks, resident pages) of a process."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12]), int(fields[21])


if __name__ == "__main__":
    program.main()
