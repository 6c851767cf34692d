"""pycognito: real SRP in Python, as existing applications do it."""

import pytest
from pycognito import Cognito
from pycognito.aws_srp import AWSSRP
from pycognito.exceptions import ForceChangePasswordException

from world import OTHER_PASSWORD, PASSWORD, attributes, fresh, new_email, refused


@pytest.fixture
def pool(world):
    return world.pool(AutoVerifiedAttributes=["email"])


def cognito(world, pool, client, username=None, **more):
    return Cognito(
        pool.id,
        client["ClientId"],
        client_secret=client.get("ClientSecret"),
        username=username,
        access_key="test",
        secret_key="test",
        user_pool_region="us-east-1",
        boto3_client_kwargs={"endpoint_url": world.url},
        **more,
    )


@pytest.fixture(params=[False, True], ids=["public", "confidential"])
def client(pool, request):
    return pool.client(
        ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"], GenerateSecret=request.param
    )


def test_a_whole_life(world, pool, client):
    name, email = fresh("ada"), new_email()
    user = cognito(world, pool, client, name)
    user.set_base_attributes(email=email, name="Ada")
    user.register(name, PASSWORD)
    user.confirm_sign_up(world.mailbox.code(email), username=name)
    user = cognito(world, pool, client, name)
    user.authenticate(password=PASSWORD)
    assert user.token_type == "Bearer" and user.access_claims["username"] == name
    assert user.id_claims["email"] == email
    assert user.get_user().email == email
    before = user.access_token
    user.renew_access_token()
    assert user.access_token != before
    user.verify_tokens()
    user.change_password(PASSWORD, OTHER_PASSWORD)
    again = cognito(world, pool, client, name)
    with refused("NotAuthorized", "Incorrect username or password."):
        again.authenticate(password=PASSWORD)
    again.authenticate(password=OTHER_PASSWORD)
    held = again.refresh_token
    again.logout()
    again.refresh_token = held
    with refused("NotAuthorized", "Refresh Token has been revoked"):
        again.renew_access_token()


def test_forgot_password(world, pool, client):
    person = pool.person()
    user = cognito(world, pool, client, person.username)
    user.initiate_forgot_password()
    user.confirm_forgot_password(world.mailbox.code(person.email), OTHER_PASSWORD)
    user.authenticate(password=OTHER_PASSWORD)


def test_the_first_password_of_an_invited_user(world, pool, client):
    name = fresh("invited")
    world.idp.admin_create_user(
        UserPoolId=pool.id,
        Username=name,
        TemporaryPassword=PASSWORD,
        UserAttributes=attributes(email=new_email()),
        MessageAction="SUPPRESS",
    )
    user = cognito(world, pool, client, name)
    with pytest.raises(ForceChangePasswordException):
        user.authenticate(password=PASSWORD)
    user.new_password_challenge(PASSWORD, OTHER_PASSWORD)
    assert pool.status(name) == "CONFIRMED"
    cognito(world, pool, client, name).authenticate(password=OTHER_PASSWORD)


def test_srp_with_every_kind_of_password(world, pool, client):
    """Leading zero bytes and top bits make SRP implementations disagree: many passwords find them."""
    person = pool.person()
    for number in range(40):
        password = f"Correct-Horse{number}é!" if number % 2 else f"Correct-Horse{number}!"
        world.idp.admin_set_user_password(
            UserPoolId=pool.id, Username=person.username, Password=password, Permanent=True
        )
        cognito(world, pool, client, person.username).authenticate(password=password)


def test_srp_by_alias_answers_with_the_real_name(world):
    pool = world.pool(UsernameAttributes=["email"])
    client, email = pool.client(), new_email()
    person = pool.person(email, email=email)
    srp = AWSSRP(
        username=email, password=PASSWORD, pool_id=pool.id, client_id=client["ClientId"], client=world.idp
    )
    tokens = srp.authenticate_user()
    assert tokens["AuthenticationResult"]["AccessToken"]
    asked = world.idp.initiate_auth(
        ClientId=client["ClientId"],
        AuthFlow="USER_SRP_AUTH",
        AuthParameters={"USERNAME": email, "SRP_A": "%x" % srp.large_a_value},
    )["ChallengeParameters"]
    assert asked["USERNAME"] == asked["USER_ID_FOR_SRP"] == person.sub


def test_an_srp_answer_works_once(world, pool, client):
    person = pool.person()
    srp = AWSSRP(
        username=person.username,
        password=PASSWORD,
        pool_id=pool.id,
        client_id=client["ClientId"],
        client_secret=client.get("ClientSecret"),
        client=world.idp,
    )
    asked = world.idp.initiate_auth(
        AuthFlow="USER_SRP_AUTH", AuthParameters=srp.get_auth_params(), ClientId=client["ClientId"]
    )
    answer = srp.process_challenge(asked["ChallengeParameters"], srp.get_auth_params())
    given = {"ClientId": client["ClientId"], "ChallengeName": "PASSWORD_VERIFIER", "ChallengeResponses": answer}
    assert world.idp.respond_to_auth_challenge(**given)["AuthenticationResult"]
    with refused("NotAuthorized"):
        world.idp.respond_to_auth_challenge(**given)


def test_wrong_srp_passwords_lock_the_door(world, pool, client):
    person = pool.person()
    for _ in range(5):
        with refused("NotAuthorized", "Incorrect username or password."):
            cognito(world, pool, client, person.username).authenticate(password=OTHER_PASSWORD)
    with refused("NotAuthorized", "Password attempts exceeded"):
        cognito(world, pool, client, person.username).authenticate(password=PASSWORD)
