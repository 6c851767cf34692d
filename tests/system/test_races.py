"""Many at once, on two server processes over one PostgreSQL: one winner, and nobody sees a 5xx."""

import os
from collections import Counter

import pytest

from browser import APPLICATION, Browser, Landing
from poolhouse import Mailbox
from wire import Wire, race
from world import PASSWORD, World, new_email

AT_ONCE = 64
ROUNDS = int(os.environ.get("RIG_ROUNDS", "10"))
ATTRIBUTES = ["name", "given_name", "family_name", "nickname", "profile", "website", "locale", "zoneinfo"]


def outcomes(answers) -> Counter:
    return Counter((status, body.get("__type") or body.get("error") or "ok") for status, body in answers)


@pytest.fixture
def place(twins):
    world = World(twins[0].url)
    pool = world.pool(AutoVerifiedAttributes=["email"])
    world.idp.create_user_pool_domain(UserPoolId=pool.id, Domain=f"race-{pool.id[-9:].lower()}")
    client = pool.client(
        SupportedIdentityProviders=["COGNITO"],
        CallbackURLs=[APPLICATION],
        AllowedOAuthFlows=["code"],
        AllowedOAuthScopes=["openid"],
        AllowedOAuthFlowsUserPoolClient=True,
    )
    return world, pool, client["ClientId"], [server.url for server in twins]


def test_one_name_is_given_away_once(place):
    _, pool, client, urls = place
    for number in range(ROUNDS):
        answers = race(
            urls,
            AT_ONCE,
            lambda wire, _, name=f"wanted{number}": wire.call("SignUp", ClientId=client, Username=name, Password=PASSWORD),
        )
        assert outcomes(answers) == {(200, "ok"): 1, (400, "UsernameExistsException"): AT_ONCE - 1}
        user = pool.idp.admin_get_user(UserPoolId=pool.id, Username=f"wanted{number}")
        winner = next(body for status, body in answers if status == 200)
        assert winner["UserSub"] == pool.attributes(user["Username"])["sub"]


def test_one_confirmation_code_confirms_once(place):
    world, pool, client, urls = place
    mailbox = Mailbox(world.url)
    for number in range(ROUNDS):
        name, email = f"unconfirmed{number}", new_email()
        world.idp.sign_up(
            ClientId=client,
            Username=name,
            Password=PASSWORD,
            UserAttributes=[{"Name": "email", "Value": email}],
        )
        code = mailbox.code(email)
        answers = race(
            urls,
            AT_ONCE,
            lambda wire, _, name=name, code=code: wire.call(
                "ConfirmSignUp", ClientId=client, Username=name, ConfirmationCode=code
            ),
        )
        kinds = outcomes(answers)
        assert kinds[200, "ok"] == 1 and {status for status, _ in kinds} == {200, 400}, kinds
        assert pool.status(name) == "CONFIRMED"


def test_one_authorization_code_is_redeemed_once(place):
    _, pool, client, urls = place
    person = pool.person()
    browser = Browser()
    for _ in range(ROUNDS):
        page = browser.get(
            f"{urls[0]}/{pool.id}/oauth2/authorize",
            response_type="code",
            client_id=client,
            redirect_uri=APPLICATION,
            scope="openid",
        )
        landing = page if isinstance(page, Landing) else browser.sign_in(page, person)
        code = landing.query["code"]
        answers = race(
            urls,
            AT_ONCE,
            lambda wire, _, code=code: wire.form(
                f"/{pool.id}/oauth2/token",
                grant_type="authorization_code",
                client_id=client,
                code=code,
                redirect_uri=APPLICATION,
            ),
        )
        assert outcomes(answers) == {(200, "ok"): 1, (400, "invalid_grant"): AT_ONCE - 1}
        # Somebody used it twice, so what the first was given is worth nothing.
        token = next(body for status, body in answers if status == 200)["refresh_token"]
        status, body = Wire(urls[1]).form(
            f"/{pool.id}/oauth2/token", grant_type="refresh_token", client_id=client, refresh_token=token
        )
        assert (status, body["error"]) == (400, "invalid_grant")


def test_one_refresh_token_serves_everybody_at_once(place):
    _, pool, client, urls = place
    person = pool.person()
    for _ in range(ROUNDS):
        tokens = pool.sign_in({"ClientId": client}, person)
        answers = race(
            urls,
            AT_ONCE,
            lambda wire, _, token=tokens["RefreshToken"]: wire.call(
                "InitiateAuth",
                ClientId=client,
                AuthFlow="REFRESH_TOKEN_AUTH",
                AuthParameters={"REFRESH_TOKEN": token},
            ),
        )
        assert outcomes(answers) == {(200, "ok"): AT_ONCE}
        access = {body["AuthenticationResult"]["AccessToken"] for _, body in answers}
        assert len(access) == AT_ONCE


def test_refreshing_and_revoking_at_once_ends_revoked(place):
    _, pool, client, urls = place
    person = pool.person()
    for _ in range(ROUNDS):
        token = pool.sign_in({"ClientId": client}, person)["RefreshToken"]

        def attempt(wire, number, token=token):
            if number == AT_ONCE // 2:
                return wire.call("RevokeToken", ClientId=client, Token=token)
            return wire.call(
                "InitiateAuth",
                ClientId=client,
                AuthFlow="REFRESH_TOKEN_AUTH",
                AuthParameters={"REFRESH_TOKEN": token},
            )

        answers = race(urls, AT_ONCE, attempt)
        assert {status for status, _ in answers} <= {200, 400}, outcomes(answers)
        for url in urls:
            status, body = attempt(Wire(url), 0)
            assert (status, body["__type"]) == (400, "NotAuthorizedException")
            for _, won in answers:
                if "AuthenticationResult" in won:
                    access = won["AuthenticationResult"]["AccessToken"]
                    status, body = Wire(url).call("GetUser", AccessToken=access)
                    assert (status, body["message"]) == (400, "Access Token has been revoked")
                    break


def test_one_session_answers_one_challenge(place):
    world, pool, client, urls = place
    for number in range(ROUNDS):
        name = f"invited{number}"
        world.idp.admin_create_user(
            UserPoolId=pool.id, Username=name, TemporaryPassword=PASSWORD, MessageAction="SUPPRESS"
        )
        asked = world.idp.initiate_auth(
            ClientId=client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": name, "PASSWORD": PASSWORD}
        )
        answers = race(
            urls,
            AT_ONCE,
            lambda wire, _, name=name, session=asked["Session"]: wire.call(
                "RespondToAuthChallenge",
                ClientId=client,
                ChallengeName="NEW_PASSWORD_REQUIRED",
                Session=session,
                ChallengeResponses={"USERNAME": name, "NEW_PASSWORD": PASSWORD + "2"},
            ),
        )
        kinds = outcomes(answers)
        assert kinds == {(200, "ok"): 1, (400, "NotAuthorizedException"): AT_ONCE - 1}


def test_settings_written_at_once_all_arrive_or_say_so(place):
    _, pool, _, urls = place
    answers = race(
        urls,
        AT_ONCE,
        lambda wire, number: wire.call("CreateGroup", UserPoolId=pool.id, GroupName=f"group{number % 8}"),
    )
    assert outcomes(answers) == {(200, "ok"): 8, (400, "GroupExistsException"): AT_ONCE - 8}
    person = pool.person()
    answers = race(
        urls,
        AT_ONCE,
        lambda wire, number: wire.call(
            "AdminUpdateUserAttributes",
            UserPoolId=pool.id,
            Username=person.username,
            UserAttributes=[{"Name": ATTRIBUTES[number % len(ATTRIBUTES)], "Value": f"value{number}"}],
        ),
    )
    kinds = outcomes(answers)
    assert {status for status, _ in kinds} <= {200, 400}, kinds
    acknowledged = {
        ATTRIBUTES[number % len(ATTRIBUTES)] for number, (status, _) in enumerate(answers) if status == 200
    }
    assert acknowledged <= set(pool.attributes(person.username))


def test_one_alias_belongs_to_one_user(place):
    world, _, _, urls = place
    pool = world.pool(AliasAttributes=["email"])
    for number in range(ROUNDS):
        email = new_email()
        verified = [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}]
        answers = race(
            urls,
            AT_ONCE,
            lambda wire, at, number=number, verified=verified: wire.call(
                "AdminCreateUser",
                UserPoolId=pool.id,
                Username=f"claim{number}-{at}",
                UserAttributes=verified,
                MessageAction="SUPPRESS",
            ),
        )
        kinds = outcomes(answers)
        assert kinds[200, "ok"] == 1, kinds
        assert set(kinds) <= {(200, "ok"), (400, "AliasExistsException"), (400, "UsernameExistsException")}, kinds
        winner = next(body["User"]["Username"] for status, body in answers if status == 200)
        assert world.idp.admin_get_user(UserPoolId=pool.id, Username=email)["Username"] == winner


def test_of_many_guesses_five_are_judged_before_the_lock(place):
    _, pool, client, urls = place
    for _ in range(ROUNDS):
        person = pool.person()
        answers = race(
            urls,
            AT_ONCE,
            lambda wire, number, name=person.username: wire.call(
                "InitiateAuth",
                ClientId=client,
                AuthFlow="USER_PASSWORD_AUTH",
                AuthParameters={"USERNAME": name, "PASSWORD": f"Wrong-Horse{number}!"},
            ),
        )
        told = Counter((status, body["message"]) for status, body in answers)
        assert set(told) <= {(400, "Incorrect username or password."), (400, "Password attempts exceeded")}, told
        # The lock of the fifth lasts a second, which a slow race may outlive by one more guess.
        assert 1 <= told[400, "Incorrect username or password."] <= 6, told
