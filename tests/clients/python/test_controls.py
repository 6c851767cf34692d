"""The test controls that test suites build on."""

import time

import pytest
import requests

from world import PASSWORD, World, attributes, fresh, new_email, refused


@pytest.fixture
def world(private_server):
    return World(private_server().url)


def sign_up(world, pool, client, email):
    name = fresh("user")
    world.idp.sign_up(ClientId=client, Username=name, Password=PASSWORD, UserAttributes=attributes(email=email))
    return name


def test_messages_are_found_listed_and_forgotten(world):
    pool = world.pool(AutoVerifiedAttributes=["email"])
    client, email = pool.client()["ClientId"], new_email()
    name = sign_up(world, pool, client, email)
    message = world.mailbox.wait(to=email, pool=pool.id, username=name, kind="sign_up")
    assert set(message) == {
        "id", "pool", "username", "to", "kind", "channel", "subject", "text", "html", "code", "link", "sent_ms",
    }  # fmt: skip
    assert abs(message["sent_ms"] - time.time() * 1000) < 60_000
    base = f"{world.url}/_poolhouse/messages"
    listed = requests.get(base, params={"pool": pool.id}, timeout=10).json()["messages"]
    assert [entry["id"] for entry in listed] == [message["id"]]
    assert requests.get(f"{base}/{message['id']}", timeout=10).json()["message"] == message
    began = time.monotonic()
    assert world.mailbox.wait(timeout=0, to=email, after=message["id"]) is None
    assert world.mailbox.wait(timeout=0, to=email, kind="forgot") is None
    assert time.monotonic() - began < 5
    assert requests.delete(f"{base}/{message['id']}", timeout=10).json() == {"deleted": 1}
    assert requests.get(f"{base}/{message['id']}", timeout=10).status_code == 404
    assert requests.get(f"{base}/wait", params={"unknown": "x"}, timeout=10).status_code == 400


def test_reset_brings_back_the_beginning(world):
    before = {pool["Id"] for pool in world.idp.list_user_pools(MaxResults=60)["UserPools"]}
    demo, = before
    pool = world.pool(AutoVerifiedAttributes=["email"])
    email = new_email()
    sign_up(world, pool, pool.client()["ClientId"], email)
    requests.post(f"{world.url}/_poolhouse/clock", json={"advance_ms": 10**9}, timeout=10)
    world.idp.admin_delete_user(UserPoolId=demo, Username="demo")
    assert requests.post(f"{world.url}/_poolhouse/reset", timeout=10).status_code == 200
    assert {pool["Id"] for pool in world.idp.list_user_pools(MaxResults=60)["UserPools"]} == before
    assert world.idp.admin_get_user(UserPoolId=demo, Username="demo")["UserStatus"] == "CONFIRMED"
    assert world.mailbox.wait(timeout=0, to=email) is None
    clock = requests.get(f"{world.url}/_poolhouse/clock", timeout=10).json()
    assert abs(clock["now_ms"] - time.time() * 1000) < 60_000 and clock["frozen"] is False


def test_resetting_one_pool_leaves_the_others(world):
    first, second = world.pool(), world.pool()
    one, two = first.person(), second.person()
    tokens = first.sign_in(first.client(), one)
    answer = requests.post(f"{world.url}/_poolhouse/reset", json={"pool": first.id}, timeout=10)
    assert answer.status_code == 200
    with refused("UserNotFound"):
        world.idp.admin_get_user(UserPoolId=first.id, Username=one.username)
    with refused("UserNotFound"):
        world.idp.get_user(AccessToken=tokens["AccessToken"])
    assert world.idp.admin_get_user(UserPoolId=second.id, Username=two.username)


def test_other_web_pages_may_not_use_them(world):
    for method, path in (("GET", "messages"), ("POST", "reset"), ("POST", "clock"), ("DELETE", "messages")):
        answer = requests.request(
            method, f"{world.url}/_poolhouse/{path}", headers={"Origin": "https://evil.example"}, timeout=10
        )
        assert answer.status_code == 403, path
