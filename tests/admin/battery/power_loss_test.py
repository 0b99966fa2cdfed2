"""A loss of power at each sync of a series of changes, before it and after it: what was not synced
is gone, and the last revision that was acknowledged, and confirmed where it had to be, is in effect
after the restart. See power_loss.cc for how it is known what is left."""

import os
import shutil

import changes
import program
import scene

# Syncs from the start of the first server on. A start that finds nothing takes a few, a change two,
# a confirmed one four: about ten changes.
FIRST, LAST = 1, 20


class PowerLoss(scene.Case):
    def setUp(self):
        super().setUp()
        self.live = self.folder / "live"  # the root of what is lost
        self.kept = self.folder / "kept"
        self.config = scene.CONFIG.replace("FOLDER/state", "FOLDER/live/state")
        self.schema = self.learn()

    def learn(self):
        self.begin_anew()
        with self.server():
            return self.api().schema

    def begin_anew(self):
        for folder in (self.live, self.kept):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()

    def server(self, **variables):
        path = self.write("trouped.yaml", self.config.replace("FOLDER", str(self.folder)))
        environment = {**os.environ, **variables}
        return program.Running(self.folder, ["--config", path], env=environment)

    def play_until(self, sync, after):
        """What was acknowledged until power was lost."""
        editor = changes.Editor()
        variables = {
            "LD_PRELOAD": str(scene.built("tests", "admin", "battery", "power_loss.so")),
            "POWER_LOSS_ROOT": str(self.live),
            "POWER_LOSS_KEPT": str(self.kept),
            "POWER_LOSS_AT": str(sync),
            "POWER_LOSS_AFTER": str(int(after)),
        }
        try:
            server = self.server(**variables)
        except AssertionError:
            return editor  # it was lost while the server started
        with server:
            editor.edit_until_it_dies(self.api(schema=self.schema))
        return editor

    def lose_what_was_not_synced(self, entries_are_written):
        """With `entries_are_written` names are on the disk, as file systems may write them at any
        time, while the content of files is what was synced."""
        lost = self.folder / "lost"
        self.live.rename(lost)
        self.restore(lost, self.live, entries_are_written)
        shutil.rmtree(lost)

    def restore(self, lost, folder, entries_are_written):
        folder.mkdir(mode=0o700)
        for inode, name in self.entries(lost, entries_are_written):
            if (lost / name).is_dir():
                self.restore(lost / name, folder / name, entries_are_written)
            else:
                synced = self.kept / f"file-{inode}"
                (folder / name).write_bytes(synced.read_bytes() if synced.exists() else b"")

    def entries(self, folder, as_they_are):
        """(inode, name) of what is in a folder, or was when it was synced."""
        if as_they_are:
            return [(entry.inode(), entry.name) for entry in os.scandir(folder)]
        synced = self.kept / f"folder-{folder.stat().st_ino}"
        lines = synced.read_text().splitlines() if synced.exists() else []
        return [line.split(" ", 1) for line in lines]

    def test_keeps_what_was_acknowledged_at_every_sync(self):
        acknowledged = 0
        for sync in range(FIRST, LAST + 1):
            for after in (False, True):
                written = bool(sync % 2) == after
                with self.subTest(sync=sync, after=after, entries_are_written=written):
                    self.begin_anew()
                    editor = self.play_until(sync, after)
                    acknowledged += editor.acknowledged
                    self.lose_what_was_not_synced(written)
                    with self.server():
                        editor.take_up(self.api(schema=self.schema))
        self.assertGreater(acknowledged, LAST)


if __name__ == "__main__":
    program.main()
