"""Changes of an account where the operator wants a fresh sign-in, an end to other sessions, and the user told."""

import contextlib

import pytest
import requests

from passkey import Passkey, b64
from world import ALL_FLOWS, OTHER_PASSWORD, World, attributes, refused

STALE = "Sign in again to make this change."
ORIGIN = "http://localhost:3000"
MOBILE = "+15551239934"


@pytest.fixture
def home(private_server):
    """A function that gives a world whose server has these flags, and a way to move its clock."""
    with contextlib.ExitStack() as open_worlds:

        def start(*flags):
            world = World(private_server("--no-demo", *flags).url)
            open_worlds.callback(world.close)

            def later(seconds):
                moved = requests.post(f"{world.url}/_poolhouse/clock", json={"advance_ms": seconds * 1000}, timeout=10)
                assert moved.status_code == 200, moved.text

            return world, later

        yield start


def make_pool(world):
    pool = world.pool(
        AutoVerifiedAttributes=["email"],
        Policies={"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}},
        SmsConfiguration={"SnsCallerArn": "arn:aws:iam::123456789012:role/sms"},
    )
    world.idp.set_user_pool_mfa_config(
        UserPoolId=pool.id,
        MfaConfiguration="OPTIONAL",
        SmsMfaConfiguration={"SmsAuthenticationMessage": "Enter {####}"},
        SoftwareTokenMfaConfiguration={"Enabled": True},
        WebAuthnConfiguration={"RelyingPartyId": "localhost"},
    )
    return pool


def changes(world, person, token):
    """What a stale token is refused, as calls."""
    idp = world.idp
    return [
        lambda: idp.change_password(AccessToken=token, PreviousPassword=person.password, ProposedPassword=OTHER_PASSWORD),
        lambda: idp.update_user_attributes(AccessToken=token, UserAttributes=attributes(email="new@example.com")),
        lambda: idp.update_user_attributes(AccessToken=token, UserAttributes=attributes(phone_number="+15551239935")),
        lambda: idp.delete_user_attributes(AccessToken=token, UserAttributeNames=["phone_number"]),
        lambda: idp.set_user_mfa_preference(AccessToken=token, SMSMfaSettings={"Enabled": True}),
        lambda: idp.set_user_settings(
            AccessToken=token, MFAOptions=[{"DeliveryMedium": "SMS", "AttributeName": "phone_number"}]
        ),
        lambda: idp.associate_software_token(AccessToken=token),
        lambda: idp.verify_software_token(AccessToken=token, UserCode="123456"),
        lambda: idp.start_web_authn_registration(AccessToken=token),
        lambda: idp.complete_web_authn_registration(AccessToken=token, Credential={}),
        lambda: idp.delete_web_authn_credential(AccessToken=token, CredentialId="any"),
        lambda: idp.delete_user(AccessToken=token),
    ]


def test_a_stale_sign_in_changes_nothing_and_a_new_one_does(home):
    world, later = home("--profile", "strict")
    pool = make_pool(world)
    client, person = pool.client(), pool.person(phone_number=MOBILE)
    tokens = pool.sign_in(client, person)
    later(301)
    refreshed = world.idp.initiate_auth(
        ClientId=client["ClientId"],
        AuthFlow="REFRESH_TOKEN_AUTH",
        AuthParameters={"REFRESH_TOKEN": tokens["RefreshToken"]},
    )["AuthenticationResult"]
    before = pool.attributes(person.username)
    for token in (tokens["AccessToken"], refreshed["AccessToken"]):
        for change in changes(world, person, token):
            with refused("NotAuthorized", STALE):
                change()
        world.idp.update_user_attributes(AccessToken=token, UserAttributes=attributes(name="Ada"))
        world.idp.get_user(AccessToken=token)
    assert pool.attributes(person.username) == before | {"name": "Ada"}
    token = pool.sign_in(client, person)["AccessToken"]
    world.idp.change_password(AccessToken=token, PreviousPassword=person.password, ProposedPassword=OTHER_PASSWORD)


def test_other_sessions_end_and_the_user_is_told(home):
    world, _ = home("--profile", "strict")
    pool = make_pool(world)
    client = pool.client(ExplicitAuthFlows=[*ALL_FLOWS, "ALLOW_USER_AUTH"])
    person = pool.person(phone_number=MOBILE, locale="fr-CA")
    other, asking = pool.sign_in(client, person), pool.sign_in(client, person)["AccessToken"]
    world.idp.change_password(AccessToken=asking, PreviousPassword=person.password, ProposedPassword=OTHER_PASSWORD)
    person.password = OTHER_PASSWORD
    with refused("NotAuthorized", "Access Token has been revoked"):
        world.idp.get_user(AccessToken=other["AccessToken"])
    with refused("NotAuthorized", "Refresh Token has been revoked"):
        world.idp.initiate_auth(
            ClientId=client["ClientId"],
            AuthFlow="REFRESH_TOKEN_AUTH",
            AuthParameters={"REFRESH_TOKEN": other["RefreshToken"]},
        )
    world.idp.get_user(AccessToken=asking)
    news = world.mailbox.wait(to=person.email, kind="change")
    assert news["subject"] == "Votre compte a été modifié"
    assert news["text"].startswith(f"Le mot de passe de votre compte {person.username} a été changé")

    passkey = Passkey(ORIGIN)
    options = world.idp.start_web_authn_registration(AccessToken=asking)["CredentialCreationOptions"]
    world.idp.complete_web_authn_registration(AccessToken=asking, Credential=passkey.create(options))
    added = world.mailbox.wait(to=person.email, kind="change", after=news["id"])
    assert added["text"].startswith("Une clé d'accès a été ajoutée")
    world.idp.delete_web_authn_credential(AccessToken=asking, CredentialId=b64(passkey.id))
    removed = world.mailbox.wait(to=person.email, kind="change", after=added["id"])
    assert "a été supprimée" in removed["text"]
    world.idp.update_user_attributes(AccessToken=asking, UserAttributes=attributes(email="new@example.com"))
    moved = world.mailbox.wait(to=person.email, kind="change", after=removed["id"])
    assert moved["text"].startswith("L’adresse e-mail")

    session = pool.sign_in(client, person)["AccessToken"]
    world.idp.admin_set_user_password(
        UserPoolId=pool.id, Username=person.username, Password="Third-Password3!", Permanent=True
    )
    with refused("NotAuthorized", "Access Token has been revoked"):
        world.idp.get_user(AccessToken=session)


def test_by_cognito_nothing_of_it(home):
    world, later = home()
    pool = make_pool(world)
    client, person = pool.client(), pool.person(phone_number=MOBILE)
    other, asking = pool.sign_in(client, person), pool.sign_in(client, person)["AccessToken"]
    later(3000)
    world.idp.change_password(AccessToken=asking, PreviousPassword=person.password, ProposedPassword=OTHER_PASSWORD)
    world.idp.get_user(AccessToken=other["AccessToken"])
    assert world.mailbox.wait(timeout=0, to=person.email, kind="change") is None


def test_each_setting_by_itself(home):
    world, later = home("--fresh-sign-in", "1", "--change-notices", "true")
    pool = make_pool(world)
    client, person = pool.client(), pool.person()
    other, asking = pool.sign_in(client, person), pool.sign_in(client, person)["AccessToken"]
    world.idp.change_password(AccessToken=asking, PreviousPassword=person.password, ProposedPassword=OTHER_PASSWORD)
    world.idp.get_user(AccessToken=other["AccessToken"])
    assert world.mailbox.wait(to=person.email, kind="change")["subject"] == "Your account was changed"
    later(61)
    with refused("NotAuthorized", STALE):
        world.idp.delete_user(AccessToken=asking)


@pytest.mark.parametrize(
    "flags",
    [
        ("--fresh-sign-in", "soon"),
        ("--fresh-sign-in", "43201"),
        ("--pool-fresh-sign-in", "us-east-1_abc"),
        ("--pool-end-other-sessions", "us-east-1_aB3dE6gH9=perhaps"),
        ("--change-notices", "yes"),
        ("--pool-change-notices", "us-east-1_aB3dE6gH9=true,us-east-1_aB3dE6gH9=false"),
    ],
)
def test_wrong_settings_stop_the_start(private_server, flags):
    with pytest.raises(RuntimeError, match="the server ended with [12]"):
        private_server(*flags)
