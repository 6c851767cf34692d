"""The AWS CLI: a journey as somebody would type it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pycognito import aws_srp

from test_mfa import totp
from world import OTHER_PASSWORD, PASSWORD, fresh, new_email

AWS = shutil.which("aws", path=str(Path(sys.executable).parent)) or "aws"


@pytest.fixture
def aws(world, tmp_path):
    environment = {**os.environ, "AWS_ENDPOINT_URL": world.url, "AWS_PAGER": "", "HOME": str(tmp_path)}

    def run(*words, fails=None):
        done = subprocess.run(
            [AWS, "cognito-idp", *map(str, words), "--output", "json"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        if fails:
            assert done.returncode != 0 and fails in done.stderr, done
            return None
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None

    return run


def test_a_journey(world, aws):
    pool = aws("create-user-pool", "--pool-name", fresh("cli"), "--auto-verified-attributes", "email")["UserPool"]["Id"]
    client = aws(
        "create-user-pool-client", "--user-pool-id", pool, "--client-name", "cli",
        "--explicit-auth-flows", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH",
    )["UserPoolClient"]["ClientId"]  # fmt: skip
    name, email = fresh("ada"), new_email()
    made = aws(
        "sign-up", "--client-id", client, "--username", name, "--password", PASSWORD,
        "--user-attributes", f"Name=email,Value={email}", "Name=name,Value=Ada Lovelace",
    )  # fmt: skip
    assert made["UserConfirmed"] is False and made["CodeDeliveryDetails"]["DeliveryMedium"] == "EMAIL"
    sign_in = (
        "initiate-auth", "--client-id", client, "--auth-flow", "USER_PASSWORD_AUTH",
        "--auth-parameters", f"USERNAME={name},PASSWORD={PASSWORD}",
    )  # fmt: skip
    aws(*sign_in, fails="(UserNotConfirmedException) when calling the InitiateAuth operation: User is not confirmed.")
    aws("confirm-sign-up", "--client-id", client, "--username", name, "--confirmation-code", world.mailbox.code(email))
    tokens = aws(*sign_in)["AuthenticationResult"]
    me = aws("get-user", "--access-token", tokens["AccessToken"])
    assert me["Username"] == name
    assert {"Name": "email_verified", "Value": "true"} in me["UserAttributes"]
    again = aws(
        "initiate-auth", "--client-id", client, "--auth-flow", "REFRESH_TOKEN_AUTH",
        "--auth-parameters", f"REFRESH_TOKEN={tokens['RefreshToken']}",
    )  # fmt: skip
    assert again["AuthenticationResult"]["AccessToken"]
    aws("create-group", "--user-pool-id", pool, "--group-name", "admins", "--precedence", "1")
    assert aws("admin-add-user-to-group", "--user-pool-id", pool, "--username", name, "--group-name", "admins") is None
    assert aws("list-users-in-group", "--user-pool-id", pool, "--group-name", "admins")["Users"][0]["Username"] == name
    aws("admin-set-user-password", "--user-pool-id", pool, "--username", name, "--password", OTHER_PASSWORD,
        "--permanent")  # fmt: skip
    aws(*sign_in, fails="Incorrect username or password.")
    found = aws("list-users", "--user-pool-id", pool, "--filter", f'email = "{email}"')["Users"]
    assert [user["Username"] for user in found] == [name]
    aws("global-sign-out", "--access-token", tokens["AccessToken"])
    aws("get-user", "--access-token", tokens["AccessToken"], fails="Access Token has been revoked")
    aws("admin-delete-user", "--user-pool-id", pool, "--username", name)
    aws("delete-user-pool", "--user-pool-id", pool)
    aws("describe-user-pool", "--user-pool-id", pool, fails=f"User pool {pool} does not exist.")


def test_second_factors_and_devices(world, aws):
    pool = aws(
        "create-user-pool", "--pool-name", fresh("cli"),
        "--device-configuration", "ChallengeRequiredOnNewDevice=true,DeviceOnlyRememberedOnUserPrompt=false",
    )["UserPool"]["Id"]  # fmt: skip
    aws("set-user-pool-mfa-config", "--user-pool-id", pool, "--mfa-configuration", "OPTIONAL",
        "--software-token-mfa-configuration", "Enabled=true")  # fmt: skip
    client = aws(
        "create-user-pool-client", "--user-pool-id", pool, "--client-name", "cli",
        "--explicit-auth-flows", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH",
    )["UserPoolClient"]["ClientId"]  # fmt: skip
    name = fresh("ada")
    aws("admin-create-user", "--user-pool-id", pool, "--username", name, "--message-action", "SUPPRESS")
    aws("admin-set-user-password", "--user-pool-id", pool, "--username", name, "--password", PASSWORD, "--permanent")

    def sign_in(*more):
        given = ",".join([f"USERNAME={name}", f"PASSWORD={PASSWORD}", *more])
        return aws("initiate-auth", "--client-id", client, "--auth-flow", "USER_PASSWORD_AUTH",
                   "--auth-parameters", given)  # fmt: skip

    tokens = sign_in()["AuthenticationResult"]
    token, new = tokens["AccessToken"], tokens["NewDeviceMetadata"]
    _, config = aws_srp.generate_hash_device(new["DeviceGroupKey"], new["DeviceKey"])
    device = ("--device-key", new["DeviceKey"])
    done = aws("confirm-device", "--access-token", token, *device, "--device-name", "shell",
               "--device-secret-verifier-config", json.dumps(config))  # fmt: skip
    assert done == {"UserConfirmationNecessary": False}
    secret = aws("associate-software-token", "--access-token", token)["SecretCode"]
    aws("verify-software-token", "--access-token", token, "--user-code", totp(secret))
    aws("set-user-mfa-preference", "--access-token", token, "--software-token-mfa-settings", "Enabled=true")
    asked = sign_in()
    assert asked["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    responses = f"USERNAME={name},SOFTWARE_TOKEN_MFA_CODE={totp(secret, later=1)}"
    aws("respond-to-auth-challenge", "--client-id", client, "--challenge-name", "SOFTWARE_TOKEN_MFA",
        "--session", asked["Session"], "--challenge-responses", responses)  # fmt: skip
    assert sign_in(f"DEVICE_KEY={new['DeviceKey']}")["ChallengeName"] == "DEVICE_SRP_AUTH"
    who = ("--user-pool-id", pool, "--username", name)
    assert aws("get-device", "--access-token", token, *device) == aws("admin-get-device", *who, *device)
    assert len(aws("list-devices", "--access-token", token)["Devices"]) == 1
    assert len(aws("admin-list-devices", *who)["Devices"]) == 1
    aws("update-device-status", "--access-token", token, *device, "--device-remembered-status", "not_remembered")
    assert sign_in(f"DEVICE_KEY={new['DeviceKey']}")["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    aws("admin-update-device-status", *who, *device, "--device-remembered-status", "remembered")
    aws("forget-device", "--access-token", token, *device)
    aws("admin-forget-device", *who, *device, fails="Device does not exist.")


def test_first_factors_without_a_password(world, aws):
    policies = json.dumps({"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP", "WEB_AUTHN"]}})
    pool = aws("create-user-pool", "--pool-name", fresh("cli"), "--policies", policies)["UserPool"]["Id"]
    aws("set-user-pool-mfa-config", "--user-pool-id", pool, "--mfa-configuration", "OPTIONAL",
        "--email-mfa-configuration", json.dumps({"Message": "Your code is {####}", "Subject": "Code"}),
        "--web-authn-configuration", "RelyingPartyId=localhost,UserVerification=required")  # fmt: skip
    client = aws("create-user-pool-client", "--user-pool-id", pool, "--client-name", "cli",
                 "--explicit-auth-flows", "ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH")["UserPoolClient"]["ClientId"]  # fmt: skip
    name, email = fresh("free"), new_email()
    aws("admin-create-user", "--user-pool-id", pool, "--username", name, "--message-action", "SUPPRESS",
        "--user-attributes", f"Name=email,Value={email}", "Name=email_verified,Value=true")  # fmt: skip

    def begin(*more):
        return aws("initiate-auth", "--client-id", client, "--auth-flow", "USER_AUTH",
                   "--auth-parameters", ",".join([f"USERNAME={name}", *more]))  # fmt: skip

    def answer(asked, **given):
        responses = ",".join(f"{key}={value}" for key, value in {"USERNAME": name, **given}.items())
        return aws("respond-to-auth-challenge", "--client-id", client, "--challenge-name", asked["ChallengeName"],
                   "--session", asked["Session"], "--challenge-responses", responses)  # fmt: skip

    chosen = answer(begin(), ANSWER="EMAIL_OTP")
    assert chosen["ChallengeName"] == "EMAIL_OTP"
    tokens = answer(chosen, EMAIL_OTP_CODE=world.mailbox.code(email))["AuthenticationResult"]
    token, who = tokens["AccessToken"], ("--user-pool-id", pool, "--username", name)
    own = aws("get-user-auth-factors", "--access-token", token)
    assert own["ConfiguredUserAuthFactors"] == ["EMAIL_OTP"]
    assert aws("admin-get-user-auth-factors", *who) == own
    options = aws("start-web-authn-registration", "--access-token", token)["CredentialCreationOptions"]
    assert options["rp"]["id"] == "localhost"
    assert aws("list-web-authn-credentials", "--access-token", token)["Credentials"] == []
    aws("delete-web-authn-credential", "--access-token", token, "--credential-id", "none",
        fails="ResourceNotFoundException")  # fmt: skip
    # A second factor is asked for behind a password, which this user does not have.
    preferred = "Enabled=true,PreferredMfa=true"
    aws("admin-set-user-password", *who, "--password", PASSWORD, "--permanent")
    aws("admin-set-user-mfa-preference", *who, "--email-mfa-settings", preferred)
    seen = aws("admin-get-user", *who)
    assert (seen["UserMFASettingList"], seen["PreferredMfaSetting"]) == (["EMAIL_OTP"], "EMAIL_OTP")
    before = world.mailbox.code(email)
    asked = begin("PREFERRED_CHALLENGE=PASSWORD", f"PASSWORD={PASSWORD}")
    assert asked["ChallengeName"] == "EMAIL_OTP"
    code = world.mailbox.code(email)
    assert code != before
    assert answer(asked, EMAIL_OTP_CODE=code)["AuthenticationResult"]["RefreshToken"]
