"""USER_AUTH: the choice among first factors, and accounts without a password."""

import pytest

from world import attributes, fresh, new_email, refused

FACTORS = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP", "SMS_OTP"]}}
FLOWS = ["ALLOW_USER_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]


@pytest.fixture
def pool(world):
    return world.pool(AutoVerifiedAttributes=["email"], Policies=FACTORS)


def start(world, client, name, **parameters):
    return world.idp.initiate_auth(
        ClientId=client["ClientId"], AuthFlow="USER_AUTH", AuthParameters={"USERNAME": name, **parameters}
    )


def answer(world, client, name, asked, **responses):
    return world.idp.respond_to_auth_challenge(
        ClientId=client["ClientId"],
        ChallengeName=asked["ChallengeName"],
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": name, **responses},
    )


def test_the_choice(world, pool):
    client, person = pool.client(ExplicitAuthFlows=FLOWS), pool.person(phone_number="+15550177")
    asked = start(world, client, person.username)
    assert asked["ChallengeName"] == "SELECT_CHALLENGE"
    assert asked["AvailableChallenges"] == ["PASSWORD_SRP", "PASSWORD", "EMAIL_OTP"]
    done = answer(world, client, person.username, asked, ANSWER="PASSWORD", PASSWORD=person.password)
    token = done["AuthenticationResult"]["AccessToken"]
    own = world.idp.get_user_auth_factors(AccessToken=token)
    seen = world.idp.admin_get_user_auth_factors(UserPoolId=pool.id, Username=person.username)
    for shown in (own, seen):
        assert shown["Username"] == person.username
        assert shown["ConfiguredUserAuthFactors"] == ["PASSWORD", "EMAIL_OTP"]
        assert not {"PreferredMfaSetting", "UserMFASettingList"} & set(shown)


def test_a_code_in_the_password_s_place(world, pool):
    client, person = pool.client(ExplicitAuthFlows=FLOWS), pool.person()
    asked = start(world, client, person.username, PREFERRED_CHALLENGE="EMAIL_OTP")
    assert asked["ChallengeName"] == "EMAIL_OTP"
    assert asked["ChallengeParameters"]["CODE_DELIVERY_DELIVERY_MEDIUM"] == "EMAIL"
    code = world.mailbox.wait(to=person.email, pool=pool.id)["code"]
    assert len(code) == 8
    wrong = code[:-1] + str((int(code[-1]) + 1) % 10)
    with refused("CodeMismatch", "Invalid code or auth state for the user."):
        answer(world, client, person.username, asked, EMAIL_OTP_CODE=wrong)
    assert answer(world, client, person.username, asked, EMAIL_OTP_CODE=code)["AuthenticationResult"]["RefreshToken"]


def test_a_user_without_a_password(world, pool):
    client, email = pool.client(ExplicitAuthFlows=FLOWS), new_email()
    name = fresh("free")
    made = world.idp.admin_create_user(UserPoolId=pool.id, Username=name, UserAttributes=attributes(email=email))
    assert made["User"]["UserStatus"] == "CONFIRMED"
    asked = start(world, client, name)
    assert asked["AvailableChallenges"] == ["EMAIL_OTP"]
    asked = answer(world, client, name, asked, ANSWER="EMAIL_OTP")
    done = answer(world, client, name, asked, EMAIL_OTP_CODE=world.mailbox.wait(to=email, pool=pool.id)["code"])
    token = done["AuthenticationResult"]["AccessToken"]
    world.idp.change_password(AccessToken=token, ProposedPassword="Correct-Horse1!")
    done = start(world, client, name, PREFERRED_CHALLENGE="PASSWORD", PASSWORD="Correct-Horse1!")
    assert done["AuthenticationResult"]["AccessToken"]


def test_from_sign_up_to_the_tokens(world, pool):
    client, name, email = pool.client(ExplicitAuthFlows=FLOWS), fresh("quick"), new_email()
    made = world.idp.sign_up(ClientId=client["ClientId"], Username=name, UserAttributes=attributes(email=email))
    confirmed = world.idp.confirm_sign_up(
        ClientId=client["ClientId"],
        Username=name,
        ConfirmationCode=world.mailbox.wait(to=email, pool=pool.id)["code"],
        Session=made["Session"],
    )
    again = dict(
        ClientId=client["ClientId"],
        AuthFlow="USER_AUTH",
        Session=confirmed["Session"],
        AuthParameters={"USERNAME": name},
    )
    assert world.idp.initiate_auth(**again)["AuthenticationResult"]["IdToken"]
    with refused("NotAuthorized", "Invalid session for the user, session can only be used once."):
        world.idp.initiate_auth(**again)
