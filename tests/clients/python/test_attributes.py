"""What people change about themselves, and how a new address is proven."""

import pytest

from test_sign_up import NO_CODE, WRONG_CODE, other
from world import PASSWORD, as_dict, attributes, fresh, new_email, refused


@pytest.fixture
def pool(world):
    return world.pool(
        AutoVerifiedAttributes=["email"],
        Schema=[
            {"Name": "plan", "AttributeDataType": "String", "Mutable": True},
            {"Name": "badge", "AttributeDataType": "String", "Mutable": False},
        ],
    )


def test_people_change_what_their_client_may_write(world, pool):
    client = pool.client(WriteAttributes=["name", "nickname"])
    person = pool.person(name="Ada", custom__badge="7")
    token = pool.sign_in(client, person)["AccessToken"]
    answer = world.idp.update_user_attributes(
        AccessToken=token, UserAttributes=attributes(name="Augusta", nickname="Countess")
    )
    assert answer.get("CodeDeliveryDetailsList", []) == []
    assert pool.attributes(person.username)["name"] == "Augusta"
    world.idp.update_user_attributes(AccessToken=token, UserAttributes=attributes(nickname=""))
    assert "nickname" not in pool.attributes(person.username)
    with refused("NotAuthorized", "A client attempted to write unauthorized attribute"):
        world.idp.update_user_attributes(AccessToken=token, UserAttributes=attributes(website="https://a.example"))
    anything = pool.sign_in(pool.client(), person)["AccessToken"]
    for given in ({"email_verified": "true"}, {"phone_number_verified": "true"}):
        with refused("NotAuthorized", "A client attempted to write unauthorized attribute"):
            world.idp.update_user_attributes(AccessToken=anything, UserAttributes=attributes(**given))
    with refused("NotAuthorized"):
        world.idp.update_user_attributes(AccessToken="nonsense", UserAttributes=attributes(name="x"))


def test_a_new_address_is_proven_by_code(world, pool):
    client, person, email = pool.client(), pool.person(), new_email()
    token = pool.sign_in(client, person)["AccessToken"]
    answer = world.idp.update_user_attributes(AccessToken=token, UserAttributes=attributes(email=email))
    details, = answer["CodeDeliveryDetailsList"]
    assert (details["AttributeName"], details["DeliveryMedium"]) == ("email", "EMAIL")
    seen = pool.attributes(person.username)
    assert (seen["email"], seen["email_verified"]) == (email, "false")
    code = world.mailbox.code(email)
    given = {"AccessToken": token, "AttributeName": "email"}
    with refused("CodeMismatch", WRONG_CODE):
        world.idp.verify_user_attribute(**given, Code=other(code))
    world.idp.verify_user_attribute(**given, Code=code)
    assert pool.attributes(person.username)["email_verified"] == "true"
    with refused("ExpiredCode", NO_CODE):
        world.idp.verify_user_attribute(**given, Code=code)


def test_a_code_can_be_asked_for_again(world, pool):
    client, name, email = pool.client(), fresh("user"), new_email()
    world.idp.admin_create_user(
        UserPoolId=pool.id,
        Username=name,
        UserAttributes=attributes(email=email),
        MessageAction="SUPPRESS",
    )
    world.idp.admin_set_user_password(UserPoolId=pool.id, Username=name, Password=PASSWORD, Permanent=True)
    token = world.idp.initiate_auth(
        ClientId=client["ClientId"],
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": name, "PASSWORD": PASSWORD},
    )["AuthenticationResult"]["AccessToken"]
    details = world.idp.get_user_attribute_verification_code(AccessToken=token, AttributeName="email")
    assert details["CodeDeliveryDetails"]["AttributeName"] == "email"
    world.idp.verify_user_attribute(AccessToken=token, AttributeName="email", Code=world.mailbox.code(email))
    assert pool.attributes(name)["email_verified"] == "true"
    with refused("InvalidParameter", "Invalid attribute name. Only phone_number and email can be verified."):
        world.idp.get_user_attribute_verification_code(AccessToken=token, AttributeName="name")


def test_an_address_can_wait_until_it_is_proven(world):
    pool = world.pool(
        AutoVerifiedAttributes=["email"],
        UserAttributeUpdateSettings={"AttributesRequireVerificationBeforeUpdate": ["email"]},
    )
    client, person, email = pool.client(), pool.person(), new_email()
    token = pool.sign_in(client, person)["AccessToken"]
    world.idp.update_user_attributes(AccessToken=token, UserAttributes=attributes(email=email))
    seen = pool.attributes(person.username)
    assert (seen["email"], seen["email_verified"]) == (person.email, "true")
    world.idp.verify_user_attribute(AccessToken=token, AttributeName="email", Code=world.mailbox.code(email))
    seen = pool.attributes(person.username)
    assert (seen["email"], seen["email_verified"]) == (email, "true")


def test_attributes_are_deleted(world, pool):
    client, person = pool.client(), pool.person(name="Ada", nickname="Countess", custom__plan="gold", custom__badge="7")
    token = pool.sign_in(client, person)["AccessToken"]
    world.idp.delete_user_attributes(AccessToken=token, UserAttributeNames=["nickname"])
    world.idp.admin_delete_user_attributes(
        UserPoolId=pool.id, Username=person.username, UserAttributeNames=["custom:plan", "email"]
    )
    assert set(pool.attributes(person.username)) == {"sub", "name", "custom:badge"}
    with refused("InvalidParameter"):
        world.idp.delete_user_attributes(AccessToken=token, UserAttributeNames=["custom:badge"])
    with refused("InvalidParameter") as caught:
        world.idp.admin_delete_user_attributes(
            UserPoolId=pool.id, Username=person.username, UserAttributeNames=["custom:foo"]
        )
    assert caught.value.response["Error"]["Message"].strip() == (
        "Invalid user attributes: user.custom:foo: Attribute does not exist in the schema."
    )
    with refused("UserNotFound", "User does not exist."):
        world.idp.admin_delete_user_attributes(
            UserPoolId=pool.id, Username=fresh("nobody"), UserAttributeNames=["name"]
        )


def test_required_attributes_stay(world):
    pool = world.pool(
        Schema=[{"Name": "phone_number", "AttributeDataType": "String", "Required": True, "Mutable": True}]
    )
    person = pool.person(phone_number="+15555550100")
    with refused("InvalidParameter", "Invalid user attributes: phone_number: Required attribute cannot be deleted."):
        world.idp.admin_delete_user_attributes(
            UserPoolId=pool.id, Username=person.username, UserAttributeNames=["phone_number"]
        )


def test_people_leave(world, pool):
    client, person = pool.client(), pool.person()
    tokens = pool.sign_in(client, person)
    assert as_dict(world.idp.get_user(AccessToken=tokens["AccessToken"])["UserAttributes"])["sub"] == person.sub
    world.idp.delete_user(AccessToken=tokens["AccessToken"])
    with refused("UserNotFound", "User does not exist."):
        world.idp.admin_get_user(UserPoolId=pool.id, Username=person.username)
    with refused("UserNotFound", "User does not exist."):
        world.idp.delete_user(AccessToken=tokens["AccessToken"])
