"""Mail leaves through a real SMTP server, encrypted and authenticated, and not otherwise."""

import email
import email.policy
import ssl

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from world import PASSWORD, World, attributes, fresh, new_email, refused

SENDER = "Poolhouse <no-reply@door.example>"


class Inbox:
    """Keeps what arrives, and whether it arrived encrypted and authenticated."""

    def __init__(self):
        self.messages = []

    async def handle_DATA(self, server, session, envelope):
        encrypted = server.transport.get_extra_info("cipher") is not None
        self.messages.append((envelope, encrypted, session.authenticated))
        return "250 taken"


class Anywhere(Controller):
    """aiosmtpd on a free port, which is known once the server listens."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def start_smtp(inbox, context, *, implicit):
    """A server that takes mail from the right account only, with STARTTLS or with TLS from the first byte."""

    def authenticate(server, session, envelope, mechanism, data):
        right = (data.login, data.password) == (b"mailer@door.example", b"s3cret/+@:")
        return AuthResult(success=right, handled=right)

    tls = {"ssl_context": context} if implicit else {"tls_context": context, "require_starttls": True}
    server = Anywhere(
        inbox,
        hostname="127.0.0.1",
        port=0,
        authenticator=authenticate,
        auth_required=True,
        auth_require_tls=not implicit,
        **tls,
    )
    server.start()
    return server


@pytest.fixture
def authority(tmp_path):
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    return authority


@pytest.fixture
def smtp(authority):
    """A function that starts a mail server; gives its port and inbox."""
    running = []

    def start(*, implicit):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
        inbox = Inbox()
        server = start_smtp(inbox, context, implicit=implicit)
        running.append(server)
        return server.port, inbox

    yield start
    for server in running:
        server.stop()


def url_of(port, *, implicit, password="s3cret%2F%2B%40%3A"):
    scheme, query = ("smtps", "") if implicit else ("smtp", "?tls=required")
    return f"{scheme}://mailer%40door.example:{password}@localhost:{port}{query}"


def sign_up(url):
    """Signs somebody up on the server at `url`; the pool, the client and the address."""
    world = World(url)
    pool = world.pool(AutoVerifiedAttributes=["email"])
    client, name, address = pool.client()["ClientId"], fresh("user"), new_email()
    world.idp.sign_up(ClientId=client, Username=name, Password=PASSWORD, UserAttributes=attributes(email=address))
    return world, pool, client, name, address


@pytest.mark.parametrize("implicit", [False, True], ids=["starttls", "tls"])
def test_codes_arrive(private_server, smtp, tmp_path, implicit):
    port, inbox = smtp(implicit=implicit)
    server = private_server(
        "--mail-from", SENDER,
        env={"POOLHOUSE_SMTP_URL": url_of(port, implicit=implicit), "POOLHOUSE_SMTP_CA": str(tmp_path / "ca.pem")},
    )  # fmt: skip
    world, pool, client, name, address = sign_up(server.url)
    (envelope, encrypted, authenticated), = inbox.messages
    assert encrypted and authenticated
    assert envelope.mail_from == "no-reply@door.example" and envelope.rcpt_tos == [address]
    message = email.message_from_bytes(envelope.content, policy=email.policy.default)
    assert message["From"] == SENDER and message["To"] == address
    assert message["Subject"] == "Your verification code" and message["Date"] and message["Message-ID"]
    text = message.get_body(("plain", "html")).get_content()
    code = "".join(filter(str.isdigit, text))
    assert len(code) == 6
    world.idp.confirm_sign_up(ClientId=client, Username=name, ConfirmationCode=code)
    assert pool.status(name) == "CONFIRMED"
    for second in range(2):
        world.idp.forgot_password(ClientId=client, Username=name)
        assert len(inbox.messages) == 2 + second


@pytest.mark.parametrize("implicit", [False, True], ids=["starttls", "tls"])
@pytest.mark.parametrize("fault", ["password", "authority"])
def test_a_mail_that_cannot_go_is_told(private_server, smtp, tmp_path, implicit, fault):
    port, inbox = smtp(implicit=implicit)
    environment = {
        "POOLHOUSE_SMTP_URL": url_of(port, implicit=implicit, **({"password": "wrong"} if fault == "password" else {}))
    }
    if fault != "authority":
        environment["POOLHOUSE_SMTP_CA"] = str(tmp_path / "ca.pem")
    server = private_server("--mail-from", SENDER, env=environment)
    with refused("CodeDeliveryFailure"):
        sign_up(server.url)
    assert inbox.messages == []


def test_plain_text_is_refused_where_encryption_is_required(private_server, tmp_path):
    """A server (or somebody in between) that offers no STARTTLS gets neither password nor code."""
    inbox = Inbox()
    plain = Anywhere(inbox, hostname="127.0.0.1", port=0)
    plain.start()
    try:
        server = private_server(
            "--mail-from", SENDER,
            env={"POOLHOUSE_SMTP_URL": f"smtp://localhost:{plain.port}?tls=required"},
        )  # fmt: skip
        with refused("CodeDeliveryFailure"):
            sign_up(server.url)
        assert inbox.messages == []
    finally:
        plain.stop()
