"""Tokens of machines without a domain (GetClientToken), and tokens that become others (GetDerivedToken)."""

import jwt
import pytest

from world import ALL_FLOWS, refused

READ, WRITE = "https://notes.example.com/read", "https://notes.example.com/write"
EXCHANGE = ["ALLOW_TOKEN_EXCHANGE_IMPERSONATION", "ALLOW_TOKEN_EXCHANGE_DELEGATION"]


@pytest.fixture
def pool(world):
    pool = world.pool()
    world.idp.create_resource_server(
        UserPoolId=pool.id,
        Identifier="https://notes.example.com",
        Name="notes",
        Scopes=[{"ScopeName": name, "ScopeDescription": name} for name in ("read", "write")],
    )
    return pool


def verified(world, pool, token, audience=None):
    keys = jwt.PyJWKClient(f"{world.url}/{pool.id}/.well-known/jwks.json")
    return jwt.decode(
        token,
        keys.get_signing_key_from_jwt(token).key,
        algorithms=["RS256"],
        audience=audience,
        issuer=f"{world.url}/{pool.id}",
        options={"verify_aud": audience is not None},
    )


def machine(pool, *scopes):
    return pool.client(
        GenerateSecret=True, ExplicitAuthFlows=["ALLOW_CLIENT_TOKEN_AUTH"], AllowedOAuthScopes=list(scopes)
    )


def machine_token(world, client, **more):
    result = world.idp.get_client_token(ClientId=client["ClientId"], Secret=client["ClientSecret"], **more)
    return result["ClientAuthenticationResult"]


def test_a_machine_gets_a_token_without_a_domain(world, pool):
    client = machine(pool, READ, WRITE)
    result = machine_token(world, client)
    assert result["TokenType"] == "Bearer" and result["ExpiresIn"] == 3600
    token = verified(world, pool, result["AccessToken"])
    assert token["sub"] == token["client_id"] == client["ClientId"]
    assert token["scope"] == f"{READ} {WRITE}"
    one = machine_token(world, client, Scopes=[WRITE], ClientMetadata={"from": "a test"})
    assert verified(world, pool, one["AccessToken"])["scope"] == WRITE
    with refused("InvalidParameter"):
        machine_token(world, client, Scopes=["notes/other"])
    with refused("NotAuthorized", "Invalid client secret provided"):
        world.idp.get_client_token(ClientId=client["ClientId"], Secret="x" * 51)
    with refused("ResourceNotFound"):
        world.idp.get_client_token(ClientId="1example23456789abcdefgh", Secret="x" * 51)


def test_a_token_becomes_one_for_another_service(world, pool):
    app = pool.client()
    service = pool.client(
        GenerateSecret=True,
        ExplicitAuthFlows=[*ALL_FLOWS, *EXCHANGE],
        AllowedOAuthScopes=["aws.cognito.signin.user.admin"],
    )
    person = pool.person()
    tokens = pool.sign_in(app, person)

    def exchange(**more):
        return world.idp.get_derived_token(
            ClientId=service["ClientId"],
            ClientSecret=service["ClientSecret"],
            SubjectToken=tokens["AccessToken"],
            SubjectTokenType="ACCESS_TOKEN",
            **more,
        )

    made = exchange(Audiences=["orders"])
    assert (made["IssuedTokenType"], made["TokenType"]) == ("ACCESS_TOKEN", "Bearer")
    assert made["Scopes"] == ["aws.cognito.signin.user.admin"]
    claims = verified(world, pool, made["IssuedToken"], "orders")
    assert claims["sub"] == person.sub and claims["client_id"] == service["ClientId"]
    assert 0 < made["ExpiresIn"] <= 3600
    assert world.idp.get_user(AccessToken=made["IssuedToken"])["Username"] == person.username

    robot = machine(pool, READ)
    acting = machine_token(world, robot)["AccessToken"]
    made = exchange(ActorToken=acting, ActorTokenType="ACCESS_TOKEN", Resources=["https://notes.example.com"])
    claims = verified(world, pool, made["IssuedToken"], "https://notes.example.com")
    assert claims["act"] == {"sub": robot["ClientId"]}

    made = exchange(RequestedTokenType="ID_TOKEN")
    claims = verified(world, pool, made["IssuedToken"], service["ClientId"])
    assert claims["email"] == person.email and "Scopes" not in made

    with refused("InvalidParameter"):
        exchange(Audiences=["orders"], Resources=["https://notes.example.com"])
    with refused("ResourceNotFound"):
        exchange(SubjectTokenProviderName="Corp")
    world.idp.admin_user_global_sign_out(UserPoolId=pool.id, Username=person.username)
    with refused("NotAuthorized", "The subject token has been revoked"):
        exchange()
    world.idp.admin_delete_user(UserPoolId=pool.id, Username=person.username)
    with refused("UserNotFound", "User does not exist."):
        exchange()


def test_a_client_without_the_flow_exchanges_nothing(world, pool):
    app = pool.client()
    tokens = pool.sign_in(app, pool.person())
    with refused("InvalidParameter", "ALLOW_TOKEN_EXCHANGE_IMPERSONATION flow not enabled for this client"):
        world.idp.get_derived_token(
            ClientId=app["ClientId"], SubjectToken=tokens["AccessToken"], SubjectTokenType="ACCESS_TOKEN"
        )
