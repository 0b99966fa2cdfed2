"""The servers that are compared: how each is started, what it can do, which packages it needs.

Each answers GET /health with "ok"; where it can, GET /slow with "ok" after 100 ms, POST /echo with
the body as it came, 404 for other paths and 405 for other methods.
"""

import os
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

BENCH = Path(__file__).resolve().parent.parent
PEERS = BENCH / "peers"
PYTHON = "/usr/bin/python3"  # the distribution's, which has the packages

KEEP_ALIVE = "keep-alive"  # a connection serves more than one request
PIPELINE = "pipelining"  # requests sent ahead of the answers
ERRORS = "404 and 405"
SLOW = "thousands of handlers waiting at once"
ECHO = "echoing a body"

STATIC = frozenset({KEEP_ALIVE, PIPELINE, ERRORS})
ALL = STATIC | {SLOW, ECHO}


@dataclass(frozen=True)
class Peer:
    name: str
    title: str
    abilities: frozenset
    command: Callable  # Server -> argv
    missing: Callable  # () -> what is missing, or None
    version: tuple = ()  # a command that prints it
    packages: tuple = ()
    build: Callable = lambda online: None  # makes what is not packaged, as far as that goes
    warmup_s: float = 0.2  # longer where code is compiled while it runs
    connections_max: int = (
        19000  # what it can be configured for where 20,000 descriptors are allowed
    )


def _template(name):
    """Writes peers/`name`, filled in, into the server's directory and returns the path."""

    def write(server):
        text = (PEERS / name).read_text()
        for key, value in {"PORT": server.port, "DIRECTORY": server.directory}.items():
            text = text.replace(f"@{key}@", str(value))
        path = server.directory / name
        path.write_text(text)
        return str(path)

    return write


def _files(*paths):
    """What to find: absolute paths, and programs."""

    def missing():
        for path in map(str, paths):
            if not (Path(path).exists() if path.startswith("/") else shutil.which(path)):
                return f"{path} is not there"
        return None

    return missing


def _modules(*names):
    def missing():
        run = subprocess.run(
            [PYTHON, "-c", "import " + ", ".join(names)], capture_output=True, text=True
        )
        return run.stderr.strip().splitlines()[-1] if run.returncode else None

    return missing


def _all_of(*missing):
    return lambda: next((why for each in missing if (why := each())), None)


def _module_version(name):
    return (PYTHON, "-c", f"from importlib.metadata import version; print(version('{name}'))")


def _gunicorn(worker, *options, abilities=ALL, modules=()):
    def command(server, address=None):
        return [
            "/usr/bin/gunicorn",
            "--bind",
            address or f"127.0.0.1:{server.port}",
            "--backlog",
            "4096",
            "--workers",
            "1",
            "--worker-class",
            worker,
            "--keep-alive",
            "75",
            "--timeout",
            "120",
            "--worker-tmp-dir",
            "/dev/shm",
            *options,
            "--chdir",
            str(PEERS / "python"),
            "flask_app:app",
        ]

    return Peer(
        f"gunicorn-{worker}",
        f"Gunicorn ({worker}) with Flask",
        abilities,
        command,
        _modules("gunicorn", "flask", *modules),
        _module_version("gunicorn"),
        ("gunicorn", "python3-flask", *(f"python3-{m}" for m in modules)),
    )


def _fastapi(kind, workers):
    def command(server):
        return [
            "/usr/bin/uvicorn",
            "--host",
            "127.0.0.1",
            "--port",
            str(server.port),
            "--backlog",
            "4096",
            "--workers",
            str(workers),
            "--no-access-log",
            "--log-level",
            "warning",
            "--timeout-keep-alive",
            "75",
            "--app-dir",
            str(PEERS / "python"),
            f"fastapi_app:{kind}",
        ]

    short = {"asynchronous": "async", "synchronous": "sync"}[kind]
    plural = "s" if workers > 1 else ""
    abilities = ALL if kind == "asynchronous" else ALL - {SLOW}
    return Peer(
        f"fastapi-{short}-{workers}",
        f"FastAPI ({short} handler), uvicorn, {workers} worker{plural}",
        abilities,
        command,
        _modules("fastapi", "uvicorn", "uvloop", "httptools"),
        _module_version("fastapi"),
        ("python3-fastapi", "uvicorn", "python3-uvloop", "python3-httptools"),
    )


def _python(name, title, module, abilities=ALL):
    return Peer(
        name,
        title,
        abilities,
        lambda server: [PYTHON, str(PEERS / "python" / f"{name}_app.py"), str(server.port)],
        _modules(module),
        _module_version(module),
        (f"python3-{module}",),
    )


def _go(name, title, binaries, version, packages):
    binary = binaries / name

    def build(online):
        environment = os.environ | ({} if online else {"GOPROXY": "off"})
        command = ["go", "build", "-o", str(binary), "."]
        if shutil.which("go"):
            subprocess.run(
                command, cwd=PEERS / "go" / name, env=environment, capture_output=not online
            )

    return Peer(
        name if name != "nethttp" else "go",
        title,
        ALL,
        lambda server: [str(binary), str(server.port)],
        _files(binary),
        version,
        packages,
        build,
    )


def trouped_command(trouped, server, reactors=1):
    config = _template("trouped.yaml")(server)
    return [str(trouped), "--config", config, "--reactors", str(reactors)]


def _trouped(trouped):
    return Peer(
        "trouped",
        "trouped",
        ALL,
        lambda server: trouped_command(trouped, server),
        _files(trouped),
        (str(trouped), "--version"),
    )


def _limit(tools):
    def command(server):
        return [str(tools / "bench_limit"), str(server.port)] + (
            ["--close"] if server.close_each else []
        )

    return Peer(
        "limit",
        "bare epoll loop",
        frozenset({KEEP_ALIVE, PIPELINE}),
        command,
        _files(tools / "bench_limit"),
    )


def _h2o(server):
    (server.directory / "ok.txt").write_text("ok")
    return ["h2o", "-m", "worker", "-c", _template("h2o.conf")(server)]


def _uwsgi(server):
    return [
        "uwsgi",
        "--plugins",
        "http,python3",
        "--http",
        f"127.0.0.1:{server.port}",
        "--http-keepalive=75",
        "--listen",
        "4096",
        "--master",
        "--die-on-term",
        "--processes",
        "1",
        "--threads",
        "16",
        "--disable-logging",
        "--chdir",
        str(PEERS / "python"),
        "--module",
        "flask_app:app",
    ]


def all_peers(trouped, tools):
    """Every peer by name, trouped first. `tools` holds bench_limit and the built Go peers."""
    lua = "/usr/lib/nginx/modules/ngx_http_lua_module.so"
    fasthttp = ("grep", "-o", "fasthttp v.*", str(PEERS / "go/fasthttp/go.mod"))
    peers = [
        _trouped(trouped),
        _limit(tools),
        Peer(
            "nginx",
            "nginx",
            STATIC,
            lambda s: ["nginx", "-e", "stderr", "-c", _template("nginx.conf")(s)],
            _files("nginx"),
            ("nginx", "-v"),
            ("nginx-core",),
        ),
        Peer(
            "nginx-lua",
            "nginx with Lua",
            ALL,
            lambda s: ["nginx", "-e", "stderr", "-c", _template("nginx-lua.conf")(s)],
            _files("nginx", lua),
            ("nginx", "-v"),
            ("nginx-core", "libnginx-mod-http-lua"),
        ),
        Peer(
            "haproxy",
            "HAProxy",
            STATIC,
            lambda s: ["haproxy", "-db", "-f", _template("haproxy.cfg")(s)],
            _files("haproxy"),
            ("haproxy", "-v"),
            ("haproxy",),
            connections_max=9900,  # it reserves two descriptors for each
        ),
        Peer("h2o", "h2o", STATIC | {ECHO}, _h2o, _files("h2o"), ("h2o", "--version"), ("h2o",)),
        _go("nethttp", "Go net/http", tools, ("go", "version"), ("golang-go",)),
        _go("fasthttp", "fasthttp", tools, fasthttp, ("golang-go",)),
        Peer(
            "node",
            "Node",
            ALL,
            lambda s: ["node", str(PEERS / "node/server.js"), str(s.port)],
            _files("node"),
            ("node", "--version"),
            ("nodejs",),
            warmup_s=1.5,
        ),
        _python("aiohttp", "aiohttp", "aiohttp"),
        _python("tornado", "Tornado", "tornado"),
        _fastapi("asynchronous", 1),
        _fastapi("asynchronous", 2),
        _fastapi("synchronous", 1),
        _fastapi("synchronous", 2),
        Peer(
            "uwsgi",
            "uWSGI with Flask",
            ALL - {SLOW, PIPELINE},
            _uwsgi,
            _files("uwsgi"),
            ("uwsgi", "--version"),
            ("uwsgi-core", "uwsgi-plugin-python3", "python3-flask"),
        ),
        _gunicorn("sync", abilities=frozenset({ERRORS, ECHO})),
        _gunicorn(
            "gthread",
            "--threads",
            "16",
            "--worker-connections",
            "19000",
            abilities=ALL - {SLOW, PIPELINE},
        ),
        _gunicorn("gevent", "--worker-connections", "19000", modules=("gevent",)),
        _gunicorn("eventlet", "--worker-connections", "19000", modules=("eventlet",)),
        _gunicorn(
            "tornado", "--worker-connections", "19000", abilities=ALL - {SLOW}, modules=("tornado",)
        ),
    ]
    return {peer.name: peer for peer in peers}


def _gunicorn_behind_nginx(server):
    conf = _template("nginx-gunicorn.conf")(server)
    gunicorn = _gunicorn("sync").command(server, f"unix:{server.directory}/gunicorn.sock")
    nginx = ["nginx", "-e", "stderr", "-c", conf]
    return ["sh", "-c", f"{shlex.join(gunicorn)} & exec {shlex.join(nginx)}"]


def burning_peers(tools):
    """Those that also answer GET /burn, with "ok" after a millisecond of CPU time."""
    return [
        Peer(
            "nginx-gunicorn",
            "nginx in front of Gunicorn (sync) with Flask",
            STATIC,
            _gunicorn_behind_nginx,
            _all_of(_files("nginx"), _modules("gunicorn", "flask")),
        ),
        _go("nethttp", "Go net/http", tools, ("go", "version"), ("golang-go",)),
    ]


TOOLS = {"ab": "apache2-utils", "wrk": "wrk", "valgrind": "valgrind"}


def install(peers):
    """Installs what `peers` and the loads need and do not find, and builds what is not packaged."""
    for peer in peers:
        peer.build(online=True)
    packages = {package for tool, package in TOOLS.items() if not shutil.which(tool)}
    packages.update(*(peer.packages for peer in peers if peer.missing()))
    if packages:
        _apt_get("update")
        _apt_get("install", "--yes", "--no-install-recommends", *sorted(packages))
    for peer in peers:
        peer.build(online=True)


def _apt_get(*arguments):
    as_root = [] if os.geteuid() == 0 else ["sudo"]
    # RUNLEVEL=1: a server's package must not start its service.
    environment = ["env", "DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1"]
    subprocess.run([*as_root, *environment, "apt-get", *arguments], check=True)
