"""Eight writers change one value 1,000 times in all: none overwrites what it has not seen."""

import random
import threading
import time

import grpc
import program
import scene

WRITERS = 8
UPDATES = 125  # of each
POOL_UPDATES = 20
BACK_OFF = 0.03  # seconds at most after a refusal, so that not all of them work in vain


class Writers(scene.Case):
    def setUp(self):
        super().setUp()
        self.server = self.serve()
        self.admin = self.api()
        self.stale = []  # one for each change that was refused, by whom
        self.problems = []

    def update(self, number):
        """Changes that are each made of what was read, and again where somebody was faster."""
        admin, luck = self.api(schema=self.admin.schema), random.Random(number)
        done = 0
        while done < UPDATES:
            view = admin.call("Config.GetConfig")
            value = view.config.limits.body_bytes_max + 1
            request = {
                "assignments": [f"limits.body_bytes_max={value}"],
                "etag": view.revision.etag,
                "reason": f"writer {number}",
            }
            code = admin.code("Config.ApplyConfig", request)
            if code == grpc.StatusCode.ABORTED:
                self.stale.append(number)
                time.sleep(luck.uniform(0, BACK_OFF))
            elif code == grpc.StatusCode.OK:
                done += 1
            else:
                self.problems.append(code)
                return

    def test_lose_no_update_and_leave_no_gap(self):
        first = self.admin.call("Config.GetConfig")
        threads = [threading.Thread(target=self.update, args=(n,)) for n in range(WRITERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(self.problems, [])
        self.assertGreater(len(self.stale), 0, "nobody met anybody")
        self.check(first)
        self.server.kill()
        self.serve()
        self.admin = self.api(schema=self.admin.schema)
        self.check(first)

    def update_pool(self, number):
        admin, done = self.api(schema=self.admin.schema), 0
        while done < POOL_UPDATES:
            pool = admin.call("Pools.GetPool", {"name": "pools/slow"})
            wanted = {"name": pool.name, "queue_max": pool.queue_max + 1, "etag": pool.etag}
            code = admin.code("Pools.UpdatePool", {"pool": wanted})
            if code == grpc.StatusCode.OK:
                done += 1
            elif code != grpc.StatusCode.ABORTED:
                self.problems.append(code)
                return

    def test_of_a_pool_lose_none_either(self):
        before = self.admin.call("Pools.GetPool", {"name": "pools/slow"}).queue_max
        threads = [threading.Thread(target=self.update_pool, args=(n,)) for n in range(WRITERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(self.problems, [])
        after = self.admin.call("Pools.GetPool", {"name": "pools/slow"}).queue_max
        self.assertEqual(after, before + WRITERS * POOL_UPDATES)

    def check(self, first):
        last = self.admin.call("Config.GetConfig")
        total = WRITERS * UPDATES
        before = first.config.limits.body_bytes_max
        self.assertEqual(last.config.limits.body_bytes_max, before + total)
        self.assertEqual(last.revision.number, first.revision.number + total)
        history = self.history()
        numbers = [revision.number for revision in history]
        self.assertEqual(numbers, list(range(last.revision.number, 0, -1)))
        for revision in history[:-1]:
            self.assertEqual(revision.parent, revision.number - 1, "made of what it replaced")
        for number in range(WRITERS):
            made = [r for r in history if r.reason == f"writer {number}"]
            self.assertEqual(len(made), UPDATES)

    def history(self):
        """Newest first, page by page."""
        revisions, token = [], ""
        while True:
            answer = self.admin.call("Config.ListRevisions", {"page_token": token})
            revisions += answer.revisions
            token = answer.next_page_token
            if not token:
                return revisions

    def test_a_stale_etag_is_refused_and_changes_nothing(self):
        stale = self.admin.call("Config.GetConfig").revision.etag
        self.ctl("config", "apply", "--set", "drain.delay=1s")
        before = self.admin.call("Config.GetConfig")
        for method, request in (
            ("Config.ApplyConfig", {"assignments": ["drain.delay=2s"], "etag": stale}),
            ("Config.RollbackConfig", {"name": "revisions/1", "etag": stale}),
            ("Pools.UpdatePool", {"pool": {"name": "pools/slow", "queue_max": 5, "etag": "x"}}),
        ):
            self.assertEqual(self.admin.code(method, request), grpc.StatusCode.ABORTED, method)
        self.assertEqual(self.admin.call("Config.GetConfig"), before)
        self.ctl("config", "apply", "--set", "drain.delay=2s", "--etag", stale, code=4)


if __name__ == "__main__":
    program.main()
