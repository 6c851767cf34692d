"""The wire itself, without a client in between."""

import json

import pytest
import requests

from strict import UUID
from world import fresh

PREFIX = "AWSCognitoIdentityProviderService"
SIGNED = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=0"


def post(url, operation, body="{}", **headers):
    return requests.post(
        url,
        data=body,
        headers={
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": f"{PREFIX}.{operation}",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        },
        timeout=20,
    )


def error(answer):
    return answer.status_code, answer.json().get("__type"), answer.json().get("message")


def test_errors_look_like_those_of_aws(url):
    answer = post(url, "SignUp", json.dumps({"ClientId": "0" * 26, "Username": "x", "Password": "Whatever-1"}))
    message = f"User pool client {'0' * 26} does not exist."
    assert error(answer) == (400, "ResourceNotFoundException", message)
    assert set(answer.json()) == {"__type", "message"}
    assert answer.headers["x-amzn-errortype"] == "ResourceNotFoundException:"
    assert answer.headers["x-amzn-errormessage"] == message
    assert answer.headers["content-type"] == "application/x-amz-json-1.1"
    assert UUID.fullmatch(answer.headers["x-amzn-requestid"])
    assert answer.headers["access-control-allow-origin"] == "*"


def test_requests_are_told_apart(url):
    ids = {post(url, "ListUserPools", '{"MaxResults":1}').headers["x-amzn-requestid"] for _ in range(3)}
    assert len(ids) == 3


@pytest.mark.parametrize("target", ["NoSuchThing", "signup", "SignUp2"])
def test_unknown_operations(url, target):
    status, kind, _ = error(post(url, target))
    assert (status, kind) == (400, "UnknownOperationException")


@pytest.mark.parametrize("target", ["SignUp", "Wrong.SignUp", "AWSCognitoIdentityProviderService.", ""])
def test_unknown_targets(url, target):
    answer = post(url, "SignUp", X_Amz_Target=target)
    assert answer.status_code == 400 and answer.json()["__type"] == "UnknownOperationException"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        '"text"',
        "null",
        '{"MaxResults":"1"}',
        '{"MaxResults":[]}',
        '{"MaxResults":1.5}',
        '{"MaxResults":1,"MaxResults":2}',
        '{"MaxResults":1,"NextToken":7}',
        '{"MaxResults":' + "9" * 400 + "}",
        '{"X":' + "[" * 40 + "]" * 40 + "}",
        '{"X":[' + ",".join("1" for _ in range(10_001)) + "]}",
        '{"MaxResults":1}trailing',
    ],
)
def test_bodies_that_are_no_request(url, body):
    status, kind, _ = error(post(url, "ListUserPools", body))
    assert (status, kind) == (400, "SerializationException"), body[:60]


def test_unknown_members_and_nulls_are_passed_over(url):
    answer = post(url, "ListUserPools", '{"MaxResults":1,"NextToken":null,"Unknown":{"a":[1]}}')
    assert answer.status_code == 200 and isinstance(answer.json()["UserPools"], list)


def test_bodies_have_a_limit(url):
    answer = post(url, "ListUserPools", '{"MaxResults":1,"X":"' + "x" * (3 << 20) + '"}')
    assert 400 <= answer.status_code < 500


def test_operations_that_are_not_built_say_so(url):
    answer = post(url, "CreateUserPoolReplica", json.dumps({"UserPoolId": "us-east-1_xxxxxxxxx", "RegionName": "x"}))
    assert answer.status_code == 501
    assert answer.json() == {
        "__type": "NotImplementedException",
        "message": "CreateUserPoolReplica is not implemented by Poolhouse yet",
    }


def test_development_mode_takes_any_signature_and_none(url):
    for headers in ({}, {"Authorization": SIGNED}):
        assert post(url, "ListUserPools", '{"MaxResults":1}', **headers).status_code == 200


def test_preflight(url):
    asked = "amz-sdk-invocation-id,amz-sdk-request,cache-control,content-type,x-amz-target,x-amz-user-agent"
    answer = requests.options(
        url,
        headers={
            "Origin": "http://localhost:3000",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": asked,
        },
        timeout=10,
    )
    assert answer.status_code == 200 and answer.content == b""
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-methods"] == "POST"
    assert set(answer.headers["access-control-allow-headers"].split(",")) == set(asked.split(","))
    assert answer.headers["access-control-max-age"] == "172800"
    asked += ",authorization"
    answer = requests.options(
        url,
        headers={
            "Origin": "http://localhost:3000",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": asked,
        },
        timeout=10,
    )
    assert "authorization" not in answer.headers.get("access-control-allow-headers", "")


def test_a_web_page_cannot_administer(url):
    name = fresh("pool")
    body = json.dumps({"PoolName": name})
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "https://evil.example", "Authorization": SIGNED}):
        answer = post(url, "CreateUserPool", body, **headers)
        assert answer.status_code == 403
    answer = post(url, "SignUp", "{}", Origin="https://app.example", Content_Type="text/plain")
    assert answer.status_code in (400, 403, 415)
    pools = post(url, "ListUserPools", '{"MaxResults":60}').json()["UserPools"]
    assert name not in {pool["Name"] for pool in pools}


def test_hosts_that_are_not_ours_are_refused(url):
    answer = post(url, "ListUserPools", '{"MaxResults":1}', Host="evil.test")
    assert answer.status_code in (403, 421)


def test_the_order_of_checks(url):
    """Shape before look-up, look-up before the rules of the pool."""
    answer = post(url, "SignUp", json.dumps({"ClientId": "0" * 26}))
    message = answer.json()["message"]
    assert answer.json()["__type"] == "InvalidParameterException"
    assert message == (
        "1 validation error detected: Value null at 'username' failed to satisfy constraint: Member must not be null"
    )
