"""What time does to codes, passwords, sessions and tokens; the server's clock is moved, nobody waits."""

import joserfc.jwk
import joserfc.jwt
import jwt
import pytest
import requests

from browser import APPLICATION, Browser, Landing, Page
from test_sign_up import NO_CODE
from world import OTHER_PASSWORD, PASSWORD, World, attributes, fresh, new_email, refused

MINUTE, HOUR, DAY = 60, 3600, 24 * 3600


@pytest.fixture
def world(private_server):
    return World(private_server("--no-demo").url)


@pytest.fixture
def later(world):
    """Moves the clock of the server forward by seconds."""

    def move(seconds):
        answer = requests.post(f"{world.url}/_poolhouse/clock", json={"advance_ms": round(seconds * 1000)}, timeout=10)
        assert answer.status_code == 200, answer.text

    return move


@pytest.fixture
def pool(world):
    return world.pool(AutoVerifiedAttributes=["email"])


def test_sign_up_codes_live_a_day(world, pool, later):
    client, name, email = pool.client()["ClientId"], fresh("user"), new_email()
    world.idp.sign_up(ClientId=client, Username=name, Password=PASSWORD, UserAttributes=attributes(email=email))
    code = world.mailbox.code(email)
    later(DAY + 1)
    with refused("ExpiredCode", NO_CODE):
        world.idp.confirm_sign_up(ClientId=client, Username=name, ConfirmationCode=code)
    world.idp.resend_confirmation_code(ClientId=client, Username=name)
    later(DAY - MINUTE)
    world.idp.confirm_sign_up(ClientId=client, Username=name, ConfirmationCode=world.mailbox.code(email))


def test_reset_codes_live_an_hour(world, pool, later):
    client, person = pool.client()["ClientId"], pool.person()
    world.idp.forgot_password(ClientId=client, Username=person.username)
    code = world.mailbox.code(person.email)
    later(HOUR + 1)
    with refused("ExpiredCode", NO_CODE):
        world.idp.confirm_forgot_password(
            ClientId=client, Username=person.username, ConfirmationCode=code, Password=OTHER_PASSWORD
        )


def test_limits_are_forgotten_after_their_hour(world, pool, later):
    client, name, email = pool.client()["ClientId"], fresh("user"), new_email()
    world.idp.sign_up(ClientId=client, Username=name, Password=PASSWORD, UserAttributes=attributes(email=email))
    for _ in range(5):
        world.idp.resend_confirmation_code(ClientId=client, Username=name)
    with refused("LimitExceeded", "Attempt limit exceeded, please try after some time."):
        world.idp.resend_confirmation_code(ClientId=client, Username=name)
    later(HOUR + 1)
    world.idp.resend_confirmation_code(ClientId=client, Username=name)


def test_temporary_passwords_live_for_days(world, later):
    pool = world.pool(Policies={"PasswordPolicy": {"MinimumLength": 8, "TemporaryPasswordValidityDays": 2}})
    client, name = pool.client()["ClientId"], fresh("user")
    world.idp.admin_create_user(
        UserPoolId=pool.id, Username=name, TemporaryPassword=PASSWORD, MessageAction="SUPPRESS"
    )
    given = {
        "ClientId": client,
        "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": {"USERNAME": name, "PASSWORD": PASSWORD},
    }
    later(2 * DAY - MINUTE)
    assert world.idp.initiate_auth(**given)["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    later(2 * MINUTE)
    with refused("NotAuthorized", "Temporary password has expired and must be reset by an administrator."):
        world.idp.initiate_auth(**given)
    world.idp.admin_set_user_password(UserPoolId=pool.id, Username=name, Password=PASSWORD)
    assert world.idp.initiate_auth(**given)["ChallengeName"] == "NEW_PASSWORD_REQUIRED"


def test_sign_in_sessions_live_for_minutes(world, pool, later):
    client, name = pool.client()["ClientId"], fresh("user")
    world.idp.admin_create_user(
        UserPoolId=pool.id, Username=name, TemporaryPassword=PASSWORD, MessageAction="SUPPRESS"
    )
    asked = world.idp.initiate_auth(
        ClientId=client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": name, "PASSWORD": PASSWORD}
    )
    later(3 * MINUTE + 1)
    with refused("NotAuthorized", "Invalid session for the user, session is expired."):
        world.idp.respond_to_auth_challenge(
            ClientId=client,
            ChallengeName=asked["ChallengeName"],
            Session=asked["Session"],
            ChallengeResponses={"USERNAME": name, "NEW_PASSWORD": OTHER_PASSWORD},
        )


def test_tokens_expire(world, pool, later):
    client, person = pool.client(RefreshTokenValidity=2), pool.person()
    tokens = pool.sign_in(client, person)
    later(HOUR + 1)
    with refused("NotAuthorized", "Access Token has expired"):
        world.idp.get_user(AccessToken=tokens["AccessToken"])

    def refresh():
        return world.idp.initiate_auth(
            ClientId=client["ClientId"],
            AuthFlow="REFRESH_TOKEN_AUTH",
            AuthParameters={"REFRESH_TOKEN": tokens["RefreshToken"]},
        )["AuthenticationResult"]

    assert world.idp.get_user(AccessToken=refresh()["AccessToken"])["Username"] == person.username
    later(2 * DAY)
    with refused("NotAuthorized", "Refresh Token has expired"):
        refresh()


def test_a_locked_door_opens_and_locks_for_longer(world, pool, later):
    client, person = pool.client(), pool.person()
    wrong = pool.person()
    wrong.username, wrong.password = person.username, OTHER_PASSWORD
    for _ in range(5):
        with refused("NotAuthorized", "Incorrect username or password."):
            pool.sign_in(client, wrong)
    # Five failures lock for a second, and each further one twice as long; what is tried meanwhile does not count.
    for wait in (1, 2, 4, 8):
        for _ in range(3):
            with refused("NotAuthorized", "Password attempts exceeded"):
                pool.sign_in(client, person)
        later(wait + 0.1)
        with refused("NotAuthorized", "Incorrect username or password."):
            pool.sign_in(client, wrong)
    with refused("NotAuthorized", "Password attempts exceeded"):
        pool.sign_in(client, person)
    later(16.1)
    assert pool.sign_in(client, person)["AccessToken"]
    # Success forgets the failures.
    for _ in range(4):
        with refused("NotAuthorized", "Incorrect username or password."):
            pool.sign_in(client, wrong)
    assert pool.sign_in(client, person)["AccessToken"]


def test_authorization_codes_and_browser_sessions_end(world, pool, later):
    world.idp.create_user_pool_domain(UserPoolId=pool.id, Domain=fresh("door"))
    client = pool.client(
        SupportedIdentityProviders=["COGNITO"],
        CallbackURLs=[APPLICATION],
        AllowedOAuthFlows=["code"],
        AllowedOAuthScopes=["openid"],
        AllowedOAuthFlowsUserPoolClient=True,
    )
    browser, person = Browser(), pool.person()

    def visit():
        return browser.get(
            f"{world.url}/{pool.id}/oauth2/authorize",
            response_type="code",
            client_id=client["ClientId"],
            redirect_uri=APPLICATION,
        )

    def redeem(landing):
        return requests.post(
            f"{world.url}/{pool.id}/oauth2/token",
            data={
                "grant_type": "authorization_code",
                "client_id": client["ClientId"],
                "code": landing.query["code"],
                "redirect_uri": APPLICATION,
            },
            timeout=10,
        )

    landing = browser.sign_in(visit(), person)
    assert isinstance(landing, Landing)
    later(5 * MINUTE + 1)
    late = redeem(landing)
    assert (late.status_code, late.json()["error"]) == (400, "invalid_grant")
    quiet = visit()
    assert isinstance(quiet, Landing) and redeem(quiet).status_code == 200
    # An hour from the sign-in, however often it was used since.
    later(HOUR)
    assert isinstance(visit(), Page)


def test_signing_keys_take_turns_and_no_library_notices(world, pool, later):
    client, person = pool.client(), pool.person()
    where = f"{world.url}/{pool.id}/.well-known/jwks.json"
    keys, fetched = jwt.PyJWKClient(where), []
    fetch = keys.fetch_data
    keys.fetch_data = lambda: (fetched.append(1), fetch())[1]

    def verify(token):
        # The library's clock is not the server's.
        options, leeway = {"verify_aud": False}, 60 * DAY
        by_pyjwt = jwt.decode(
            token, keys.get_signing_key_from_jwt(token).key, algorithms=["RS256"], options=options, leeway=leeway
        )
        assert by_pyjwt["sub"] == person.sub
        assert joserfc.jwt.decode(token, kept, algorithms=["RS256"]).claims == by_pyjwt

    def rotate():
        answer = requests.post(f"{world.url}/_poolhouse/keys", json={"pool": pool.id}, timeout=30)
        assert answer.status_code == 200, answer.text
        return sorted({key["state"] for key in answer.json()["keys"]})

    def sign_in():
        return [pool.sign_in(client, person)[name] for name in ("IdToken", "AccessToken")]

    first = sign_in()
    assert rotate() == ["announced", "signing"]
    # Read once, by PyJWT and for joserfc (which Authlib verifies with), and not again.
    keys.get_jwk_set()
    kept = joserfc.jwk.KeySet.import_key_set(requests.get(where, timeout=10).json())
    second = sign_in()
    later(25 * HOUR)
    assert rotate() == ["announced", "retired", "signing"]
    third = sign_in()
    for token in first + second + third:
        verify(token)
    kids = [{jwt.get_unverified_header(token)["kid"] for token in tokens} for tokens in (first, second, third)]
    assert kids[0] == kids[1] and not kids[1] & kids[2]
    assert len(fetched) == 1
    # A day later the first ones are gone, and so are their tokens.
    later(25 * HOUR)
    rotate()
    published = {key["kid"] for key in requests.get(where, timeout=10).json()["keys"]}
    assert not published & kids[0] and kids[2] < published
    with pytest.raises(jwt.PyJWKClientError):
        jwt.PyJWKClient(where).get_signing_key_from_jwt(first[0])
