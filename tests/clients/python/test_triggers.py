"""Lambda triggers with boto3: handlers in Python behind a host of the Invoke API, and the same as webhooks."""

import hashlib
import hmac
import json
import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests

from world import PASSWORD, attributes, fresh, new_email, refused

INVOKE = re.compile(r"^/2015-03-31/functions/([^/]+)/invocations")


def arn(name):
    return f"arn:aws:lambda:us-east-1:123456789012:function:{name}"


@contextmanager
def host(handlers, secret=None):
    """Serves handlers by name, as Lambda's Invoke API and as webhooks under /hook/NAME."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            invoked = INVOKE.match(self.path)
            name = invoked[1] if invoked else self.path.removeprefix("/hook/")
            if not invoked and secret:
                check(self.headers["x-poolhouse-signature"], body)
            try:
                self.answer(200, {}, handlers[name](json.loads(body), None))
            except Exception as error:
                header = {"x-amz-function-error": "Unhandled"} if invoked else {}
                told = {"errorMessage": str(error), "errorType": type(error).__name__}
                self.answer(200 if invoked else 400, header, told)

        def answer(self, status, headers, body):
            text = json.dumps(body).encode()
            self.send_response(status)
            for name, value in {"content-length": str(len(text)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_):
            pass

    def check(signature, body):
        t, v1 = re.fullmatch(r"t=(\d+),v1=([0-9a-f]{64})", signature).groups()
        made = hmac.new(secret.encode(), f"{t}.".encode() + body, hashlib.sha256).hexdigest()
        assert hmac.compare_digest(made, v1)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def place(world, mapped, slots, **settings):
    """A pool whose triggers go to a host: as `{"endpoint": url}` or `{"url": url}`. The ARNs are its own."""
    own = fresh("f")
    rule = {"arn": f"*:function:{own}-*", **mapped}
    assert requests.post(f"{world.url}/_poolhouse/triggers/map", json=rule, timeout=10).status_code == 200
    pool = world.pool(LambdaConfig={slot: arn(f"{own}-{slot}") for slot in slots}, **settings)
    return pool, own


def test_sign_up_over_the_invoke_api_and_as_a_webhook(world):
    def pre_sign_up(event, _):
        if event["request"]["userAttributes"]["email"].endswith("@example.com"):
            event["response"] |= {"autoConfirmUser": True, "autoVerifyEmail": True}
            return event
        raise ValueError("Only for the house")

    handlers = {"gate": pre_sign_up}
    with host(handlers, "wonderland") as url:
        for mapped in (
            {"endpoint": url, "function": "gate"},
            {"url": f"{url}/2015-03-31/functions/gate/invocations"},
            {"url": f"{url}/hook/gate", "secret": "wonderland"},
        ):
            pool, _ = place(world, mapped, ["PreSignUp"])
            client, name, email = pool.client()["ClientId"], fresh("user"), new_email()
            made = world.idp.sign_up(
                ClientId=client, Username=name, Password=PASSWORD, UserAttributes=attributes(email=email)
            )
            assert made["UserConfirmed"] is True
            with refused("UserLambdaValidation", "PreSignUp failed with error Only for the house."):
                world.idp.sign_up(
                    ClientId=client, Username=fresh("user"), Password=PASSWORD, UserAttributes=attributes(email="a@b.test")
                )
            calls = requests.get(f"{world.url}/_poolhouse/triggers", params={"pool": pool.id}, timeout=10).json()["calls"]
            assert [call["error"] for call in calls] == ["function error: Only for the house", None]


def test_a_function_calls_back_and_claims_follow(world):
    def post_confirmation(event, _):
        world.idp.admin_add_user_to_group(
            UserPoolId=event["userPoolId"], Username=event["userName"], GroupName="members"
        )
        return event

    with host({"welcome": post_confirmation}) as url:
        pool, _ = place(
            world, {"endpoint": url, "function": "welcome"}, ["PostConfirmation"], AutoVerifiedAttributes=["email"]
        )
        world.idp.create_group(UserPoolId=pool.id, GroupName="members")
        client, name, email = pool.client()["ClientId"], fresh("user"), new_email()
        world.idp.sign_up(ClientId=client, Username=name, Password=PASSWORD, UserAttributes=attributes(email=email))
        code = world.mailbox.wait(to=email, pool=pool.id)["code"]
        world.idp.confirm_sign_up(ClientId=client, Username=name, ConfirmationCode=code)
        groups = world.idp.admin_list_groups_for_user(UserPoolId=pool.id, Username=name)["Groups"]
        assert [group["GroupName"] for group in groups] == ["members"]


def test_an_unmapped_function_is_refused_and_said_so(world):
    pool = world.pool(LambdaConfig={"PreSignUp": arn(fresh("nowhere"))})
    with refused("UnexpectedLambda", "PreSignUp invocation failed due to error AccessDeniedException."):
        world.idp.sign_up(ClientId=pool.client()["ClientId"], Username=fresh("user"), Password=PASSWORD)
