"""kill -9 at 200 random moments of a series of changes: each time the last revision that was
acknowledged, and confirmed where it had to be, is in effect after the restart."""

import concurrent.futures
import contextlib
import pathlib
import random
import tempfile
import threading

import api
import changes
import program
import scene

KILLS = 200
LANES = 4  # servers side by side
MOMENT = 0.03  # seconds, within which the kill comes


class Lane:
    """One server after the other in one folder, and what they must not forget."""

    def __init__(self, folder, luck):
        self._folder = pathlib.Path(folder)
        self._luck = luck
        self._editor = changes.Editor()
        self._schema = None

    def play(self, kills):
        """How many changes were acknowledged."""
        with self._server() as (_, admin):
            self._editor.edit(admin)
        for _ in range(kills):
            with self._server() as (server, admin):
                self._editor.take_up(admin)
                self._editor.edit(admin)
                moment = self._luck.uniform(0, MOMENT)
                threading.Timer(moment, server.process.kill).start()
                self._editor.edit_until_it_dies(admin)
        with self._server() as (_, admin):
            self._editor.take_up(admin)
        return self._editor.acknowledged

    @contextlib.contextmanager
    def _server(self):
        changes.forget_short_starts(self._folder / "state")
        path = self._folder / "trouped.yaml"
        path.write_text(scene.CONFIG.replace("FOLDER", str(self._folder)))
        with program.Running(self._folder, ["--config", path]) as server:
            admin = api.Api(f"unix:{self._folder}/admin.sock", schema=self._schema)
            with contextlib.closing(admin):
                self._schema = admin.schema
                yield server, admin


class KillNine(scene.Case):
    def test_brings_back_the_last_acknowledged_revision_200_times(self):
        luck = scene.seeded("kill -9")
        lanes = [
            Lane(self.enterContext(tempfile.TemporaryDirectory()), random.Random(luck.random()))
            for _ in range(LANES)
        ]
        with concurrent.futures.ThreadPoolExecutor(LANES) as pool:
            acknowledged = pool.map(lambda lane: lane.play(KILLS // LANES), lanes)
        self.assertGreater(sum(acknowledged), KILLS)


if __name__ == "__main__":
    program.main()
