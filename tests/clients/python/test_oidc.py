"""The hosted pages and OAuth2 endpoints, by Authlib and by plain forms."""

import base64
import hashlib
import re
import secrets

import jwt
import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from browser import APPLICATION, GOODBYE, Browser, Landing, Page
from world import fresh

CODE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class Site:
    """A pool with a domain, and the addresses of its endpoints."""

    def __init__(self, world, base):
        self.world, self.pool = world, world.pool(AutoVerifiedAttributes=["email"])
        world.idp.create_user_pool_domain(UserPoolId=self.pool.id, Domain=fresh("door"))
        self.base = f"{world.url}/{self.pool.id}" if base == "path" else world.url
        self.authorize, self.token = f"{self.base}/oauth2/authorize", f"{self.base}/oauth2/token"
        self.user_info, self.revoke = f"{self.base}/oauth2/userInfo", f"{self.base}/oauth2/revoke"
        self.logout = f"{self.base}/logout"

    def client(self, **settings):
        settings = {
            "SupportedIdentityProviders": ["COGNITO"],
            "CallbackURLs": [APPLICATION],
            "LogoutURLs": [GOODBYE],
            "AllowedOAuthFlows": ["code"],
            "AllowedOAuthScopes": ["openid", "email", "phone", "profile", "aws.cognito.signin.user.admin"],
            "AllowedOAuthFlowsUserPoolClient": True,
        } | settings
        return self.pool.client(**settings)

    def session(self, client, **more):
        more.setdefault("scope", "openid email")
        return OAuth2Session(
            client["ClientId"],
            client.get("ClientSecret"),
            redirect_uri=APPLICATION,
            token_endpoint_auth_method="client_secret_basic" if "ClientSecret" in client else "none",
            code_challenge_method="S256",
            **more,
        )

    def code(self, client, person, browser=None, **query):
        """Signs in through the page; the landing and the PKCE verifier."""
        verifier = secrets.token_urlsafe(48)
        session = self.session(client)
        url, state = session.create_authorization_url(self.authorize, code_verifier=verifier, **query)
        browser = browser or Browser()
        page = browser.get(url)
        landing = page if isinstance(page, Landing) else browser.sign_in(page, person)
        assert isinstance(landing, Landing), getattr(landing, "text", landing)
        assert landing.query["state"] == state
        return session, landing, verifier

    def post(self, client, url=None, **form):
        auth = (client["ClientId"], client["ClientSecret"]) if "ClientSecret" in client else None
        if auth is None:
            form.setdefault("client_id", client["ClientId"])
        return requests.post(url or self.token, data=form, auth=auth, timeout=20)


@pytest.fixture(params=["path", "bare"])
def site(world, request):
    return Site(world, request.param)


@pytest.fixture
def one_site(world):
    return Site(world, "path")


def claims(token, world, pool, audience=None):
    keys = jwt.PyJWKClient(f"{world.url}/{pool.id}/.well-known/jwks.json")
    return jwt.decode(
        token,
        keys.get_signing_key_from_jwt(token).key,
        algorithms=["RS256"],
        audience=audience,
        issuer=f"{world.url}/{pool.id}",
        options={"verify_aud": audience is not None},
    )


@pytest.mark.parametrize("confidential", [False, True], ids=["public", "confidential"])
def test_code_with_pkce_through_the_page(world, site, confidential):
    client, person = site.client(GenerateSecret=confidential), site.pool.person(name="Ada")
    session, landing, verifier = site.code(client, person, nonce="n-0S6_WzA2Mj")
    assert CODE.fullmatch(landing.query["code"]) and set(landing.query) == {"code", "state"}
    token = session.fetch_token(site.token, authorization_response=landing.url, code_verifier=verifier)
    assert set(token) - {"expires_at"} == {"id_token", "access_token", "refresh_token", "expires_in", "token_type"}
    assert (token["token_type"], token["expires_in"]) == ("Bearer", 3600)
    identity = claims(token["id_token"], world, site.pool, client["ClientId"])
    access = claims(token["access_token"], world, site.pool)
    assert identity["nonce"] == "n-0S6_WzA2Mj" and identity["email"] == person.email
    digest = hashlib.sha256(token["access_token"].encode()).digest()[:16]
    assert identity["at_hash"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert set(access["scope"].split()) == {"openid", "email"} and access["version"] == 2
    info = session.get(site.user_info).json()
    assert info == {
        "sub": person.sub,
        "username": person.username,
        "email": person.email,
        "email_verified": "true",
    }
    first = token["access_token"]
    renewed = session.refresh_token(site.token, refresh_token=token["refresh_token"])
    assert renewed["access_token"] != first
    again = claims(renewed["access_token"], world, site.pool)
    for name in ("auth_time", "origin_jti", "scope"):
        assert again[name] == access[name]
    gone = session.revoke_token(site.revoke, token=token["refresh_token"])
    assert (gone.status_code, gone.content) == (200, b"")
    refused = site.post(client, grant_type="refresh_token", refresh_token=token["refresh_token"])
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    info = requests.get(site.user_info, headers={"Authorization": f"Bearer {first}"}, timeout=10)
    assert info.status_code == 401 and 'error="invalid_token"' in info.headers["www-authenticate"]


def test_the_login_page_as_machines_know_it(world, site):
    client, person = site.client(), site.pool.person()
    browser = Browser()
    page = browser.get(
        site.authorize, response_type="code", client_id=client["ClientId"], redirect_uri=APPLICATION, state="s p+a%ce"
    )
    assert isinstance(page, Page) and page.status == 200 and "/login?" in page.url
    form = page.form("username", "password", "_csrf", "cognitoAsfData")
    assert "XSRF-TOKEN" in {cookie.name for cookie in browser.session.cookies}
    for mark in ('id="signInFormUsername"', 'id="signInFormPassword"', 'name="signInSubmitButton"'):
        assert mark in page.html
    assert page.headers["cache-control"].find("no-store") >= 0 and page.headers["x-frame-options"] == "DENY"
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe-inline" not in policy and "frame-ancestors 'none'" in policy
    answer = browser.session.post(
        page.url,
        data={"_csrf": form["fields"]["_csrf"], "username": person.username, "password": person.password,
              "cognitoAsfData": ""},
        allow_redirects=False,
        timeout=20,
    )  # fmt: skip
    assert answer.status_code in (302, 303)
    landing = browser.follow(answer)
    assert isinstance(landing, Landing) and landing.query["state"] == "s p+a%ce"


def test_forms_without_their_token_do_nothing(one_site):
    site = one_site
    client, person = site.client(), site.pool.person()
    url = requests.Request(
        "GET",
        f"{site.base}/login",
        params={"response_type": "code", "client_id": client["ClientId"], "redirect_uri": APPLICATION},
    ).prepare().url
    fields = {"username": person.username, "password": person.password, "cognitoAsfData": ""}
    stranger, owner = Browser(), Browser()
    foreign = stranger.get(url).form("username")["fields"]["_csrf"]
    owner.get(url)
    for token in (None, "", "nonsense", foreign):
        data = fields if token is None else {**fields, "_csrf": token}
        answer = owner.session.post(url, data=data, allow_redirects=False, timeout=20)
        assert answer.status_code == 403, token
        assert "cognito" not in {cookie.name for cookie in owner.session.cookies}


def test_wrong_passwords_are_told_on_the_page(one_site):
    site = one_site
    client, person = site.client(PreventUserExistenceErrors="ENABLED"), site.pool.person()
    browser = Browser()
    page = browser.get(
        site.authorize, response_type="code", client_id=client["ClientId"], redirect_uri=APPLICATION
    )
    for name in (person.username, fresh("nobody")):
        page = browser.submit(page, username=name, password="Wrong-Horse1!")
        assert isinstance(page, Page) and "Incorrect username or password." in page.text
    assert isinstance(browser.sign_in(page, person), Landing)


def test_a_browser_session_signs_in_again_by_itself(world, site):
    client, second, person = site.client(), site.client(), site.pool.person()
    browser = Browser()
    site.code(client, person, browser)
    cookie = next(cookie for cookie in browser.session.cookies if cookie.name == "cognito")
    assert cookie.has_nonstandard_attr("HttpOnly") and len(cookie.value) < 4096
    quiet = browser.get(
        site.authorize, response_type="code", client_id=second["ClientId"], redirect_uri=APPLICATION, state="x"
    )
    assert isinstance(quiet, Landing) and CODE.fullmatch(quiet.query["code"])
    bye = browser.get(site.logout, client_id=client["ClientId"], logout_uri=GOODBYE, state="x")
    assert isinstance(bye, Landing) and bye.url == GOODBYE
    page = browser.get(
        site.authorize, response_type="code", client_id=client["ClientId"], redirect_uri=APPLICATION
    )
    assert isinstance(page, Page) and page.form("username", "password")


def test_logout_goes_only_where_it_may(one_site):
    site = one_site
    client = site.client()
    for target in ("https://evil.example/", GOODBYE + "/", GOODBYE.upper()):
        answer = requests.get(
            site.logout,
            params={"client_id": client["ClientId"], "logout_uri": target},
            allow_redirects=True,
            timeout=10,
        )
        assert answer.url.startswith(site.world.url) and answer.status_code == 400
        assert "Required String parameter 'redirect_uri' is not present" in answer.text.replace("&#39;", "'").replace(
            "&#x27;", "'"
        )
    again = Browser().get(
        site.logout, client_id=client["ClientId"], redirect_uri=APPLICATION, response_type="code", state="x"
    )
    assert isinstance(again, Page) and again.form("username") and "state=x" in again.url


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"client_id": "0" * 26}, "invalid_request"),
        ({"redirect_uri": "https://evil.example/"}, "redirect_mismatch"),
        ({"redirect_uri": APPLICATION + "/"}, "redirect_mismatch"),
        ({"redirect_uri": APPLICATION + "?a=b"}, "redirect_mismatch"),
        ({"redirect_uri": "https://APP.example.com/back"}, "redirect_mismatch"),
    ],
)
def test_errors_that_stay_here(one_site, change, error):
    client = one_site.client()
    query = {"response_type": "code", "client_id": client["ClientId"], "redirect_uri": APPLICATION, "state": "x"}
    page = Browser().get(one_site.authorize, **(query | change))
    assert isinstance(page, Page) and page.status == 400
    assert f"error={error}" in page.url and "/error?" in page.url
    assert "An error was encountered with the requested page." in page.text


@pytest.mark.parametrize(
    ("change", "description"),
    [
        ({"scope": "openid offline_access"}, "invalid_scope"),
        ({"response_type": "token"}, "unauthorized_client"),
        ({"response_type": "id_token"}, None),
        ({"code_challenge": "x" * 43}, None),
        ({"code_challenge": "x" * 43, "code_challenge_method": "plain"}, None),
        ({"code_challenge_method": "S256"}, None),
    ],
)
def test_errors_that_go_back(one_site, change, description):
    client = one_site.client()
    query = {"response_type": "code", "client_id": client["ClientId"], "redirect_uri": APPLICATION, "state": "x"}
    landing = Browser().get(one_site.authorize, **(query | change))
    assert isinstance(landing, Landing), landing.text
    answered = landing.query or landing.fragment
    assert answered["error"] == "invalid_request" and answered["state"] == "x" and "code" not in answered
    if description:
        assert answered["error_description"] == description


def test_parameters_come_once(one_site):
    client = one_site.client()
    query = f"response_type=code&client_id={client['ClientId']}&redirect_uri={APPLICATION}&state=x&state=y"
    answer = requests.get(f"{one_site.authorize}?{query}", allow_redirects=True, timeout=10)
    assert answer.status_code == 400 and answer.url.startswith(one_site.world.url)


def exchange(site, client, landing, **form):
    given = {"grant_type": "authorization_code", "code": landing.query["code"], "redirect_uri": APPLICATION} | form
    return site.post(client, **given)


def test_codes_are_bound_and_used_once(one_site):
    site = one_site
    client, other, person = site.client(), site.client(), site.pool.person()
    _, landing, verifier = site.code(client, person)
    # Somebody else's attempt does not burn the code; a wrong verifier does.
    answer = exchange(site, other, landing, code_verifier=verifier)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    done = exchange(site, client, landing, code_verifier=verifier)
    assert done.status_code == 200
    again = exchange(site, client, landing, code_verifier=verifier)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    # The second use takes back what the first gave.
    lost = site.post(client, grant_type="refresh_token", refresh_token=done.json()["refresh_token"])
    assert lost.json()["error"] == "invalid_grant"
    _, landing, verifier = site.code(client, person)
    for wrong in ({"code_verifier": "x" * 43}, {"code_verifier": verifier}):
        answer = exchange(site, client, landing, **wrong)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    _, landing, verifier = site.code(client, person)
    answer = exchange(site, client, landing)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    _, landing, verifier = site.code(client, person)
    answer = exchange(site, client, landing, code_verifier=verifier, redirect_uri=APPLICATION + "/")
    assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")


def test_token_errors(one_site):
    site = one_site
    client, confidential = site.client(), site.client(GenerateSecret=True)
    url = site.token

    def ask(form, **more):
        answer = requests.post(url, data=form, timeout=10, **more)
        assert answer.headers["content-type"].startswith("application/json")
        assert answer.headers["access-control-allow-origin"] == "*" and "no-store" in answer.headers["cache-control"]
        return answer.status_code, answer.json()["error"], answer.json().get("error_description")

    client_id = client["ClientId"]
    assert ask({"client_id": client_id})[:2] == (400, "invalid_request")
    assert ask({"client_id": client_id, "grant_type": "password"})[:2] == (400, "unsupported_grant_type")
    assert ask({"client_id": client_id, "grant_type": "refresh_token"})[:2] == (400, "invalid_request")
    assert ask({"client_id": "0" * 26, "grant_type": "authorization_code", "code": "x"})[:2] == (400, "invalid_client")
    assert ask({"client_id": client_id, "grant_type": "client_credentials"})[:2] == (400, "unauthorized_client")
    wrong = (400, "invalid_client", "invalid_client_secret")
    refresh = {"grant_type": "refresh_token", "refresh_token": "x"}
    assert ask({"client_id": confidential["ClientId"], **refresh}) == wrong
    assert ask({"client_id": confidential["ClientId"], "client_secret": "x", **refresh}) == wrong
    assert ask(refresh, auth=(confidential["ClientId"], "x")) == wrong
    right = (confidential["ClientId"], confidential["ClientSecret"])
    assert ask(refresh, auth=right)[:2] == (400, "invalid_grant")
    assert requests.get(url, timeout=10).status_code == 405
    assert requests.options(
        url,
        headers={"Origin": "http://localhost:3000", "Access-Control-Request-Method": "POST",
                 "Access-Control-Request-Headers": "authorization,content-type,x-amz-user-agent"},
        timeout=10,
    ).headers["access-control-allow-origin"] == "*"  # fmt: skip


def test_client_credentials(world, site):
    world.idp.create_resource_server(
        UserPoolId=site.pool.id,
        Identifier="https://api.example.com",
        Name="API",
        Scopes=[{"ScopeName": name, "ScopeDescription": name} for name in ("read", "write")],
    )
    scopes = ["https://api.example.com/read", "https://api.example.com/write"]
    client = site.client(
        GenerateSecret=True,
        AllowedOAuthFlows=["client_credentials"],
        AllowedOAuthScopes=scopes,
        CallbackURLs=[],
        LogoutURLs=[],
        SupportedIdentityProviders=[],
    )
    for method in ("client_secret_basic", "client_secret_post"):
        session = OAuth2Session(
            client["ClientId"], client["ClientSecret"], scope=scopes[0], token_endpoint_auth_method=method
        )
        token = session.fetch_token(site.token, grant_type="client_credentials")
        assert set(token) - {"expires_at"} == {"access_token", "expires_in", "token_type"}
        access = claims(token["access_token"], world, site.pool)
        assert access["sub"] == access["client_id"] == client["ClientId"]
        assert access["scope"] == scopes[0] and access["token_use"] == "access" and access["version"] == 2
        assert access["auth_time"] == access["iat"] and "username" not in access
    everything = site.post(client, grant_type="client_credentials").json()
    assert set(claims(everything["access_token"], world, site.pool)["scope"].split()) == set(scopes)
    for scope in ("openid", "https://api.example.com/none"):
        refused = site.post(client, grant_type="client_credentials", scope=scope)
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_scope")


def test_user_info_shows_what_the_scopes_allow(world, one_site):
    site = one_site
    client, person = site.client(), site.pool.person(
        name="Ada", phone_number="+15555550100", phone_number_verified="false"
    )

    def info(scope):
        verifier = secrets.token_urlsafe(48)
        landing = Browser()
        page = landing.get(
            site.authorize,
            response_type="code",
            client_id=client["ClientId"],
            redirect_uri=APPLICATION,
            scope=scope,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        token = exchange(site, client, landing.sign_in(page, person), code_verifier=verifier).json()
        return token, requests.get(
            site.user_info, headers={"Authorization": f"Bearer {token['access_token']}"}, timeout=10
        )

    both = {"sub": person.sub, "username": person.username}
    email = {"email": person.email, "email_verified": "true"}
    phone = {"phone_number": "+15555550100", "phone_number_verified": "false"}
    assert info("openid profile")[1].json() == both | {"name": "Ada"}
    assert info("openid phone")[1].json() == both | phone
    assert info("openid")[1].json() == both | email | phone | {"name": "Ada"}
    token, answer = info("aws.cognito.signin.user.admin")
    assert "id_token" not in token and answer.status_code in (401, 403)
    assert world.idp.get_user(AccessToken=token["access_token"])["Username"] == person.username
    token, _ = info("openid")
    with pytest.raises(world.idp.exceptions.NotAuthorizedException, match="Access Token does not have required scopes"):
        world.idp.get_user(AccessToken=token["access_token"])


def test_user_info_refuses_the_tokens_of_the_api(one_site):
    site = one_site
    tokens = site.pool.sign_in(site.client(), site.pool.person())
    for header in ({"Authorization": f"Bearer {tokens['AccessToken']}"}, {"Authorization": "Bearer nonsense"}):
        answer = requests.get(site.user_info, headers=header, timeout=10)
        assert answer.status_code in (401, 403) and answer.headers["www-authenticate"]
    answer = requests.get(site.user_info, timeout=10)
    assert answer.status_code == 400
    assert 'error="invalid_request", error_description="Bad OAuth2 request at UserInfo Endpoint"' in (
        answer.headers["www-authenticate"]
    )


def test_revocation_of_what_is_no_refresh_token(one_site):
    site = one_site
    client, person = site.client(GenerateSecret=True), site.pool.person()
    tokens = site.pool.sign_in(client, person)
    answer = site.post(client, site.revoke, token=tokens["AccessToken"])
    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_token_type")
    answer = site.post(client, site.revoke)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    answer = requests.post(
        site.revoke, data={"token": tokens["RefreshToken"]}, auth=(client["ClientId"], "x" * 52), timeout=10
    )
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert site.post(client, site.revoke, token="nonsense").status_code == 200


def test_the_implicit_grant(one_site):
    client, person = one_site.client(AllowedOAuthFlows=["implicit"]), one_site.pool.person()
    browser = Browser()
    page = browser.get(
        one_site.authorize,
        response_type="token",
        client_id=client["ClientId"],
        redirect_uri=APPLICATION,
        scope="openid email",
        state="x",
    )
    landing = browser.sign_in(page, person)
    assert isinstance(landing, Landing) and not landing.query and landing.fragment["state"] == "x"
    assert set(landing.fragment) == {"access_token", "id_token", "token_type", "expires_in", "state"}
    answer = requests.get(
        one_site.user_info, headers={"Authorization": f"Bearer {landing.fragment['access_token']}"}, timeout=10
    )
    assert (answer.status_code, answer.json()["sub"]) == (200, person.sub)


def test_a_session_of_another_pool_is_no_session(world):
    first, second = Site(world, "bare"), Site(world, "bare")
    client, other = first.client(), second.client()
    browser = Browser()
    first.code(client, first.pool.person(), browser)
    page = browser.get(
        second.authorize, response_type="code", client_id=other["ClientId"], redirect_uri=APPLICATION
    )
    assert isinstance(page, Page) and page.form("username", "password")
