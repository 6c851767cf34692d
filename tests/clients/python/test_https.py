"""https: real clients that trust the local CA, protocols that are refused, and certificates that change under load."""

import http.client
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import boto3
import botocore.exceptions
import jwt
import pytest
import requests
import trustme

from world import fresh

AWS = shutil.which("aws", path=str(Path(sys.executable).parent)) or "aws"


@pytest.fixture
def https():
    return os.environ["POOLHOUSE_HTTPS_URL"]


@pytest.fixture
def ca():
    return os.environ["POOLHOUSE_CA"]


def port(url):
    return urlsplit(url).port


def greeted(url, context):
    """The protocol, the suite and the certificate of a fresh connection."""
    with (
        socket.create_connection(("127.0.0.1", port(url)), timeout=20) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as secure,
    ):
        return secure.version(), secure.cipher()[0], secure.getpeercert(binary_form=True)


def test_boto3_trusts_the_local_ca(https, ca):
    def idp(verify):
        return boto3.client("cognito-idp", endpoint_url=https, verify=verify)

    made = idp(ca).create_user_pool(PoolName=fresh("https"))["UserPool"]
    assert idp(ca).describe_user_pool(UserPoolId=made["Id"])["UserPool"]["Name"] == made["Name"]
    with pytest.raises(botocore.exceptions.SSLError):
        idp(True).list_user_pools(MaxResults=1)


def test_the_aws_cli_trusts_the_local_ca(https, ca, tmp_path):
    def aws(**more):
        environment = {**os.environ, "AWS_ENDPOINT_URL": https, "AWS_PAGER": "", "HOME": str(tmp_path), **more}
        command = [AWS, "cognito-idp", "list-user-pools", "--max-results", "1", "--output", "json"]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)

    done = aws(AWS_CA_BUNDLE=ca)
    assert done.returncode == 0 and "UserPools" in json.loads(done.stdout), done
    refused = aws()
    assert refused.returncode != 0 and "CERTIFICATE_VERIFY_FAILED" in refused.stderr, refused


def test_an_https_issuer(private_server):
    server = private_server("--https-port", "0", "--public-url", "https://localhost:0")
    assert server.url == server.https_url
    issuer = f"{server.url}/us-east-1_PoolHouse"
    found = requests.get(f"{issuer}/.well-known/openid-configuration", verify=server.ca, timeout=20).json()
    assert found["issuer"] == issuer and found["jwks_uri"].startswith(issuer)
    idp = boto3.client("cognito-idp", endpoint_url=server.url, verify=server.ca)
    tokens = idp.initiate_auth(
        ClientId="demopublic0000000000000000",
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "demo", "PASSWORD": "Demo-Password-1"},
    )["AuthenticationResult"]
    keys = jwt.PyJWKClient(found["jwks_uri"], ssl_context=ssl.create_default_context(cafile=server.ca))
    key = keys.get_signing_key_from_jwt(tokens["IdToken"])
    claims = jwt.decode(
        tokens["IdToken"], key.key, algorithms=["RS256"], issuer=issuer, audience="demopublic0000000000000000"
    )
    assert claims["email"] == "demo@example.com"


def test_new_protocols_only(https, ca):
    def context(lowest, highest):
        context = ssl.create_default_context(cafile=ca)
        context.minimum_version, context.maximum_version = lowest, highest
        context.set_ciphers("ALL:@SECLEVEL=0")
        return context

    v = ssl.TLSVersion
    assert greeted(https, context(v.TLSv1_2, v.TLSv1_3))[0] == "TLSv1.3"
    version, suite, _ = greeted(https, context(v.TLSv1_2, v.TLSv1_2))
    assert version == "TLSv1.2" and suite.startswith("ECDHE-ECDSA-")
    for old in (v.TLSv1, v.TLSv1_1):
        with pytest.warns(DeprecationWarning):
            asked = context(old, old)
        with pytest.raises(ssl.SSLError, match="(?i)alert|protocol"):
            greeted(https, asked)
    weak = context(v.TLSv1_2, v.TLSv1_2)
    weak.set_ciphers("AES128-GCM-SHA256:AES256-SHA:ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0")
    with pytest.raises(ssl.SSLError, match="(?i)handshake failure"):
        greeted(https, weak)


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [(["h2", "http/1.1"], "h2"), (["http/1.1"], "http/1.1"), (["http/1.0", "http/1.1"], "http/1.1"), ([], None)],
)
def test_http_2_is_for_who_offers_it(https, ca, offered, chosen):
    context = ssl.create_default_context(cafile=ca)
    if offered:
        context.set_alpn_protocols(offered)
    with (
        socket.create_connection(("127.0.0.1", port(https)), timeout=20) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as secure,
    ):
        assert secure.selected_alpn_protocol() == chosen


def test_plain_http_at_the_https_port_is_dropped(https):
    with socket.create_connection(("127.0.0.1", port(https)), timeout=20) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        answer = plain.recv(100)
        assert not answer.startswith(b"HTTP/"), answer


class Caller(threading.Thread):
    """Keeps one connection and calls on it until told to stop."""

    def __init__(self, server, context):
        super().__init__(daemon=True)
        self.connection = http.client.HTTPSConnection("localhost", port(server.https_url), context=context, timeout=30)
        self.connection.connect()
        self.socket = self.connection.sock
        self.done, self.fault, self.stop = 0, None, threading.Event()

    def run(self):
        try:
            while not self.stop.is_set():
                self.connection.request("GET", "/health/ready")
                answer = self.connection.getresponse()
                assert answer.status == 200 and answer.read() == b"ok\n"
                assert self.connection.sock is self.socket, "the connection was made anew"
                self.done += 1
        except Exception as fault:  # noqa: BLE001
            self.fault = fault


def put(folder, leaf):
    """Puts the certificate first, the key after it, as renewals do."""
    leaf.cert_chain_pems[0].write_to_path(folder / "tls.crt")
    leaf.private_key_pem.write_to_path(folder / "tls.key")


def until(found, what):
    deadline = time.monotonic() + 30
    while not found():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def test_certificates_change_under_running_connections(private_server, tmp_path):
    authority = trustme.CA()
    context = ssl.create_default_context()
    authority.configure_trust(context)
    put(tmp_path, authority.issue_cert("localhost"))
    server = private_server("--https-port", "0", "--tls-cert", tmp_path / "tls.crt", "--tls-key", tmp_path / "tls.key")
    assert server.ca is None

    def shown():
        return greeted(server.https_url, context)[2]

    seen = [shown()]
    callers = [Caller(server, context) for _ in range(4)]
    for caller in callers:
        caller.start()
    for _ in range(3):
        put(tmp_path, authority.issue_cert("localhost"))
        until(lambda: shown() != seen[-1], "the new certificate is not served")
        seen.append(shown())
    (tmp_path / "tls.key").write_text("broken")
    until(lambda: "the old certificate stays in use" in server.tail(), "nothing is logged")
    assert shown() == seen[-1]
    put(tmp_path, authority.issue_cert("localhost"))
    until(lambda: shown() != seen[-1], "the server did not recover")
    counts = [caller.done for caller in callers]
    until(lambda: all(c.done > n or c.fault for c, n in zip(callers, counts, strict=True)), "a caller hangs")
    for caller in callers:
        caller.stop.set()
        caller.join(30)
    assert [caller.fault for caller in callers] == [None] * 4
    assert len(set(seen)) == 4


def test_what_cannot_be_served_stops_the_start(private_server, tmp_path):
    def refusal(*args):
        with pytest.raises(RuntimeError) as told:
            private_server("--https-port", "0", *args, data_dir=tmp_path / "data")
        assert not (tmp_path / "data").exists()
        return str(told.value)

    files = "--tls-cert", tmp_path / "tls.crt", "--tls-key", tmp_path / "tls.key"
    assert "ended with 2" in (told := refusal(*files)) and "cannot read" in told
    leaf, other = (trustme.CA().issue_cert("localhost") for _ in range(2))
    put(tmp_path, leaf)
    other.private_key_pem.write_to_path(tmp_path / "tls.key")
    assert "ended with 2" in (told := refusal(*files)) and "is not that of the certificate" in told
    assert "no certificate can be made for the host a b" in refusal("--allow-host", "a b")
