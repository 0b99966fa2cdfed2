"""The values that exist, those that templates consume, and those that are documented."""

import re

USED = re.compile(r"\.Values\.([A-Za-z.]+[A-Za-z])")
KEY = re.compile(r"^(?P<indent> *)(?P<name>[A-Za-z]+):(?P<rest>.*)$")
COMMENT = re.compile(r"^ *# [^-]")


def declared(text):
    """{path: whether a comment stands above it} for every key of values.yaml, in its order.

    A comment over a map whose switch is `enabled` is about that switch too.
    """
    found, parents, previous = {}, [], ""
    for line in text.splitlines():
        if key := KEY.match(line):
            depth = len(key["indent"]) // 2
            parents = [*parents[:depth], key["name"]]
            path = ".".join(parents)
            explained = bool(COMMENT.match(previous))
            if key["name"] == "enabled" and depth:
                explained = explained or found[".".join(parents[:-1])]
            found[path] = explained
        previous = line
    return found


def used(template):
    """The paths of the values that a template's text names."""
    return set(USED.findall(template))


def is_part(path, whole):
    return path == whole or path.startswith(whole + ".")


def described(schema, prefix=""):
    """The paths of the values that the schema describes."""
    for name, property_schema in schema.get("properties", {}).items():
        yield prefix + name
        yield from described(property_schema, f"{prefix}{name}.")
