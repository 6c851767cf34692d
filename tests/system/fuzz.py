"""Requests made from the service model: right, nearly right and wrong."""

from __future__ import annotations

import random

NASTY = [
    "", " ", "\x00", "a\x00b", "\n", "é", "日本語", "🦉" * 20, "\u202e", "\ud7ff", "A" * 127, "A" * 129, "A" * 5000,
    "'", "';--", '"', "\\", "%", "_%", "%00", "<b>", "{####}", "${x}", "../..", "null", "true", "-1", "1e999",
    "user@example.com", "+15555550100", "us-east-1_abcdefghi", "eyJhbGciOiJub25lIn0.e30.", "=", "a=b", "İ", "ſ", "ß",
]  # fmt: skip
NUMBERS = [0, 1, -1, 2, 3, 59, 60, 61, 365, 366, 2**31 - 1, 2**31, -(2**31), 2**53, 2**63 - 1, 2**63, 10**30]
ODD = [None, True, False, 0, 1.5, "", "text", [], {}, [[]], [None], {"a": None}, [{}], {"": ""}]


class Maker:
    """Builds the inputs of operations. `known` maps member names to values that exist on the server."""

    def __init__(self, seed: int, known: dict[str, list]):
        self.random = random.Random(seed)
        self.known = known

    def inputs(self, operation, count: int):
        """`count` inputs for a botocore OperationModel, from complete and right to hardly a request."""
        shape = operation.input_shape
        yield self.value(shape, "", everything=True, right=True)
        yield self.value(shape, "", everything=False, right=True)
        for member in shape.members:
            whole = self.value(shape, "", everything=False, right=True)
            whole[member] = self.value(shape.members[member], member, everything=True, right=True)
            yield whole
            yield {name: value for name, value in whole.items() if name != member}
            whole = dict(whole)
            whole[member] = self.random.choice(ODD)
            yield whole
        for _ in range(count):
            yield self.value(shape, "", everything=self.random.random() < 0.5, right=False)

    def value(self, shape, name: str, *, everything: bool, right: bool, depth: int = 0):
        chance = self.random.random()
        if not right and chance < 0.02:
            return self.random.choice(ODD)
        if name in self.known and chance < (1.0 if right else 0.8):
            return self.random.choice(self.known[name])
        if getattr(shape, "is_document_type", False):
            return self.random.choice(ODD)
        kind = shape.type_name
        inner = {"everything": everything, "right": right, "depth": depth + 1}
        if kind == "structure":
            required = set(shape.required_members)
            picked = [
                member
                for member in shape.members
                if member in required or (everything and depth < 6 and (right or self.random.random() < 0.6))
            ]
            return {member: self.value(shape.members[member], member, **inner) for member in picked}
        if kind == "list":
            low = shape.metadata.get("min", 0)
            size = max(low, 1) if right else self.random.choice([0, 1, 2, low, shape.metadata.get("max", 3) + 1, 40])
            return [self.value(shape.member, name, **inner) for _ in range(min(size, 60))]
        if kind == "map":
            size = 1 if right else self.random.choice([0, 1, 3])
            return {
                self.text(shape.key, right): self.value(shape.value, name, **inner)
                for _ in range(size)
            }
        if kind == "boolean":
            return self.random.choice([True, False])
        if kind in ("integer", "long", "double", "float"):
            low, high = shape.metadata.get("min", 0), shape.metadata.get("max", 100)
            return self.random.choice([low, high]) if right else self.random.choice([low, high, *NUMBERS])
        if kind == "timestamp":
            return 1_700_000_000
        return self.text(shape, right)

    def text(self, shape, right: bool) -> str:
        allowed = getattr(shape, "enum", None)
        if allowed and (right or self.random.random() < 0.9):
            return self.random.choice(list(allowed))
        low, high = shape.metadata.get("min", 1), shape.metadata.get("max", 64)
        if right:
            return ("Abc1" * 600)[: max(low, min(8, high))]
        return self.random.choice([*NASTY, "A" * low, "A" * min(high, 4000), "A" * min(high + 1, 4001)])
