"""Second factors: setting them up, being asked for them, and taking them away."""

import base64
import hashlib
import hmac
import time

import pytest

from world import refused

SMS = {"SnsCallerArn": "arn:aws:iam::123456789012:role/sms"}
FACTORS = {
    "SmsMfaConfiguration": {"SmsConfiguration": SMS},
    "SoftwareTokenMfaConfiguration": {"Enabled": True},
    "EmailMfaConfiguration": {"Message": "Mail {####}", "Subject": "Your code"},
}


def totp(secret: str, later: int = 0) -> str:
    """The code of an authenticator app, some steps of 30 seconds later."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    tag = hmac.new(key, (int(time.time()) // 30 + later).to_bytes(8, "big"), hashlib.sha1).digest()
    at = tag[-1] & 15
    return f"{(int.from_bytes(tag[at : at + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


@pytest.fixture
def pool(world):
    pool = world.pool(SmsConfiguration=SMS)
    world.idp.set_user_pool_mfa_config(UserPoolId=pool.id, MfaConfiguration="OPTIONAL", **FACTORS)
    return pool


def start(world, client, person):
    return world.idp.initiate_auth(
        ClientId=client["ClientId"],
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": person.username, "PASSWORD": person.password},
    )


def answer(world, client, person, asked, **responses):
    return world.idp.respond_to_auth_challenge(
        ClientId=client["ClientId"],
        ChallengeName=asked["ChallengeName"],
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": person.username, **responses},
    )


def test_an_authenticator_app(world, pool):
    client, person = pool.client(), pool.person()
    token = pool.sign_in(client, person)["AccessToken"]
    secret = world.idp.associate_software_token(AccessToken=token)["SecretCode"]
    with refused("EnableSoftwareTokenMFA", "Code mismatch and fail enable Software Token MFA"):
        wrong = "000000" if totp(secret) != "000000" else "000001"
        world.idp.verify_software_token(AccessToken=token, UserCode=wrong)
    done = world.idp.verify_software_token(AccessToken=token, UserCode=totp(secret), FriendlyDeviceName="phone")
    assert done["Status"] == "SUCCESS"
    world.idp.set_user_mfa_preference(
        AccessToken=token, SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True}
    )
    shown = world.idp.get_user(AccessToken=token)
    assert (shown["PreferredMfaSetting"], shown["UserMFASettingList"]) == ("SOFTWARE_TOKEN_MFA", ["SOFTWARE_TOKEN_MFA"])
    asked = start(world, client, person)
    assert asked["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    assert asked["ChallengeParameters"] == {"USER_ID_FOR_SRP": person.username, "FRIENDLY_DEVICE_NAME": "phone"}
    tokens = answer(world, client, person, asked, SOFTWARE_TOKEN_MFA_CODE=totp(secret, later=1))
    assert tokens["AuthenticationResult"]["AccessToken"]
    with refused("ExpiredCode", "Your software token has already been used once."):
        again = start(world, client, person)
        answer(world, client, person, again, SOFTWARE_TOKEN_MFA_CODE=totp(secret))
    world.idp.admin_delete_software_token(UserPoolId=pool.id, Username=person.username)
    assert pool.sign_in(client, person)["AccessToken"]


def test_a_required_factor_is_set_up_at_sign_in(world, pool):
    world.idp.set_user_pool_mfa_config(UserPoolId=pool.id, MfaConfiguration="ON", **FACTORS)
    client, person = pool.client(), pool.person()
    asked = start(world, client, person)
    assert asked["ChallengeName"] == "MFA_SETUP"
    begun = world.idp.associate_software_token(Session=asked["Session"])
    done = world.idp.verify_software_token(Session=begun["Session"], UserCode=totp(begun["SecretCode"]))
    tokens = answer(world, client, person, {"ChallengeName": "MFA_SETUP", "Session": done["Session"]})
    assert tokens["AuthenticationResult"]["RefreshToken"]


def test_codes_by_mail_and_by_text_message(world, pool):
    client, person = pool.client(), pool.person(phone_number="+15550123")
    both = {"SMSMfaSettings": {"Enabled": True}, "EmailMfaSettings": {"Enabled": True}}
    world.idp.admin_set_user_mfa_preference(UserPoolId=pool.id, Username=person.username, **both)
    for factor, name, to in (
        ("EMAIL_OTP", "EMAIL_OTP_CODE", person.email),
        ("SMS_MFA", "SMS_MFA_CODE", "+15550123"),
    ):
        asked = start(world, client, person)
        assert asked["ChallengeName"] == "SELECT_MFA_TYPE"
        chosen = answer(world, client, person, asked, ANSWER=factor)
        assert chosen["ChallengeName"] == factor
        code = world.mailbox.wait(to=to, pool=pool.id)["code"]
        with refused("CodeMismatch", "Invalid code or auth state for the user."):
            answer(world, client, person, chosen, **{name: "000000" if code != "000000" else "000001"})
        tokens = answer(world, client, person, chosen, **{name: code})
        assert tokens["AuthenticationResult"]["IdToken"]


def test_the_old_settings(world, pool):
    client, person = pool.client(), pool.person(phone_number="+15550124")
    token = pool.sign_in(client, person)["AccessToken"]
    sms = [{"DeliveryMedium": "SMS", "AttributeName": "phone_number"}]
    world.idp.set_user_settings(AccessToken=token, MFAOptions=sms)
    assert world.idp.get_user(AccessToken=token)["MFAOptions"] == sms
    assert start(world, client, person)["ChallengeName"] == "SMS_MFA"
    world.idp.admin_set_user_settings(UserPoolId=pool.id, Username=person.username, MFAOptions=[])
    assert "MFAOptions" not in world.idp.admin_get_user(UserPoolId=pool.id, Username=person.username)
    assert pool.sign_in(client, person)["AccessToken"]
