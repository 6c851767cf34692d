"""Passkeys: registering, listing, deleting, and signing in with one."""

import json

import pytest

from passkey import Passkey, b64
from world import ALL_FLOWS, refused

ORIGIN = "http://localhost:3000"


@pytest.fixture
def pool(world):
    pool = world.pool(Policies={"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}})
    configuration = {"RelyingPartyId": "localhost", "UserVerification": "required"}
    answer = world.idp.set_user_pool_mfa_config(UserPoolId=pool.id, WebAuthnConfiguration=configuration)
    assert answer["WebAuthnConfiguration"] == configuration
    assert world.idp.get_user_pool_mfa_config(UserPoolId=pool.id)["WebAuthnConfiguration"] == configuration
    return pool


def test_a_passkey_from_first_to_last(world, pool):
    client, person = pool.client(ExplicitAuthFlows=[*ALL_FLOWS, "ALLOW_USER_AUTH"]), pool.person()
    token = pool.sign_in(client, person)["AccessToken"]
    options = world.idp.start_web_authn_registration(AccessToken=token)["CredentialCreationOptions"]
    assert options["rp"] == {"id": "localhost", "name": "localhost"}
    assert options["authenticatorSelection"]["userVerification"] == "required"
    passkey = Passkey(ORIGIN)
    with refused("WebAuthnOriginNotAllowed"):
        foreign = Passkey("https://evil.example")
        world.idp.complete_web_authn_registration(AccessToken=token, Credential=foreign.create(options))
    world.idp.complete_web_authn_registration(AccessToken=token, Credential=passkey.create(options))
    with refused("WebAuthnChallengeNotFound"):
        world.idp.complete_web_authn_registration(AccessToken=token, Credential=Passkey(ORIGIN).create(options))
    [listed] = world.idp.list_web_authn_credentials(AccessToken=token)["Credentials"]
    assert listed["CredentialId"] == b64(passkey.id)
    assert listed["RelyingPartyId"] == "localhost"
    assert listed["AuthenticatorTransports"] == ["internal"]

    def begin():
        return world.idp.initiate_auth(
            ClientId=client["ClientId"],
            AuthFlow="USER_AUTH",
            AuthParameters={"USERNAME": person.username, "PREFERRED_CHALLENGE": "WEB_AUTHN"},
        )

    def answer(asked, credential):
        return world.idp.respond_to_auth_challenge(
            ClientId=client["ClientId"],
            ChallengeName="WEB_AUTHN",
            Session=asked["Session"],
            ChallengeResponses={"USERNAME": person.username, "CREDENTIAL": json.dumps(credential)},
        )

    asked = begin()
    assert asked["ChallengeName"] == "WEB_AUTHN"
    signed = passkey.get(json.loads(asked["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"]))
    other = begin()
    with refused("NotAuthorized", "Incorrect username or password."):
        answer(other, signed)
    tokens = answer(asked, signed)["AuthenticationResult"]
    assert world.idp.get_user(AccessToken=tokens["AccessToken"])["Username"] == person.username
    with refused("NotAuthorized", "Invalid session for the user, session can only be used once."):
        answer(asked, signed)

    world.idp.delete_web_authn_credential(AccessToken=token, CredentialId=b64(passkey.id))
    with refused("ResourceNotFound"):
        world.idp.delete_web_authn_credential(AccessToken=token, CredentialId=b64(passkey.id))
    assert world.idp.list_web_authn_credentials(AccessToken=token)["Credentials"] == []
    assert begin()["ChallengeName"] != "WEB_AUTHN"


def test_a_pool_without_passkeys(world):
    pool = world.pool()
    token = pool.sign_in(pool.client(), pool.person())["AccessToken"]
    with refused("WebAuthnNotEnabled"):
        world.idp.start_web_authn_registration(AccessToken=token)
