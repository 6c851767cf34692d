"""Domains, resource servers and the MFA settings of a pool."""

import pytest

from world import PASSWORD, fresh, refused


def test_a_domain_comes_changes_and_goes(world):
    pool = world.pool()
    domain = fresh("door")
    made = world.idp.create_user_pool_domain(UserPoolId=pool.id, Domain=domain)
    assert "CloudFrontDomain" not in made
    seen = world.idp.describe_user_pool_domain(Domain=domain)["DomainDescription"]
    assert seen["UserPoolId"] == pool.id and seen["Domain"] == domain
    assert seen["AWSAccountId"] == "000000000000" and seen["Status"] == "ACTIVE"
    assert seen["CustomDomainConfig"] == {} and seen["ManagedLoginVersion"] == 1
    assert world.idp.describe_user_pool(UserPoolId=pool.id)["UserPool"]["Domain"] == domain
    world.idp.update_user_pool_domain(UserPoolId=pool.id, Domain=domain, ManagedLoginVersion=2)
    assert world.idp.describe_user_pool_domain(Domain=domain)["DomainDescription"]["ManagedLoginVersion"] == 2
    world.idp.delete_user_pool_domain(UserPoolId=pool.id, Domain=domain)
    assert world.idp.describe_user_pool_domain(Domain=domain)["DomainDescription"] == {}
    assert "Domain" not in world.idp.describe_user_pool(UserPoolId=pool.id)["UserPool"]


def test_a_domain_belongs_to_one_pool(world):
    pool, other = world.pool(), world.pool()
    domain = fresh("door")
    world.idp.create_user_pool_domain(UserPoolId=pool.id, Domain=domain)
    with refused("InvalidParameter", "Domain already associated with another user pool."):
        world.idp.create_user_pool_domain(UserPoolId=other.id, Domain=domain)
    with refused("InvalidParameter"):
        world.idp.create_user_pool_domain(UserPoolId=pool.id, Domain=fresh("second"))
    for call in (world.idp.delete_user_pool_domain, world.idp.update_user_pool_domain):
        for name in (fresh("none"), domain):
            with refused("InvalidParameter", "No such domain or user pool exists."):
                call(UserPoolId=other.id, Domain=name)
    world.idp.delete_user_pool_domain(UserPoolId=pool.id, Domain=domain)


@pytest.mark.parametrize("name", ["my-aws-door", "amazonian", "cognito-x"])
def test_reserved_words_are_refused_in_prefixes(world, name):
    with refused("InvalidParameter"):
        world.idp.create_user_pool_domain(UserPoolId=world.pool().id, Domain=name)


def test_resource_servers_come_change_and_go(world):
    pool = world.pool()
    scopes = [
        {"ScopeName": "read", "ScopeDescription": "Read"},
        {"ScopeName": "write", "ScopeDescription": "Write"},
    ]
    made = world.idp.create_resource_server(
        UserPoolId=pool.id, Identifier="https://api.example.com", Name="API", Scopes=scopes
    )["ResourceServer"]
    assert made == {"UserPoolId": pool.id, "Identifier": "https://api.example.com", "Name": "API", "Scopes": scopes}
    where = {"UserPoolId": pool.id, "Identifier": "https://api.example.com"}
    assert world.idp.describe_resource_server(**where)["ResourceServer"] == made
    with refused("InvalidParameter", f"https://api.example.com already exists in user pool {pool.id}."):
        world.idp.create_resource_server(Name="twice", **where)
    changed = world.idp.update_resource_server(Name="Renamed", **where)["ResourceServer"]
    assert changed["Name"] == "Renamed" and not changed.get("Scopes")
    world.idp.delete_resource_server(**where)
    missing = "Resource server https://api.example.com does not exist."
    with refused("ResourceNotFound", missing):
        world.idp.describe_resource_server(**where)
    with refused("ResourceNotFound", missing):
        world.idp.delete_resource_server(**where)
    with refused("ResourceNotFound", missing):
        world.idp.update_resource_server(Name="none", **where)


def test_resource_servers_are_listed_in_pages(world):
    pool = world.pool()
    for number in range(5):
        world.idp.create_resource_server(UserPoolId=pool.id, Identifier=f"api{number}", Name="API")
    pages = list(
        world.idp.get_paginator("list_resource_servers").paginate(UserPoolId=pool.id, PaginationConfig={"PageSize": 2})
    )
    found = sorted(server["Identifier"] for page in pages for server in page["ResourceServers"])
    assert found == [f"api{number}" for number in range(5)] and len(pages) >= 3
    with refused(
        "InvalidParameter",
        "1 validation error detected: Value '51' at 'maxResults' failed to satisfy constraint: "
        "Member must have value less than or equal to 50",
    ):
        world.idp.list_resource_servers(UserPoolId=pool.id, MaxResults=51)


def test_mfa_settings_are_kept_and_a_pool_that_needs_a_factor_asks_for_it(world):
    pool = world.pool()
    assert strip(world.idp.get_user_pool_mfa_config(UserPoolId=pool.id)) == {"MfaConfiguration": "OFF"}
    client, person = pool.client(), pool.person()
    with refused("InvalidParameter"):
        world.idp.set_user_pool_mfa_config(UserPoolId=pool.id, MfaConfiguration="ON")
    asked = {"SoftwareTokenMfaConfiguration": {"Enabled": True}, "MfaConfiguration": "ON"}
    assert strip(world.idp.set_user_pool_mfa_config(UserPoolId=pool.id, **asked)) == asked
    assert strip(world.idp.get_user_pool_mfa_config(UserPoolId=pool.id)) == asked
    assert world.idp.describe_user_pool(UserPoolId=pool.id)["UserPool"]["MfaConfiguration"] == "ON"
    asked = world.idp.initiate_auth(
        ClientId=client["ClientId"],
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": person.username, "PASSWORD": person.password},
    )
    assert asked["ChallengeName"] == "MFA_SETUP" and "AuthenticationResult" not in asked
    world.idp.set_user_pool_mfa_config(UserPoolId=pool.id, MfaConfiguration="OFF")
    assert pool.sign_in(client, person)["AccessToken"]
    assert person.password == PASSWORD


def strip(answer):
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}
