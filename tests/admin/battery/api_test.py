"""Every method that the server's reflection lists is driven, under load, by a client that was made
from that reflection. A method that no part of this drives fails it."""

import contextlib
import http.client

import api
import scene


class EveryMethod(scene.Case):
    def setUp(self):
        super().setUp()
        self.log = self.folder / "access.log"
        config = scene.FRAGILE_CONFIG + f"access_log: {{file: '{self.log}', format: TEXT}}\n"
        self.server = self.serve_fragile(config)
        self.admin = self.api()

    def call(self, method, /, **request):
        return self.admin.call(method, request)

    def first(self, method, /, **request):
        """Of a stream, which is left then."""
        stream = self.call(method, **request)
        self.addCleanup(stream.cancel)
        return next(stream)

    @contextlib.contextmanager
    def held_request(self):
        """The name of one in flight, and the connection that waits for its answer."""
        with contextlib.closing(self.server.connect()) as connection:
            connection.request("GET", "/endless")
            found = []

            def is_served():
                query = 'route = "/endless" AND phase = SERVING'
                found[:] = self.call("Requests.ListRequests", filter=query).requests
                return found

            self.eventually(is_served)
            yield found[0].name, connection

    def test_is_driven_under_load(self):
        parts = [self.server_part, self.pools, self.requests, self.connections, self.crashes]
        parts += [self.ledger, self.config, self.stats, self.health, self.channelz, self.drain]
        with scene.Load(self.server) as load:
            for part in parts:
                with self.subTest(part.__name__):
                    part()
        self.assertGreater(load.answers, 0)
        self.assertEqual(load.problems, [])
        self.call("Server.Shutdown", reason="over")
        self.assertEqual(self.server.wait(), 0)
        reflection = api.REFLECTION_METHOD[1:].replace("/", ".")
        self.assertEqual(set(self.admin.schema.methods), self.admin.called | {reflection})

    def test_the_list_holds_all_services(self):
        services = {f"troupe.admin.v1.{name}" for name in (
            "Server", "Pools", "Requests", "Connections", "Crashes", "Ledger", "Config", "Stats")}
        self.assertLessEqual(services | {"grpc.health.v1.Health"}, set(self.admin.schema.services))

    def server_part(self):
        status = self.call("Server.GetStatus")
        self.assertEqual(status.phase, status.SERVING)
        self.assertEqual(status.pid, self.server.process.pid)
        levels = self.call("Server.SetLogLevel", level="DEBUG", component="x", revert_after="60s")
        self.assertEqual(levels.components["x"], levels.DEBUG)
        self.log.rename(self.folder / "rotated.log")
        self.assertEqual(list(self.call("Server.ReopenLogs").files), [str(self.log)])
        self.assertTrue(self.log.exists())

    def pools(self):
        pools = self.call("Pools.ListPools").pools
        self.assertEqual([p.name for p in pools], [f"pools/{n}" for n in (
            "endless", "fast", "fragile", "slow")])
        updated = self.call(
            "Pools.UpdatePool",
            pool={"name": "pools/fragile", "workers_min": 2, "workers_max": 4},
            update_mask="workersMin,workersMax",
        )
        self.assertEqual((updated.pool.workers_min, updated.pool.workers_max), (2, 4))
        self.assertTrue(self.call("Pools.ExplainPool", name="pools/fragile").summary)
        restarted, stopped = self.workers()[:2]
        self.call("Pools.RestartWorker", name=restarted)
        self.eventually(lambda: restarted not in self.workers())
        self.call("Pools.StopWorker", name=stopped)
        self.eventually(lambda: stopped not in self.workers())
        suspended = self.call("Pools.SuspendPool", name="pools/slow", reason="test")
        self.assertEqual(suspended.state, suspended.SUSPENDED)
        self.assertEqual(self.server.get("/slow")[0], 503)
        resumed = self.call("Pools.ResumePool", name="pools/slow")
        self.assertEqual(resumed.state, resumed.RUNNING)
        self.assertEqual(self.server.get("/slow"), (200, "slow"))
        self.assertEqual(self.call("Pools.GetPool", name="pools/slow").state, resumed.RUNNING)
        self.assertEqual(self.call("Pools.GetTopology").root.kind, "server")

    def workers(self):
        answer = self.call("Pools.ListWorkers", parent="pools/fragile")
        return [worker.name for worker in answer.workers]

    def requests(self):
        with self.held_request() as (name, connection):
            self.assertEqual(self.call("Requests.GetRequest", name=name).target, "/endless")
            self.call("Requests.CancelRequest", name=name)
            self.assertEqual(connection.getresponse().status, 503)
        with self.held_request() as (name, connection):
            cancelled = self.call("Requests.CancelRequests", filter='route = "/endless"')
            self.assertEqual(cancelled.cancelled_count, 1)
            self.assertEqual(connection.getresponse().status, 503)
        self.eventually(lambda: self.call("Requests.ListSlowRequests").requests)

    def connections(self):
        with self.held_request() as (name, connection):
            of_it = self.call("Requests.GetRequest", name=name).connection
            listed = self.call("Connections.ListConnections", page_size=1000).connections
            self.assertIn(of_it, [c.name for c in listed])
            self.call("Connections.CloseConnection", name=of_it)
            with self.assertRaises((http.client.HTTPException, OSError)):
                connection.getresponse()

    def crashes(self):
        for _ in range(3):
            self.assertEqual(self.server.get("/die")[0], 500)
        self.eventually(lambda: self.call("Crashes.ListQuarantine").entries)
        newest = self.call("Crashes.ListCrashes").crashes[0]
        crash = self.call("Crashes.GetCrash", name=newest.name)
        self.assertEqual(crash.kind, crash.EXCEPTION)
        self.assertIn("as fragile as", crash.exception_text)
        entry = self.call("Crashes.ListQuarantine").entries[0]
        self.assertEqual((entry.pool, entry.method, entry.deaths), ("pools/fragile", "GET", 3))
        self.call("Crashes.ReleaseQuarantine", name=entry.name)
        self.assertEqual(len(self.call("Crashes.ListQuarantine").entries), 0)

    def ledger(self):
        ledger = self.call("Ledger.GetLedger")
        self.assertGreater(ledger.accepted, 0)
        self.assert_adds_up(ledger)

    def config(self):
        before = self.call("Config.GetConfig").revision
        applied = self.call(
            "Config.ApplyConfig", assignments=["drain.delay=5s"], confirm_within="600s")
        self.assertEqual(applied.revision.number, before.number + 1)
        confirmed = self.call("Config.ConfirmConfig")
        self.assertEqual(confirmed.state, confirmed.CURRENT)
        difference = self.call("Config.DiffRevisions").changes
        self.assertEqual([change.path for change in difference], ["drain.delay"])
        back = self.call("Config.RollbackConfig")
        self.assertEqual(back.revision.etag, before.etag)
        newest = self.call("Config.ListRevisions").revisions[0]
        self.assertEqual(newest.source, newest.ROLLBACK)

    def stats(self):
        self.assertGreater(self.call("Stats.GetStats").ledger.accepted, 0)
        stream = self.call("Stats.WatchStats", interval="0.05s", read_mask="ledger.accepted")
        self.addCleanup(stream.cancel)
        self.assertLessEqual(next(stream).ledger.accepted, next(stream).ledger.accepted)
        self.assertEqual(self.first("Stats.WatchEvents", start_sequence=1).sequence, 1)

    def health(self):
        for answer in (self.call("Health.Check", service="fast"), self.first("Health.Watch")):
            self.assertEqual(answer.status, answer.SERVING)

    def channelz(self):
        server = self.call("Channelz.GetServers").server[0]
        self.assertGreater(self.call("Channelz.GetServer", server_id=server.ref.server_id)
                           .server.data.calls_started, 0)
        sockets = self.call("Channelz.GetServerSockets", server_id=server.ref.server_id)
        self.call("Channelz.GetSocket", socket_id=sockets.socket_ref[0].socket_id)
        self.call("Channelz.GetTopChannels")
        # There are none of these: the server calls nobody.
        for name, field in ("GetChannel", "channel_id"), ("GetSubchannel", "subchannel_id"):
            code = self.admin.code(f"Channelz.{name}", {field: 1 << 40})
            self.assertEqual(code, api.grpc.StatusCode.NOT_FOUND)

    def drain(self):
        self.call("Server.Drain", delay="600s", reason="test")
        status = self.first("Server.WatchDrain")
        self.assertEqual(status.step, status.DELAY)
        status = self.call("Server.Undrain")
        self.assertEqual(status.step, status.NONE)


if __name__ == "__main__":
    scene.program.main()
