"""The chart as the checks see it: its files, and what Helm makes of them."""

import functools
import json
import re
import tempfile

import tools

FOLDER = tools.ROOT / "helm/troupe"
VALUE_SETS = sorted(FOLDER.glob("ci/*-values.yaml"))
TROUPED = ""  # set by run

UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}


def tool(name):
    return tools.installed()[0][name]


def helm(*arguments):
    version = ["--kube-version", tools.KUBERNETES[0]]
    return tools.run([tool("helm"), *map(str, arguments), *version])


def template(*arguments):
    """What Helm does with the chart, the release being "shop"."""
    return helm("template", "shop", FOLDER, "--namespace", "shops", *arguments)


@functools.cache
def manifests(values):
    """The manifests, as text, for a file of values."""
    done = template("--values", values)
    assert done.returncode == 0, done.stderr
    return done.stdout


def parse(text):
    """The documents of a YAML text."""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(text)
        file.flush()
        return parse_file(file.name)


def parse_file(path):
    lines = tools.fetch([tool("yq"), "-o=json", "-I=0", ".", path]).splitlines()
    return [document for document in map(json.loads, lines) if document]


def objects(text):
    """{(kind, name): manifest}."""
    return {(m["kind"], m["metadata"]["name"]): m for m in parse(text)}


def only(found, kind):
    """The manifest of that kind; there is one."""
    (manifest,) = [m for (k, _), m in found.items() if k == kind]
    return manifest


def seconds(duration):
    """A duration as trouped writes it: 1m30s, or "off"."""
    return sum(float(n) * UNITS[unit] for n, unit in re.findall(r"([\d.]+)(ms|s|m|h)", duration))


def templates():
    """{name: text}."""
    return {path.name: path.read_text() for path in (FOLDER / "templates").rglob("*.*")}
