"""SignUp, ConfirmSignUp, ResendConfirmationCode: the way in, by code."""

import pytest

from world import PASSWORD, as_dict, attributes, fresh, new_email, refused, secret_hash

WRONG_CODE = "Invalid verification code provided, please try again."
NO_CODE = "Invalid code provided, please request a code again."


@pytest.fixture
def pool(world):
    return world.pool(AutoVerifiedAttributes=["email"])


def other(code: str) -> str:
    """A code of the same form that is not this one."""
    return code[:-1] + str((int(code[-1]) + 1) % 10)


def test_the_way_in(world, pool):
    client = pool.client()["ClientId"]
    name, email = fresh("ada"), new_email()
    made = world.idp.sign_up(
        ClientId=client, Username=name, Password=PASSWORD, UserAttributes=attributes(email=email, name="Ada")
    )
    assert made["UserConfirmed"] is False
    local, _, host = email.partition("@")
    assert made["CodeDeliveryDetails"] == {
        "Destination": f"{local[0]}***@{host[0]}***",
        "DeliveryMedium": "EMAIL",
        "AttributeName": "email",
    }
    user = world.idp.admin_get_user(UserPoolId=pool.id, Username=name)
    assert user["UserStatus"] == "UNCONFIRMED" and user["Enabled"] is True
    assert set(user) - {"ResponseMetadata"} == {
        "Username",
        "UserAttributes",
        "UserCreateDate",
        "UserLastModifiedDate",
        "Enabled",
        "UserStatus",
    }
    assert as_dict(user["UserAttributes"]) == {
        "sub": made["UserSub"],
        "email": email,
        "email_verified": "false",
        "name": "Ada",
    }
    message = world.mailbox.wait(to=email, pool=pool.id)
    assert message["subject"] == "Your verification code"
    assert message["text"].strip() == f"Your verification code is {message['code']}."
    assert message["username"] == name and message["channel"].upper() == "EMAIL"
    assert len(message["code"]) == 6 and message["code"].isdigit()
    with refused("CodeMismatch", WRONG_CODE):
        world.idp.confirm_sign_up(ClientId=client, Username=name, ConfirmationCode=other(message["code"]))
    done = world.idp.confirm_sign_up(ClientId=client, Username=name, ConfirmationCode=message["code"])
    assert set(done) <= {"ResponseMetadata", "Session"}
    assert pool.status(name) == "CONFIRMED"
    assert pool.attributes(name)["email_verified"] == "true"
    with refused("NotAuthorized", "User cannot be confirmed. Current status is CONFIRMED"):
        world.idp.confirm_sign_up(ClientId=client, Username=name, ConfirmationCode=message["code"])
    with refused("InvalidParameter", "User is already confirmed."):
        world.idp.resend_confirmation_code(ClientId=client, Username=name)


def test_nothing_is_sent_where_nothing_is_verified(world):
    pool = world.pool()
    client = pool.client()["ClientId"]
    email, name = new_email(), fresh("user")
    made = world.idp.sign_up(ClientId=client, Username=name, Password=PASSWORD, UserAttributes=attributes(email=email))
    assert "CodeDeliveryDetails" not in made and made["UserConfirmed"] is False
    assert world.mailbox.wait(to=email, timeout=0) is None
    with refused("InvalidParameter", "Cannot resend codes. Auto verification not turned on."):
        world.idp.resend_confirmation_code(ClientId=client, Username=name)


def test_a_second_code_makes_the_first_worthless(world, pool):
    client, name, email = pool.client()["ClientId"], fresh("user"), new_email()
    world.idp.sign_up(ClientId=client, Username=name, Password=PASSWORD, UserAttributes=attributes(email=email))
    first = world.mailbox.wait(to=email)
    again = world.idp.resend_confirmation_code(ClientId=client, Username=name)["CodeDeliveryDetails"]
    assert again["DeliveryMedium"] == "EMAIL" and again["AttributeName"] == "email"
    second = world.mailbox.wait(to=email, after=first["id"])
    if first["code"] != second["code"]:
        with refused("CodeMismatch", WRONG_CODE):
            world.idp.confirm_sign_up(ClientId=client, Username=name, ConfirmationCode=first["code"])
    world.idp.confirm_sign_up(ClientId=client, Username=name, ConfirmationCode=second["code"])


def test_resending_has_an_end(world, pool):
    client, name, email = pool.client()["ClientId"], fresh("user"), new_email()
    world.idp.sign_up(ClientId=client, Username=name, Password=PASSWORD, UserAttributes=attributes(email=email))
    for _ in range(5):
        world.idp.resend_confirmation_code(ClientId=client, Username=name)
    with refused("LimitExceeded", "Attempt limit exceeded, please try after some time."):
        world.idp.resend_confirmation_code(ClientId=client, Username=name)


def test_guessing_codes_has_an_end(world, pool):
    client, name, email = pool.client()["ClientId"], fresh("user"), new_email()
    world.idp.sign_up(ClientId=client, Username=name, Password=PASSWORD, UserAttributes=attributes(email=email))
    right = world.mailbox.code(email)
    kinds = []
    for _ in range(16):
        with pytest.raises(world.idp.exceptions.ClientError) as caught:
            world.idp.confirm_sign_up(ClientId=client, Username=name, ConfirmationCode=other(right))
        kinds.append(caught.value.response["Error"]["Code"])
    assert kinds[0] == "CodeMismatchException"
    assert kinds[-1] in ("LimitExceededException", "TooManyFailedAttemptsException")
    with pytest.raises(world.idp.exceptions.ClientError):
        world.idp.confirm_sign_up(ClientId=client, Username=name, ConfirmationCode=right)
    assert pool.status(name) == "UNCONFIRMED"


def test_names_are_taken_once(world, pool):
    client, name = pool.client()["ClientId"], fresh("user")
    world.idp.sign_up(ClientId=client, Username=name, Password=PASSWORD, UserAttributes=attributes(email=new_email()))
    with refused("UsernameExists", "User already exists"):
        world.idp.sign_up(ClientId=client, Username=name, Password=PASSWORD, UserAttributes=attributes(email=new_email()))
    # A pool made by the API is case-sensitive.
    world.idp.sign_up(
        ClientId=client, Username=name.upper(), Password=PASSWORD, UserAttributes=attributes(email=new_email())
    )


def test_a_case_insensitive_pool_folds_names(world):
    pool = world.pool(UsernameConfiguration={"CaseSensitive": False})
    client, name = pool.client()["ClientId"], fresh("Mixed")
    world.idp.sign_up(ClientId=client, Username=name, Password=PASSWORD)
    with refused("UsernameExists", "User already exists"):
        world.idp.sign_up(ClientId=client, Username=name.lower(), Password=PASSWORD)
    assert world.idp.admin_get_user(UserPoolId=pool.id, Username=name.upper())["Username"] == name


@pytest.mark.parametrize(
    ("password", "rule"),
    [
        ("Ab1!", "Password not long enough"),
        ("ABCDEFGH1!", "Password must have lowercase characters"),
        ("abcdefgh1!", "Password must have uppercase characters"),
        ("Abcdefgh!", "Password must have numeric characters"),
        ("Abcdefgh1", "Password must have symbol characters"),
    ],
)
def test_the_password_policy_speaks(world, pool, password, rule):
    with refused("InvalidPassword", f"Password did not conform with policy: {rule}"):
        world.idp.sign_up(ClientId=pool.client()["ClientId"], Username=fresh("user"), Password=password)


def test_attributes_are_checked_against_the_schema(world):
    pool = world.pool(
        Schema=[
            {"Name": "email", "AttributeDataType": "String", "Required": True, "Mutable": True},
            {"Name": "birthdate", "AttributeDataType": "String", "Required": True, "Mutable": True},
        ]
    )
    client = pool.client()["ClientId"]

    def sign_up(**given):
        world.idp.sign_up(ClientId=client, Username=fresh("user"), Password=PASSWORD, UserAttributes=attributes(**given))

    with refused("InvalidParameter") as caught:
        sign_up(birthdate="1815-12-10")
    assert message_of(caught) == "Attributes did not conform to the schema: email: The attribute is required"
    with refused("InvalidParameter") as caught:
        sign_up()
    lines = message_of(caught).removeprefix("Attributes did not conform to the schema: ").splitlines()
    assert len(lines) == 2 and "email: The attribute is required" in lines
    with refused("InvalidParameter"):
        sign_up(email=new_email(), birthdate="1815-12-10", custom__plan="gold")
    with refused("InvalidParameter", "Invalid email address format."):
        sign_up(email="nonsense", birthdate="1815-12-10")
    with refused("InvalidParameter", "Invalid phone number format."):
        sign_up(email=new_email(), birthdate="1815-12-10", phone_number="0123")


def message_of(caught):
    return caught.value.response["Error"]["Message"].strip()


def test_a_client_writes_only_what_it_may(world, pool):
    client = pool.client(WriteAttributes=["email"])["ClientId"]
    with refused("NotAuthorized", "A client attempted to write unauthorized attribute"):
        world.idp.sign_up(
            ClientId=client,
            Username=fresh("user"),
            Password=PASSWORD,
            UserAttributes=attributes(email=new_email(), name="Ada"),
        )
    anything = pool.client()["ClientId"]
    with refused("NotAuthorized", "A client attempted to write unauthorized attribute"):
        world.idp.sign_up(
            ClientId=anything,
            Username=fresh("user"),
            Password=PASSWORD,
            UserAttributes=attributes(email=new_email(), email_verified="true"),
        )


def test_self_sign_up_can_be_closed(world):
    pool = world.pool(AdminCreateUserConfig={"AllowAdminCreateUserOnly": True})
    with refused("NotAuthorized", "SignUp is not permitted for this user pool"):
        world.idp.sign_up(ClientId=pool.client()["ClientId"], Username=fresh("user"), Password=PASSWORD)


def test_a_confidential_client_proves_its_secret(world, pool):
    client = pool.client(GenerateSecret=True)
    client_id, secret = client["ClientId"], client["ClientSecret"]
    name, email = fresh("user"), new_email()
    given = {"ClientId": client_id, "Username": name}
    more = {"Password": PASSWORD, "UserAttributes": attributes(email=email)}
    with refused("NotAuthorized", f"Client {client_id} is configured with secret but SECRET_HASH was not received"):
        world.idp.sign_up(**given, **more)
    with refused("NotAuthorized", f"Unable to verify secret hash for client {client_id}"):
        world.idp.sign_up(**given, **more, SecretHash=secret_hash("somebody", client_id, secret))
    proof = secret_hash(name, client_id, secret)
    world.idp.sign_up(**given, **more, SecretHash=proof)
    with refused("NotAuthorized", f"Unable to verify secret hash for client {client_id}"):
        world.idp.resend_confirmation_code(**given, SecretHash="bm9uc2Vuc2U=")
    world.idp.resend_confirmation_code(**given, SecretHash=proof)
    code = world.mailbox.code(email)
    with refused("NotAuthorized", f"Client {client_id} is configured with secret but SECRET_HASH was not received"):
        world.idp.confirm_sign_up(**given, ConfirmationCode=code)
    world.idp.confirm_sign_up(**given, ConfirmationCode=code, SecretHash=proof)


def test_sensitive_values_are_never_echoed(world, pool):
    with refused("InvalidParameter") as caught:
        world.idp.sign_up(ClientId=pool.client()["ClientId"], Username=fresh("user"), Password="with a blank in it")
    message = caught.value.response["Error"]["Message"]
    assert message == (
        "1 validation error detected: Value at 'password' failed to satisfy constraint: "
        r"Member must satisfy regular expression pattern: [\S]+"
    )


def test_unknown_people_are_told_apart_or_not(world, pool):
    legacy = pool.client()["ClientId"]
    hiding = pool.client(PreventUserExistenceErrors="ENABLED")["ClientId"]
    nobody, unknown = fresh("nobody"), "Username/client id combination not found."
    with refused("UserNotFound", unknown):
        world.idp.confirm_sign_up(ClientId=legacy, Username=nobody, ConfirmationCode="123456")
    with refused("UserNotFound", unknown):
        world.idp.resend_confirmation_code(ClientId=legacy, Username=nobody)
    with pytest.raises(world.idp.exceptions.ClientError) as caught:
        world.idp.confirm_sign_up(ClientId=hiding, Username=nobody, ConfirmationCode="123456")
    assert caught.value.response["Error"]["Code"] in ("ExpiredCodeException", "CodeMismatchException")
    details = world.idp.resend_confirmation_code(ClientId=hiding, Username=nobody)["CodeDeliveryDetails"]
    assert details["DeliveryMedium"] == "EMAIL" and "***@" in details["Destination"]


class TestEmailAsUsername:
    @pytest.fixture
    def pool(self, world):
        return world.pool(UsernameAttributes=["email"], AutoVerifiedAttributes=["email"])

    def test_the_username_is_the_sub(self, world, pool):
        client, email = pool.client()["ClientId"], new_email()
        made = world.idp.sign_up(ClientId=client, Username=email, Password=PASSWORD)
        user = world.idp.admin_get_user(UserPoolId=pool.id, Username=email)
        assert user["Username"] == made["UserSub"]
        assert as_dict(user["UserAttributes"]) == {"sub": made["UserSub"], "email": email, "email_verified": "false"}
        world.idp.confirm_sign_up(ClientId=client, Username=email, ConfirmationCode=world.mailbox.code(email))
        assert pool.status(made["UserSub"]) == "CONFIRMED"
        with refused("UsernameExists"):
            world.idp.sign_up(ClientId=client, Username=email, Password=PASSWORD)

    def test_other_names_are_refused(self, world):
        pool = world.pool(UsernameAttributes=["email", "phone_number"])
        with refused("InvalidParameter", "Username should be either an email or a phone number."):
            world.idp.sign_up(ClientId=pool.client()["ClientId"], Username="ada", Password=PASSWORD)


class TestEmailAsAlias:
    @pytest.fixture
    def pool(self, world):
        return world.pool(AliasAttributes=["email"], AutoVerifiedAttributes=["email"])

    def test_a_username_may_not_look_like_an_alias(self, world, pool):
        with refused(
            "InvalidParameter",
            "Username cannot be of email format, since user pool is configured for email alias.",
        ):
            world.idp.sign_up(ClientId=pool.client()["ClientId"], Username=new_email(), Password=PASSWORD)

    def test_a_taken_alias_stops_the_confirmation_unless_forced(self, world, pool):
        client, email = pool.client()["ClientId"], new_email()
        first, second = fresh("first"), fresh("second")
        for name in (first, second):
            before = world.mailbox.newest_id(to=email)
            world.idp.sign_up(ClientId=client, Username=name, Password=PASSWORD, UserAttributes=attributes(email=email))
            query = {"after": before} if before else {}
            code = world.mailbox.code(email, **query)
            if name == first:
                world.idp.confirm_sign_up(ClientId=client, Username=name, ConfirmationCode=code)
        assert world.idp.admin_get_user(UserPoolId=pool.id, Username=email)["Username"] == first
        with refused("AliasExists", "An account with the email already exists."):
            world.idp.confirm_sign_up(ClientId=client, Username=second, ConfirmationCode=code)
        world.idp.confirm_sign_up(ClientId=client, Username=second, ConfirmationCode=code, ForceAliasCreation=True)
        assert world.idp.admin_get_user(UserPoolId=pool.id, Username=email)["Username"] == second
        assert pool.attributes(first)["email_verified"] == "false"


def test_codes_without_a_request_have_expired(world, pool):
    """A user made by an administrator never was sent a sign-up code."""
    client = pool.client()["ClientId"]
    email, name = new_email(), fresh("user")
    world.idp.sign_up(ClientId=client, Username=name, Password=PASSWORD, UserAttributes=attributes(email=email))
    code = world.mailbox.code(email)
    world.idp.admin_confirm_sign_up(UserPoolId=pool.id, Username=name)
    assert pool.status(name) == "CONFIRMED"
    assert pool.attributes(name)["email_verified"] == "false"
    with refused("NotAuthorized", "User cannot be confirmed. Current status is CONFIRMED"):
        world.idp.confirm_sign_up(ClientId=client, Username=name, ConfirmationCode=code)
    with refused("NotAuthorized", "User cannot be confirmed. Current status is CONFIRMED"):
        world.idp.admin_confirm_sign_up(UserPoolId=pool.id, Username=name)
