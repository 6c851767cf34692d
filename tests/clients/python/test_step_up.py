"""Levels of authentication: what tokens say of a sign-in, and stepping up to a higher level."""

import base64
import json

import pytest

from test_mfa import FACTORS, SMS, answer, totp
from world import refused

ONE, TWO, THREE, FOUR = (f"urn:cognito:loa:{level}" for level in (1, 2, 3, 4))


@pytest.fixture
def pool(world):
    pool = world.pool(
        SmsConfiguration=SMS,
        AutoVerifiedAttributes=["email"],
        Policies={"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}},
    )
    world.idp.set_user_pool_mfa_config(UserPoolId=pool.id, MfaConfiguration="OPTIONAL", **FACTORS)
    return pool


@pytest.fixture
def client(pool):
    return pool.client(
        ExplicitAuthFlows=["ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    )


def claims(token: str) -> dict:
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def said(tokens: dict) -> tuple:
    of_access, of_id = claims(tokens["AccessToken"]), claims(tokens["IdToken"])
    assert (of_access["acr"], of_access["amr"]) == (of_id["acr"], of_id["amr"])
    return of_id["acr"], of_id["amr"]


def with_app(world, pool, person, token: str) -> str:
    secret = world.idp.associate_software_token(AccessToken=token)["SecretCode"]
    world.idp.verify_software_token(AccessToken=token, UserCode=totp(secret))
    world.idp.admin_set_user_mfa_preference(
        UserPoolId=pool.id, Username=person.username, SoftwareTokenMfaSettings={"Enabled": True}
    )
    return secret


def towards(world, client, person, levels: str, **more):
    return world.idp.initiate_auth(
        ClientId=client["ClientId"],
        AuthFlow="USER_AUTH",
        AuthParameters={"USERNAME": person.username, "TARGET_ACR_VALUES": levels, **more},
    )


def test_stepping_up_from_the_password_to_an_authenticator_app(world, pool, client):
    person = pool.person()
    tokens = pool.sign_in(client, person)
    assert said(tokens) == (ONE, ["pwd"])
    with refused("InvalidParameter", "The user has no factors for the requested levels."):
        towards(world, client, person, FOUR, ACCESS_TOKEN=tokens["AccessToken"])
    secret = with_app(world, pool, person, tokens["AccessToken"])
    asked = towards(world, client, person, f"{FOUR} {THREE}", ACCESS_TOKEN=tokens["AccessToken"])
    assert asked["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    with refused("CodeMismatch"):
        answer(world, client, person, asked, SOFTWARE_TOKEN_MFA_CODE="000000")
    done = answer(world, client, person, asked, SOFTWARE_TOKEN_MFA_CODE=totp(secret, later=1))["AuthenticationResult"]
    assert said(done) == (FOUR, ["pwd", "otp", "mfa"])
    assert claims(done["IdToken"])["auth_time"] >= claims(tokens["IdToken"])["auth_time"]
    again = world.idp.get_tokens_from_refresh_token(ClientId=client["ClientId"], RefreshToken=done["RefreshToken"])
    assert said(again["AuthenticationResult"]) == (FOUR, ["pwd", "otp", "mfa"])
    assert world.idp.get_user(AccessToken=tokens["AccessToken"])["Username"] == person.username
    for levels in (FOUR, THREE, ONE):
        with refused("InvalidParameter", "The access token meets the requested level already."):
            towards(world, client, person, levels, ACCESS_TOKEN=done["AccessToken"])


def test_an_old_sign_in_is_no_credit(world, pool, client):
    person = pool.person()
    tokens = pool.sign_in(client, person)
    with_app(world, pool, person, tokens["AccessToken"])
    asked = towards(world, client, person, FOUR, ACCESS_TOKEN=tokens["AccessToken"], MAX_AGE="0")
    assert (asked["ChallengeName"], set(asked["AvailableChallenges"])) == (
        "SELECT_CHALLENGE",
        {"PASSWORD", "PASSWORD_SRP"},
    )
    asked = answer(world, client, person, asked, ANSWER="PASSWORD", PASSWORD=person.password)
    assert asked["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    with refused("InvalidParameter", "MAX_AGE must be a number of seconds."):
        towards(world, client, person, FOUR, ACCESS_TOKEN=tokens["AccessToken"], MAX_AGE="soon")


def test_a_target_without_a_token_is_a_sign_in_from_scratch(world, pool, client):
    person = pool.person()
    asked = world.idp.admin_initiate_auth(
        UserPoolId=pool.id,
        ClientId=client["ClientId"],
        AuthFlow="USER_AUTH",
        AuthParameters={"USERNAME": person.username, "TARGET_ACR_VALUES": ONE},
    )
    assert asked["ChallengeName"] == "SELECT_CHALLENGE"
    done = world.idp.admin_respond_to_auth_challenge(
        UserPoolId=pool.id,
        ClientId=client["ClientId"],
        ChallengeName="SELECT_CHALLENGE",
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": person.username, "ANSWER": "PASSWORD", "PASSWORD": person.password},
    )
    assert said(done["AuthenticationResult"]) == (ONE, ["pwd"])
    with refused("InvalidParameter", "TARGET_ACR_VALUES names no level of this user pool."):
        towards(world, client, person, "urn:of:nobody")


def test_a_pool_names_its_levels(world):
    pool = world.pool(AcrConfiguration={"Level1": {"AcrValue": "urn:mine:1"}})
    shown = world.idp.describe_user_pool(UserPoolId=pool.id)["UserPool"]["AcrConfiguration"]
    assert {level: named["AcrValue"] for level, named in shown.items()} == {
        "Level1": "urn:mine:1",
        "Level2": TWO,
        "Level3": THREE,
        "Level4": FOUR,
    }
    client, person = pool.client(), pool.person()
    tokens = pool.sign_in(client, person)
    assert said(tokens) == ("urn:mine:1", ["pwd"])
    with refused("InvalidParameter", "ACR names must be unique across all levels, default names included."):
        world.idp.update_user_pool(UserPoolId=pool.id, AcrConfiguration={"Level1": {"AcrValue": FOUR}})
