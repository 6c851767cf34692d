"""People as an administrator sees them: create, read, change, disable, delete, list."""

import pytest

from world import OTHER_PASSWORD, PASSWORD, as_dict, attributes, fresh, new_email, refused


@pytest.fixture
def pool(world):
    return world.pool(AutoVerifiedAttributes=["email"])


def test_an_invitation_by_mail(world, pool):
    name, email = fresh("ada"), new_email()
    made = world.idp.admin_create_user(
        UserPoolId=pool.id,
        Username=name,
        UserAttributes=attributes(email=email, email_verified="true"),
        DesiredDeliveryMediums=["EMAIL"],
    )["User"]
    assert made["Username"] == name and made["Enabled"] is True and made["UserStatus"] == "FORCE_CHANGE_PASSWORD"
    assert made["UserCreateDate"] == made["UserLastModifiedDate"]
    assert made["Attributes"][0]["Name"] == "sub"
    assert as_dict(made["Attributes"]) | {"sub": ""} == {"sub": "", "email": email, "email_verified": "true"}
    message = world.mailbox.wait(to=email)
    assert message["subject"] == "Your temporary password"
    text = message["text"].strip()
    assert text.startswith(f"Your username is {name} and temporary password is ")
    temporary = text.removeprefix(f"Your username is {name} and temporary password is ").removesuffix(".").strip()
    client = pool.client()
    answer = world.idp.initiate_auth(
        ClientId=client["ClientId"],
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": name, "PASSWORD": temporary},
    )
    assert answer["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    again = world.idp.admin_create_user(UserPoolId=pool.id, Username=name, MessageAction="RESEND",
                                        DesiredDeliveryMediums=["EMAIL"])["User"]  # fmt: skip
    assert again["Username"] == name
    second = world.mailbox.wait(to=email, after=message["id"])
    assert second["text"] != message["text"]
    with refused("NotAuthorized", "Incorrect username or password."):
        world.idp.initiate_auth(
            ClientId=client["ClientId"],
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": name, "PASSWORD": temporary},
        )


def test_creating_is_checked(world, pool):
    name = fresh("user")
    world.idp.admin_create_user(UserPoolId=pool.id, Username=name, MessageAction="SUPPRESS")
    with refused("UsernameExists", "User account already exists"):
        world.idp.admin_create_user(UserPoolId=pool.id, Username=name, MessageAction="SUPPRESS")
    with refused("UserNotFound", "User does not exist."):
        world.idp.admin_create_user(UserPoolId=pool.id, Username=fresh("nobody"), MessageAction="RESEND")
    with refused("InvalidPassword", "Password did not conform with policy: Password not long enough"):
        world.idp.admin_create_user(
            UserPoolId=pool.id, Username=fresh("user"), TemporaryPassword="Ab1!", MessageAction="SUPPRESS"
        )
    with refused("InvalidParameter", "Cannot modify the non-mutable attribute sub"):
        world.idp.admin_create_user(
            UserPoolId=pool.id,
            Username=fresh("user"),
            UserAttributes=attributes(sub="00000000-0000-4000-8000-000000000000"),
            MessageAction="SUPPRESS",
        )
    with refused("InvalidParameter"):
        world.idp.admin_create_user(
            UserPoolId=pool.id,
            Username=fresh("user"),
            UserAttributes=attributes(email=new_email()),
            DesiredDeliveryMediums=["SMS"],
        )
    person = pool.person()
    with refused("UnsupportedUserState"):
        world.idp.admin_create_user(UserPoolId=pool.id, Username=person.username, MessageAction="RESEND")
    with refused("ResourceNotFound", "User pool us-east-1_xxxxxxxxx does not exist."):
        world.idp.admin_create_user(UserPoolId="us-east-1_xxxxxxxxx", Username=name)


def test_a_temporary_password_is_changed_at_the_first_sign_in(world):
    pool = world.pool(
        Schema=[{"Name": "given_name", "AttributeDataType": "String", "Required": True, "Mutable": True}]
    )
    client, name, email = pool.client()["ClientId"], fresh("user"), new_email()
    world.idp.admin_create_user(
        UserPoolId=pool.id,
        Username=name,
        TemporaryPassword=PASSWORD,
        MessageAction="SUPPRESS",
        UserAttributes=attributes(email=email),
    )
    asked = world.idp.initiate_auth(
        ClientId=client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": name, "PASSWORD": PASSWORD}
    )
    assert "AuthenticationResult" not in asked and asked["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    parameters = asked["ChallengeParameters"]
    assert parameters["USER_ID_FOR_SRP"] == name
    assert parameters["requiredAttributes"] == '["userAttributes.given_name"]'
    assert '"email"' in parameters["userAttributes"] and '"sub"' not in parameters["userAttributes"]

    def respond(**responses):
        return world.idp.respond_to_auth_challenge(
            ClientId=client,
            ChallengeName="NEW_PASSWORD_REQUIRED",
            Session=asked["Session"],
            ChallengeResponses={"USERNAME": name, **{key.replace("__", "."): value for key, value in responses.items()}},
        )

    with refused("InvalidParameter", "Invalid attributes given, given_name is missing"):
        respond(NEW_PASSWORD=OTHER_PASSWORD)
    with refused("InvalidPassword", "Password did not conform with policy: Password not long enough"):
        respond(NEW_PASSWORD="Ab1!", userAttributes__given_name="Ada")
    done = respond(NEW_PASSWORD=OTHER_PASSWORD, userAttributes__given_name="Ada")
    assert done["ChallengeParameters"] == {} and done["AuthenticationResult"]["IdToken"]
    assert pool.status(name) == "CONFIRMED" and pool.attributes(name)["given_name"] == "Ada"
    with refused("NotAuthorized", "Invalid session for the user, session can only be used once."):
        respond(NEW_PASSWORD=PASSWORD, userAttributes__given_name="Ada")


def test_reading(world, pool):
    person = pool.person(name="Ada")
    by_sub = world.idp.admin_get_user(UserPoolId=pool.id, Username=person.sub)
    by_name = world.idp.admin_get_user(UserPoolId=pool.id, Username=person.username)
    assert {**by_sub, "ResponseMetadata": 0} == {**by_name, "ResponseMetadata": 0}
    assert by_name["UserStatus"] == "CONFIRMED"
    with refused("UserNotFound", "User does not exist."):
        world.idp.admin_get_user(UserPoolId=pool.id, Username=fresh("nobody"))
    token = pool.sign_in(pool.client(), person)["AccessToken"]
    me = world.idp.get_user(AccessToken=token)
    assert set(me) - {"ResponseMetadata"} == {"Username", "UserAttributes"}
    assert me["Username"] == person.username
    assert as_dict(me["UserAttributes"]) == pool.attributes(person.username)


def test_a_client_reads_only_what_it_may(world, pool):
    person = pool.person(name="Ada", nickname="Countess")
    client = pool.client(ReadAttributes=["name"])
    me = world.idp.get_user(AccessToken=pool.sign_in(client, person)["AccessToken"])
    seen = as_dict(me["UserAttributes"])
    assert seen["name"] == "Ada" and "nickname" not in seen and "email" not in seen


def test_changing_attributes(world, pool):
    person = pool.person(name="Ada")
    where = {"UserPoolId": pool.id, "Username": person.username}
    world.idp.admin_update_user_attributes(**where, UserAttributes=attributes(name="Augusta", nickname="Countess"))
    seen = pool.attributes(person.username)
    assert (seen["name"], seen["nickname"], seen["email_verified"]) == ("Augusta", "Countess", "true")
    world.idp.admin_update_user_attributes(**where, UserAttributes=attributes(nickname=""))
    assert "nickname" not in pool.attributes(person.username)
    with refused("InvalidParameter", "Cannot modify the non-mutable attribute sub"):
        world.idp.admin_update_user_attributes(**where, UserAttributes=attributes(sub=person.sub))
    with refused("InvalidParameter"):
        world.idp.admin_update_user_attributes(**where, UserAttributes=attributes(custom__nothing="x"))
    with refused("InvalidParameter", "Invalid email address format."):
        world.idp.admin_update_user_attributes(**where, UserAttributes=attributes(email="nonsense"))
    with refused("UserNotFound", "User does not exist."):
        world.idp.admin_update_user_attributes(
            UserPoolId=pool.id, Username=fresh("nobody"), UserAttributes=attributes(name="x")
        )


def test_a_new_address_is_unverified_and_gets_a_code(world, pool):
    person, email = pool.person(), new_email()
    world.idp.admin_update_user_attributes(
        UserPoolId=pool.id, Username=person.username, UserAttributes=attributes(email=email)
    )
    seen = pool.attributes(person.username)
    assert (seen["email"], seen["email_verified"]) == (email, "false")
    assert world.mailbox.code(email)
    quiet = new_email()
    world.idp.admin_update_user_attributes(
        UserPoolId=pool.id, Username=person.username, UserAttributes=attributes(email=quiet, email_verified="true")
    )
    assert pool.attributes(person.username)["email_verified"] == "true"
    assert world.mailbox.wait(to=quiet, timeout=0) is None


def test_an_immutable_attribute_stays(world):
    pool = world.pool(Schema=[{"Name": "badge", "AttributeDataType": "String", "Mutable": False}])
    person = pool.person(custom__badge="7")
    with refused("InvalidParameter", "Cannot modify the non-mutable attribute custom:badge"):
        world.idp.admin_update_user_attributes(
            UserPoolId=pool.id, Username=person.username, UserAttributes=attributes(custom__badge="8")
        )


def test_a_verified_alias_has_one_holder(world):
    pool = world.pool(AliasAttributes=["email"])
    first, second = pool.person(), pool.person()
    with refused("AliasExists"):
        world.idp.admin_update_user_attributes(
            UserPoolId=pool.id,
            Username=second.username,
            UserAttributes=attributes(email=first.email, email_verified="true"),
        )
    assert world.idp.admin_get_user(UserPoolId=pool.id, Username=first.email)["Username"] == first.username


def test_disable_and_enable(world, pool):
    client, person = pool.client(), pool.person()
    token = pool.sign_in(client, person)["AccessToken"]
    where = {"UserPoolId": pool.id, "Username": person.username}
    for _ in range(2):
        world.idp.admin_disable_user(**where)
    assert world.idp.admin_get_user(**where)["Enabled"] is False
    with refused("NotAuthorized", "User is disabled."):
        pool.sign_in(client, person)
    with refused("NotAuthorized"):
        world.idp.get_user(AccessToken=token)
    for _ in range(2):
        world.idp.admin_enable_user(**where)
    assert world.idp.admin_get_user(**where)["Enabled"] is True
    assert pool.sign_in(client, person)
    for call in (world.idp.admin_disable_user, world.idp.admin_enable_user):
        with refused("UserNotFound", "User does not exist."):
            call(UserPoolId=pool.id, Username=fresh("nobody"))


def test_delete_frees_the_name(world, pool):
    client, person = pool.client(), pool.person()
    token = pool.sign_in(client, person)["AccessToken"]
    where = {"UserPoolId": pool.id, "Username": person.username}
    world.idp.admin_delete_user(**where)
    with refused("UserNotFound", "User does not exist."):
        world.idp.admin_get_user(**where)
    with refused("UserNotFound", "User does not exist."):
        world.idp.admin_delete_user(**where)
    with refused("UserNotFound", "User does not exist."):
        world.idp.get_user(AccessToken=token)
    assert pool.person(person.username).sub != person.sub


class TestListing:
    @pytest.fixture
    def pool(self, world):
        pool = world.pool()
        for name, email, given in (
            ("ada", "ada@one.example", "Ada"),
            ("bob", "bob@one.example", "Bob"),
            ("Bobby", "bobby@two.example", "Bobby"),
            ("cyd", "cyd@two.example", "Cyd"),
        ):
            pool.person(name, email=email, given_name=given)
        client = pool.client()["ClientId"]
        world.idp.sign_up(
            ClientId=client, Username="dan", Password=PASSWORD, UserAttributes=attributes(email="dan@two.example")
        )
        world.idp.admin_disable_user(UserPoolId=pool.id, Username="cyd")
        return pool

    @pytest.mark.parametrize(
        ("filter", "names"),
        [
            ("", {"ada", "bob", "Bobby", "cyd", "dan"}),
            ('username = "bob"', {"bob"}),
            ('username ^= "bo"', {"bob"}),
            ('username = "BOB"', set()),
            ('email = "ADA@one.example"', {"ada"}),
            ('email^="bob"', {"bob", "Bobby"}),
            ('given_name ^= "bob"', {"bob", "Bobby"}),
            ('cognito:user_status = "UNCONFIRMED"', {"dan"}),
            ('cognito:user_status = "unconfirmed"', {"dan"}),
            ('cognito:user_status = "CONFIRMED"', {"ada", "bob", "Bobby", "cyd"}),
            ('status = "Disabled"', {"cyd"}),
            ('status = "Enabled"', {"ada", "bob", "Bobby", "dan"}),
            ('name = "nobody"', set()),
            ('email = "a\\"b@one.example"', set()),
        ],
    )
    def test_filters(self, world, pool, filter, names):
        given = {"Filter": filter} if filter else {}
        users = world.idp.list_users(UserPoolId=pool.id, **given)["Users"]
        assert {user["Username"] for user in users} == names
        for user in users:
            assert set(user) == {
                "Username",
                "Attributes",
                "UserCreateDate",
                "UserLastModifiedDate",
                "Enabled",
                "UserStatus",
            }

    def test_by_sub(self, world, pool):
        sub = pool.attributes("ada")["sub"]
        users = world.idp.list_users(UserPoolId=pool.id, Filter=f'sub = "{sub}"')["Users"]
        assert [user["Username"] for user in users] == ["ada"]

    @pytest.mark.parametrize("filter", ['custom:plan = "x"', "username = bob", 'username > "b"', '"', 'birthdate = "x"'])
    def test_filters_that_are_none(self, world, pool, filter):
        with refused("InvalidParameter"):
            world.idp.list_users(UserPoolId=pool.id, Filter=filter)

    def test_only_what_is_asked_for(self, world, pool):
        users = world.idp.list_users(UserPoolId=pool.id, AttributesToGet=["email"], Filter='username = "ada"')["Users"]
        assert as_dict(users[0]["Attributes"]) == {"email": "ada@one.example"}

    def test_pages(self, world, pool):
        for given in ({}, {"Filter": 'email ^= ""'}, {"Filter": 'email ^= "b"'}):
            pages = list(
                world.idp.get_paginator("list_users").paginate(
                    UserPoolId=pool.id, PaginationConfig={"PageSize": 2}, **given
                )
            )
            names = [user["Username"] for page in pages for user in page["Users"]]
            expected = ["bob", "Bobby"] if "b" in given.get("Filter", "").split("=")[-1] else None
            if expected:
                assert names == expected
            else:
                assert sorted(names) == sorted(["ada", "bob", "Bobby", "cyd", "dan"]) and len(pages) >= 3
            assert len(names) == len(set(names))

    def test_limits_and_tokens(self, world, pool):
        with refused(
            "InvalidParameter",
            "1 validation error detected: Value '61' at 'limit' failed to satisfy constraint: "
            "Member must have value less than or equal to 60",
        ):
            world.idp.list_users(UserPoolId=pool.id, Limit=61)
        with refused("InvalidParameter", "Invalid pagination token"):
            world.idp.list_users(UserPoolId=pool.id, PaginationToken="nonsense")
        token = world.idp.list_users(UserPoolId=pool.id, Limit=1)["PaginationToken"]
        with refused("InvalidParameter", "Invalid pagination token"):
            world.idp.list_users(UserPoolId=pool.id, Limit=1, PaginationToken=token, Filter='username = "ada"')
        with refused("InvalidParameter", "Invalid pagination token"):
            world.idp.list_users(UserPoolId=world.pool().id, Limit=1, PaginationToken=token)
