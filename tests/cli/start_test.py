"""What keeps trouped from starting is one sentence that says what to do, and exit code 2."""

import os
import resource
import shutil
import socket

import program


class Start(program.Case):
    def refuses(self, result, *parts):
        self.assertEqual(result.returncode, 2, result)
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        for part in parts:
            self.assertIn(part, result.stderr)

    def test_second_server_on_the_same_port(self):
        server = self.start()
        address = "{}:{}".format(*server.address)
        result = program.run("--http", address)
        self.refuses(result, f"{address} is in use by another process", "--http")
        self.assertEqual(server.get(), (200, "ok"))

    def test_service_manager_hears_when_it_serves(self):
        for name in (str(self.folder / "notify"), f"@troupe-test-{os.getpid()}"):
            with self.subTest(name), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
                manager.bind(name.replace("@", "\0", 1))
                manager.settimeout(program.PATIENCE)
                server = self.start(env={**os.environ, "NOTIFY_SOCKET": name})
                self.assertEqual(manager.recv(100), b"READY=1")
                self.assertEqual(server.get(), (200, "ok"))

    def test_address_of_another_machine(self):
        self.refuses(program.run("--http", "192.0.2.1:8080"), "192.0.2.1:8080", "no address of")

    def test_too_few_descriptors_for_the_configured_connections(self):
        def few():
            resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))

        result = program.run("--set", "limits.connections_max=1000", preexec_fn=few)
        self.refuses(result, "limits.connections_max", "256", "ulimit -n")

    def test_soft_descriptor_limit_is_raised(self):
        def low():
            _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
            resource.setrlimit(resource.RLIMIT_NOFILE, (64, hard))

        server = self.start(preexec_fn=low)
        soft, hard = resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)
        self.assertEqual(soft, hard)

    def test_port_that_needs_a_right(self):
        with open("/proc/sys/net/ipv4/ip_unprivileged_port_start", encoding="ascii") as file:
            if int(file.read()) <= 80:
                self.skipTest("any user may bind port 80 here")
        result = self.run_without_rights("--http", "127.0.0.1:80")
        self.refuses(result, "127.0.0.1:80 may not be bound", "CAP_NET_BIND_SERVICE")

    def run_without_rights(self, *arguments):
        if os.geteuid() != 0:
            return program.run(*arguments)
        if not shutil.which("setpriv"):
            self.skipTest("as root, this needs setpriv")
        binary = program.BINARY
        program.BINARY = "setpriv"
        try:
            return program.run("--bounding-set=-all", "--inh-caps=-all", binary, *arguments)
        finally:
            program.BINARY = binary

    def test_nothing_listens_when_another_listener_is_refused(self):
        with socket.socket() as taken, socket.socket() as probe:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            probe.bind(("127.0.0.1", 0))
            free = probe.getsockname()[1]
            probe.close()
            port = taken.getsockname()[1]
            self.refuses(
                program.run("--http", f"127.0.0.1:{free}", "--http", f"127.0.0.1:{port}"),
                f"127.0.0.1:{port} is in use",
            )

    def test_banner_says_where_how_much_and_what_to_try(self):
        server = self.start()
        banner = [server.process.stdout.readline() for _ in range(8)]
        text = "".join(banner)
        for part in ("fast, slow, endless", "reactors  2", "connections", "curl http://127.0.0.1:"):
            self.assertIn(part, text)


if __name__ == "__main__":
    program.main()
