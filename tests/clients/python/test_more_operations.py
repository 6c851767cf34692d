"""Client secrets, tags, custom attributes, rotating refresh tokens and links, through boto3."""

import datetime
import re

import requests

from world import PASSWORD, fresh, new_email, refused, secret_hash


def test_two_secrets_live_side_by_side(world):
    pool = world.pool()
    client = pool.client(GenerateSecret=True, ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"])
    at = {"UserPoolId": pool.id, "ClientId": client["ClientId"]}
    person = pool.person()

    def sign_in(secret):
        proof = secret_hash(person.username, client["ClientId"], secret)
        parameters = {"USERNAME": person.username, "PASSWORD": PASSWORD, "SECRET_HASH": proof}
        return world.idp.initiate_auth(
            ClientId=client["ClientId"], AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters
        )

    added = world.idp.add_user_pool_client_secret(**at)["ClientSecretDescriptor"]
    assert re.fullmatch("[0-9a-v]{51,52}", added["ClientSecretValue"])
    assert added["ClientSecretId"].startswith(client["ClientId"] + "--")
    assert isinstance(added["ClientSecretCreateDate"], datetime.datetime)
    for secret in (client["ClientSecret"], added["ClientSecretValue"]):
        assert sign_in(secret)["AuthenticationResult"]["AccessToken"]
    with refused("LimitExceeded"):
        world.idp.add_user_pool_client_secret(**at)
    old, new = world.idp.list_user_pool_client_secrets(**at)["ClientSecrets"]
    assert new["ClientSecretId"] == added["ClientSecretId"]
    assert "ClientSecretValue" not in old and "ClientSecretValue" not in new
    world.idp.delete_user_pool_client_secret(**at, ClientSecretId=old["ClientSecretId"])
    with refused("NotAuthorized", f"Unable to verify secret hash for client {client['ClientId']}"):
        sign_in(client["ClientSecret"])
    assert sign_in(added["ClientSecretValue"])["AuthenticationResult"]["AccessToken"]
    with refused("InvalidParameter"):
        world.idp.delete_user_pool_client_secret(**at, ClientSecretId=new["ClientSecretId"])
    mine = "a_secret_of_my_own_0123456789"
    given = world.idp.add_user_pool_client_secret(**at, ClientSecret=mine)["ClientSecretDescriptor"]
    assert "ClientSecretValue" not in given
    assert sign_in(mine)["AuthenticationResult"]["AccessToken"]


def test_tags_come_and_go_by_arn(world):
    pool = world.pool(UserPoolTags={"team": "a"})
    arn = world.idp.describe_user_pool(UserPoolId=pool.id)["UserPool"]["Arn"]
    assert world.idp.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"team": "a"}
    world.idp.tag_resource(ResourceArn=arn, Tags={"team": "b", "stage": "dev"})
    assert world.idp.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"team": "b", "stage": "dev"}
    world.idp.untag_resource(ResourceArn=arn, TagKeys=["team"])
    assert world.idp.describe_user_pool(UserPoolId=pool.id)["UserPool"]["UserPoolTags"] == {"stage": "dev"}
    with refused("ResourceNotFound"):
        world.idp.list_tags_for_resource(ResourceArn=arn[:-1] + ("x" if arn[-1] != "x" else "y"))


def test_custom_attributes_are_added_later(world):
    pool = world.pool()
    person = pool.person()
    world.idp.add_custom_attributes(
        UserPoolId=pool.id, CustomAttributes=[{"Name": "team", "AttributeDataType": "String"}]
    )
    world.idp.admin_update_user_attributes(
        UserPoolId=pool.id, Username=person.username, UserAttributes=[{"Name": "custom:team", "Value": "red"}]
    )
    assert pool.attributes(person.username)["custom:team"] == "red"
    with refused("InvalidParameter", "custom:team: Existing attribute already has name custom:team."):
        world.idp.add_custom_attributes(
            UserPoolId=pool.id, CustomAttributes=[{"Name": "team", "AttributeDataType": "Number"}]
        )


def test_refresh_tokens_rotate(world):
    pool = world.pool()
    client = pool.client(
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"],
        RefreshTokenRotation={"Feature": "ENABLED", "RetryGracePeriodSeconds": 0},
    )
    first = pool.sign_in(client, pool.person())

    def renew(token):
        answer = world.idp.get_tokens_from_refresh_token(ClientId=client["ClientId"], RefreshToken=token)
        return answer["AuthenticationResult"]

    second = renew(first["RefreshToken"])
    assert second["RefreshToken"] != first["RefreshToken"] and second["TokenType"] == "Bearer"
    with refused("RefreshTokenReuse"):
        renew(first["RefreshToken"])
    assert renew(second["RefreshToken"])["RefreshToken"]
    with refused("InvalidParameter", "REFRESH_TOKEN_AUTH flow not enabled for this client"):
        world.idp.initiate_auth(
            ClientId=client["ClientId"],
            AuthFlow="REFRESH_TOKEN_AUTH",
            AuthParameters={"REFRESH_TOKEN": second["RefreshToken"]},
        )


def test_an_account_is_confirmed_by_the_link_in_the_mail(world):
    pool = world.pool(
        AutoVerifiedAttributes=["email"],
        VerificationMessageTemplate={
            "DefaultEmailOption": "CONFIRM_WITH_LINK",
            "EmailMessageByLink": "Hello, {##Click Here##}",
            "EmailSubjectByLink": "Please confirm",
        },
    )
    world.idp.create_user_pool_domain(UserPoolId=pool.id, Domain=fresh("links").lower().replace("_", "-"))
    client, email, name = pool.client(), new_email(), fresh("linked")
    world.idp.sign_up(
        ClientId=client["ClientId"],
        Username=name,
        Password=PASSWORD,
        UserAttributes=[{"Name": "email", "Value": email}],
    )
    wait = requests.get(f"{world.url}/_poolhouse/messages/wait", params={"to": email, "timeout": 5}, timeout=10)
    message = wait.json()["message"]
    assert message["subject"] == "Please confirm" and message["link"] in message["text"]
    browser = requests.Session()
    page = browser.get(message["link"], timeout=10)
    assert pool.status(name) == "UNCONFIRMED"
    token = re.search(r'name="_csrf" value="([^"]+)"', page.text).group(1)
    done = browser.post(message["link"], data={"_csrf": token}, timeout=10)
    assert done.status_code == 200 and "Your registration has been confirmed!" in done.text
    assert pool.status(name) == "CONFIRMED"
