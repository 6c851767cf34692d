"""ForgotPassword, ConfirmForgotPassword, ChangePassword, AdminSetUserPassword."""

import pytest

from world import OTHER_PASSWORD, PASSWORD, as_dict, attributes, fresh, new_email, refused
from test_sign_up import NO_CODE, WRONG_CODE, other

THIRD_PASSWORD = "Paper-Clip3#"


@pytest.fixture
def pool(world):
    return world.pool(AutoVerifiedAttributes=["email"])


def test_forgotten_and_set_anew(world, pool):
    client, person = pool.client(), pool.person()
    details = world.idp.forgot_password(ClientId=client["ClientId"], Username=person.username)["CodeDeliveryDetails"]
    assert details == {
        "Destination": f"{person.email[0]}***@e***",
        "DeliveryMedium": "EMAIL",
        "AttributeName": "email",
    }
    code = world.mailbox.code(person.email)
    given = {"ClientId": client["ClientId"], "Username": person.username}
    with refused("CodeMismatch", WRONG_CODE):
        world.idp.confirm_forgot_password(**given, ConfirmationCode=other(code), Password=OTHER_PASSWORD)
    with refused("InvalidPassword", "Password did not conform with policy: Password not long enough"):
        world.idp.confirm_forgot_password(**given, ConfirmationCode=code, Password="Ab1!")
    world.idp.confirm_forgot_password(**given, ConfirmationCode=code, Password=OTHER_PASSWORD)
    with refused("NotAuthorized", "Incorrect username or password."):
        pool.sign_in(client, person)
    person.password = OTHER_PASSWORD
    assert pool.sign_in(client, person)["AccessToken"]
    with refused("ExpiredCode", NO_CODE):
        world.idp.confirm_forgot_password(**given, ConfirmationCode=code, Password=THIRD_PASSWORD)


def test_a_code_that_nobody_asked_for(world, pool):
    client, person = pool.client(), pool.person()
    with refused("ExpiredCode", NO_CODE):
        world.idp.confirm_forgot_password(
            ClientId=client["ClientId"], Username=person.username, ConfirmationCode="123456", Password=OTHER_PASSWORD
        )


def test_who_cannot_reset(world, pool):
    client = pool.client()["ClientId"]
    nowhere = "Cannot reset password for the user as there is no registered/verified email or phone_number"

    name = fresh("unverified")
    world.idp.admin_create_user(
        UserPoolId=pool.id, Username=name, UserAttributes=attributes(email=new_email()), MessageAction="SUPPRESS"
    )
    with refused("NotAuthorized", "User password cannot be reset in the current state."):
        world.idp.forgot_password(ClientId=client, Username=name)
    world.idp.admin_set_user_password(UserPoolId=pool.id, Username=name, Password=PASSWORD, Permanent=True)
    with refused("InvalidParameter", nowhere):
        world.idp.forgot_password(ClientId=client, Username=name)

    name = fresh("unconfirmed")
    world.idp.sign_up(ClientId=client, Username=name, Password=PASSWORD, UserAttributes=attributes(email=new_email()))
    with refused("InvalidParameter", nowhere):
        world.idp.forgot_password(ClientId=client, Username=name)

    person = pool.person()
    world.idp.admin_disable_user(UserPoolId=pool.id, Username=person.username)
    with refused("NotAuthorized", "User is disabled."):
        world.idp.forgot_password(ClientId=client, Username=person.username)


def test_an_administrator_can_keep_resets_for_himself(world):
    pool = world.pool(AccountRecoverySetting={"RecoveryMechanisms": [{"Priority": 1, "Name": "admin_only"}]})
    person = pool.person()
    with refused("NotAuthorized", "Contact administrator to reset password."):
        world.idp.forgot_password(ClientId=pool.client()["ClientId"], Username=person.username)


def test_unknown_people(world, pool):
    legacy = pool.client()["ClientId"]
    hiding = pool.client(PreventUserExistenceErrors="ENABLED")["ClientId"]
    nobody = fresh("nobody")
    with refused("UserNotFound", "Username/client id combination not found."):
        world.idp.forgot_password(ClientId=legacy, Username=nobody)
    with refused("UserNotFound", "Username/client id combination not found."):
        world.idp.confirm_forgot_password(
            ClientId=legacy, Username=nobody, ConfirmationCode="123456", Password=OTHER_PASSWORD
        )
    details = [
        world.idp.forgot_password(ClientId=hiding, Username=nobody)["CodeDeliveryDetails"] for _ in range(2)
    ]
    assert details[0] == details[1] and details[0]["DeliveryMedium"] == "EMAIL"
    with refused("CodeMismatch", WRONG_CODE):
        world.idp.confirm_forgot_password(
            ClientId=hiding, Username=nobody, ConfirmationCode="123456", Password=OTHER_PASSWORD
        )


def test_guessing_reset_codes_has_an_end(world, pool):
    client, person = pool.client()["ClientId"], pool.person()
    world.idp.forgot_password(ClientId=client, Username=person.username)
    right = world.mailbox.code(person.email)
    kinds = []
    for _ in range(21):
        with pytest.raises(world.idp.exceptions.ClientError) as caught:
            world.idp.confirm_forgot_password(
                ClientId=client, Username=person.username, ConfirmationCode=other(right), Password=OTHER_PASSWORD
            )
        kinds.append(caught.value.response["Error"]["Code"])
    assert kinds[0] == "CodeMismatchException"
    assert kinds[-1] in ("LimitExceededException", "TooManyFailedAttemptsException")


def test_change_password(world, pool):
    client, person = pool.client(), pool.person()
    token = pool.sign_in(client, person)["AccessToken"]
    with refused("NotAuthorized", "Incorrect username or password."):
        world.idp.change_password(AccessToken=token, PreviousPassword=THIRD_PASSWORD, ProposedPassword=OTHER_PASSWORD)
    with refused("InvalidPassword", "Password did not conform with policy: Password must have symbol characters"):
        world.idp.change_password(AccessToken=token, PreviousPassword=PASSWORD, ProposedPassword="Abcdefgh1")
    world.idp.change_password(AccessToken=token, PreviousPassword=PASSWORD, ProposedPassword=OTHER_PASSWORD)
    with refused("NotAuthorized", "Incorrect username or password."):
        pool.sign_in(client, person)
    person.password = OTHER_PASSWORD
    assert pool.sign_in(client, person)
    with refused("NotAuthorized", "Invalid Access Token"):
        world.idp.change_password(AccessToken="nonsense", PreviousPassword=PASSWORD, ProposedPassword=OTHER_PASSWORD)


def test_changing_passwords_has_an_end(world, pool):
    client, person = pool.client(), pool.person()
    token = pool.sign_in(client, person)["AccessToken"]
    kinds = []
    for _ in range(6):
        with pytest.raises(world.idp.exceptions.ClientError) as caught:
            world.idp.change_password(
                AccessToken=token, PreviousPassword=THIRD_PASSWORD, ProposedPassword=OTHER_PASSWORD
            )
        kinds.append(caught.value.response["Error"])
    assert kinds[0]["Code"] == "NotAuthorizedException"
    assert kinds[-1]["Code"] == "LimitExceededException"
    assert kinds[-1]["Message"] == "Attempt limit exceeded, please try after some time."


def test_passwords_of_the_past_are_refused_where_history_is_kept(world):
    pool = world.pool(Policies={"PasswordPolicy": {"MinimumLength": 8, "PasswordHistorySize": 2}})
    client, person = pool.client(), pool.person()
    token = pool.sign_in(client, person)["AccessToken"]
    world.idp.change_password(AccessToken=token, PreviousPassword=PASSWORD, ProposedPassword=OTHER_PASSWORD)
    with refused("PasswordHistoryPolicyViolation"):
        world.idp.change_password(AccessToken=token, PreviousPassword=OTHER_PASSWORD, ProposedPassword=PASSWORD)
    with refused("PasswordHistoryPolicyViolation"):
        world.idp.admin_set_user_password(
            UserPoolId=pool.id, Username=person.username, Password=OTHER_PASSWORD, Permanent=True
        )


def test_an_administrator_sets_passwords(world, pool):
    client = pool.client()
    name = fresh("user")
    world.idp.sign_up(ClientId=client["ClientId"], Username=name, Password=PASSWORD)
    set_to = {"UserPoolId": pool.id, "Username": name}
    with refused("InvalidPassword", "Password did not conform with policy: Password not long enough"):
        world.idp.admin_set_user_password(**set_to, Password="Ab1!", Permanent=True)
    world.idp.admin_set_user_password(**set_to, Password=OTHER_PASSWORD, Permanent=True)
    assert pool.status(name) == "CONFIRMED"
    assert "email_verified" not in pool.attributes(name)
    world.idp.admin_set_user_password(**set_to, Password=THIRD_PASSWORD)
    assert pool.status(name) == "FORCE_CHANGE_PASSWORD"
    with refused("UserNotFound", "User does not exist."):
        world.idp.admin_set_user_password(UserPoolId=pool.id, Username=fresh("nobody"), Password=PASSWORD)
    assert as_dict(world.idp.admin_get_user(**set_to)["UserAttributes"])["sub"]


def test_an_administrator_asks_for_a_new_password(world, pool):
    client, person = pool.client(), pool.person()
    where = {"UserPoolId": pool.id, "Username": person.username}
    world.idp.admin_reset_user_password(**where)
    assert pool.status(person.username) == "RESET_REQUIRED"
    with refused("PasswordResetRequired", "Password reset required for the user"):
        pool.sign_in(client, person)
    world.idp.confirm_forgot_password(
        ClientId=client["ClientId"],
        Username=person.username,
        ConfirmationCode=world.mailbox.code(person.email),
        Password=OTHER_PASSWORD,
    )
    assert pool.status(person.username) == "CONFIRMED"
    person.password = OTHER_PASSWORD
    assert pool.sign_in(client, person)["AccessToken"]
    with refused("UserNotFound", "User does not exist."):
        world.idp.admin_reset_user_password(UserPoolId=pool.id, Username=fresh("nobody"))
    world.idp.admin_set_user_password(**where, Password=PASSWORD)
    with refused("NotAuthorized", "User password cannot be reset in the current state."):
        world.idp.admin_reset_user_password(**where)
    alone = pool.person()
    world.idp.admin_update_user_attributes(
        UserPoolId=pool.id, Username=alone.username, UserAttributes=attributes(email_verified="false")
    )
    nowhere = "Cannot reset password for the user as there is no registered/verified email or phone_number"
    with refused("InvalidParameter", nowhere):
        world.idp.admin_reset_user_password(UserPoolId=pool.id, Username=alone.username)
