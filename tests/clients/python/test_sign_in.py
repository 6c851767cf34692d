"""Signing in: flows, states, secrets, lockout, and what strangers learn."""

import pytest

from world import ALL_FLOWS, OTHER_PASSWORD, PASSWORD, attributes, fresh, new_email, refused, secret_hash

WRONG = "Incorrect username or password."
FLOWS = (
    "[USER_SRP_AUTH, REFRESH_TOKEN_AUTH, REFRESH_TOKEN, CUSTOM_AUTH, ADMIN_NO_SRP_AUTH, USER_PASSWORD_AUTH, "
    "ADMIN_USER_PASSWORD_AUTH, USER_AUTH]"
)


@pytest.fixture
def pool(world):
    return world.pool()


def initiate(world, client, flow="USER_PASSWORD_AUTH", **parameters):
    return world.idp.initiate_auth(ClientId=client["ClientId"], AuthFlow=flow, AuthParameters=parameters)


def admin_initiate(world, pool, client, flow="ADMIN_USER_PASSWORD_AUTH", **parameters):
    return world.idp.admin_initiate_auth(
        UserPoolId=pool.id, ClientId=client["ClientId"], AuthFlow=flow, AuthParameters=parameters
    )


def test_by_password(world, pool):
    client, person = pool.client(), pool.person()
    answer = initiate(world, client, USERNAME=person.username, PASSWORD=person.password)
    assert set(answer) == {"ChallengeParameters", "AuthenticationResult", "ResponseMetadata"}
    assert answer["ChallengeParameters"] == {}
    tokens = answer["AuthenticationResult"]
    assert set(tokens) == {"AccessToken", "ExpiresIn", "TokenType", "RefreshToken", "IdToken"}
    assert (tokens["ExpiresIn"], tokens["TokenType"]) == (3600, "Bearer")


@pytest.mark.parametrize("flow", ["ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"])
def test_by_an_administrator(world, pool, flow):
    client, person = pool.client(), pool.person()
    answer = admin_initiate(world, pool, client, flow, USERNAME=person.username, PASSWORD=person.password)
    assert answer["ChallengeParameters"] == {} and answer["AuthenticationResult"]["RefreshToken"]
    with refused("NotAuthorized", WRONG):
        admin_initiate(world, pool, client, flow, USERNAME=person.username, PASSWORD=OTHER_PASSWORD)
    with refused("ResourceNotFound"):
        admin_initiate(world, world.pool(), client, flow, USERNAME=person.username, PASSWORD=person.password)


def test_flows_of_the_other_api_and_flows_that_are_off(world, pool):
    person = pool.person()
    client, closed = pool.client(), pool.client(ExplicitAuthFlows=["ALLOW_REFRESH_TOKEN_AUTH"])
    right = {"USERNAME": person.username, "PASSWORD": person.password}
    for flow in ("ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"):
        with refused("InvalidParameter", "Initiate Auth method not supported."):
            initiate(world, client, flow, **right)
    with refused("InvalidParameter", "Initiate Auth method not supported."):
        admin_initiate(world, pool, client, "USER_PASSWORD_AUTH", **right)
    with refused("InvalidParameter", "USER_PASSWORD_AUTH flow not enabled for this client"):
        initiate(world, closed, **right)
    with refused("InvalidParameter", "USER_SRP_AUTH flow not enabled for this client"):
        initiate(world, closed, "USER_SRP_AUTH", USERNAME=person.username, SRP_A="ab" * 128)
    with refused("InvalidParameter", "Auth flow not enabled for this client"):
        admin_initiate(world, pool, closed, **right)
    with refused(
        "InvalidParameter",
        "1 validation error detected: Value 'MAGIC' at 'authFlow' failed to satisfy constraint: "
        f"Member must satisfy enum value set: {FLOWS}",
    ):
        initiate(world, client, "MAGIC", **right)


def test_a_client_without_flows_allows_srp_and_refresh_only(world, pool):
    person = pool.person()
    client = world.idp.create_user_pool_client(UserPoolId=pool.id, ClientName="app")["UserPoolClient"]
    with refused("InvalidParameter", "USER_PASSWORD_AUTH flow not enabled for this client"):
        initiate(world, client, USERNAME=person.username, PASSWORD=person.password)
    answer = initiate(world, client, "USER_SRP_AUTH", USERNAME=person.username, SRP_A="ab" * 128)
    assert answer["ChallengeName"] == "PASSWORD_VERIFIER" and "Session" not in answer
    assert set(answer["ChallengeParameters"]) == {"USERNAME", "USER_ID_FOR_SRP", "SRP_B", "SALT", "SECRET_BLOCK"}


def test_missing_parameters_are_named(world, pool):
    client = pool.client()
    with refused("InvalidParameter", "Missing required parameter USERNAME"):
        initiate(world, client, PASSWORD=PASSWORD)
    with refused("InvalidParameter", "Missing required parameter PASSWORD"):
        initiate(world, client, USERNAME="somebody")
    with refused("InvalidParameter", "Missing required parameter SRP_A"):
        initiate(world, client, "USER_SRP_AUTH", USERNAME="somebody")
    with refused("InvalidParameter", "Missing required parameter REFRESH_TOKEN"):
        initiate(world, client, "REFRESH_TOKEN_AUTH")


def test_states(world, pool):
    client = pool.client()
    name = fresh("unconfirmed")
    world.idp.sign_up(ClientId=client["ClientId"], Username=name, Password=PASSWORD)
    # The state is told before the password is looked at.
    for password in (PASSWORD, OTHER_PASSWORD):
        with refused("UserNotConfirmed", "User is not confirmed."):
            initiate(world, client, USERNAME=name, PASSWORD=password)
    person = pool.person()
    world.idp.admin_disable_user(UserPoolId=pool.id, Username=person.username)
    with refused("NotAuthorized", "User is disabled."):
        initiate(world, client, USERNAME=person.username, PASSWORD=person.password)


def test_secret_hashes(world, pool):
    person = pool.person()
    client, public = pool.client(GenerateSecret=True), pool.client()
    client_id, secret = client["ClientId"], client["ClientSecret"]
    right = {"USERNAME": person.username, "PASSWORD": person.password}
    with refused("NotAuthorized", f"Client {client_id} is configured with secret but SECRET_HASH was not received"):
        initiate(world, client, **right)
    with refused("NotAuthorized", f"Unable to verify secret hash for client {client_id}"):
        initiate(world, client, **right, SECRET_HASH=secret_hash("somebody", client_id, secret))
    with refused("NotAuthorized", f"Unable to verify secret hash for client {public['ClientId']}"):
        initiate(world, public, **right, SECRET_HASH=secret_hash(person.username, public["ClientId"], secret))
    proof = secret_hash(person.username, client_id, secret)
    tokens = initiate(world, client, **right, SECRET_HASH=proof)["AuthenticationResult"]
    with refused("NotAuthorized"):
        initiate(world, client, "REFRESH_TOKEN_AUTH", REFRESH_TOKEN=tokens["RefreshToken"])
    again = initiate(world, client, "REFRESH_TOKEN_AUTH", REFRESH_TOKEN=tokens["RefreshToken"], SECRET_HASH=proof)
    assert again["AuthenticationResult"]["AccessToken"]


def test_the_new_password_challenge_of_a_confidential_client(world, pool):
    client = pool.client(GenerateSecret=True)
    name, email = fresh("user"), new_email()
    world.idp.admin_create_user(
        UserPoolId=pool.id,
        Username=name,
        TemporaryPassword=PASSWORD,
        UserAttributes=attributes(email=email),
        MessageAction="SUPPRESS",
    )
    proof = secret_hash(name, client["ClientId"], client["ClientSecret"])
    asked = admin_initiate(world, pool, client, USERNAME=name, PASSWORD=PASSWORD, SECRET_HASH=proof)
    assert asked["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    given = {
        "UserPoolId": pool.id,
        "ClientId": client["ClientId"],
        "ChallengeName": "NEW_PASSWORD_REQUIRED",
        "Session": asked["Session"],
    }
    responses = {"USERNAME": name, "NEW_PASSWORD": OTHER_PASSWORD}
    with refused("NotAuthorized", f"Client {client['ClientId']} is configured with secret but SECRET_HASH was not received"):
        world.idp.admin_respond_to_auth_challenge(**given, ChallengeResponses=responses)
    with refused("NotAuthorized"):
        world.idp.admin_respond_to_auth_challenge(
            **given,
            ChallengeResponses={
                "USERNAME": "somebody",
                "NEW_PASSWORD": OTHER_PASSWORD,
                "SECRET_HASH": secret_hash("somebody", client["ClientId"], client["ClientSecret"]),
            },
        )
    done = world.idp.admin_respond_to_auth_challenge(**given, ChallengeResponses=responses | {"SECRET_HASH": proof})
    assert done["AuthenticationResult"]["AccessToken"]


def test_sessions_that_are_none(world, pool):
    client, person = pool.client(), pool.person()
    for session in ("x" * 40, "A" * 1500):
        with refused("NotAuthorized", "Invalid session for the user."):
            world.idp.respond_to_auth_challenge(
                ClientId=client["ClientId"],
                ChallengeName="NEW_PASSWORD_REQUIRED",
                Session=session,
                ChallengeResponses={"USERNAME": person.username, "NEW_PASSWORD": OTHER_PASSWORD},
            )


def test_a_session_belongs_to_its_client(world, pool):
    first, second, name = pool.client(), pool.client(), fresh("user")
    world.idp.admin_create_user(
        UserPoolId=pool.id, Username=name, TemporaryPassword=PASSWORD, MessageAction="SUPPRESS"
    )
    asked = initiate(world, first, USERNAME=name, PASSWORD=PASSWORD)
    with refused("NotAuthorized", "Invalid session for the user."):
        world.idp.respond_to_auth_challenge(
            ClientId=second["ClientId"],
            ChallengeName=asked["ChallengeName"],
            Session=asked["Session"],
            ChallengeResponses={"USERNAME": name, "NEW_PASSWORD": OTHER_PASSWORD},
        )


def test_too_many_wrong_passwords_lock_the_door(world, pool):
    client, person = pool.client(), pool.person()
    for _ in range(5):
        with refused("NotAuthorized", WRONG):
            initiate(world, client, USERNAME=person.username, PASSWORD=OTHER_PASSWORD)
    with refused("NotAuthorized", "Password attempts exceeded"):
        initiate(world, client, USERNAME=person.username, PASSWORD=person.password)


def test_what_strangers_learn(world, pool):
    nobody = fresh("nobody")
    legacy, hiding = pool.client(), pool.client(PreventUserExistenceErrors="ENABLED")
    with refused("UserNotFound", "User does not exist."):
        initiate(world, legacy, USERNAME=nobody, PASSWORD=PASSWORD)
    with refused("UserNotFound", "User does not exist."):
        admin_initiate(world, pool, legacy, USERNAME=nobody, PASSWORD=PASSWORD)
    with refused("UserNotFound", "User does not exist."):
        initiate(world, legacy, "USER_SRP_AUTH", USERNAME=nobody, SRP_A="ab" * 128)
    with refused("NotAuthorized", WRONG):
        initiate(world, hiding, USERNAME=nobody, PASSWORD=PASSWORD)
    with refused("NotAuthorized", WRONG):
        admin_initiate(world, pool, hiding, USERNAME=nobody, PASSWORD=PASSWORD)


def test_a_simulated_srp_challenge_looks_like_a_real_one(world, pool):
    hiding, person = pool.client(PreventUserExistenceErrors="ENABLED"), pool.person()
    nobody = fresh("nobody")

    def ask(name):
        return initiate(world, hiding, "USER_SRP_AUTH", USERNAME=name, SRP_A="ab" * 128)["ChallengeParameters"]

    first, second, real = ask(nobody), ask(nobody), ask(person.username)
    assert set(first) == set(real)
    assert first["SALT"] == second["SALT"] and first["USER_ID_FOR_SRP"] == second["USER_ID_FOR_SRP"]
    assert first["SRP_B"] != second["SRP_B"]
    assert ask(fresh("nobody"))["SALT"] != first["SALT"]
    assert len(first["SECRET_BLOCK"]) == pytest.approx(len(real["SECRET_BLOCK"]), abs=80)
    with refused("NotAuthorized", WRONG):
        world.idp.respond_to_auth_challenge(
            ClientId=hiding["ClientId"],
            ChallengeName="PASSWORD_VERIFIER",
            ChallengeResponses={
                "USERNAME": first["USER_ID_FOR_SRP"],
                "PASSWORD_CLAIM_SECRET_BLOCK": first["SECRET_BLOCK"],
                "PASSWORD_CLAIM_SIGNATURE": "bm9uc2Vuc2U=",
                "TIMESTAMP": "Tue Jan 6 07:08:09 UTC 2026",
            },
        )


def test_an_srp_value_of_zero_is_refused(world, pool):
    client, person = pool.client(), pool.person()
    for value in ("0", "00"):
        with pytest.raises(world.idp.exceptions.ClientError) as caught:
            initiate(world, client, "USER_SRP_AUTH", USERNAME=person.username, SRP_A=value)
        assert caught.value.response["Error"]["Code"] in ("InvalidParameterException", "NotAuthorizedException")


def test_unknown_clients(world):
    missing = "0" * 26
    with refused("ResourceNotFound", f"User pool client {missing} does not exist."):
        initiate(world, {"ClientId": missing}, USERNAME="x", PASSWORD=PASSWORD)
    assert len(ALL_FLOWS) == 5


def test_people_sign_in_by_alias_or_email(world):
    aliased = world.pool(AliasAttributes=["email"])
    person = aliased.person()
    client = aliased.client()
    assert initiate(world, client, USERNAME=person.email, PASSWORD=person.password)["AuthenticationResult"]
    by_email = world.pool(UsernameAttributes=["email"])
    email = new_email()
    person = by_email.person(email, email=email)
    client = by_email.client()
    for name in (email, person.sub):
        assert initiate(world, client, USERNAME=name, PASSWORD=person.password)["AuthenticationResult"]
