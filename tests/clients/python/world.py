"""A place to test in: pools, clients and people on the server that POOLHOUSE_URL names."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import itertools
import secrets

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

import strict
from poolhouse import Mailbox

PASSWORD = "Correct-Horse1!"
OTHER_PASSWORD = "Battery-Staple2?"
ALL_FLOWS = [
    "ALLOW_ADMIN_USER_PASSWORD_AUTH",
    "ALLOW_CUSTOM_AUTH",
    "ALLOW_REFRESH_TOKEN_AUTH",
    "ALLOW_USER_PASSWORD_AUTH",
    "ALLOW_USER_SRP_AUTH",
]

# Every operation that some test called, for the last test of the run.
called: set[str] = set()
_numbers = itertools.count(1)


def fresh(prefix: str) -> str:
    """A name that no other test uses."""
    return f"{prefix}{next(_numbers)}-{secrets.token_hex(3)}"


def new_email() -> str:
    return f"{fresh('person')}@example.com"


def attributes(**values: str) -> list[dict]:
    """`attributes(email=..., custom__plan=...)`: two underscores stand for the colon."""
    return [{"Name": name.replace("__", ":"), "Value": value} for name, value in values.items()]


def as_dict(listed: list[dict]) -> dict[str, str]:
    """An attribute list as a dict; fails when a name is there twice."""
    found = {item["Name"]: item["Value"] for item in listed}
    assert len(found) == len(listed), listed
    return found


def secret_hash(username: str, client_id: str, secret: str) -> str:
    digest = hmac.new(secret.encode(), (username + client_id).encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def connect(url: str, *, region="us-east-1", key="test", service="cognito-idp", validate=True):
    """A boto3 client whose every answer is checked against the model. `validate=False` sends what botocore would refuse."""
    client = boto3.client(
        service,
        endpoint_url=url,
        region_name=region,
        aws_access_key_id=key,
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}, read_timeout=40, parameter_validation=validate),
    )

    def seen(http_response, parsed, model, **_):
        called.add(model.name)
        strict.check(model, http_response)

    client.meta.events.register(f"after-call.{service}", seen)
    return client


@contextlib.contextmanager
def refused(kind: str, message: str | None = None):
    """The block must fail with this exception and, when given, exactly this message.

    `kind` leaves off the "Exception" that all modelled names end in.
    """
    with pytest.raises(ClientError) as caught:
        yield caught
    error = caught.value.response["Error"]
    assert error["Code"] == f"{kind}Exception", error
    if message is not None:
        assert error["Message"] == message


class Person:
    def __init__(self, username: str, password: str = PASSWORD, email: str = "", sub: str = ""):
        self.username, self.password, self.email, self.sub = username, password, email, sub


class Pool:
    """A user pool with the calls that most tests begin with."""

    def __init__(self, world: World, description: dict):
        self.world, self.idp, self.description = world, world.idp, description
        self.id = description["Id"]

    def client(self, **settings) -> dict:
        """An app client with every password flow on, unless told otherwise."""
        settings.setdefault("ClientName", fresh("app"))
        settings.setdefault("ExplicitAuthFlows", ALL_FLOWS)
        return self.idp.create_user_pool_client(UserPoolId=self.id, **settings)["UserPoolClient"]

    def person(self, username: str | None = None, *, password: str = PASSWORD, **given: str) -> Person:
        """A CONFIRMED user with a verified e-mail address."""
        email = given.pop("email", None) or new_email()
        username = username or fresh("user")
        made = self.idp.admin_create_user(
            UserPoolId=self.id,
            Username=username,
            UserAttributes=attributes(email=email, email_verified="true", **given),
            MessageAction="SUPPRESS",
        )["User"]
        self.idp.admin_set_user_password(UserPoolId=self.id, Username=made["Username"], Password=password, Permanent=True)
        return Person(made["Username"], password, email, as_dict(made["Attributes"])["sub"])

    def sign_in(self, client: dict, person: Person, **more) -> dict:
        """The AuthenticationResult of USER_PASSWORD_AUTH."""
        parameters = {"USERNAME": person.username, "PASSWORD": person.password}
        if "ClientSecret" in client:
            parameters["SECRET_HASH"] = secret_hash(person.username, client["ClientId"], client["ClientSecret"])
        answer = self.idp.initiate_auth(
            ClientId=client["ClientId"], AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters, **more
        )
        return answer["AuthenticationResult"]

    def status(self, username: str) -> str:
        return self.idp.admin_get_user(UserPoolId=self.id, Username=username)["UserStatus"]

    def attributes(self, username: str) -> dict[str, str]:
        return as_dict(self.idp.admin_get_user(UserPoolId=self.id, Username=username)["UserAttributes"])


class World:
    def __init__(self, url: str):
        self.url = url
        self.idp = connect(url)
        self.loose = connect(url, validate=False)
        self.mailbox = Mailbox(url)
        self._pools: list[str] = []

    def pool(self, **settings) -> Pool:
        settings.setdefault("PoolName", fresh("pool"))
        made = Pool(self, self.idp.create_user_pool(**settings)["UserPool"])
        self._pools.append(made.id)
        return made

    def close(self) -> None:
        """Deletes the pools that this world made, as far as they still are there."""
        for pool in self._pools:
            with contextlib.suppress(ClientError):
                self.idp.delete_user_pool(UserPoolId=pool)
