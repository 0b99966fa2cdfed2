"""JSON schemas of Kubernetes' kinds, in the layout that kubeconform reads.

Made from what Kubernetes and the makers of custom resources publish. Strict: a field that is not
described is an error, so that a misspelt one is found.
"""

import json

REFERENCE = "#/definitions/"


def write(kinds, folder):
    """Writes a file for each of `kinds`, {(group, version, kind): schema}."""
    folder.mkdir(parents=True, exist_ok=True)
    for (group, version, kind), schema in kinds.items():
        prefix = f"{group.partition('.')[0]}-" if group else ""
        name = f"{kind}-{prefix}{version}.json".lower()
        (folder / name).write_text(json.dumps(schema))


def of_openapi(document):
    """The schemas of all kinds in Kubernetes' swagger.json."""
    definitions = {name: strict(schema) for name, schema in document["definitions"].items()}
    kinds = {}
    for name, schema in document["definitions"].items():
        for kind in schema.get("x-kubernetes-group-version-kind", []):
            if "properties" in schema:
                key = (kind["group"], kind["version"], kind["kind"])
                kinds[key] = typed(definitions[name], *key) | {
                    "definitions": reachable(definitions[name], definitions)
                }
    return kinds


def of_custom_resource(document):
    """The schemas of one CustomResourceDefinition, a version each."""
    spec = document["spec"]
    kinds = {}
    for version in spec["versions"]:
        key = (spec["group"], version["name"], spec["names"]["kind"])
        kinds[key] = typed(strict(version["schema"]["openAPIV3Schema"]), *key)
    return kinds


def typed(schema, group, version, kind):
    """`schema` for that kind alone."""
    api_version = f"{group}/{version}" if group else version
    properties = schema["properties"] | {
        "apiVersion": {"const": api_version}, "kind": {"const": kind},
    }
    required = sorted({*schema.get("required", []), "apiVersion", "kind"})
    return schema | {"properties": properties, "required": required}


def strict(schema):
    """A copy that allows no field besides those described, in the words of JSON Schema."""
    if isinstance(schema, list):
        return [strict(element) for element in schema]
    if not isinstance(schema, dict):
        return schema
    if is_number_or_text(schema):
        return {"type": ["string", "number"]}
    copy = {key: strict(value) for key, value in schema.items()}
    if isinstance(copy.get("properties"), dict) and copy.get("type") == "object":
        if not schema.get("x-kubernetes-preserve-unknown-fields"):
            copy.setdefault("additionalProperties", False)
    return copy


def is_number_or_text(schema):
    """IntOrString and Quantity, which the document calls strings."""
    description = schema.get("description", "")
    return (
        schema.get("format") == "int-or-string"
        or schema.get("x-kubernetes-int-or-string") is True
        or (isinstance(description, str) and description.startswith("Quantity is a fixed-point"))
    )


def reachable(schema, definitions):
    """The definitions that `schema` refers to, and those that they refer to."""
    found, pending = {}, [schema]
    while pending:
        for name in references(pending.pop()):
            if name not in found:
                found[name] = definitions[name]
                pending.append(definitions[name])
    return found


def references(schema):
    if isinstance(schema, list):
        for element in schema:
            yield from references(element)
    elif isinstance(schema, dict):
        target = schema.get("$ref")
        if isinstance(target, str):
            yield target.removeprefix(REFERENCE)
        for value in schema.values():
            yield from references(value)
