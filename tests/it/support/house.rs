//! A pool with a domain, a client and a user: what most tests of endpoints and pages need.

use serde_json::{Value, json};
use url::form_urlencoded::Serializer;

use super::browser::{Browser, Page};
use super::{Answer, Server};

pub const CALLBACK: &str = "http://localhost:3000/callback";
pub const GOODBYE: &str = "http://localhost:3000/goodbye";
pub const PASSWORD: &str = "Correct-Horse1";

/// RFC 7636 appendix B.
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

pub struct House {
    pub s: Server,
    pub pool: String,
    pub client: String,
    /// `/{poolId}`: what stands before the domain's paths.
    pub base: String,
}

/// An app client.
#[derive(Clone, Debug)]
pub struct Client {
    pub id: String,
    pub secret: Option<String>,
}

/// What a machine endpoint answered.
#[derive(Debug)]
pub struct Told {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
}

impl House {
    pub async fn open() -> Self {
        Self::on(Server::start().await, json!({})).await
    }

    /// With a pool of these settings.
    pub async fn with(pool: Value) -> Self {
        Self::on(Server::start().await, pool).await
    }

    pub async fn on(s: Server, settings: Value) -> Self {
        let pool = pool(&s, settings).await;
        domain(&s, &pool).await;
        let base = format!("/{pool}");
        let mut house = Self {
            s,
            pool,
            client: String::new(),
            base,
        };
        house.client = house.client(json!({})).await.id;
        house
    }

    /// A client of the pool; members given here win over the usual ones.
    pub async fn client(&self, change: Value) -> Client {
        client(&self.s, &self.pool, change).await
    }

    /// Changes the settings of a client; those that are not named here fall back to the usual.
    pub async fn update_client(&self, client: &str, change: Value) {
        let mut request = usual_client(&self.pool);
        request["ClientId"] = json!(client);
        merge(&mut request, &change);
        request.as_object_mut().unwrap().remove("GenerateSecret");
        self.s.api("UpdateUserPoolClient", request).await.ok();
    }

    /// A confirmed user with [`PASSWORD`]; gives the sub.
    pub async fn user(&self, username: &str) -> String {
        user(&self.s, &self.pool, username).await
    }

    /// A call of the API about this pool.
    pub async fn admin(&self, operation: &str, mut request: Value) -> Answer {
        request["UserPoolId"] = json!(self.pool);
        self.s.api(operation, request).await
    }

    /// Path and query of a good authorization request; parameters given here replace or, when
    /// empty, remove the usual ones.
    pub fn authorize(&self, change: &[(&str, &str)]) -> String {
        format!("{}/oauth2/authorize?{}", self.base, self.query(change))
    }

    /// The query alone.
    pub fn query(&self, change: &[(&str, &str)]) -> String {
        let usual = [
            ("response_type", "code"),
            ("client_id", self.client.as_str()),
            ("redirect_uri", CALLBACK),
            ("state", "some state"),
        ];
        let mut pairs: Vec<(&str, &str)> = usual
            .into_iter()
            .filter(|(name, _)| !change.iter().any(|(n, _)| n == name))
            .collect();
        pairs.extend(change.iter().filter(|(_, value)| !value.is_empty()));
        query(&pairs)
    }

    /// Signs a user in by the page; gives the answer that leaves the server.
    pub async fn sign_in(&self, browser: &mut Browser, username: &str, url: &str) -> Page {
        let page = browser.open(url).await;
        let form = page.form("cognitoSignInForm");
        let form = form.fill("username", username).fill("password", PASSWORD);
        let answer = browser.submit(&form).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        browser.follow(answer).await
    }

    /// A fresh code for a user and this authorization request.
    pub async fn code(&self, username: &str, change: &[(&str, &str)]) -> String {
        let mut browser = Browser::new(&self.s);
        let url = self.authorize(change);
        self.sign_in(&mut browser, username, &url).await.code()
    }

    /// Tokens of the usual client for a user.
    pub async fn tokens(&self, username: &str, change: &[(&str, &str)]) -> Value {
        let code = self.code(username, change).await;
        self.redeem(&code, &[]).await.ok()
    }

    /// Exchanges a code of the usual client; parameters replace or remove the usual ones.
    pub async fn redeem(&self, code: &str, change: &[(&str, &str)]) -> Told {
        let usual = [
            ("grant_type", "authorization_code"),
            ("client_id", self.client.as_str()),
            ("code", code),
            ("redirect_uri", CALLBACK),
        ];
        let mut pairs: Vec<(&str, &str)> = usual
            .into_iter()
            .filter(|(name, _)| !change.iter().any(|(n, _)| n == name))
            .collect();
        pairs.extend(change.iter().filter(|(_, value)| !value.is_empty()));
        self.token(&pairs, None).await
    }

    /// `POST /oauth2/token`.
    pub async fn token(&self, pairs: &[(&str, &str)], authorization: Option<&str>) -> Told {
        self.post("/oauth2/token", pairs, authorization).await
    }

    /// A form post to an endpoint of the domain.
    pub async fn post(
        &self,
        path: &str,
        pairs: &[(&str, &str)],
        authorization: Option<&str>,
    ) -> Told {
        let url = format!("{}{}{path}", self.s.url, self.base);
        post(&self.s, &url, pairs, authorization).await
    }

    /// A GET of an endpoint of the domain, as JSON.
    pub async fn get(&self, path: &str, authorization: Option<&str>) -> Told {
        let mut request = self
            .s
            .http
            .get(format!("{}{}{path}", self.s.url, self.base));
        if let Some(value) = authorization {
            request = request.header("authorization", value);
        }
        Told::read(request.send().await.unwrap()).await
    }

    /// What userInfo says to a token.
    pub async fn userinfo(&self, token: &str) -> Told {
        self.get("/oauth2/userInfo", Some(&format!("Bearer {token}")))
            .await
    }
}

impl Told {
    pub async fn read(response: reqwest::Response) -> Self {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Self {
            status,
            headers,
            body,
        }
    }

    #[track_caller]
    pub fn ok(self) -> Value {
        assert_eq!(self.status, 200, "{}", self.body);
        self.body
    }

    /// Fails unless this is the error and nothing more is told.
    #[track_caller]
    pub fn refuses(&self, status: u16, code: &str) {
        assert_eq!(
            (self.status, self.body["error"].as_str()),
            (status, Some(code)),
            "{}",
            self.body
        );
    }
}

/// A form post anywhere.
pub async fn post(
    s: &Server,
    url: &str,
    pairs: &[(&str, &str)],
    authorization: Option<&str>,
) -> Told {
    let kind = "application/x-www-form-urlencoded";
    let mut request = s.http.post(url).header("content-type", kind);
    if let Some(value) = authorization {
        request = request.header("authorization", value);
    }
    Told::read(request.body(query(pairs)).send().await.unwrap()).await
}

/// A pool; e-mail is verified, the usual password policy holds.
pub async fn pool(s: &Server, settings: Value) -> String {
    let mut request = json!({ "PoolName": "house", "AutoVerifiedAttributes": ["email"] });
    merge(&mut request, &settings);
    let answer = s.api("CreateUserPool", request).await.ok();
    answer["UserPool"]["Id"].as_str().unwrap().to_owned()
}

/// The domain of a pool: its name is made of the pool's, and never has the reserved word "aws" in it.
pub fn domain_name(pool: &str) -> String {
    let random = pool.split_once('_').unwrap().1.to_ascii_lowercase();
    format!("d{}", random.replace('w', "00"))
}

/// A domain for a pool.
pub async fn domain(s: &Server, pool: &str) -> String {
    let name = domain_name(pool);
    let request = json!({ "UserPoolId": pool, "Domain": name });
    s.api("CreateUserPoolDomain", request).await.ok();
    name
}

pub async fn client(s: &Server, pool: &str, change: Value) -> Client {
    let mut request = usual_client(pool);
    merge(&mut request, &change);
    let answer = s.api("CreateUserPoolClient", request).await.ok();
    let client = &answer["UserPoolClient"];
    Client {
        id: client["ClientId"].as_str().unwrap().to_owned(),
        secret: client["ClientSecret"].as_str().map(str::to_owned),
    }
}

pub async fn user(s: &Server, pool: &str, username: &str) -> String {
    let attributes = json!([
        { "Name": "email", "Value": format!("{username}@example.com") },
        { "Name": "email_verified", "Value": "true" },
        { "Name": "name", "Value": "Jane Doe" },
    ]);
    let request = json!({
        "UserPoolId": pool, "Username": username, "MessageAction": "SUPPRESS", "UserAttributes": attributes,
    });
    let made = s.api("AdminCreateUser", request).await.ok();
    let request = json!({
        "UserPoolId": pool, "Username": username, "Password": PASSWORD, "Permanent": true,
    });
    s.api("AdminSetUserPassword", request).await.ok();
    let attributes = made["User"]["Attributes"].as_array().unwrap().clone();
    let sub = attributes.iter().find(|a| a["Name"] == "sub").unwrap();
    sub["Value"].as_str().unwrap().to_owned()
}

fn usual_client(pool: &str) -> Value {
    json!({
        "UserPoolId": pool,
        "ClientName": "app",
        "GenerateSecret": false,
        "SupportedIdentityProviders": ["COGNITO"],
        "CallbackURLs": [CALLBACK],
        "LogoutURLs": [GOODBYE],
        "AllowedOAuthFlows": ["code"],
        "AllowedOAuthScopes": ["openid", "email", "phone", "profile", "aws.cognito.signin.user.admin"],
        "AllowedOAuthFlowsUserPoolClient": true,
        "PreventUserExistenceErrors": "ENABLED",
    })
}

/// Members of `change` replace those of `base`; null removes.
fn merge(base: &mut Value, change: &Value) {
    let members = base.as_object_mut().unwrap();
    for (name, value) in change.as_object().unwrap().clone() {
        if value.is_null() {
            members.remove(&name);
        } else {
            members.insert(name, value);
        }
    }
}

pub fn query(pairs: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// The claims of a JWT, unverified.
pub fn claims(token: &str) -> Value {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

/// An `Authorization: Basic` header.
pub fn basic(id: &str, secret: &str) -> String {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}
