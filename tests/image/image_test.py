"""The image as a cluster runs it: read-only, as its own user, without capabilities or a shell.

usage: image_test.py ROOT IMAGE_JSON [unittest's arguments]

ROOT is where the image is mounted, IMAGE_JSON what buildah's inspect says of it. To be run as root
in a mount and a network namespace of its own, which is left as it then is.
"""

import contextlib
import fcntl
import http.client
import json
import os
import pathlib
import signal
import socket
import struct
import subprocess
import sys
import unittest

SIZE_MAX = 130_000_000
PATIENCE = 30.0
ELSEWHERE = "127.0.0.2"  # an address of the loopback device besides the usual one
ROOT = pathlib.Path()  # both set by main()
CONFIG = {}


def mount(*arguments):
    subprocess.run(["mount", *map(str, arguments)], check=True)


def prepare():
    """Makes the namespaces look like a pod's."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        up = struct.pack("16sh14x", b"lo", 1)
        fcntl.ioctl(any_socket, 0x8914, up)  # SIOCSIFFLAGS, IFF_UP
    mount("--bind", ROOT, ROOT)
    mount("-t", "proc", "proc", ROOT / "proc")
    mount("--rbind", "/dev", ROOT / "dev")
    # As the kubelet makes an emptyDir for a pod with that fsGroup.
    mount("-t", "tmpfs", "-o", f"mode=2777,gid={group()}", "tmpfs", ROOT / "run/troupe")
    for shell in ("bash", "dash"):
        mount("--bind", "/dev/null", ROOT / "usr/bin" / shell)
    mount("-o", "remount,bind,ro", ROOT)


def user():
    return CONFIG["User"].partition(":")[0]


def group():
    return CONFIG["User"].partition(":")[2]


def inside(*command):
    """`command` in the image, with the rights that a restricted pod has."""
    return [
        "chroot", str(ROOT), "/usr/bin/setpriv", f"--reuid={user()}", f"--regid={group()}",
        "--clear-groups", "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs", *command,
    ]


def run(*command):
    environment = dict(entry.split("=", 1) for entry in CONFIG["Env"])
    return subprocess.run(inside(*command), env=environment, capture_output=True, text=True,
                          timeout=PATIENCE, check=False)


def get(port, path, host=ELSEWHERE):
    with contextlib.closing(http.client.HTTPConnection(host, port, timeout=PATIENCE)) as client:
        client.request("GET", path)
        return client.getresponse().status


def answers(port, host):
    try:
        socket.create_connection((host, port), timeout=PATIENCE).close()
    except ConnectionRefusedError:
        return False
    return True


class Size(unittest.TestCase):
    def test_is_within_what_was_promised(self):
        device, seen = os.lstat(ROOT).st_dev, {}
        for folder, subfolders, names in os.walk(ROOT):
            entries = {name: os.lstat(os.path.join(folder, name)) for name in names + subfolders}
            own = {name: s for name, s in entries.items() if s.st_dev == device}
            subfolders[:] = [name for name in subfolders if name in own]
            seen.update((s.st_ino, s.st_size) for s in own.values())
        print(f"unpacked: {sum(seen.values()) / 1e6:.1f} MB", file=sys.stderr)
        self.assertLess(sum(seen.values()), SIZE_MAX)


class Image(unittest.TestCase):
    def setUp(self):
        command = inside(*CONFIG["Entrypoint"], *CONFIG["Cmd"])
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.process.stdout.close)
        self.addCleanup(self.process.wait)
        self.addCleanup(self.process.kill)
        # What it prints once all of it is open.
        self.assertIn("serves HTTP", self.process.stdout.readline())

    def test_serves_http_and_health_on_all_addresses(self):
        self.assertEqual(get(8080, "/"), 200)
        for path in ("/livez", "/readyz", "/startupz", "/metrics"):
            self.assertEqual(get(9902, path), 200, path)

    def test_is_administered_through_socket_and_loopback_only(self):
        self.assertTrue((ROOT / "run/troupe/admin.sock").is_socket())
        self.assertTrue(answers(9901, "127.0.0.1"))
        self.assertFalse(answers(9901, ELSEWHERE))

    def test_is_healthy_to_its_healthcheck(self):
        kind, *command = CONFIG["Healthcheck"]["Test"]
        self.assertEqual(kind, "CMD")  # CMD-SHELL would need a shell
        done = run(*command)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_runs_without_rights(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
        self.assertEqual(fields["Uid"].split(), ["65532"] * 4)
        self.assertEqual(fields["Gid"].split(), ["65532"] * 4)
        for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
            self.assertEqual(int(fields[name], 16), 0, name)
        self.assertEqual(fields["NoNewPrivs"], "1")

    def test_can_write_nowhere_but_in_its_folder(self):
        for path, expected in (("/run/troupe/x", 0), ("/etc/troupe/x", 1), ("/var/tmp/x", 1)):
            self.assertEqual(run("/usr/bin/touch", path).returncode, expected, path)

    def test_gets_the_signal_itself_and_drains(self):
        os.kill(self.process.pid, signal.SIGTERM)
        self.assertEqual(self.process.wait(PATIENCE), 0)


def main():
    global ROOT, CONFIG
    root, image = sys.argv[1:3]
    del sys.argv[1:3]
    ROOT = pathlib.Path(root)
    CONFIG = json.loads(pathlib.Path(image).read_text())["Docker"]["config"]
    prepare()
    unittest.main()


if __name__ == "__main__":
    main()
