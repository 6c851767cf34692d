"""What the tokens say, that they verify, and how they live on and die."""

import base64
import json
import re
import time

import jwt
import pytest
import requests

from world import attributes, fresh, refused

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@pytest.fixture
def pool(world):
    return world.pool(
        Schema=[
            {"Name": "plan", "AttributeDataType": "String", "Mutable": True},
            {"Name": "seats", "AttributeDataType": "Number", "Mutable": True},
        ]
    )


def verified(world, pool, token, audience=None):
    keys = jwt.PyJWKClient(f"{world.url}/{pool.id}/.well-known/jwks.json")
    return jwt.decode(
        token,
        keys.get_signing_key_from_jwt(token).key,
        algorithms=["RS256"],
        audience=audience,
        issuer=f"{world.url}/{pool.id}",
        options={"require": ["exp", "iat", "sub", "iss"], "verify_aud": audience is not None},
    )


def test_the_claims_of_an_api_sign_in(world, pool):
    client = pool.client()
    person = pool.person(
        name="Ada",
        address="1 Lane",
        custom__plan="gold",
        custom__seats="3",
        phone_number="+15555550100",
        phone_number_verified="false",
    )
    before = int(time.time())
    tokens = pool.sign_in(client, person)
    identity = verified(world, pool, tokens["IdToken"], client["ClientId"])
    access = verified(world, pool, tokens["AccessToken"])
    assert set(identity) == {
        "sub", "aud", "iss", "token_use", "auth_time", "iat", "exp", "jti", "origin_jti", "event_id",
        "cognito:username", "email", "email_verified", "name", "address", "phone_number", "phone_number_verified",
        "custom:plan", "custom:seats", "acr", "amr",
    }  # fmt: skip
    assert identity["token_use"] == "id" and identity["cognito:username"] == person.username
    assert identity["sub"] == access["sub"] == person.sub
    assert identity["email"] == person.email and identity["email_verified"] is True
    assert identity["phone_number_verified"] is False
    assert identity["address"] == {"formatted": "1 Lane"}
    assert (identity["custom:plan"], identity["custom:seats"]) == ("gold", "3")
    assert set(access) == {
        "sub", "iss", "client_id", "token_use", "scope", "auth_time", "iat", "exp", "jti", "origin_jti", "event_id",
        "username", "acr", "amr",
    }  # fmt: skip
    assert access["token_use"] == "access" and access["client_id"] == client["ClientId"]
    assert access["scope"] == "aws.cognito.signin.user.admin" and access["username"] == person.username
    for claims in (identity, access):
        assert (claims["acr"], claims["amr"]) == ("urn:cognito:loa:1", ["pwd"])
        assert claims["exp"] - claims["iat"] == 3600
        assert before <= claims["auth_time"] <= claims["iat"] <= time.time() + 1
        for name in ("jti", "origin_jti", "event_id", "sub"):
            assert UUID.fullmatch(claims[name]), name
    assert identity["origin_jti"] == access["origin_jti"] and identity["event_id"] == access["event_id"]
    assert len({identity["jti"], access["jti"], access["origin_jti"]}) == 3


def test_headers_and_keys(world, pool):
    tokens = pool.sign_in(pool.client(), pool.person())
    headers = [jwt.get_unverified_header(tokens[name]) for name in ("IdToken", "AccessToken")]
    for header in headers:
        assert set(header) == {"kid", "alg"} and header["alg"] == "RS256"
        assert len(base64.b64decode(header["kid"], validate=True)) == 32
    answer = requests.get(f"{world.url}/{pool.id}/.well-known/jwks.json", timeout=10)
    assert answer.headers["access-control-allow-origin"] == "*" and "max-age" in answer.headers["cache-control"]
    keys = answer.json()["keys"]
    assert len(keys) == 2 and {key["kid"] for key in keys} == {header["kid"] for header in headers}
    for key in keys:
        assert set(key) == {"alg", "e", "kid", "kty", "n", "use"}
        assert (key["alg"], key["e"], key["kty"], key["use"]) == ("RS256", "AQAB", "RSA", "sig")
        assert len(base64.urlsafe_b64decode(key["n"] + "==")) == 256
    other = requests.get(f"{world.url}/{world.pool().id}/.well-known/jwks.json", timeout=10).json()["keys"]
    assert not {key["n"] for key in keys} & {key["n"] for key in other}


def test_discovery(world, pool):
    where = f"{world.url}/{pool.id}"
    plain = requests.get(f"{where}/.well-known/openid-configuration", timeout=10).json()
    assert plain["issuer"] == where and plain["jwks_uri"] == f"{where}/.well-known/jwks.json"
    domain = fresh("door")
    world.idp.create_user_pool_domain(UserPoolId=pool.id, Domain=domain)
    answer = requests.get(f"{where}/.well-known/openid-configuration", timeout=10)
    assert answer.headers["access-control-allow-origin"] == "*"
    document = answer.json()
    for name, path in (
        ("authorization_endpoint", "oauth2/authorize"),
        ("token_endpoint", "oauth2/token"),
        ("userinfo_endpoint", "oauth2/userInfo"),
        ("revocation_endpoint", "oauth2/revoke"),
        ("end_session_endpoint", "logout"),
    ):
        assert document[name] == f"{where}/{path}"
    assert document["response_types_supported"] == ["code", "token"]
    assert document["subject_types_supported"] == ["public"]
    assert document["id_token_signing_alg_values_supported"] == ["RS256"]
    assert document["scopes_supported"] == ["openid", "email", "phone", "profile"]
    assert {"client_secret_basic", "client_secret_post"} <= set(document["token_endpoint_auth_methods_supported"])
    assert document["code_challenge_methods_supported"] == ["S256"]
    world.idp.delete_user_pool_domain(UserPoolId=pool.id, Domain=domain)
    missing = requests.get(f"{world.url}/us-east-1_xxxxxxxxx/.well-known/jwks.json", timeout=10)
    assert missing.status_code == 400 and missing.json()["message"] == "User pool us-east-1_xxxxxxxxx does not exist."


def test_lifetimes_follow_the_client(world, pool):
    client = pool.client(
        AccessTokenValidity=10,
        IdTokenValidity=2,
        TokenValidityUnits={"AccessToken": "minutes", "IdToken": "hours"},
    )
    tokens = pool.sign_in(client, pool.person())
    assert tokens["ExpiresIn"] == 600
    access = verified(world, pool, tokens["AccessToken"])
    identity = verified(world, pool, tokens["IdToken"], client["ClientId"])
    assert access["exp"] - access["iat"] == 600 and identity["exp"] - identity["iat"] == 7200


def test_the_id_token_holds_what_the_client_may_read(world, pool):
    client, person = pool.client(ReadAttributes=["name"]), pool.person(name="Ada")
    identity = verified(world, pool, pool.sign_in(client, person)["IdToken"], client["ClientId"])
    assert identity["name"] == "Ada" and not {"email", "email_verified"} & set(identity)


@pytest.mark.parametrize("flow", ["REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"])
def test_refresh(world, pool, flow):
    client, person = pool.client(), pool.person(name="Ada")
    first = pool.sign_in(client, person)
    assert re.fullmatch(r"[A-Za-z0-9\-_=.]+", first["RefreshToken"])
    world.idp.admin_update_user_attributes(
        UserPoolId=pool.id, Username=person.username, UserAttributes=attributes(name="Augusta")
    )
    for _ in range(2):
        answer = world.idp.initiate_auth(
            ClientId=client["ClientId"], AuthFlow=flow, AuthParameters={"REFRESH_TOKEN": first["RefreshToken"]}
        )
        assert answer["ChallengeParameters"] == {}
        tokens = answer["AuthenticationResult"]
        assert set(tokens) == {"AccessToken", "ExpiresIn", "TokenType", "IdToken"}
    old, new = verified(world, pool, first["AccessToken"]), verified(world, pool, tokens["AccessToken"])
    for name in ("auth_time", "origin_jti", "scope", "sub", "event_id"):
        assert old[name] == new[name], name
    assert old["jti"] != new["jti"]
    identity = verified(world, pool, tokens["IdToken"], client["ClientId"])
    assert identity["name"] == "Augusta" and identity["origin_jti"] == old["origin_jti"]
    admin = world.idp.admin_initiate_auth(
        UserPoolId=pool.id,
        ClientId=client["ClientId"],
        AuthFlow=flow,
        AuthParameters={"REFRESH_TOKEN": first["RefreshToken"]},
    )
    assert admin["AuthenticationResult"]["AccessToken"]


def test_refresh_tokens_of_others(world, pool):
    client, other, person = pool.client(), pool.client(), pool.person()
    token = pool.sign_in(client, person)["RefreshToken"]
    for client_id, given in ((other["ClientId"], token), (client["ClientId"], "nonsense")):
        with refused("NotAuthorized", "Invalid Refresh Token"):
            world.idp.initiate_auth(
                ClientId=client_id, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": given}
            )
    world.idp.admin_disable_user(UserPoolId=pool.id, Username=person.username)
    with refused("NotAuthorized"):
        world.idp.initiate_auth(
            ClientId=client["ClientId"], AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": token}
        )


def test_revocation_ends_one_session(world, pool):
    client, person = pool.client(), pool.person()
    first, second = pool.sign_in(client, person), pool.sign_in(client, person)
    for _ in range(2):
        world.idp.revoke_token(ClientId=client["ClientId"], Token=first["RefreshToken"])
    with refused("NotAuthorized", "Refresh Token has been revoked"):
        world.idp.initiate_auth(
            ClientId=client["ClientId"],
            AuthFlow="REFRESH_TOKEN_AUTH",
            AuthParameters={"REFRESH_TOKEN": first["RefreshToken"]},
        )
    with refused("NotAuthorized", "Access Token has been revoked"):
        world.idp.get_user(AccessToken=first["AccessToken"])
    assert world.idp.get_user(AccessToken=second["AccessToken"])["Username"] == person.username


def test_what_cannot_be_revoked(world, pool):
    client, person = pool.client(), pool.person()
    tokens = pool.sign_in(client, person)
    for name in ("AccessToken", "IdToken"):
        with refused("UnsupportedTokenType"):
            world.idp.revoke_token(ClientId=client["ClientId"], Token=tokens[name])
    confidential = pool.client(GenerateSecret=True)
    token = pool.sign_in(confidential, person)["RefreshToken"]
    with refused("Unauthorized"):
        world.idp.revoke_token(ClientId=confidential["ClientId"], Token=token, ClientSecret="x" * 52)
    world.idp.revoke_token(ClientId=confidential["ClientId"], Token=token, ClientSecret=confidential["ClientSecret"])
    fixed = pool.client(EnableTokenRevocation=False)
    tokens = pool.sign_in(fixed, person)
    assert not {"jti", "origin_jti"} & set(verified(world, pool, tokens["AccessToken"]))
    with refused("UnsupportedOperation"):
        world.idp.revoke_token(ClientId=fixed["ClientId"], Token=tokens["RefreshToken"])


def test_global_sign_out(world, pool):
    client, person = pool.client(), pool.person()
    tokens = [pool.sign_in(client, person) for _ in range(2)]
    assert set(world.idp.global_sign_out(AccessToken=tokens[0]["AccessToken"])) == {"ResponseMetadata"}
    for held in tokens:
        with refused("NotAuthorized", "Access Token has been revoked"):
            world.idp.get_user(AccessToken=held["AccessToken"])
        with refused("NotAuthorized", "Refresh Token has been revoked"):
            world.idp.initiate_auth(
                ClientId=client["ClientId"],
                AuthFlow="REFRESH_TOKEN_AUTH",
                AuthParameters={"REFRESH_TOKEN": held["RefreshToken"]},
            )
    with refused("NotAuthorized", "Access Token has been revoked"):
        world.idp.global_sign_out(AccessToken=tokens[0]["AccessToken"])
    assert pool.sign_in(client, person)["AccessToken"]


def test_an_administrator_signs_somebody_out(world, pool):
    client, person = pool.client(), pool.person()
    tokens = pool.sign_in(client, person)
    world.idp.admin_user_global_sign_out(UserPoolId=pool.id, Username=person.username)
    with refused("NotAuthorized", "Access Token has been revoked"):
        world.idp.get_user(AccessToken=tokens["AccessToken"])
    with refused("UserNotFound", "User does not exist."):
        world.idp.admin_user_global_sign_out(UserPoolId=pool.id, Username=fresh("nobody"))


def test_tokens_that_are_none(world, pool):
    client, person = pool.client(), pool.person()
    tokens = pool.sign_in(client, person)
    header, payload, signature = tokens["AccessToken"].split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    claims["username"] = "somebody-else"
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    with refused("NotAuthorized"):
        world.idp.get_user(AccessToken=f"{header}.{forged}.{signature}")
    for token in (tokens["IdToken"], "nonsense", tokens["RefreshToken"]):
        with refused("NotAuthorized", "Invalid Access Token"):
            world.idp.get_user(AccessToken=token)
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    with refused("NotAuthorized"):
        world.idp.get_user(AccessToken=f"{none}.{payload}.")


def test_a_rotating_client_is_told_the_truth(world, pool):
    """REFRESH_TOKEN_AUTH cannot be used with rotation, and such clients say so when they are made."""
    with refused("InvalidParameter"):
        pool.client(RefreshTokenRotation={"Feature": "ENABLED", "RetryGracePeriodSeconds": 0})
    client = pool.client(
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"],
        RefreshTokenRotation={"Feature": "ENABLED", "RetryGracePeriodSeconds": 0},
    )
    assert client["RefreshTokenRotation"] == {"Feature": "ENABLED", "RetryGracePeriodSeconds": 0}
