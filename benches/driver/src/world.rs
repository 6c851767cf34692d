//! A pool with people in it, and one function per thing they do.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::http::{Answer, Connection};
use crate::server::Server;
use crate::srp;

/// What went wrong, for people.
pub type Result<T, E = String> = std::result::Result<T, E>;

pub const PASSWORD: &str = "Correct-Horse1!";
const CALLBACK: &str = "http://localhost:65535/back";

pub struct World {
    pub port: u16,
    pool: String,
    client: String,
    machine: String,
    people: Vec<Person>,
}

pub struct Person {
    name: String,
    access: String,
    refresh: String,
}

impl World {
    /// A pool with a domain, a web client, a machine client and some people who are signed in.
    pub async fn new(server: &Server, people: usize) -> Result<Self> {
        let to = &mut connect(server.port).await?;
        let made = api(to, "CreateUserPool", json!({"PoolName": "bench", "AutoVerifiedAttributes": ["email"]})).await?;
        let pool = text(&made["UserPool"]["Id"])?;
        api(to, "CreateUserPoolDomain", json!({"UserPoolId": pool, "Domain": "bench"})).await?;
        let scopes = json!([{"ScopeName": "read", "ScopeDescription": "Read"}]);
        api(
            to,
            "CreateResourceServer",
            json!({"UserPoolId": pool, "Identifier": "api", "Name": "API", "Scopes": scopes}),
        )
        .await?;
        let web = json!({
            "UserPoolId": pool, "ClientName": "web", "CallbackURLs": [CALLBACK],
            "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
            "SupportedIdentityProviders": ["COGNITO"], "AllowedOAuthFlowsUserPoolClient": true,
            "AllowedOAuthFlows": ["code"], "AllowedOAuthScopes": ["openid", "email"],
        });
        let web = api(to, "CreateUserPoolClient", web).await?;
        let machine = json!({
            "UserPoolId": pool, "ClientName": "machine", "GenerateSecret": true,
            "AllowedOAuthFlowsUserPoolClient": true,
            "AllowedOAuthFlows": ["client_credentials"], "AllowedOAuthScopes": ["api/read"],
        });
        let machine = api(to, "CreateUserPoolClient", machine).await?;
        let basic = format!(
            "{}:{}",
            text(&machine["UserPoolClient"]["ClientId"])?,
            text(&machine["UserPoolClient"]["ClientSecret"])?
        );
        let mut world = Self {
            port: server.port,
            pool,
            client: text(&web["UserPoolClient"]["ClientId"])?,
            machine: STANDARD.encode(basic),
            people: Vec::new(),
        };
        for number in 0..people {
            let name = format!("person{number}");
            world.create(to, &name).await?;
            let set = json!({"UserPoolId": world.pool, "Username": name, "Password": PASSWORD, "Permanent": true});
            api(to, "AdminSetUserPassword", set).await?;
            let tokens = world.password(to, &name).await?;
            let (access, refresh) = (text(&tokens["AccessToken"])?, text(&tokens["RefreshToken"])?);
            world.people.push(Person { name, access, refresh });
        }
        Ok(world)
    }

    /// A further person, without a password of their own.
    pub async fn create(&self, to: &mut Connection, name: &str) -> Result<()> {
        let attributes = json!([
            {"Name": "email", "Value": format!("{name}@example.com")},
            {"Name": "email_verified", "Value": "true"},
            {"Name": "name", "Value": "Ada Lovelace"},
        ]);
        let person = json!({
            "UserPoolId": self.pool, "Username": name, "MessageAction": "SUPPRESS", "UserAttributes": attributes,
        });
        api(to, "AdminCreateUser", person).await.map(drop)
    }

    fn person(&self, number: usize) -> &Person {
        &self.people[number % self.people.len()]
    }

    async fn password(&self, to: &mut Connection, name: &str) -> Result<Value> {
        let parameters = json!({"USERNAME": name, "PASSWORD": PASSWORD});
        let body = json!({"ClientId": self.client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters});
        let answer = api(to, "InitiateAuth", body).await?;
        signed_in(answer)
    }

    pub async fn password_sign_in(&self, to: &mut Connection, number: usize) -> Result<()> {
        self.password(to, &self.person(number).name).await.map(drop)
    }

    pub async fn srp_sign_in(&self, to: &mut Connection, number: usize) -> Result<()> {
        let name = &self.person(number).name;
        let client = srp::Client::new(number);
        let parameters = json!({"USERNAME": name, "SRP_A": client.public_hex()});
        let body = json!({"ClientId": self.client, "AuthFlow": "USER_SRP_AUTH", "AuthParameters": parameters});
        let given = &api(to, "InitiateAuth", body).await?["ChallengeParameters"];
        let (salt, server, block) = (text(&given["SALT"])?, text(&given["SRP_B"])?, text(&given["SECRET_BLOCK"])?);
        let pool_name = self.pool.split('_').nth(1).unwrap_or_default();
        let timestamp = srp::timestamp(srp::now());
        let claim = client.claim([pool_name, name, PASSWORD], [&salt, &server, &block], &timestamp);
        let responses = json!({
            "USERNAME": name, "PASSWORD_CLAIM_SECRET_BLOCK": block, "TIMESTAMP": timestamp,
            "PASSWORD_CLAIM_SIGNATURE": claim.ok_or("the challenge does not parse")?,
        });
        let body =
            json!({"ClientId": self.client, "ChallengeName": "PASSWORD_VERIFIER", "ChallengeResponses": responses});
        signed_in(api(to, "RespondToAuthChallenge", body).await?).map(drop)
    }

    pub async fn refresh(&self, to: &mut Connection, number: usize) -> Result<()> {
        let parameters = json!({"REFRESH_TOKEN": self.person(number).refresh});
        let body = json!({"ClientId": self.client, "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": parameters});
        signed_in(api(to, "InitiateAuth", body).await?).map(drop)
    }

    pub async fn client_credentials(&self, to: &mut Connection) -> Result<()> {
        let headers = format!("{FORM}authorization: Basic {}\r\n", self.machine);
        let body = b"grant_type=client_credentials&scope=api%2Fread";
        let answer = to.send("POST", &self.at("/oauth2/token"), &headers, body).await.map_err(told)?;
        expect(&answer, 200)
    }

    /// Authorize, the page, the password, the code's exchange: a new browser each time.
    pub async fn code_flow(&self, to: &mut Connection, number: usize) -> Result<()> {
        let query = format!(
            "client_id={}&response_type=code&scope=openid+email&state=s&redirect_uri={}",
            self.client,
            encode(CALLBACK)
        );
        let mut cookies = Vec::new();
        let mut answer =
            to.send("GET", &self.at(&format!("/oauth2/authorize?{query}")), "", b"").await.map_err(told)?;
        let mut page = String::new();
        while matches!(answer.status, 302 | 303) {
            keep(&mut cookies, &answer);
            page = path(answer.header("location").unwrap_or_default());
            let headers = format!("cookie: {}\r\n", cookies.join("; "));
            answer = to.send("GET", &page, &headers, b"").await.map_err(told)?;
        }
        expect(&answer, 200)?;
        keep(&mut cookies, &answer);
        let html = answer.text();
        let csrf = input(&html, "_csrf").ok_or_else(|| format!("no form: {html}"))?;
        let name = &self.person(number).name;
        let form = format!("_csrf={}&username={name}&password={}&cognitoAsfData=", encode(csrf), encode(PASSWORD));
        let headers = format!("{FORM}cookie: {}\r\n", cookies.join("; "));
        let answer = to.send("POST", &page, &headers, form.as_bytes()).await.map_err(told)?;
        let back = answer.header("location").ok_or_else(|| answer.text())?;
        let code = back.split("code=").nth(1).and_then(|rest| rest.split('&').next()).ok_or(back)?;
        let form = format!(
            "grant_type=authorization_code&client_id={}&code={code}&redirect_uri={}",
            self.client,
            encode(CALLBACK)
        );
        let answer = to.send("POST", &self.at("/oauth2/token"), FORM, form.as_bytes()).await.map_err(told)?;
        expect(&answer, 200)
    }

    pub async fn sign_up(&self, to: &mut Connection, number: usize) -> Result<()> {
        let name = format!("new{number}");
        let email = json!([{"Name": "email", "Value": format!("{name}@example.com")}]);
        let body = json!({"ClientId": self.client, "Username": name, "Password": PASSWORD, "UserAttributes": email});
        api(to, "SignUp", body).await.map(drop)
    }

    pub async fn confirm(&self, to: &mut Connection, number: usize, code: &str) -> Result<()> {
        let body = json!({"ClientId": self.client, "Username": format!("new{number}"), "ConfirmationCode": code});
        api(to, "ConfirmSignUp", body).await.map(drop)
    }

    /// The codes of the people who signed up, by their number; empties the mailbox.
    pub async fn codes(&self, to: &mut Connection) -> Result<Vec<(usize, String)>> {
        let answer = to.send("GET", "/_poolhouse/messages", "", b"").await.map_err(told)?;
        let listed: Value = serde_json::from_slice(&answer.body).map_err(told)?;
        let code = |message: &Value| {
            let number = message["username"].as_str()?.strip_prefix("new")?.parse().ok()?;
            Some((number, message["code"].as_str()?.to_owned()))
        };
        let codes = listed["messages"].as_array().ok_or("no messages")?.iter().filter_map(code).collect();
        to.send("DELETE", "/_poolhouse/messages", "", b"").await.map_err(told)?;
        Ok(codes)
    }

    pub async fn get_user(&self, to: &mut Connection, number: usize) -> Result<()> {
        api(to, "GetUser", json!({"AccessToken": self.person(number).access})).await.map(drop)
    }

    pub async fn admin_get_user(&self, to: &mut Connection, number: usize) -> Result<()> {
        let body = json!({"UserPoolId": self.pool, "Username": self.person(number).name});
        api(to, "AdminGetUser", body).await.map(drop)
    }

    pub async fn list_user_pools(&self, to: &mut Connection) -> Result<()> {
        api(to, "ListUserPools", json!({"MaxResults": 10})).await.map(drop)
    }

    pub async fn list_users(&self, to: &mut Connection) -> Result<()> {
        let page = api(to, "ListUsers", json!({"UserPoolId": self.pool, "Limit": 60})).await?;
        let count = page["Users"].as_array().map_or(0, Vec::len);
        if count == 60 { Ok(()) } else { Err(format!("a page of {count}")) }
    }

    pub async fn jwks(&self, to: &mut Connection) -> Result<()> {
        let answer = to.send("GET", &self.at("/.well-known/jwks.json"), "", b"").await.map_err(told)?;
        expect(&answer, 200)
    }

    /// An address on the pool's domain.
    fn at(&self, path: &str) -> String {
        format!("/{}{path}", self.pool)
    }
}

const FORM: &str = "content-type: application/x-www-form-urlencoded\r\n";

pub async fn connect(port: u16) -> Result<Connection> {
    Connection::open(port).await.map_err(told)
}

pub async fn api(to: &mut Connection, operation: &str, body: Value) -> Result<Value> {
    let headers = format!(
        "content-type: application/x-amz-json-1.1\r\nx-amz-target: AWSCognitoIdentityProviderService.{operation}\r\n"
    );
    let answer = to.send("POST", "/", &headers, body.to_string().as_bytes()).await.map_err(told)?;
    if answer.status != 200 {
        return Err(format!("{operation}: {} {}", answer.status, answer.text()));
    }
    if answer.body.is_empty() { Ok(Value::Null) } else { serde_json::from_slice(&answer.body).map_err(told) }
}

pub fn signed_in(mut answer: Value) -> Result<Value> {
    let tokens = answer["AuthenticationResult"].take();
    if tokens["AccessToken"].is_string() { Ok(tokens) } else { Err(format!("not signed in: {answer}")) }
}

fn expect(answer: &Answer, status: u16) -> Result<()> {
    if answer.status == status { Ok(()) } else { Err(format!("{}: {}", answer.status, answer.text())) }
}

fn keep(cookies: &mut Vec<String>, answer: &Answer) {
    cookies.extend(answer.cookies().map(str::to_owned));
}

/// An absolute or relative address without its scheme and host.
fn path(location: &str) -> String {
    let rest = location.split_once("://").map_or(location, |(_, rest)| rest);
    rest.find('/').map_or_else(|| "/".to_owned(), |at| rest[at..].to_owned())
}

/// The value of a form's input.
fn input<'a>(html: &'a str, name: &str) -> Option<&'a str> {
    let at = html.find(&format!("name=\"{name}\""))?;
    let tag = &html[html[..at].rfind('<')?..];
    let tag = &tag[..tag.find('>')?];
    tag.split("value=\"").nth(1)?.split('"').next()
}

fn encode(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

pub fn text(value: &Value) -> Result<String> {
    value.as_str().map(str::to_owned).ok_or_else(|| format!("no text: {value}"))
}

/// Puts the members of an object beside those of another.
pub fn merge(into: &mut Value, more: Value) {
    if let (Some(into), Value::Object(more)) = (into.as_object_mut(), more) {
        into.extend(more);
    }
}

pub fn told(error: impl std::fmt::Display) -> String {
    error.to_string()
}
