"""Every operation of the model, and every endpoint of the domain, with thousands of odd requests: never a 5xx."""

import base64
import json
import os
import random
import re
from collections import Counter
from urllib.parse import urlencode

import botocore.session
import pytest

import strict
from fuzz import NASTY, Maker
from negatives import negatives
from poolhouse import Server
from wire import KMS, PREFIX, Lost, Wire
from world import ALL_FLOWS, PASSWORD, World, attributes, connect, secret_hash

SEED = int(os.environ.get("RIG_SEED", "20260101"))
# What no refusal may show: statements, source files, libraries, the database.
INSIDE = re.compile(r"\b(?:SELECT|INSERT|UPDATE|DELETE FROM) |\.rs:|src/|sqlx|sqlite|postgres|panicked|backtrace|/tmp/", re.IGNORECASE)
KEY = "arn:aws:kms:us-east-1:000000000000:key/fuzz"
EACH = int(os.environ.get("RIG_FUZZ", "120"))


@pytest.fixture
def server(database, tmp_path):
    with Server(database, data_dir=tmp_path / "data", args=["--no-demo"]) as running:
        yield running


@pytest.fixture
def place(server):
    """A pool with something of everything in it, and what its parts are called."""
    world = World(server.url)
    pool = world.pool(
        AutoVerifiedAttributes=["email"],
        LambdaConfig={"KMSKeyID": KEY},
        Schema=[{"Name": "plan", "AttributeDataType": "String", "Mutable": True}],
        DeviceConfiguration={"ChallengeRequiredOnNewDevice": True},
        DcrConfiguration={"OpenDcrEnabled": True, "OpenDcrGrantTypes": ["code", "client_credentials"]},
    )
    exchange = ["ALLOW_TOKEN_EXCHANGE_IMPERSONATION", "ALLOW_TOKEN_EXCHANGE_DELEGATION"]
    client = pool.client(ExplicitAuthFlows=[*ALL_FLOWS, *exchange])
    secret = pool.client(GenerateSecret=True)
    person = pool.person(name="Ada")
    world.idp.create_group(UserPoolId=pool.id, GroupName="readers")
    world.idp.create_resource_server(
        UserPoolId=pool.id, Identifier="api", Name="api", Scopes=[{"ScopeName": "read", "ScopeDescription": "read"}]
    )
    machine = pool.client(
        GenerateSecret=True, ExplicitAuthFlows=["ALLOW_CLIENT_TOKEN_AUTH"], AllowedOAuthScopes=["api/read"]
    )
    world.idp.create_user_pool_domain(UserPoolId=pool.id, Domain=f"fuzz-{pool.id[-9:].lower()}")
    world.idp.admin_create_user(
        UserPoolId=pool.id, Username="invited", TemporaryPassword=PASSWORD, MessageAction="SUPPRESS"
    )
    world.idp.sign_up(
        ClientId=client["ClientId"],
        Username="waiting",
        Password=PASSWORD,
        UserAttributes=attributes(email="waiting@example.com"),
    )
    tokens = pool.sign_in(client, person)
    device = tokens["NewDeviceMetadata"]["DeviceKey"]
    world.idp.confirm_device(AccessToken=tokens["AccessToken"], DeviceKey=device)
    asked = world.idp.initiate_auth(
        ClientId=client["ClientId"],
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "invited", "PASSWORD": PASSWORD},
    )
    blob = connect(server.url, service="kms").encrypt(KeyId=KEY, Plaintext=b"x")["CiphertextBlob"]
    names = [person.username, "invited", "waiting", person.sub, "nobody"]
    known = {
        "UserPoolId": [pool.id] * 9 + ["us-east-1_xxxxxxxxx"],
        "ClientId": [client["ClientId"]] * 6 + [secret["ClientId"]] * 2 + [machine["ClientId"]] * 2 + ["0" * 26],
        "Secret": [machine["ClientSecret"]] * 3 + [secret["ClientSecret"], "x" * 51],
        "Scopes": [["api/read"], ["openid", "none/x"], []],
        "SubjectToken": [tokens["AccessToken"]] * 3 + [tokens["IdToken"], "nonsense", ""],
        "ActorToken": [tokens["AccessToken"], tokens["IdToken"], "nonsense", ""],
        "Username": names,
        "Password": [PASSWORD, "short", "Other-Password1!"],
        "AccessToken": [tokens["AccessToken"]] * 4 + [tokens["IdToken"], "nonsense"],
        "Token": [tokens["IdToken"], tokens["AccessToken"], "nonsense"],
        "RefreshToken": [tokens["RefreshToken"], "nonsense"],
        "Session": [asked["Session"], "x" * 40],
        "GroupName": ["readers", "none"],
        "DeviceKey": [device] * 4 + ["us-east-1_0", "x_0"],
        "Identifier": ["api", "none"],
        "Filter": [
            'username = "x"', 'email ^= "a"', "", "=", 'sub = "', 'custom:plan = "x"', 'name = "\\\\"', '"' * 30,
            'cognito:user_status = "x"', 'status = "Enabled"', "username", 'username^="\x00"',
        ],
        "SecretHash": [secret_hash(person.username, secret["ClientId"], secret["ClientSecret"]), "nonsense"],
        "AuthParameters": [
            {"USERNAME": name, "PASSWORD": word, "SRP_A": value, "REFRESH_TOKEN": tokens["RefreshToken"]}
            for name, word, value in (
                (names[0], PASSWORD, "ab" * 128), ("invited", PASSWORD, "0"), ("nobody", "", "g" * 8),
                (names[3], "x" * 300, "f" * 2000), ("", "\x00", "-1"), (names[0], PASSWORD, ""),
            )
        ] + [{"USERNAME": names[0], "PASSWORD": PASSWORD, "DEVICE_KEY": key} for key in (device, "", "us-east-1_0")]
        + [{"REFRESH_TOKEN": tokens["RefreshToken"], "DEVICE_KEY": device}, {}],
        "ChallengeResponses": [
            {"USERNAME": names[0], "NEW_PASSWORD": "x"},
            {"USERNAME": "invited", "NEW_PASSWORD": PASSWORD, "userAttributes.name": "", "userAttributes.": "x"},
            {"USERNAME": names[0], "PASSWORD_CLAIM_SIGNATURE": "x", "PASSWORD_CLAIM_SECRET_BLOCK": "e" * 100, "TIMESTAMP": "now"},
            {"USERNAME": names[0], "DEVICE_KEY": device, "SRP_A": "ab" * 128},
            {"USERNAME": names[0], "DEVICE_KEY": device, "PASSWORD_CLAIM_SIGNATURE": "x", "PASSWORD_CLAIM_SECRET_BLOCK": "eeee", "TIMESTAMP": ""},
            {},
        ],
        "UserAttributes": [
            attributes(email="new@example.com"), attributes(custom__plan="x"), attributes(sub="x"),
            attributes(birthdate="x", email_verified="perhaps", phone_number="x"),
            [{"Name": "name"}, {"Name": "name", "Value": "twice"}],
        ],
        "CallbackURLs": [["https://a.example/"], ["http://localhost/"], ["x"], ["https://a.example/#x"]],
        "KeyId": [KEY] * 6 + ["fuzz", "alias/fuzz", "nonsense"],
        "CiphertextBlob": [base64.b64encode(sealed).decode() for sealed in (blob, blob[:-1], b"\x01\x00\x00")],
        "NextToken": ["nonsense"], "PaginationToken": ["nonsense"],
    }  # fmt: skip
    return world, pool, client, known


def healthy(server) -> None:
    assert server.process.poll() is None, server.tail()
    log = server.log.read_text(errors="replace")
    assert "panicked" not in log and "request panicked" not in log, server.tail()
    assert Wire(server.url).call("ListUserPools", MaxResults=1)[0] == 200


@pytest.mark.parametrize(("named", "prefix", "least"), [("cognito-idp", PREFIX, 53), ("kms", KMS, 5)])
def test_every_operation(server, place, named, prefix, least):
    world, pool, _, known = place
    service = botocore.session.get_session().get_service_model(named)
    general = strict.GENERAL_ERRORS | ({"ValidationException"} if named == "kms" else set())
    maker = Maker(SEED, known)
    wire = Wire(server.url, prefix)
    sent, built, kinds = 0, set(), {}
    # What ends things comes last, so that the others have something to work on.
    ends = ("Disable", "SignOut", "Revoke", "ChangePassword", "SetUserPassword", "ConfirmForgot", "Delete", "DeleteUserPool")
    order = sorted(service.operation_names, key=lambda name: (max(i * (end in name) for i, end in enumerate(ends, 1)), name))
    for name in order:
        operation = service.operation_model(name)
        for given in maker.inputs(operation, EACH):
            status, answer = wire.call(name, **given) if isinstance(given, dict) else wire.call(name)
            sent += 1
            if status == 501:
                assert answer["__type"] == "NotImplementedException", (name, given, answer)
                if answer["message"].startswith(f"{name} is not implemented"):
                    break
                continue
            built.add(name)
            assert status in (200, 400), (name, given, status, answer)
            if status == 200 and operation.output_shape is not None:
                strict.walk(operation.output_shape, answer, name)
            if status == 400:
                kind = answer["__type"]
                assert not INSIDE.search(answer.get("message", "")), (name, given, answer)
                modelled = {shape.name for shape in operation.error_shapes} | general
                assert kind in modelled, (name, given, answer)
                assert set(answer) <= {"__type", "message", "reasonCode"} and answer.get("message") != ""
            kinds[status] = kinds.get(status, 0) + 1
    healthy(server)
    print(f"\nfuzz: {sent} requests to {len(built)} operations of {named} (seed {SEED}), answers {kinds}, 0 of them 5xx")
    assert len(built) >= least


def test_every_constraint_of_every_operation(server):
    """Deterministic: each member, however deep, breaks each of its constraints once, alone."""
    service = botocore.session.get_session().get_service_model("cognito-idp")
    wire = Wire(server.url)
    tried, operations, wrong = Counter(), set(), []
    for name in service.operation_names:
        shape = service.operation_model(name).input_shape
        if wire.call(name)[0] == 501:
            continue
        operations.add(name)
        for path, kind, given in negatives(shape, {"UserPoolId": ["us-east-1_abcdefghi"]}):
            status, answer = wire.call(name, **given)
            tried[kind] += 1
            message = answer.get("message", "").lower()
            named = kind == "type" or any(part.lower() in message for part in path[-2:]) or kind == "required"
            if status != 400 or not named:
                wrong.append((name, ".".join(path), kind, status, answer))
    healthy(server)
    assert wrong == [], "\n".join(map(str, wrong[:40]))
    everything = sum(tried.values())
    print(f"\nnegatives: {everything} requests to {len(operations)} operations, {dict(tried)}, each a typed 400")
    assert set(tried) == {"type", "required", "enum", "min", "max", "pattern"}
    assert everything > 2_000


def test_bytes_that_are_no_json(server):
    noise = random.Random(SEED)
    wire = Wire(server.url)
    whole = b'{"ClientId":"00000000000000000000000000","Username":"x","Password":"Correct-Horse1!"}'
    for _ in range(600):
        body = bytearray(whole)
        for _ in range(noise.randint(1, 6)):
            place = noise.randrange(len(body))
            body[place : place + noise.randint(0, 2)] = noise.randbytes(noise.randint(0, 3))
        status, answer = wire.raw("SignUp", bytes(body))
        assert status == 400, (bytes(body), status, answer)
    healthy(server)


def again(wire, *request):
    """A server may close the connection after a request whose body it did not read: a second try, never a third."""
    try:
        return wire.send(*request)
    except Lost:
        return wire.send(*request)


PATHS = [
    "oauth2/authorize", "oauth2/token", "oauth2/userInfo", "oauth2/revoke", "logout", "login", "signup", "confirm",
    "oauth2/register", "resendcode", "forgotPassword", "confirmforgotPassword", "passkeys/add", "error",
    ".well-known/jwks.json", "nothing",
    ".well-known/openid-configuration",
]  # fmt: skip


def test_every_endpoint_of_the_domain(server, place):
    world, pool, client, known = place
    noise = random.Random(SEED)
    wire = Wire(server.url)
    right = {
        "response_type": ["code", "token", "x"],
        "client_id": known["ClientId"],
        "redirect_uri": ["https://app.example.com/back", "x", ""],
        "scope": ["openid", "openid email", "x", " "],
        "state": NASTY,
        "code_challenge": ["x" * 43, "x"],
        "code_challenge_method": ["S256", "plain"],
        "grant_type": ["authorization_code", "refresh_token", "client_credentials", "x"],
        "code": NASTY,
        "refresh_token": known["RefreshToken"],
        "token": known["Token"] + known["RefreshToken"],
        "username": known["Username"] + NASTY,
        "password": known["Password"] + NASTY,
        "_csrf": ["x"],
        "prompt": ["none", "login", "x"],
        "lang": NASTY,
        "login_hint": NASTY,
        "error": NASTY,
        "logout_uri": ["https://app.example.com/bye", "x"],
    }
    headers = [
        {}, {"Authorization": "Basic eDp5"}, {"Authorization": "Basic !"}, {"Authorization": "Bearer x"},
        {"Authorization": f"Bearer {known['AccessToken'][0]}"}, {"Cookie": "cognito=x; XSRF-TOKEN=x"}, {"Cookie": "=;;"},
        {"Accept-Language": "xx, *;q=9"}, {"Content-Type": "application/json"}, {"Origin": "null"},
    ]  # fmt: skip
    sent = 0
    for base in (f"/{pool.id}/", "/", "/us-east-1_xxxxxxxxx/"):
        for path in PATHS:
            for _ in range(40):
                picked = noise.sample(sorted(right), noise.randint(0, len(right)))
                pairs = [(name, noise.choice(right[name])) for name in picked]
                if noise.random() < 0.1 and pairs:
                    pairs.append(pairs[0])
                text = urlencode(pairs, errors="replace")
                if noise.random() < 0.1:
                    text += noise.choice(["&", "&=", "&%", "&%zz=%", "&a[b]=c", "&\xff".encode("latin-1").decode("latin-1")])
                method = noise.choice(["GET", "POST", "GET", "POST", "OPTIONS", "PUT", "HEAD"])
                given = {"Content-Type": "application/x-www-form-urlencoded"} | noise.choice(headers)
                query, body = (text, b"") if noise.random() < 0.5 else ("", text.encode("latin-1", "replace"))
                target = f"{base}{path}" + (f"?{query}" if query else "")
                target = target.encode("ascii", "backslashreplace").decode().replace(" ", "%20")
                status, answered, content = again(wire, method, target, body, given)
                sent += 1
                assert status < 500, (method, target, body, status, content[:300])
                if not answered.get("content-type", "").startswith(("text/css", "text/javascript")):
                    assert not INSIDE.search(content.decode(errors="replace")), (method, target, content[:600])
                if answered.get("content-type", "").startswith("text/html"):
                    assert "content-security-policy" in {name.lower() for name in answered}
    healthy(server)
    print(f"\nfuzz: {sent} requests to {len(PATHS)} paths of the domain (seed {SEED}), 0 of them 5xx")


def test_registering_clients(server, place):
    world, pool, _, _ = place
    noise = random.Random(SEED)
    wire = Wire(server.url)
    right = {
        "redirect_uris": [["https://a.example/"], [], ["x"], "https://a.example/", [7], ["https://a.example/#x"] * 101],
        "post_logout_redirect_uris": [["https://a.example/"], ["javascript:x"], None],
        "grant_types": [["authorization_code"], ["client_credentials"], ["refresh_token"], [], ["implicit"], {}],
        "response_types": [["code"], [], ["token"], "code"],
        "token_endpoint_auth_method": ["none", "client_secret_basic", "client_secret_post", "private_key_jwt", 1],
        "client_name": NASTY,
        "scope": ["openid", "api/read", "aws.cognito/dcr/register", "", " ", *NASTY],
        "jwks": [{"keys": [{}]}],
        "software_statement": ["e30.e30."],
    }
    sent = made = 0
    for base in (f"/{pool.id}", "", "/us-east-1_xxxxxxxxx"):
        for _ in range(150):
            body = {name: noise.choice(right[name]) for name in noise.sample(sorted(right), noise.randint(0, len(right)))}
            text = json.dumps(body).encode()
            if noise.random() < 0.2:
                text = noise.choice([text[:-1], b"[" * 5000, b"\xff", b"", text + text, b"null", b"7"])
            headers = {"Content-Type": noise.choice(["application/json", "application/json", "text/plain"])}
            if noise.random() < 0.1:
                headers["Authorization"] = noise.choice(["Bearer x", "Basic eDp5", "Bearer"])
            status, _, content = again(wire, "POST", f"{base}/oauth2/register", text, headers)
            sent += 1
            made += status == 201
            assert status < 500, (text, status, content[:300])
            assert not INSIDE.search(content.decode(errors="replace")), (text, content[:600])
    assert made > 0
    healthy(server)
    print(f"\nfuzz: {sent} registrations, {made} of them clients (seed {SEED}), 0 of them 5xx")
