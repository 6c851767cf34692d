"""App clients: the recorded minimal answer, secrets, ranges, OAuth members, full replacement, lists."""

import re

import pytest

from world import fresh, refused

HOUR_UNITS = {"AccessToken": "hours", "IdToken": "hours", "RefreshToken": "days"}


def settled(client):
    kept = dict(client)
    for name in ("UserPoolId", "ClientName", "ClientId", "CreationDate", "LastModifiedDate"):
        del kept[name]
    return kept


MINIMAL = {
    "RefreshTokenValidity": 30,
    "TokenValidityUnits": {},
    "AllowedOAuthFlowsUserPoolClient": False,
    "EnableTokenRevocation": True,
    "EnablePropagateAdditionalUserContextData": False,
    "AuthSessionValidity": 3,
    "ClientType": "REGULAR",
}


def test_a_minimal_client_has_the_defaults_of_aws(world):
    pool = world.pool()
    made = world.idp.create_user_pool_client(UserPoolId=pool.id, ClientName="app")["UserPoolClient"]
    assert settled(made) == MINIMAL
    assert re.fullmatch("[0-9a-v]{26}", made["ClientId"])
    assert made["UserPoolId"] == pool.id and made["ClientName"] == "app"
    assert made["CreationDate"] == made["LastModifiedDate"]
    seen = world.idp.describe_user_pool_client(UserPoolId=pool.id, ClientId=made["ClientId"])["UserPoolClient"]
    assert seen == made


def test_a_confidential_client_has_a_secret_and_shows_it(world):
    pool = world.pool()
    made = pool.client(GenerateSecret=True)
    assert re.fullmatch("[0-9a-v]{51,52}", made["ClientSecret"])
    seen = world.idp.describe_user_pool_client(UserPoolId=pool.id, ClientId=made["ClientId"])["UserPoolClient"]
    assert seen["ClientSecret"] == made["ClientSecret"]
    changed = world.idp.update_user_pool_client(UserPoolId=pool.id, ClientId=made["ClientId"])["UserPoolClient"]
    assert changed["ClientSecret"] == made["ClientSecret"]


def test_every_setting_that_is_given_comes_back(world):
    pool = world.pool()
    world.idp.create_resource_server(
        UserPoolId=pool.id, Identifier="api", Name="api", Scopes=[{"ScopeName": "read", "ScopeDescription": "read"}]
    )
    given = {
        "RefreshTokenValidity": 5,
        "AccessTokenValidity": 30,
        "IdTokenValidity": 45,
        "TokenValidityUnits": {"AccessToken": "minutes", "IdToken": "minutes", "RefreshToken": "days"},
        "ReadAttributes": ["email", "name"],
        "WriteAttributes": ["name"],
        "ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"],
        "SupportedIdentityProviders": ["COGNITO"],
        "CallbackURLs": ["https://app.example.com/back", "http://localhost:3000/back", "myapp://back"],
        "LogoutURLs": ["https://app.example.com/bye"],
        "DefaultRedirectURI": "https://app.example.com/back",
        "AllowedOAuthFlows": ["code"],
        "AllowedOAuthScopes": ["openid", "email", "api/read"],
        "AllowedOAuthFlowsUserPoolClient": True,
        "PreventUserExistenceErrors": "ENABLED",
        "EnableTokenRevocation": False,
        "AuthSessionValidity": 15,
    }
    made = pool.client(**given)
    for name, value in given.items():
        if isinstance(value, list):
            assert sorted(made[name]) == sorted(value), name
        else:
            assert made[name] == value, name


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("InvalidParameter", {"AccessTokenValidity": 25}),
        ("InvalidParameter", {"AccessTokenValidity": 4, "TokenValidityUnits": {"AccessToken": "minutes"}}),
        ("InvalidParameter", {"IdTokenValidity": 2, "TokenValidityUnits": {"IdToken": "days"}}),
        ("InvalidParameter", {"RefreshTokenValidity": 59, "TokenValidityUnits": {"RefreshToken": "minutes"}}),
        ("InvalidParameter", {"ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "USER_PASSWORD_AUTH"]}),
        ("InvalidParameter", {"SupportedIdentityProviders": ["NoSuchProvider"]}),
        ("InvalidParameter", {"CallbackURLs": ["https://app.example.com/back#part"]}),
        ("InvalidParameter", {"CallbackURLs": ["http://app.example.com/back"]}),
        ("InvalidParameter", {"CallbackURLs": ["javascript:alert(1)"]}),
        ("InvalidParameter", {"LogoutURLs": ["data:text/html,x"]}),
        (
            "InvalidParameter",
            {"CallbackURLs": ["https://app.example.com/back"], "DefaultRedirectURI": "https://app.example.com/other"},
        ),
        ("InvalidParameter", {"EnablePropagateAdditionalUserContextData": True}),
        ("ScopeDoesNotExist", {"AllowedOAuthScopes": ["openid", "api/none"]}),
        (
            "InvalidOAuthFlow",
            {
                "AllowedOAuthFlows": ["client_credentials", "code"],
                "AllowedOAuthFlowsUserPoolClient": True,
                "GenerateSecret": True,
                "AllowedOAuthScopes": ["openid"],
            },
        ),
        (
            "InvalidOAuthFlow",
            {"AllowedOAuthFlows": ["client_credentials"], "AllowedOAuthFlowsUserPoolClient": True},
        ),
    ],
)
def test_settings_that_cannot_be_are_refused(world, kind, settings):
    pool = world.pool()
    with refused(kind):
        world.idp.create_user_pool_client(UserPoolId=pool.id, ClientName="app", **settings)


def test_ranges_of_the_model_are_checked(world):
    pool = world.pool()
    with refused(
        "InvalidParameter",
        "1 validation error detected: Value '2' at 'authSessionValidity' failed to satisfy constraint: "
        "Member must have value greater than or equal to 3",
    ):
        world.loose.create_user_pool_client(UserPoolId=pool.id, ClientName="app", AuthSessionValidity=2)


def test_update_replaces_everything_but_name_and_secret(world):
    pool = world.pool()
    made = pool.client(ClientName="kept", GenerateSecret=True, AccessTokenValidity=2, PreventUserExistenceErrors="ENABLED")
    seen = world.idp.update_user_pool_client(UserPoolId=pool.id, ClientId=made["ClientId"])["UserPoolClient"]
    assert settled(seen) == MINIMAL | {"ClientSecret": made["ClientSecret"]}
    assert seen["ClientName"] == "kept"
    seen = world.idp.update_user_pool_client(
        UserPoolId=pool.id, ClientId=made["ClientId"], ClientName="renamed", AccessTokenValidity=3
    )["UserPoolClient"]
    assert (seen["ClientName"], seen["AccessTokenValidity"]) == ("renamed", 3)
    assert world.idp.describe_user_pool_client(UserPoolId=pool.id, ClientId=made["ClientId"])["UserPoolClient"] == seen


def test_clients_are_listed_in_pages(world):
    pool = world.pool()
    made = {pool.client()["ClientId"] for _ in range(5)}
    pages = list(
        world.idp.get_paginator("list_user_pool_clients").paginate(UserPoolId=pool.id, PaginationConfig={"PageSize": 2})
    )
    entries = [entry for page in pages for entry in page["UserPoolClients"]]
    assert {entry["ClientId"] for entry in entries} == made and len(entries) == 5 and len(pages) >= 3
    assert all(set(entry) == {"ClientId", "UserPoolId", "ClientName"} for entry in entries)
    assert world.idp.list_user_pool_clients(UserPoolId=world.pool().id)["UserPoolClients"] == []
    with refused("InvalidParameter", "Invalid pagination token"):
        world.idp.list_user_pool_clients(UserPoolId=pool.id, NextToken="nonsense")


def test_clients_of_another_pool_are_not_there(world):
    pool, other = world.pool(), world.pool()
    client = pool.client()["ClientId"]
    missing = f"User pool client {client} does not exist."
    for call in (
        world.idp.describe_user_pool_client,
        world.idp.update_user_pool_client,
        world.idp.delete_user_pool_client,
    ):
        with refused("ResourceNotFound", missing):
            call(UserPoolId=other.id, ClientId=client)
    with refused("ResourceNotFound"):
        world.idp.create_user_pool_client(UserPoolId="us-east-1_xxxxxxxxx", ClientName="app")
    world.idp.delete_user_pool_client(UserPoolId=pool.id, ClientId=client)
    with refused("ResourceNotFound", missing):
        world.idp.describe_user_pool_client(UserPoolId=pool.id, ClientId=client)
    with refused("ResourceNotFound", missing):
        world.idp.sign_up(ClientId=client, Username=fresh("user"), Password="Whatever-1")
