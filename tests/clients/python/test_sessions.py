"""Sessions of users: listed, bounded, ended one by one."""

import pytest

from world import refused


@pytest.fixture
def pool(world):
    pool = world.pool(UserPoolTier="ESSENTIALS")
    world.idp.set_user_pool_session_configuration(
        UserPoolId=pool.id, UserSessionTracking="ENABLED", TokenSession={"MaxPerUser": 2}
    )
    return pool


def test_the_configurations_are_read_back(world, pool):
    shown = world.idp.get_user_pool_session_configuration(UserPoolId=pool.id)
    assert (shown["UserSessionTracking"], shown["TokenSession"]) == ("ENABLED", {"MaxPerUser": 2})
    client = pool.client()["ClientId"]
    named = {"UserPoolId": pool.id, "ClientId": client}
    assert world.idp.get_user_pool_client_session_configuration(**named)["SSOSession"] == {"MaxValidityMinutes": 60}
    world.idp.set_user_pool_client_session_configuration(**named, SSOSession={"MaxValidityMinutes": 0})
    assert world.idp.get_user_pool_client_session_configuration(**named)["SSOSession"] == {"MaxValidityMinutes": 0}


def test_a_user_sees_and_ends_sessions(world, pool):
    client, person = pool.client(), pool.person()
    first, second = pool.sign_in(client, person), pool.sign_in(client, person)
    sessions = world.idp.list_user_sessions(AccessToken=second["AccessToken"])["Sessions"]
    assert len(sessions) == 2
    [mine] = [s["SessionId"] for s in sessions if s["IsCurrentSession"]]
    [other] = [s["SessionId"] for s in sessions if not s["IsCurrentSession"]]
    with refused("InvalidParameter", "The session of the access token cannot be revoked."):
        world.idp.revoke_user_session(AccessToken=second["AccessToken"], SessionId=mine)
    world.idp.revoke_user_session(AccessToken=second["AccessToken"], SessionId=other)
    with refused("NotAuthorized", "Access Token has been revoked"):
        world.idp.get_user(AccessToken=first["AccessToken"])


def test_an_administrator_sees_and_ends_them_too(world, pool):
    client, person = pool.client(), pool.person()
    for _ in range(3):
        tokens = pool.sign_in(client, person)
    named = {"UserPoolId": pool.id, "Username": person.username}
    sessions = world.idp.admin_list_user_sessions(**named)["Sessions"]
    assert [s["SessionType"] for s in sessions] == ["TOKEN", "TOKEN"]
    for session in sessions:
        world.idp.admin_revoke_user_session(
            **named, SessionId=session["SessionId"], RevokeAssociatedSessions="LINKED"
        )
    assert world.idp.admin_list_user_sessions(**named)["Sessions"] == []
    with refused("NotAuthorized", "Access Token has been revoked"):
        world.idp.get_user(AccessToken=tokens["AccessToken"])
