"""The programs and schemas that the chart is checked with, installed once through Go's modules.

All of it goes to build/tools, each version to a folder of its own, so that what is there is used
as it is and a new version is fetched when its number changes here.
"""

import functools
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess

import schemas

ROOT = pathlib.Path(__file__).resolve().parents[2]
HOME = ROOT / "build/tools"
PODSECURITY = pathlib.Path(__file__).resolve().parent / "podsecurity"

GO_VERSION = "1.26.8"
PROGRAMS = {
    "helm": "helm.sh/helm/v3/cmd/helm@v3.22.0",
    "kube-score": "github.com/zegl/kube-score/cmd/kube-score@v1.20.0",
    "kubeconform": "github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0",
    "yq": "github.com/mikefarah/yq/v4@v4.47.2",
}
# Three minors, newest first; the chart is rendered for the newest.
KUBERNETES = ["1.36.3", "1.35.4", "1.34.4"]
# The custom resources that the chart makes: who defines them, and in which file.
CUSTOM_RESOURCES = {
    "sigs.k8s.io/gateway-api@v1.6.3":
        "config/crd/standard/gateway.networking.k8s.io_httproutes.yaml",
    "github.com/kedacore/keda/v2@v2.21.0": "config/crd/bases/keda.sh_scaledobjects.yaml",
    "github.com/prometheus-operator/prometheus-operator@v0.85.0":
        "jsonnet/prometheus-operator/servicemonitors-crd.json",
}


class Unavailable(Exception):
    """A tool cannot be had here; the text says why."""


def run(command, **options):
    """The finished process; its output is text."""
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def fetch(command, **options):
    """What the command prints; Unavailable where it fails."""
    done = run(command, **options)
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines() or ["no reason given"]
        raise Unavailable(f"{' '.join(map(str, command[-3:]))}: {said[-1]}")
    return done.stdout


# --- Go -------------------------------------------------------------------------------------------


class Go:
    """Go's command with caches of its own, which are gone at the end of `with`."""

    def __init__(self):
        self._command = shutil.which("go")
        if self._command is None:
            raise Unavailable("Go is not installed (Debian's package is golang-go)")
        self._caches = HOME / "go"
        self._environment = {
            **os.environ,
            "GOTOOLCHAIN": f"go{GO_VERSION}",
            "GOCACHE": str(self._caches / "build"),
            "GOMODCACHE": str(self._caches / "modules"),
            "GOFLAGS": "-modcacherw",
        }
        version = re.search(r"go1\.(\d+)", fetch([self._command, "version"]))
        if int(version[1]) < 21:  # it does not fetch toolchains itself
            self._command = self._toolchain()

    def _toolchain(self):
        system = fetch([self._command, "env", "GOOS", "GOARCH"]).split()
        folder = self.module(f"golang.org/toolchain@v0.0.1-go{GO_VERSION}.{'-'.join(system)}")
        for program in (*folder.glob("bin/*"), *folder.glob("pkg/tool/**/*")):
            program.chmod(0o755)  # modules carry no modes
        return str(folder / "bin/go")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self._caches, ignore_errors=True)

    def module(self, name):
        """The folder with a module's files."""
        command = [self._command, "mod", "download", "-json", name]
        return pathlib.Path(json.loads(fetch(command, env=self._environment, cwd="/"))["Dir"])

    def install(self, package, folder):
        environment = {**self._environment, "GOBIN": str(folder)}
        fetch([self._command, "install", package], env=environment, cwd="/")

    def build(self, sources, program):
        fetch([self._command, "build", "-o", program, "."], env=self._environment, cwd=sources)


# --- what there is --------------------------------------------------------------------------------


def podsecurity_version():
    contents = b"".join(path.read_bytes() for path in sorted(PODSECURITY.iterdir()))
    return hashlib.sha256(contents).hexdigest()[:12]


def places():
    """Where each program is, or will be."""
    found = {name: HOME / f"{name}-{package.rpartition('@')[2]}" / name
             for name, package in PROGRAMS.items()}
    found["podsecurity"] = HOME / f"podsecurity-{podsecurity_version()}" / "podsecurity"
    return found


def schemas_place():
    """Where the schemas are: a folder for each Kubernetes, and custom/."""
    wanted = json.dumps([KUBERNETES, CUSTOM_RESOURCES]) + pathlib.Path(schemas.__file__).read_text()
    return HOME / f"schemas-{hashlib.sha256(wanted.encode()).hexdigest()[:12]}"


def make_schemas(go, yq, place):
    partial = place.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    for version in KUBERNETES:
        swagger = go.module(f"k8s.io/kubernetes@v{version}") / "api/openapi-spec/swagger.json"
        schemas.write(schemas.of_openapi(json.loads(swagger.read_text())), partial / version)
    for module, path in CUSTOM_RESOURCES.items():
        definition = json.loads(fetch([yq, "-o=json", ".", go.module(module) / path]))
        schemas.write(schemas.of_custom_resource(definition), partial / "custom")
    partial.rename(place)


@functools.cache
def installed():
    """(name -> program, folder of the schemas), after fetching what is missing."""
    programs, schemas_folder = places(), schemas_place()
    if all(path.exists() for path in (*programs.values(), schemas_folder)):
        return programs, schemas_folder
    HOME.mkdir(parents=True, exist_ok=True)
    with Go() as go:
        for name, program in programs.items():
            if program.exists():
                continue
            print(f"chart: installing {name}", flush=True)
            if name in PROGRAMS:
                go.install(PROGRAMS[name], program.parent)
            else:
                go.build(PODSECURITY, program)
        if not schemas_folder.exists():
            print("chart: making the schemas", flush=True)
            make_schemas(go, programs["yq"], schemas_folder)
    return programs, schemas_folder
