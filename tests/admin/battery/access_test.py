"""Who may what: every way to call x every right, each with its exact code and its audit lines."""

import grp
import json
import os
import pathlib
import signal
import subprocess
import sys

import certificates
import grpc
import program
import scene

# One method for each right. The last names a file, which only administrators may.
RIGHTS = {
    "observe": "Ledger.GetLedger",
    "view": "Requests.ListRequests",
    "operate": "Server.ReopenLogs",
    "administer": "Config.ApplyConfig",
}
CHANGES = ("operate", "administer")

OK = "OK"
DENIED = "PERMISSION_DENIED"
UNKNOWN = "UNAUTHENTICATED"
NO_WAY = "UNAVAILABLE"  # no connection

# What each caller is answered, right by right.
ROWS = {
    "OBSERVER": (OK, DENIED, DENIED, DENIED),
    "VIEWER": (OK, OK, DENIED, DENIED),
    "OPERATOR": (OK, OK, OK, DENIED),
    "ADMIN": (OK, OK, OK, OK),
    "without role": (DENIED, DENIED, DENIED, DENIED),
    "unknown": (UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN),
    "cut off": (NO_WAY, NO_WAY, NO_WAY, NO_WAY),
}
ROLES = list(ROWS)[:4]

# FOLDER is the test's.
ADMIN = """
admin:
  socket: 'FOLDER/admin.sock'
  audit_file: 'FOLDER/audit.log'
  allowed_paths: ['FOLDER']
  failed_logins_per_second_max: 10000
"""
LOOPBACK = "  address: '127.0.0.1:0'\n"
EVERYWHERE = "  address: '0.0.0.0:0'\n"
TOKENS = "  tokens_file: 'FOLDER/tokens'\n"
OBSERVER_SOCKET = "  observer_socket: 'FOLDER/observer.sock'\n  observer_group: '{}'\n"
TLS = """
  tls:
    cert_file: 'FOLDER/server.crt'
    key_file: 'FOLDER/server.key'
    client_ca_file: 'FOLDER/ca.crt'
    clients: [{name: OBSERVER, role: OBSERVER}, {name: VIEWER, role: VIEWER},
              {name: OPERATOR, role: OPERATOR}, {name: ADMIN, role: ADMIN}]
"""
NOBODY = 65534


def token_of(role, edition="first"):
    return f"{role}-of-the-{edition}-edition"


class Matrix(scene.Case):
    def setUp(self):
        super().setUp()
        self.folder.chmod(0o755)  # so that it is the sockets that let nobody in
        self.audit_file = self.folder / "audit.log"
        self.seen = 0  # lines of it
        self.pages = 0

    def serve_with(self, *settings):
        """With these lines below `admin`."""
        base = [line for line in scene.CONFIG.splitlines(True) if not line.startswith("admin:")]
        self.server = self.serve("".join(base) + ADMIN + "".join(settings))
        self.port = self.server.process.stdout.readline().rpartition(":")[2].strip()
        self.schema = self.api().schema

    def caller(self, target=None, **options):
        """Calls a method for each right; the codes' names."""
        client = self.api(target or f"127.0.0.1:{self.port}", schema=self.schema, **options)
        return lambda: [
            client.code(method, self.request_for(right)).name for right, method in RIGHTS.items()
        ]

    def request_for(self, right):
        if right != "administer":
            return {}
        self.pages += 1  # so that each is a change
        page = self.write(f"page-{self.pages}.html", "a page")
        values = {"statuses": 404, "file": page}
        return {"assignments": [f"error_pages[0].{key}={v}" for key, v in values.items()]}

    def outsider(self, name, group=NOBODY, groups=()):
        """The same of another user, over the socket of that name."""
        methods = ["/troupe.admin.v1." + method.replace(".", "/") for method in RIGHTS.values()]
        source = pathlib.Path(__file__).with_name("outsider.py").read_text()
        command = [sys.executable, "-c", source, f"unix:{self.folder}/{name}", *methods]
        options = {"user": NOBODY, "group": group, "extra_groups": groups, "cwd": "/"}
        return lambda: subprocess.run(
            command, stdout=subprocess.PIPE, text=True, check=True, **options
        ).stdout.split()

    def expect(self, row, who, call):
        with self.subTest(row=row, who=who):
            self.assertEqual(tuple(call()), ROWS[row])
            self.assertEqual(self.new_audit_lines(), self.audit_of(row, who))

    def audit_of(self, row, who):
        """(event, who, method, code) of the lines that these calls must leave."""
        lines = []
        for (right, method), code in zip(RIGHTS.items(), ROWS[row]):
            path = "/troupe.admin.v1." + method.replace(".", "/")
            begun = right in CHANGES and (code == OK or (row, right) == ("OPERATOR", "administer"))
            if begun:
                lines += [("before", who, path, None), ("after", None, None, code)]
            elif code not in (OK, NO_WAY):
                lines.append(("refused", who, path, code))
        return lines

    def new_audit_lines(self):
        lines = list(map(json.loads, self.audit_file.read_text().splitlines()))
        new, self.seen = lines[self.seen :], len(lines)
        return [tuple(map(line.get, ("event", "who", "method", "code"))) for line in new]

    def write_tokens(self, *editions):
        lines = [f"{r}:{r}:{token_of(r, edition)}\n" for r in ROLES for edition in editions]
        path = self.write("tokens", "".join(lines))
        path.chmod(0o600)

    def reload(self):
        self.server.signal(signal.SIGHUP)
        lines = []

        def is_over():
            lines.extend(self.new_audit_lines())
            return len(lines) == 2

        self.eventually(is_over, lines)
        self.assertEqual(lines, [("before", "signal", "SIGHUP", None), ("after", None, None, OK)])

    def expect_tokens(self, edition="first", **options):
        for role in ROLES:
            token = token_of(role, edition)
            self.expect(role, f"token {role}", self.caller(token=token, **options))

    def test_sockets(self):
        group = grp.getgrgid(os.getegid() if os.geteuid() else 1)  # another one, if that may be
        self.serve_with(LOOPBACK, OBSERVER_SOCKET.format(group.gr_name))
        observer_socket = f"unix:{self.folder}/observer.sock"
        self.expect("ADMIN", "socket owner", self.caller(self.socket))
        self.expect("unknown", "unknown", self.caller(self.socket, token="guess" * 5))
        self.expect("OBSERVER", "observer socket", self.caller(observer_socket))
        if os.geteuid() != 0:
            self.skipTest("calling as other users needs root")
        self.expect("cut off", "nobody", self.outsider("admin.sock"))
        self.expect("cut off", "nobody", self.outsider("observer.sock"))
        member = self.outsider("observer.sock", groups=[group.gr_gid])
        self.expect("OBSERVER", "observer socket", member)
        self.expect("cut off", "nobody", self.outsider("admin.sock", groups=[group.gr_gid]))

    def test_tokens_on_loopback(self):
        self.write_tokens("first")
        self.serve_with(LOOPBACK, TOKENS)
        self.expect_tokens()
        self.expect("OBSERVER", "anybody on this machine", self.caller())
        self.expect("unknown", "unknown", self.caller(token="guess" * 5))

    def test_tokens_beyond_loopback(self):
        self.write_tokens("first")
        self.serve_with(EVERYWHERE, TOKENS)
        self.expect_tokens()
        self.expect("unknown", "unknown", self.caller())
        self.expect("unknown", "unknown", self.caller(token="guess" * 5))

    def test_tokens_are_rotated(self):
        self.write_tokens("first")
        self.serve_with(EVERYWHERE, TOKENS)
        old = self.caller(token=token_of("ADMIN"))
        self.expect("ADMIN", "token ADMIN", old)
        self.write_tokens("first", "second")
        self.reload()
        self.expect("ADMIN", "token ADMIN", old)
        self.expect_tokens("second")
        self.write_tokens("second")
        self.reload()
        self.expect("unknown", "unknown", old)
        self.expect_tokens("second")

    def test_certificates(self):
        authority = certificates.Authority(self.folder, "ca")
        for name in ("server", "unlisted", *ROLES):
            authority.sign(name)
        authority.sign("late", days=0)
        certificates.Authority(self.folder, "stranger").sign("forged")
        self.write_tokens("first")
        self.serve_with(EVERYWHERE, TOKENS, TLS)
        for role in ROLES:
            self.expect(role, f"certificate {role}", self.caller(credentials=self.showing(role)))
        unlisted = self.caller(credentials=self.showing("unlisted"))
        self.expect("without role", "unknown", unlisted)
        self.expect("unknown", "unknown", self.caller(credentials=self.showing(None)))
        self.expect_tokens(credentials=self.showing(None))
        self.expect("cut off", "nobody", self.caller(credentials=self.showing("late")))
        self.expect("cut off", "nobody", self.caller(credentials=self.showing("forged")))
        self.expect("cut off", "nobody", self.caller(token=token_of("ADMIN")))  # without TLS

    def showing(self, name):
        """Credentials of a caller with that certificate."""
        read = lambda file: (self.folder / file).read_bytes()  # noqa: E731
        own = (read(f"{name}.key"), read(f"{name}.crt")) if name else (None, None)
        return grpc.ssl_channel_credentials(read("ca.crt"), *own)


if __name__ == "__main__":
    program.main()
