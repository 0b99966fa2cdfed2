"""A series of changes of the configuration, and what of it must be there after the server died."""

import grpc

FIRST = 1 << 20  # bytes, the default of the limit that is changed


class Editor:
    """Raises one limit step by step; every third step has to be confirmed.

    After a crash the value in effect must be `kept`: acknowledged, and confirmed where that was
    asked for. It may be `begun`: the acknowledgement was still to come.
    """

    def __init__(self):
        self.kept = self.begun = FIRST
        self.acknowledged = 0

    def edit(self, admin):
        """One step. Raises grpc.RpcError when the server dies before it is acknowledged."""
        value = self.begun + 1
        request = {"assignments": [f"limits.body_bytes_max={value}"]}
        if value % 3:
            self.begun = value
            admin.call("Config.ApplyConfig", request)
        else:
            admin.call("Config.ApplyConfig", {**request, "confirm_within": "600s"})
            self.begun = value
            admin.call("Config.ConfirmConfig")
        self.kept = value
        self.acknowledged += 1

    def edit_until_it_dies(self, admin):
        try:
            while True:
                self.edit(admin)
        except grpc.RpcError as error:
            if error.code() != grpc.StatusCode.UNAVAILABLE:
                raise

    def take_up(self, admin):
        """Goes on from what the server has in effect, once it is found to be right."""
        value = admin.call("Config.GetConfig").config.limits.body_bytes_max
        if value not in (self.kept, self.begun):
            raise AssertionError(f"{value} is in effect, not {self.kept} or {self.begun}")
        self.kept = self.begun = value


def forget_short_starts(state):
    """As ten seconds of serving would: after three starts that end sooner, the revision before the
    last is used."""
    (state / "starts").unlink(missing_ok=True)
