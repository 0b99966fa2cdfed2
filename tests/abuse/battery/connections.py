"""Connections that end early, or are too many."""

import time

from battery.client import GET, Client, post
from battery.scene import MEBIBYTE, Case, eventually, expect

CONNECTIONS_MAX = 100  # what the case of the flood sets
CROWD = 1000


def half_close_behind_a_request(scene):
    with scene.clients(50) as clients:
        for client in clients:
            client.send(GET.replace(b"/text", b"/slow"))
            client.half_close()
        for client in clients:
            expect(client.status() == 200, "a client that only ended its side is not answered")
            expect(client.closed(), "the connection goes on")


def half_close_inside_a_request(scene):
    for part in (b"GET /te", GET[:-2], post(5), post(5) + b"hell"):
        with scene.clients(20) as clients:
            for client in clients:
                client.send(part)
                client.half_close()
            for client in clients:
                expect(client.status() == 400, f"behind {part!r} no 400")
                expect(client.closed(), "the connection goes on")


def reset_inside_an_answer(scene):
    body = 500_000 * b"a"
    for _ in range(100):
        client = scene.client(buffer_bytes=4096)
        client.send(post(len(body), "/echo?body") + body)
        expect(len(client.drain(limit=1000)) >= 1000, "no answer begins")
        client.reset()
    for _ in range(200):
        client = scene.client()
        client.send(GET.replace(b"/text", b"/slow"))
        client.reset()


def reset_inside_an_upload(scene):
    for size in range(0, 50_000, 100):
        client = scene.client()
        client.send(post(100_000) + size * b"a")
        client.reset()


def flood_beyond_the_connection_limit(scene):
    """Beyond the limit connections wait; as others leave they are served."""
    with scene.clients(3 * CONNECTIONS_MAX) as clients:
        for client in clients:
            client.send(GET)
        served = [client for client in clients if is_served(client)]
        expect(
            0 < len(served) <= CONNECTIONS_MAX,
            f"{len(served)} are served at once, with a limit of {CONNECTIONS_MAX}",
        )
        for client in served:
            client.socket.close()
        rest = [client for client in clients if client not in served]
        expect(
            eventually(lambda: any(map(is_served, rest))), "nobody is served when others have left"
        )


def is_served(client):
    client.socket.settimeout(0.02)
    try:
        return client.status() == 200
    except (TimeoutError, OSError):
        return False


def descriptors_exhausted(scene):
    """64 descriptors and 200 clients: accepting pauses without a busy loop, and goes on as soon as
    it can.
    """
    with scene.clients(200) as clients:
        for client in clients:
            client.send(GET)
        time.sleep(0.5)
        share = scene.cpu_share(3)
        expect(share < 0.05, f"{100 * share:.0f} % of a processor while exhausted")
        served = [client for client in clients if is_served(client)]
        expect(served, "nobody is served")
    with scene.client() as client:
        client.send(GET)
        expect(client.status() == 200, "not served when the others have left")


def ten_thousand_connections_dropped(scene):
    for _ in range(100):
        with scene.clients(100):
            pass


def drip_stall_and_vanish(scene):
    """1,000 send a byte a second, 1,000 never read, 1,000 vanish inside a request."""
    with scene.clients(CROWD) as drippers, scene.clients(CROWD, buffer_bytes=4096) as stalled:
        for client in stalled:
            client.send(post(60_000, "/echo?body") + 60_000 * b"a")
        for number in range(CROWD):
            vanish(scene, number)
        head = GET[:-2]
        for second in range(4):
            for client in drippers:
                client.send(head[second : second + 1])
            time.sleep(1)


def vanish(scene, number):
    client = Client(scene.address)
    client.send(GET[: number % len(GET)])
    client.reset() if number % 2 else client.socket.close()


CASES = [
    Case(half_close_behind_a_request),
    Case(half_close_inside_a_request),
    Case(reset_inside_an_answer, resident_growth_max=24 * MEBIBYTE),
    Case(reset_inside_an_upload),
    Case(
        flood_beyond_the_connection_limit,
        settings=(f"limits.connections_max={CONNECTIONS_MAX}",),
        fresh_connections=False,
    ),
    Case(descriptors_exhausted, descriptors_max=64, fresh_connections=False),
    Case(ten_thousand_connections_dropped),
    Case(
        drip_stall_and_vanish,
        settings=("http[0].send_buffer_bytes=16KiB",),
        # What the allocator keeps of a flood; 1,000 outputs that leak would be 250 MiB.
        resident_growth_max=160 * MEBIBYTE,
    ),
]
