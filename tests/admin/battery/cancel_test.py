"""An operator ends requests; what else is on their connections is answered, in its order."""

import http.client
import socket

import program
import scene

TARGETS = ["/", "/slow", "/endless", "/", "/slow"]  # on one connection, one after the other


def next_answer(reader):
    """(status, body) of the next one on a connection."""
    status = int(reader.readline().split()[1])
    fields = http.client.parse_headers(reader)
    return status, reader.read(int(fields["Content-Length"])).decode()


class Cancel(scene.Case):
    def setUp(self):
        super().setUp()
        self.server = self.serve()
        self.admin = self.api()

    def pipeline(self):
        """A connection on which all that can be answered before the endless request is."""
        connection = socket.create_connection(self.server.address, program.PATIENCE)
        self.addCleanup(connection.close)
        requests = (f"GET {target} HTTP/1.1\r\nHost: h\r\n\r\n" for target in TARGETS)
        connection.sendall("".join(requests).encode())
        reader = connection.makefile("rb")
        self.assertEqual([next_answer(reader)[1] for _ in range(2)], ["ok", "slow"])
        return connection, reader

    def endless(self, count):
        """Their names, once so many are served."""
        found = []

        def are_there():
            answer = self.admin.call("Requests.ListRequests", {"filter": 'route = "/endless"'})
            found[:] = [r.name for r in answer.requests if r.phase == r.SERVING]
            return len(found) == count

        self.eventually(are_there)
        return found

    def expect_the_rest(self, connection, reader):
        self.assertEqual(next_answer(reader)[0], 503)
        self.assertEqual([next_answer(reader)[1] for _ in range(2)], ["ok", "slow"])
        connection.sendall(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        self.assertEqual(next_answer(reader), (200, "ok"), "the connection goes on")

    def outcomes(self):
        return {k: v for k, v in self.ask("ledger")["outcomes"].items() if v}

    def test_ends_one_request_and_nothing_else(self):
        connection, reader = self.pipeline()
        [cancelled] = self.endless(1)
        other, _ = self.pipeline()
        [left] = set(self.endless(2)) - {cancelled}
        self.ctl("req", "cancel", cancelled.removeprefix("requests/"), "--reason", "test")
        self.expect_the_rest(connection, reader)
        self.assertEqual(self.endless(1), [left])
        self.assertEqual(self.outcomes(), {"ANSWERED": 5 + 2, "CANCELLED": 1})
        self.ctl("req", "cancel", cancelled.removeprefix("requests/"), code=1)  # has ended

    def test_ends_all_that_match(self):
        pipelines = [self.pipeline() for _ in range(3)]
        self.endless(3)
        query = ("req", "cancel", "--filter", 'pool = "pools/endless"')
        self.assertEqual(self.ask(*query, "--dry-run")["cancelled_count"], 3)
        self.endless(3)
        self.assertEqual(self.ask(*query)["cancelled_count"], 3)
        for connection, reader in pipelines:
            self.expect_the_rest(connection, reader)
        self.assertEqual(self.outcomes()["CANCELLED"], 3)


if __name__ == "__main__":
    program.main()
