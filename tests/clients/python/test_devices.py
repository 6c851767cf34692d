"""Remembered devices: with boto3 alone, with pycognito, and as an administrator."""

import base64
import hashlib
import hmac
import os
import re
from datetime import datetime, timezone

import pytest
import requests
from pycognito import aws_srp
from pycognito.exceptions import SoftwareTokenMFAChallengeException

from test_mfa import answer, totp
from test_pycognito import cognito
from world import PASSWORD, as_dict, refused, secret_hash

ALWAYS = {"ChallengeRequiredOnNewDevice": True, "DeviceOnlyRememberedOnUserPrompt": False}
STRANGE = "us-east-1_aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"


@pytest.fixture
def pool(world):
    return world.pool(DeviceConfiguration=ALWAYS)


class Device:
    """A device that keeps its secret, and proves it with the arithmetic of pycognito."""

    def __init__(self, tokens):
        new = tokens["NewDeviceMetadata"]
        self.key, self.group = new["DeviceKey"], new["DeviceGroupKey"]
        self.secret, self.config = aws_srp.generate_hash_device(self.group, self.key)
        self.a = int.from_bytes(os.urandom(128), "big")
        self.public = "%x" % pow(2, self.a, self.n)

    n = int(aws_srp.N_HEX, 16)

    def confirm(self, world, tokens, **more):
        return world.idp.confirm_device(
            AccessToken=tokens["AccessToken"],
            DeviceKey=self.key,
            DeviceSecretVerifierConfig=self.config,
            DeviceName="laptop",
            **more,
        )

    def proof(self, given):
        b, salt = int(given["SRP_B"], 16), aws_srp.pad_hex(given["SALT"])
        u = aws_srp.calculate_u(int(self.public, 16), b)
        inner = aws_srp.hash_sha256(f"{self.group}{self.key}:{self.secret}".encode())
        x = int(aws_srp.hex_hash(salt + inner), 16)
        k = int(aws_srp.hex_hash("00" + aws_srp.N_HEX + "0" + aws_srp.G_HEX), 16)
        s = pow(b - k * pow(2, x, self.n), self.a + u * x, self.n)
        key = aws_srp.compute_hkdf(
            bytearray.fromhex(aws_srp.pad_hex(s)), bytearray.fromhex(aws_srp.pad_hex(aws_srp.long_to_hex(u)))
        )
        stamp = re.sub(r" 0(\d) ", r" \1 ", datetime.now(timezone.utc).strftime("%a %b %d %H:%M:%S UTC %Y"))
        signed = (self.group + self.key).encode() + base64.b64decode(given["SECRET_BLOCK"]) + stamp.encode()
        return {
            "DEVICE_KEY": self.key,
            "TIMESTAMP": stamp,
            "PASSWORD_CLAIM_SECRET_BLOCK": given["SECRET_BLOCK"],
            "PASSWORD_CLAIM_SIGNATURE": base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode(),
        }


def start(world, client, person, **more):
    return world.idp.initiate_auth(
        ClientId=client["ClientId"],
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": person.username, "PASSWORD": person.password, **more},
    )


def with_device(world, client, person, device):
    asked = start(world, client, person, DEVICE_KEY=device.key)
    assert asked["ChallengeName"] == "DEVICE_SRP_AUTH"
    asked = answer(world, client, person, asked, DEVICE_KEY=device.key, SRP_A=device.public)
    assert asked["ChallengeName"] == "DEVICE_PASSWORD_VERIFIER"
    return answer(world, client, person, asked, **device.proof(asked["ChallengeParameters"]))["AuthenticationResult"]


def test_the_whole_life_of_a_device(world, pool):
    world.idp.set_user_pool_mfa_config(
        UserPoolId=pool.id, MfaConfiguration="OPTIONAL", SoftwareTokenMfaConfiguration={"Enabled": True}
    )
    client, person = pool.client(), pool.person()
    tokens = pool.sign_in(client, person)
    token = tokens["AccessToken"]
    device = Device(tokens)
    assert device.confirm(world, tokens)["UserConfirmationNecessary"] is False
    with refused("DeviceKeyExists"):
        device.confirm(world, tokens)
    secret = world.idp.associate_software_token(AccessToken=token)["SecretCode"]
    world.idp.verify_software_token(AccessToken=token, UserCode=totp(secret))
    world.idp.set_user_mfa_preference(AccessToken=token, SoftwareTokenMfaSettings={"Enabled": True})
    assert start(world, client, person)["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    fresh = with_device(world, client, person, device)
    assert "NewDeviceMetadata" not in fresh

    shown = world.idp.get_device(AccessToken=token, DeviceKey=device.key)["Device"]
    named = as_dict(shown["DeviceAttributes"])
    assert (named["device_status"], named["device_name"]) == ("valid", "laptop")
    assert named["dev:device_remembered_status"] == "remembered"
    assert shown["DeviceLastAuthenticatedDate"].microsecond == 0
    who = {"UserPoolId": pool.id, "Username": person.username}
    assert world.idp.admin_get_device(**who, DeviceKey=device.key)["Device"] == shown
    assert [d["DeviceKey"] for d in world.idp.list_devices(AccessToken=token, Limit=1)["Devices"]] == [device.key]
    assert [d["DeviceKey"] for d in world.idp.admin_list_devices(**who)["Devices"]] == [device.key]

    refresh = {"REFRESH_TOKEN": fresh["RefreshToken"]}
    ask = {"ClientId": client["ClientId"], "AuthFlow": "REFRESH_TOKEN_AUTH"}
    with refused("NotAuthorized", "Invalid Refresh Token"):
        world.idp.initiate_auth(**ask, AuthParameters=refresh)
    world.idp.initiate_auth(**ask, AuthParameters={**refresh, "DEVICE_KEY": device.key})
    world.idp.get_tokens_from_refresh_token(
        RefreshToken=fresh["RefreshToken"], ClientId=client["ClientId"], DeviceKey=device.key
    )

    world.idp.update_device_status(AccessToken=token, DeviceKey=device.key, DeviceRememberedStatus="not_remembered")
    assert start(world, client, person, DEVICE_KEY=device.key)["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    world.idp.admin_update_device_status(**who, DeviceKey=device.key, DeviceRememberedStatus="remembered")
    with_device(world, client, person, device)

    world.idp.forget_device(AccessToken=token, DeviceKey=device.key)
    with refused("ResourceNotFound", "Device does not exist."):
        start(world, client, person, DEVICE_KEY=device.key)
    with refused("NotAuthorized", "Invalid Refresh Token"):
        world.idp.initiate_auth(**ask, AuthParameters={**refresh, "DEVICE_KEY": device.key})
    with refused("ResourceNotFound", "Device does not exist."):
        world.idp.admin_forget_device(**who, DeviceKey=device.key)


def srp(world, pool, client, person, **more):
    return aws_srp.AWSSRP(
        username=person.username,
        password=PASSWORD,
        pool_id=pool.id,
        client_id=client["ClientId"],
        client=world.idp,
        **more,
    )


@pytest.mark.parametrize("number", range(4))
def test_pycognito_registers_what_we_verify(world, pool, number):
    """Its verifier is ours: a device that it made up proves itself."""
    client, person = pool.client(), pool.person()
    tokens = srp(world, pool, client, person).authenticate_user()["AuthenticationResult"]
    device = Device(tokens)
    device.confirm(world, tokens)
    assert with_device(world, client, person, device)["RefreshToken"]


def test_an_unknown_device_leaves_the_password_proven(world, pool):
    client, person = pool.client(), pool.person()
    stale = srp(world, pool, client, person, device_key=STRANGE, device_group_key="-AbCdEf12", device_password="x")
    with refused("ResourceNotFound", "Device does not exist."):
        stale.authenticate_user()
    assert srp(world, pool, client, person).authenticate_user()["AuthenticationResult"]["NewDeviceMetadata"]


@pytest.fixture
def at_home(world, monkeypatch):
    """pycognito sends what is about devices to AWS, wherever its client points."""
    post = requests.post

    def home(url, **more):
        assert url == "https://cognito-idp.us-east-1.amazonaws.com/"
        return post(world.url, **more)

    monkeypatch.setattr(aws_srp.requests, "post", home)


def test_pycognito_registers_its_device_and_signs_in_with_it(world, pool, at_home):
    """It sends no session with the device's challenges."""
    world.idp.set_user_pool_mfa_config(
        UserPoolId=pool.id, MfaConfiguration="OPTIONAL", SoftwareTokenMfaConfiguration={"Enabled": True}
    )
    client, person = pool.client(), pool.person()
    first = srp(world, pool, client, person)
    tokens = first.authenticate_user()
    token = tokens["AuthenticationResult"]["AccessToken"]
    answered, password = first.confirm_device(tokens, device_name="laptop")
    assert answered.json() == {"UserConfirmationNecessary": False}
    user = cognito(world, pool, client, person.username)
    user.access_token = token
    assert user.verify_software_token(totp(user.associate_software_token()), "phone")
    user.set_user_mfa_preference(False, True, "SOFTWARE_TOKEN")

    kept = {"device_key": first.device_key, "device_group_key": first.device_group_key}
    result = srp(world, pool, client, person, **kept, device_password=password).authenticate_user()
    result = result["AuthenticationResult"]
    assert "NewDeviceMetadata" not in result and result["RefreshToken"]
    with refused("NotAuthorized", "Incorrect username or password."):
        srp(world, pool, client, person, **kept, device_password="another").authenticate_user()
    first.update_device_status(False, token, first.device_key)
    with pytest.raises(SoftwareTokenMFAChallengeException):
        srp(world, pool, client, person, **kept, device_password=password).authenticate_user()
    first.forget_device(token, first.device_key)
    assert world.idp.list_devices(AccessToken=token)["Devices"] == []


def test_a_client_with_a_secret_proves_it_for_the_device_too(world, pool, at_home, monkeypatch):
    """AWS: "You must provide a SECRET_HASH parameter in all challenge responses to an app client that has a client secret."
    pycognito leaves it out of DEVICE_SRP_AUTH, and gets to its tokens once it is put there."""
    client, person = pool.client(GenerateSecret=True), pool.person()
    secret = {"client_secret": client["ClientSecret"]}
    first = srp(world, pool, client, person, **secret)
    tokens = first.authenticate_user()
    _, password = first.confirm_device(tokens, device_name="laptop")
    kept = {"device_key": first.device_key, "device_group_key": first.device_group_key, "device_password": password}
    missing = f"Client {client['ClientId']} is configured with secret but SECRET_HASH was not received"
    with refused("NotAuthorized", missing):
        srp(world, pool, client, person, **kept, **secret).authenticate_user()
    respond = world.idp.respond_to_auth_challenge

    def with_hash(**request):
        given = request["ChallengeResponses"]
        given["SECRET_HASH"] = secret_hash(given["USERNAME"], client["ClientId"], client["ClientSecret"])
        return respond(**request)

    monkeypatch.setattr(world.idp, "respond_to_auth_challenge", with_hash)
    again = srp(world, pool, client, person, **kept, **secret).authenticate_user()
    assert again["AuthenticationResult"]["RefreshToken"]


def test_pycognito_answers_for_an_authenticator_app(world):
    pool = world.pool()
    world.idp.set_user_pool_mfa_config(
        UserPoolId=pool.id, MfaConfiguration="OPTIONAL", SoftwareTokenMfaConfiguration={"Enabled": True}
    )
    client, person = pool.client(), pool.person()
    user = cognito(world, pool, client, person.username)
    user.authenticate(password=PASSWORD)
    secret = user.associate_software_token()
    assert user.verify_software_token(totp(secret), "phone")
    user.set_user_mfa_preference(False, True, "SOFTWARE_TOKEN")
    again = cognito(world, pool, client, person.username)
    with pytest.raises(SoftwareTokenMFAChallengeException):
        again.authenticate(password=PASSWORD)
    again.respond_to_software_token_mfa_challenge(totp(secret, later=1))
    assert again.access_claims["username"] == person.username
