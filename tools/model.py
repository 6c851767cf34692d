#!/usr/bin/env python3
"""Writes the facts of the public service model that requests are checked against.

    pip install botocore==1.44.5
    python tools/model.py            # rewrite the data files
    python tools/model.py --check    # exit 1 when a data file is stale

Only facts are carried: names, types, required members, lengths, ranges, patterns, enums and the
sensitive and document flags. No sentence of the documentation is.

The files are one JSON object with one line per operation and per shape, sorted by name:

    "operations": {"SignUp": {"unsigned": true, "input": "SignUpRequest",
                              "output": "SignUpResponse" or null, "errors": ["...Exception"]}}
    "shapes": {"SignUpRequest": {"type": "structure", "members": {"ClientId": "ClientIdType"},
                                 "required": ["ClientId"]},
               "AttributeListType": {"type": "list", "element": "AttributeType"},
               "AuthParametersType": {"type": "map", "key": "StringType", "value": "StringType",
                                      "sensitive": true},
               "ClientIdType": {"type": "string", "min": 1, "max": 128, "pattern": "[\\\\w+]+",
                                "sensitive": true}}

One value is added that the model leaves out and its own documentation asks for (`ADDED`).

Members carry the name they have on the wire. Enums and required lists keep the model's order.
"""

import argparse
import json
import sys
from pathlib import Path

import botocore
from botocore.loaders import Loader

VERSION = "1.44.5"
ROOT = Path(__file__).resolve().parent.parent
FILES = {
    "cognito-idp": ROOT / "src" / "api" / "constraints.json",
    "cognito-identity": ROOT / "src" / "identity" / "constraints.json",
    "kms": ROOT / "src" / "kms" / "constraints.json",
}
COPIED = ("min", "max", "pattern", "enum")
# The documentation of GetClientToken: "you must ... enable the ALLOW_CLIENT_TOKEN_AUTH authentication flow".
ADDED = {"ExplicitAuthFlowsType": ["ALLOW_CLIENT_TOKEN_AUTH"]}
FLAGS = ("sensitive", "document")


def wire_name(name, reference):
    return reference.get("locationName", name)


def shape_facts(shape):
    """The facts of one shape, and the names of the shapes it refers to."""
    facts = {"type": shape["type"]}
    targets = []
    if shape["type"] == "structure" and not shape.get("document"):
        members = shape["members"]
        facts["members"] = {
            wire_name(name, member): member["shape"] for name, member in sorted(members.items())
        }
        if shape.get("required"):
            facts["required"] = [wire_name(name, members[name]) for name in shape["required"]]
        targets = list(facts["members"].values())
    elif shape["type"] == "list":
        facts["element"] = shape["member"]["shape"]
        targets = [facts["element"]]
    elif shape["type"] == "map":
        facts["key"], facts["value"] = shape["key"]["shape"], shape["value"]["shape"]
        targets = [facts["key"], facts["value"]]
    facts.update({fact: shape[fact] for fact in COPIED if fact in shape})
    facts.update({flag: True for flag in FLAGS if shape.get(flag)})
    return facts, targets


def operation_facts(operation):
    facts = {
        "input": operation["input"]["shape"],
        "output": operation.get("output", {}).get("shape"),
        "errors": sorted(error["shape"] for error in operation.get("errors", [])),
    }
    if operation.get("authtype") == "none":
        facts["unsigned"] = True
    return facts


def service_facts(service):
    model = Loader().load_service_model(service, "service-2")
    operations = {name: operation_facts(op) for name, op in sorted(model["operations"].items())}
    waiting = []
    for facts in operations.values():
        waiting += [facts["input"], *facts["errors"]] + ([facts["output"]] if facts["output"] else [])
    shapes = {}
    while waiting:
        name = waiting.pop()
        if name not in shapes:
            shapes[name], targets = shape_facts(model["shapes"][name])
            if service == "cognito-idp" and name in ADDED:
                shapes[name]["enum"] = [*shapes[name]["enum"], *ADDED[name]]
            waiting += targets
    return operations, dict(sorted(shapes.items()))


def lines(table):
    return ",\n".join(
        f"{json.dumps(name)}: {json.dumps(facts, ensure_ascii=True)}" for name, facts in table.items()
    )


def render(service):
    operations, shapes = service_facts(service)
    return f'{{"operations": {{\n{lines(operations)}\n}}, "shapes": {{\n{lines(shapes)}\n}}}}\n'


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="fail when a data file is stale")
    arguments = parser.parse_args()
    if botocore.__version__ != VERSION:
        sys.exit(f"botocore {VERSION} is the model of record, found {botocore.__version__}")
    stale = []
    for service, path in FILES.items():
        text = render(service)
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(str(path.relative_to(ROOT)))
        if not arguments.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    if arguments.check and stale:
        sys.exit(f"stale: {', '.join(stale)}; run tools/model.py")
    print("wrote " + ", ".join(stale) if stale else "up to date")


if __name__ == "__main__":
    main()
