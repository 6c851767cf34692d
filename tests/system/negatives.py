"""Every way in which one member of a request can break its model: deterministic, one at a time, however deep it lies."""

from __future__ import annotations

import re
from collections.abc import Iterator

DEEPEST = 7
SCALARS = {"string", "integer", "long", "double", "float", "boolean", "timestamp", "blob"}
# Texts that some pattern refuses; a pattern of classes of letters and signs refuses the first.
ODD_TEXTS = ["\x07", " ", "é", "!", "a b", "-", "_", "#", "a" * 3, "0", "\u2028"]


def sample(shape, name: str, known: dict, depth: int = 0):
    """A value that the model allows, as small as it can be."""
    if name in known:
        return known[name][0]
    kind = shape.type_name
    if kind == "structure":
        return {member: sample(shape.members[member], member, known, depth + 1) for member in shape.required_members}
    if kind == "list":
        return [sample(shape.member, name, known, depth + 1)] * shape.metadata.get("min", 0)
    if kind == "map":
        return {}
    if kind == "boolean":
        return True
    if kind in ("integer", "long", "double", "float"):
        return shape.metadata.get("min", 1)
    if kind == "timestamp":
        return 1_700_000_000
    if kind == "blob":
        return "QUJD"
    if shape.enum:
        return shape.enum[0]
    low, high = shape.metadata.get("min", 1), shape.metadata.get("max", 64)
    for text in ("Abc1" * 600, "1" * 2400, "us-east-1_abcdefghi", "arn:aws:iam::123456789012:role/x", "https://a.example/"):
        text = text[: max(low, min(20, high))] if len(text) > 100 else text
        if refused_by(shape, text) is False:
            return text
    return ("Abc1" * 600)[: max(low, min(20, high))]


def refused_by(shape, text: str) -> bool | None:
    """Whether a shape's pattern refuses a text; none when that cannot be told here."""
    pattern = shape.metadata.get("pattern")
    if not pattern:
        return False
    try:
        return re.fullmatch(pattern, text) is None
    except re.error:
        # Classes such as \p{L} are unknown to `re`; none of ours holds a control character.
        return True if text == "\x07" else None


def broken(shape, name: str, known: dict) -> Iterator[tuple[str, object]]:
    """Kinds of constraint, each with a value that breaks it in this place."""
    kind, facts = shape.type_name, shape.metadata
    wrong = {"structure": ["x", [], 7], "list": ["x", {}, 7], "map": ["x", [], 7]}.get(kind)
    wrong = wrong or ([{}, []] if kind in SCALARS else [])
    for value in wrong + ([7, True] if kind == "string" else []):
        yield "type", value
    if kind == "string":
        low, high = facts.get("min", 0), facts.get("max")
        if shape.enum:
            yield "enum", "NO_SUCH_VALUE"
        if low > 0:
            yield "min", "A" * (low - 1)
        if high is not None and high < 200_000:
            yield "max", "A" * (high + 1)
        if "pattern" in facts:
            fitting = [text * max(low, 1) for text in ODD_TEXTS if refused_by(shape, text * max(low, 1))]
            fitting = [text for text in fitting if high is None or len(text) <= high]
            yield from (("pattern", text) for text in fitting[:1])
    elif kind in ("integer", "long", "double", "float"):
        if "min" in facts:
            yield "min", facts["min"] - 1
        if "max" in facts:
            yield "max", facts["max"] + 1
    elif kind == "list":
        one = sample(shape.member, name, known)
        if facts.get("min", 0) > 0:
            yield "min", [one] * (facts["min"] - 1)
        if "max" in facts:
            yield "max", [one] * (facts["max"] + 1)
    elif kind == "map":
        value = sample(shape.value, name, known)
        if "max" in facts:
            yield "max", {f"Key{number}": value for number in range(facts["max"] + 1)}
    elif kind == "structure":
        whole = sample(shape, name, known)
        for member in shape.required_members:
            yield "required", {key: value for key, value in whole.items() if key != member}


def negatives(shape, known: dict, name: str = "", above: tuple = ()) -> Iterator[tuple[tuple, str, object]]:
    """(path, kind, value) for this place and all places in it."""
    if above or shape.type_name == "structure":
        for kind, value in broken(shape, name, known):
            if above or kind != "type":
                yield above, kind, value
    if len(above) >= DEEPEST or getattr(shape, "is_document_type", False):
        return
    if shape.type_name == "structure":
        whole = sample(shape, name, known)
        for member, inner in shape.members.items():
            for path, kind, value in negatives(inner, known, member, (*above, member)):
                yield path, kind, {**whole, member: value}
    elif shape.type_name == "list":
        low = max(shape.metadata.get("min", 0), 1)
        for path, kind, value in negatives(shape.member, known, name, (*above, "member")):
            yield path, kind, [value] + [sample(shape.member, name, known)] * (low - 1)
    elif shape.type_name == "map":
        for path, kind, value in negatives(shape.value, known, name, (*above, "value")):
            yield path, kind, {"Key": value}
        for kind, value in broken(shape.key, name, known):
            if isinstance(value, str):
                yield (*above, "key"), kind, {value: sample(shape.value, name, known)}
