"""Custom senders end to end: an unmodified handler behind a Lambda host gets the code, decrypts it, and the code works."""

from __future__ import annotations

import importlib
import json
import queue
import re
import secrets
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from world import OTHER_PASSWORD, PASSWORD, attributes, fresh, new_email


class Host:
    """The Invoke API over one function."""

    def __init__(self, name: str, handler):
        class Invoke(BaseHTTPRequestHandler):
            def do_POST(self):
                event = json.loads(self.rfile.read(int(self.headers["content-length"])))
                known = self.path.split("?")[0] == f"/2015-03-31/functions/{name}/invocations"
                try:
                    status, error, answer = (200, None, handler(event, None)) if known else (404, None, {})
                except Exception as thrown:  # noqa: BLE001  as Lambda does
                    status, error, answer = 200, "Unhandled", {"errorMessage": str(thrown)}
                body = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("content-length", str(len(body)))
                if error:
                    self.send_header("x-amz-function-error", error)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Invoke)
        self.endpoint = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def place(world, url, monkeypatch):
    """A pool whose messages the handler delivers, a client, and the queue that they end in."""
    name, key = fresh("sender"), f"arn:aws:kms:us-east-1:000000000000:key/{fresh('senders')}"
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", url)
    monkeypatch.setenv("KEY_ARN", key)
    import custom_sender

    sender = importlib.reload(custom_sender)
    sent: queue.Queue = queue.Queue()
    monkeypatch.setattr(sender, "deliver", lambda *message: sent.put(message))
    host = Host(name, sender.lambda_handler)
    arn = f"arn:aws:lambda:us-east-1:123456789012:function:{name}"
    rule = json.dumps({"arn": arn, "endpoint": host.endpoint}).encode()
    with urllib.request.urlopen(urllib.request.Request(f"{url}/_poolhouse/triggers/map", rule)) as mapped:
        assert mapped.status == 200
    function = {"LambdaVersion": "V1_0", "LambdaArn": arn}
    pool = world.pool(
        AutoVerifiedAttributes=["email", "phone_number"],
        LambdaConfig={"CustomEmailSender": function, "CustomSMSSender": function, "KMSKeyID": key},
    )
    yield pool, pool.client()["ClientId"], sent
    host.server.shutdown()
    host.server.server_close()


def test_codes_by_mail(world, place):
    pool, client, sent = place
    name, email = fresh("ada"), new_email()
    world.idp.sign_up(ClientId=client, Username=name, Password=PASSWORD, UserAttributes=attributes(email=email))
    to, code, source = sent.get(timeout=20)
    assert (to, source) == (email, "CustomEmailSender_SignUp")
    assert re.fullmatch(r"\d{6}", code)
    world.idp.confirm_sign_up(ClientId=client, Username=name, ConfirmationCode=code)
    assert pool.status(name) == "CONFIRMED"
    world.idp.forgot_password(ClientId=client, Username=name)
    to, code, source = sent.get(timeout=20)
    assert (to, source) == (email, "CustomEmailSender_ForgotPassword")
    world.idp.confirm_forgot_password(ClientId=client, Username=name, ConfirmationCode=code, Password=OTHER_PASSWORD)


def test_codes_by_text_message(world, place):
    pool, client, sent = place
    name, phone = fresh("bob"), f"+1555{secrets.randbelow(10**7):07}"
    world.idp.sign_up(ClientId=client, Username=name, Password=PASSWORD, UserAttributes=attributes(phone_number=phone))
    to, code, source = sent.get(timeout=20)
    assert (to, source) == (phone, "CustomSMSSender_SignUp")
    world.idp.confirm_sign_up(ClientId=client, Username=name, ConfirmationCode=code)
    assert pool.status(name) == "CONFIRMED"


def test_a_temporary_password(world, place):
    pool, client, sent = place
    name, password = fresh("eve"), "Aa1<b>&\"c'&lt;"
    world.idp.admin_create_user(
        UserPoolId=pool.id,
        Username=name,
        TemporaryPassword=password,
        DesiredDeliveryMediums=["EMAIL"],
        UserAttributes=attributes(email=new_email()),
    )
    _, text, source = sent.get(timeout=20)
    assert (text, source) == (password, "CustomEmailSender_AdminCreateUser")
    asked = world.idp.initiate_auth(
        ClientId=client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": name, "PASSWORD": text}
    )
    assert asked["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
