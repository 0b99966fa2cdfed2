"""Drains that are undone under load lose no request, and each step of a drain is named."""

import contextlib
import http.client
import threading

import program
import scene

CLIENTS = 4
RETRY = 0.01  # seconds
DRAINS = 5
STEPS = ["DELAY", "READING", "FINISHING", "ANSWERING", "CLOSING", "DONE"]


class Client(threading.Thread):
    """Asks again and again as clients do: on the same connection until an answer says close, then
    on a new one. What the server did not hear of it asks again."""

    def __init__(self, server):
        super().__init__()
        self._server = server
        self._done = threading.Event()
        self.answered = 0
        self.unheard = 0  # times that there was no listener, or a connection that had been closed
        self.problems = []

    def run(self):
        while not self._done.is_set():
            with contextlib.closing(self._server.connect()) as connection:
                try:
                    self._ask_on(connection)
                except ConnectionError:
                    self.unheard += 1
                    self._done.wait(RETRY)
                except (OSError, http.client.HTTPException) as error:
                    self.problems.append(repr(error))

    def _ask_on(self, connection):
        will_close = False
        while not (will_close or self._done.is_set()):
            connection.request("GET", ("/", "/slow")[self.answered % 2])
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                self.problems.append(answer.status)
            will_close = answer.will_close
            self.answered += 1

    def stop(self):
        self._done.set()
        self.join()


class Drain(scene.Case):
    def setUp(self):
        super().setUp()
        self.server = self.serve()
        self.admin = self.api()

    def events_since(self, sequence):
        """The steps that the server noted from then on, up to the end of a drain."""
        steps = []
        request = {"start_sequence": sequence, "filter": 'kind = "drain-step"'}
        for event in self.admin.call("Stats.WatchEvents", request):
            steps.append(event.details["step"])
            if steps[-1] in ("NONE", "DONE"):
                return steps

    def hold(self):
        """A connection whose request is never answered by itself."""
        connection = self.server.connect()
        self.addCleanup(connection.close)
        connection.request("GET", "/endless")
        self.eventually(lambda: self.admin.call("Server.GetStatus").in_flight > 0)
        return connection

    def test_and_undrain_lose_no_request_under_load(self):
        clients = [Client(self.server) for _ in range(CLIENTS)]
        for client in clients:
            client.start()
        try:
            for _ in range(DRAINS):
                answered = [client.answered for client in clients]
                self.ctl("drain", "--delay", "100ms", "--wait")
                self.ctl("undrain", "--wait")
                self.eventually(lambda: all(
                    client.answered > before or client.problems
                    for client, before in zip(clients, answered)))
        finally:
            for client in clients:
                client.stop()
        self.assertEqual([problem for client in clients for problem in client.problems], [])
        self.assertGreater(sum(client.unheard for client in clients), 0, "nothing was closed")
        # So all that was heard was answered, and heard once.
        ledger = self.admin.call("Ledger.GetLedger")
        answered = sum(client.answered for client in clients)
        self.assertEqual((ledger.accepted, ledger.outcomes["ANSWERED"]), (answered, answered))

    def test_names_each_step_of_a_drain_in_which_requests_end(self):
        held = self.hold()
        self.admin.call("Server.Drain", {"delay": "1s"})
        watch = self.admin.call("Server.WatchDrain")
        seen = []
        for status in watch:
            name = status.Step.Name(status.step)
            if name not in seen:
                seen.append(name)
            if name == "FINISHING" and held:
                self.assertIn("1 request", status.waits_for)
                self.ctl("req", "cancel", "--filter", "age >= 0s")
                self.assertEqual(held.getresponse().status, 503)
                held.close()
                held = None
        self.assertEqual(seen, STEPS)
        self.assertEqual(self.events_since(1), STEPS)

    def test_names_each_step_of_a_drain_whose_time_is_over(self):
        held = self.hold()
        self.admin.call("Server.Drain", {"delay": "0s", "timeout": "1s"})
        self.assertEqual(held.getresponse().status, 503)
        self.ctl("wait", "drained")
        self.assertEqual(self.events_since(1), STEPS)

    def test_undone_in_its_delay_is_as_if_it_had_not_been(self):
        with scene.Load(self.server) as load:
            self.admin.call("Server.Drain", {"delay": "600s"})
            watch = self.admin.call("Server.WatchDrain")
            first = next(watch)
            self.assertEqual((first.step, first.can_undrain), (first.DELAY, True))
            self.ctl("health", code=6)
            self.assertTrue(self.admin.call("Server.GetStatus").listeners[0].open)
            self.admin.call("Server.Undrain")
            *_, last = watch
            self.assertEqual(last.step, last.NONE)
            self.ctl("health")
        self.assertEqual(load.problems, [])


if __name__ == "__main__":
    program.main()
