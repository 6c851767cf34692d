"""What botocore forgives and we do not: every answer is compared with the output model, byte by byte where it matters."""

from __future__ import annotations

import json
import re

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# Answers of the front end that the model of one operation does not list.
GENERAL_ERRORS = {
    "AccessDeniedException",
    "ExpiredTokenException",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
    "NotImplementedException",
    "SerializationException",
    "UnknownOperationException",
    "UnrecognizedClientException",
}


# What the documentation of GetClientToken asks for and the model's enum leaves out.
ALSO = {"ExplicitAuthFlowsType": ["ALLOW_CLIENT_TOKEN_AUTH"]}


def once(pairs):
    names = [name for name, _ in pairs]
    assert len(names) == len(set(names)), f"a member is written twice: {names}"
    return dict(pairs)


def check(operation, answer) -> None:
    """Fails when an HTTP answer breaks the model of `operation` (a botocore OperationModel)."""
    headers = answer.headers
    assert UUID.fullmatch(headers.get("x-amzn-requestid", "")), f"x-amzn-RequestId: {headers}"
    assert headers.get("access-control-allow-origin") == "*", f"{operation.name}: no CORS header"
    assert headers.get("access-control-expose-headers") == "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date"
    if answer.status_code == 200:
        check_success(operation, answer)
    else:
        check_error(operation, answer)


def check_success(operation, answer) -> None:
    if operation.output_shape is None:
        assert answer.content == b"", f"{operation.name} has no output shape but answered {answer.content!r}"
        return
    assert answer.headers.get("content-type") == "application/x-amz-json-1.1"
    value = json.loads(answer.content, object_pairs_hook=once)
    walk(operation.output_shape, value, operation.name)


def walk(shape, value, path) -> None:
    """Fails when `value` is not of `shape`: unknown or null members, wrong JSON types, values outside the model."""
    assert value is not None, f"{path} is null"
    kind = shape.type_name
    if getattr(shape, "is_document_type", False):
        return
    if kind == "structure":
        assert isinstance(value, dict), f"{path}: {value!r} is no object"
        unknown = set(value) - set(shape.members)
        assert not unknown, f"{path} has members that the model lacks: {unknown}"
        # A prefix domain is described with an empty CustomDomainConfig, whatever the model requires of one.
        missing = set(shape.required_members) - set(value) if shape.name != "CustomDomainConfigType" else None
        assert not missing, f"{path} lacks {missing}"
        for name, inner in value.items():
            walk(shape.members[name], inner, f"{path}.{name}")
    elif kind == "list":
        assert isinstance(value, list), f"{path}: {value!r} is no list"
        for index, inner in enumerate(value):
            walk(shape.member, inner, f"{path}[{index}]")
    elif kind == "map":
        assert isinstance(value, dict), f"{path}: {value!r} is no map"
        for name, inner in value.items():
            walk(shape.value, inner, f"{path}[{name}]")
    elif kind in ("string", "blob"):
        assert isinstance(value, str), f"{path}: {value!r} is no string"
        allowed = getattr(shape, "enum", None)
        assert not allowed or value in [*allowed, *ALSO.get(shape.name, [])], f"{path}: {value!r} is not one of {allowed}"
        pattern = shape.metadata.get("pattern")
        if pattern and "\\p{" not in pattern:
            assert re.fullmatch(pattern, value), f"{path}: {value!r} does not fit {pattern}"
    elif kind == "boolean":
        assert isinstance(value, bool), f"{path}: {value!r} is no boolean"
    elif kind in ("integer", "long"):
        assert isinstance(value, int) and not isinstance(value, bool), f"{path}: {value!r} is no integer"
    elif kind in ("timestamp", "double", "float"):
        assert isinstance(value, (int, float)) and not isinstance(value, bool), f"{path}: {value!r} is no number"
        if kind == "timestamp":
            assert 1.5e9 < value < 1e10, f"{path}: {value!r} is not in seconds"
    else:
        raise AssertionError(f"{path}: a {kind} is not known here")


def check_error(operation, answer) -> None:
    assert answer.headers.get("content-type") == "application/x-amz-json-1.1"
    value = json.loads(answer.content, object_pairs_hook=once)
    kind = value["__type"]
    expected = {"NotImplementedException": 501, "InternalErrorException": 500, "InternalServerException": 500}
    assert answer.status_code == expected.get(kind, 400), f"{operation.name}: {kind} with {answer.status_code}"
    assert answer.status_code != 500, f"{operation.name} failed inside: {value}"
    assert set(value) <= {"__type", "message", "reasonCode"}, f"{operation.name}: {value}"
    modelled = {shape.error_code for shape in operation.error_shapes} | {shape.name for shape in operation.error_shapes}
    if operation.service_model.service_name == "kms":
        modelled |= {"ValidationException"}
    assert kind in modelled | GENERAL_ERRORS, f"{operation.name} does not model {kind}"
    assert answer.headers.get("x-amzn-errortype") == f"{kind}:", answer.headers
