"""What scanners and fools send to the admin plane harms nothing: it and HTTP are served on, and no
connection or memory stays behind."""

import contextlib
import socket
import ssl

import api
import grpc
import program
import scene

HEADS = (
    b"GET / HTTP/1.1\r\nHost: h\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # the begin of a TLS handshake
    b"SSH-2.0-OpenSSH_9.2\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",  # HTTP/2, up to here
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\xff\xff\xff\x00\x00\x00\x00\x00\x00",  # a frame of 16 MiB
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x05\xff\xff\xff\xff",
    b"",
)
RANDOM_BYTES = 4096
CONNECTIONS = 300


class Scanner(scene.Case):
    def setUp(self):
        super().setUp()
        self.server = self.serve()
        self.port = int(self.server.process.stdout.readline().rpartition(":")[2])
        self.admin = self.api()
        self.luck = scene.seeded("garbage")

    def open_port(self):
        return socket.create_connection(("127.0.0.1", self.port), program.PATIENCE)

    def open_socket(self):
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(str(self.folder / "admin.sock"))
        return connection

    def descriptors(self):
        return self.admin.call("Stats.GetStats").descriptors

    def check_all_is_served(self):
        self.assertEqual(self.server.get(), (200, "ok"))
        with contextlib.closing(api.Api(self.socket, schema=self.admin.schema)) as newcomer:
            self.assertEqual(newcomer.code("Ledger.GetLedger").name, "OK")
        self.assertIsNone(self.server.process.poll())

    def test_garbage_harms_nothing(self):
        before = self.descriptors()
        for open_one in (self.open_port, self.open_socket):
            for head in HEADS:
                with contextlib.closing(open_one()) as connection:
                    with contextlib.suppress(ConnectionError):
                        connection.sendall(head + self.luck.randbytes(RANDOM_BYTES))
                        connection.shutdown(socket.SHUT_WR)
                self.check_all_is_served()
        self.eventually(lambda: self.descriptors() <= before)

    def test_a_tls_handshake_with_a_port_without_tls_is_refused(self):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with self.assertRaises(OSError), self.open_port() as connection:
            context.wrap_socket(connection)
        self.check_all_is_served()

    def test_many_silent_connections_keep_nobody_out(self):
        before = self.descriptors()
        with contextlib.ExitStack() as stack:
            for _ in range(CONNECTIONS):
                stack.enter_context(self.open_port())
            self.check_all_is_served()
        self.eventually(lambda: self.descriptors() <= before)

    def test_calls_beyond_the_limits_are_refused(self):
        big = {"assignments": ["x" * (5 << 20)]}
        self.assertEqual(self.admin.code("Config.ApplyConfig", big).name, "RESOURCE_EXHAUSTED")
        fat = self.api(schema=self.admin.schema, token="x" * (32 << 10))
        self.assertEqual(fat.code("Ledger.GetLedger").name, "RESOURCE_EXHAUSTED")
        self.check_all_is_served()

    def test_methods_and_messages_that_there_are_not_are_refused(self):
        for method, message in (
            ("Ledger/DropLedger", b""),
            ("None/GetLedger", b""),
            ("Config/ApplyConfig", b"\xff" * 9),
        ):
            with self.subTest(method), self.assertRaises(grpc.RpcError) as refused:
                call = self.admin.channel.unary_unary(f"/troupe.admin.v1.{method}")
                call(message, timeout=program.PATIENCE)
            self.assertEqual(refused.exception.code().name, "UNIMPLEMENTED")
        self.assertEqual(self.admin.call("Config.GetConfig").revision.number, 1)
        self.check_all_is_served()


if __name__ == "__main__":
    program.main()
