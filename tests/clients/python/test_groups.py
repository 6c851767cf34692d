"""Groups, membership and what they put into tokens."""

import jwt
import pytest

from world import fresh, refused

READERS, WRITERS = "arn:aws:iam::000000000000:role/readers", "arn:aws:iam::000000000000:role/writers"


@pytest.fixture
def pool(world):
    return world.pool()


def claims(token):
    return jwt.decode(token, options={"verify_signature": False})


def test_a_group_comes_changes_and_goes(world, pool):
    bare = world.idp.create_group(UserPoolId=pool.id, GroupName="bare")["Group"]
    assert set(bare) == {"GroupName", "UserPoolId", "LastModifiedDate", "CreationDate"}
    full = world.idp.create_group(
        UserPoolId=pool.id, GroupName="full", Description="All of it", RoleArn=READERS, Precedence=3
    )["Group"]
    assert (full["Description"], full["RoleArn"], full["Precedence"]) == ("All of it", READERS, 3)
    where = {"UserPoolId": pool.id, "GroupName": "full"}
    assert world.idp.get_group(**where)["Group"] == full
    with refused("GroupExists", "A group with the name already exists."):
        world.idp.create_group(**where)
    changed = world.idp.update_group(**where, Precedence=0)["Group"]
    assert (changed["Precedence"], changed["Description"]) == (0, "All of it")
    world.idp.delete_group(**where)
    for call in (world.idp.get_group, world.idp.update_group, world.idp.delete_group):
        with refused("ResourceNotFound", "Group not found."):
            call(**where)


def test_membership(world, pool):
    person = pool.person()
    for name, precedence in (("last", None), ("second", 2), ("first", 1)):
        given = {} if precedence is None else {"Precedence": precedence}
        world.idp.create_group(UserPoolId=pool.id, GroupName=name, **given)
        for _ in range(2):
            world.idp.admin_add_user_to_group(UserPoolId=pool.id, Username=person.username, GroupName=name)
    mine = world.idp.admin_list_groups_for_user(UserPoolId=pool.id, Username=person.username)["Groups"]
    assert [group["GroupName"] for group in mine] == ["first", "second", "last"]
    users = world.idp.list_users_in_group(UserPoolId=pool.id, GroupName="first")["Users"]
    assert [user["Username"] for user in users] == [person.username]
    assert users[0]["UserStatus"] == "CONFIRMED" and users[0]["Attributes"]
    for _ in range(2):
        world.idp.admin_remove_user_from_group(UserPoolId=pool.id, Username=person.username, GroupName="first")
    assert world.idp.list_users_in_group(UserPoolId=pool.id, GroupName="first")["Users"] == []
    world.idp.delete_group(UserPoolId=pool.id, GroupName="second")
    mine = world.idp.admin_list_groups_for_user(UserPoolId=pool.id, Username=person.username)["Groups"]
    assert [group["GroupName"] for group in mine] == ["last"]


def test_who_or_what_is_not_there(world, pool):
    person, group = pool.person(), "group"
    world.idp.create_group(UserPoolId=pool.id, GroupName=group)
    for call in (world.idp.admin_add_user_to_group, world.idp.admin_remove_user_from_group):
        with refused("ResourceNotFound", "Group not found."):
            call(UserPoolId=pool.id, Username=person.username, GroupName="none")
        with refused("UserNotFound", "User does not exist."):
            call(UserPoolId=pool.id, Username=fresh("nobody"), GroupName=group)
    with refused("UserNotFound", "User does not exist."):
        world.idp.admin_list_groups_for_user(UserPoolId=pool.id, Username=fresh("nobody"))
    with refused("ResourceNotFound", "Group not found."):
        world.idp.list_users_in_group(UserPoolId=pool.id, GroupName="none")


def test_lists_come_in_pages(world, pool):
    person = pool.person()
    names = [f"group{number}" for number in range(5)]
    for name in names:
        world.idp.create_group(UserPoolId=pool.id, GroupName=name)
        world.idp.admin_add_user_to_group(UserPoolId=pool.id, Username=person.username, GroupName=name)
        pool.idp.admin_add_user_to_group(UserPoolId=pool.id, Username=pool.person().username, GroupName="group0")
    size = {"PageSize": 2}
    everything = world.idp.get_paginator("list_groups").paginate(UserPoolId=pool.id, PaginationConfig=size)
    assert sorted(group["GroupName"] for page in everything for group in page["Groups"]) == names
    mine = world.idp.get_paginator("admin_list_groups_for_user").paginate(
        UserPoolId=pool.id, Username=person.username, PaginationConfig=size
    )
    assert sorted(group["GroupName"] for page in mine for group in page["Groups"]) == names
    inside = world.idp.get_paginator("list_users_in_group").paginate(
        UserPoolId=pool.id, GroupName="group0", PaginationConfig=size
    )
    users = [user["Username"] for page in inside for user in page["Users"]]
    assert len(users) == len(set(users)) == 6
    for call, more in (
        (world.idp.list_groups, {}),
        (world.idp.admin_list_groups_for_user, {"Username": person.username}),
        (world.idp.list_users_in_group, {"GroupName": "group0"}),
    ):
        with refused("InvalidParameter", "Invalid pagination token"):
            call(UserPoolId=pool.id, NextToken="nonsense", **more)
        with refused(
            "InvalidParameter",
            "1 validation error detected: Value '61' at 'limit' failed to satisfy constraint: "
            "Member must have value less than or equal to 60",
        ):
            call(UserPoolId=pool.id, Limit=61, **more)


def test_groups_in_tokens(world, pool):
    client, person = pool.client(), pool.person()
    tokens = pool.sign_in(client, person)
    for token in (tokens["IdToken"], tokens["AccessToken"]):
        assert not {"cognito:groups", "cognito:roles", "cognito:preferred_role"} & set(claims(token))
    for name, role, precedence in (("readers", READERS, 2), ("writers", WRITERS, 1), ("plain", None, 3)):
        more = {"RoleArn": role} if role else {}
        world.idp.create_group(UserPoolId=pool.id, GroupName=name, Precedence=precedence, **more)
        world.idp.admin_add_user_to_group(UserPoolId=pool.id, Username=person.username, GroupName=name)
    tokens = pool.sign_in(client, person)
    identity, access = claims(tokens["IdToken"]), claims(tokens["AccessToken"])
    assert identity["cognito:groups"] == access["cognito:groups"] == ["writers", "readers", "plain"]
    assert set(identity["cognito:roles"]) == {READERS, WRITERS}
    assert identity["cognito:preferred_role"] == WRITERS
    assert "cognito:roles" not in access and "cognito:preferred_role" not in access


def test_no_role_is_preferred_on_a_tie(world, pool):
    client, person = pool.client(), pool.person()
    for name, role in (("readers", READERS), ("writers", WRITERS)):
        world.idp.create_group(UserPoolId=pool.id, GroupName=name, Precedence=1, RoleArn=role)
        world.idp.admin_add_user_to_group(UserPoolId=pool.id, Username=person.username, GroupName=name)
    identity = claims(pool.sign_in(client, person)["IdToken"])
    assert set(identity["cognito:roles"]) == {READERS, WRITERS}
    assert "cognito:preferred_role" not in identity
