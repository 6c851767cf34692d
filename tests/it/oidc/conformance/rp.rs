//! A relying party as the conformance suite plays it, the person at its browser, and what they
//! demand of every answer.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use poolhouse::settings::profile::Profile;
use serde_json::{Value, json};

use crate::support::Server;
use crate::support::browser::{Browser, Page};
use crate::support::house::{
    CALLBACK, Client, GOODBYE, House, PASSWORD, Told, basic, claims, post, query,
};
use crate::support::jwk::verifies;

/// The name under which everything is published; a proxy with TLS would stand there.
pub const FRONT: &str = "https://op.example.com";
pub const STATE: &str = "af0ifjsldkj";
pub const NONCE: &str = "n-0S6_WzA2Mj";

/// A provider in the strict profile, with two clients and a user who is `jane`.
pub struct Op {
    pub house: House,
    pub document: Value,
    pub keys: Vec<Value>,
    pub first: Client,
    pub second: Client,
    pub sub: String,
}

/// The person at a browser; signs in wherever a page asks for it.
pub struct Person {
    pub browser: Browser,
    /// How often a page asked for it.
    pub sign_ins: usize,
}

impl Op {
    pub async fn start() -> Self {
        let s = Server::with(|config| {
            config.profiles.usual = Profile::Strict;
            config.public_url = Some(FRONT.to_owned());
        });
        let house = House::on(s.await, json!({})).await;
        let secret = json!({ "GenerateSecret": true });
        let (first, second) = (
            house.client(secret.clone()).await,
            house.client(secret).await,
        );
        let sub = house.user("jane").await;
        let attributes = json!([
            { "Name": "given_name", "Value": "Jane" },
            { "Name": "family_name", "Value": "Doe" },
            { "Name": "updated_at", "Value": "1700000000" },
            { "Name": "phone_number", "Value": "+15551234567" },
            { "Name": "phone_number_verified", "Value": "true" },
            { "Name": "address", "Value": "1 Main St" },
        ]);
        let change = json!({ "Username": "jane", "UserAttributes": attributes });
        house.admin("AdminUpdateUserAttributes", change).await.ok();
        let told = house.get("/.well-known/openid-configuration", None).await;
        let document = told.ok();
        let keys = house.get("/.well-known/jwks.json", None).await.ok()["keys"].clone();
        Self {
            keys: keys.as_array().unwrap().clone(),
            house,
            document,
            first,
            second,
            sub,
        }
    }

    /// An endpoint of the discovery document, behind the proxy.
    pub fn endpoint(&self, name: &str) -> String {
        let url = self.document[name].as_str().unwrap();
        let path = url.strip_prefix(FRONT).unwrap();
        format!("{}{path}", self.house.s.url)
    }

    pub fn person(&self) -> Person {
        Person {
            browser: Browser::new(&self.house.s),
            sign_ins: 0,
        }
    }

    /// The query of the suite's usual request by the first client; parameters given here replace or,
    /// when empty, remove the usual ones.
    pub fn request(&self, change: &[(&str, &str)]) -> String {
        let usual = [
            ("client_id", self.first.id.as_str()),
            ("redirect_uri", CALLBACK),
            ("scope", "openid"),
            ("state", STATE),
            ("nonce", NONCE),
            ("response_type", "code"),
        ];
        let kept = usual
            .into_iter()
            .filter(|(name, _)| !change.iter().any(|(n, _)| n == name));
        let mut pairs: Vec<(&str, &str)> = kept.collect();
        pairs.extend(change.iter().filter(|(_, value)| !value.is_empty()));
        query(&pairs)
    }

    /// The URL of that request.
    pub fn ask(&self, change: &[(&str, &str)]) -> String {
        let url = self.endpoint("authorization_endpoint");
        format!("{url}?{}", self.request(change))
    }

    /// What the answer tells the client: it came to the right place, with the state, from this
    /// issuer, in the query.
    #[track_caller]
    pub fn told(&self, page: &Page) -> BTreeMap<String, String> {
        let to = page.location().unwrap_or_else(|| panic!("{}", page.text()));
        assert!(to.starts_with(&format!("{CALLBACK}?")), "{to}");
        let sent = page.sent();
        assert_eq!(sent.get("state").map(String::as_str), Some(STATE), "{to}");
        assert_eq!(sent["iss"], self.document["issuer"], "{to}");
        sent
    }

    /// The code of an answer that must be a success.
    #[track_caller]
    pub fn code(&self, page: &Page) -> String {
        let sent = self.told(page);
        assert_eq!(sent.get("error"), None, "{sent:?}");
        sent["code"].clone()
    }

    /// The error of an answer that must be one.
    #[track_caller]
    pub fn error(&self, page: &Page) -> String {
        let sent = self.told(page);
        assert_eq!(sent.get("code"), None, "{sent:?}");
        sent["error"].clone()
    }

    /// The token request, by `client_secret_basic`.
    pub async fn redeem(&self, client: &Client, code: &str, more: &[(&str, &str)]) -> Told {
        let mut pairs = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
        ];
        pairs.extend(more);
        self.token(&pairs, Some(client)).await
    }

    /// A token request by `client_secret_basic`, or with what is in the form.
    pub async fn token(&self, pairs: &[(&str, &str)], client: Option<&Client>) -> Told {
        let header = client.map(|client| basic(&client.id, client.secret.as_ref().unwrap()));
        let url = self.endpoint("token_endpoint");
        let told = post(&self.house.s, &url, pairs, header.as_deref()).await;
        let kind = told.headers["content-type"].to_str().unwrap();
        assert!(kind.starts_with("application/json"), "{kind}");
        let cache = told.headers["cache-control"].to_str().unwrap();
        assert!(cache.contains("no-store"), "{cache}");
        told
    }

    /// A request by the first client, whole: sign-in, code, tokens, all of it checked.
    pub async fn tokens(&self, person: &mut Person, change: &[(&str, &str)]) -> Value {
        let page = person.visit(&self.ask(change)).await;
        let code = self.code(&page);
        let tokens = self.redeem(&self.first, &code, &[]).await.ok();
        self.check(&tokens, &self.first, Some(NONCE));
        tokens
    }

    /// What the suite demands of every answer with tokens; gives the claims of the ID token.
    #[track_caller]
    pub fn check(&self, tokens: &Value, client: &Client, nonce: Option<&str>) -> Value {
        assert_eq!(tokens["token_type"], "Bearer");
        assert!(tokens["expires_in"].as_i64().unwrap() > 0);
        assert!(!tokens["access_token"].as_str().unwrap().is_empty());
        let scopes = tokens["scope"].as_str().unwrap();
        assert!(scopes.split(' ').any(|scope| scope == "openid"), "{scopes}");
        let token = tokens["id_token"].as_str().unwrap();
        let header = token.split('.').next().unwrap();
        let header: Value =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap();
        assert_eq!(header["alg"], "RS256");
        let key = self.keys.iter().find(|key| key["kid"] == header["kid"]);
        assert!(verifies(key.unwrap(), token), "{header}");
        let id = claims(token);
        assert_eq!(id["iss"], self.document["issuer"]);
        assert_eq!(id["aud"], client.id);
        assert_eq!(id["sub"], self.sub);
        let now = self.house.s.app.clock.server_now().seconds();
        assert!(id["iat"].as_i64().unwrap() <= now && now < id["exp"].as_i64().unwrap());
        assert!(id["auth_time"].as_i64().unwrap() <= now);
        assert_eq!(id.get("nonce").and_then(Value::as_str), nonce);
        id
    }

    /// What userInfo says to a token; it is about the same person.
    pub async fn person_behind(&self, tokens: &Value) -> Value {
        let url = self.endpoint("userinfo_endpoint");
        let token = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
        let request = self.house.s.http.get(url).header("authorization", token);
        let told = Told::read(request.send().await.unwrap()).await;
        let person = told.ok();
        assert_eq!(person["sub"], self.sub);
        person
    }

    /// The end of the session as the RP asks for it.
    pub fn leave(&self, pairs: &[(&str, &str)]) -> String {
        format!("{}?{}", self.endpoint("end_session_endpoint"), query(pairs))
    }

    /// Whether the person is still signed in, as `prompt=none` tells.
    pub async fn knows(&self, person: &mut Person) -> bool {
        let silent = person.browser.get(&self.ask(&[("prompt", "none")])).await;
        let sent = self.told(&silent);
        if let Some(error) = sent.get("error") {
            assert_eq!(error, "login_required");
        }
        sent.contains_key("code")
    }
}

impl Person {
    /// Opens a URL and does what the pages ask for, until the browser leaves the provider or stays.
    pub async fn visit(&mut self, url: &str) -> Page {
        let page = self.browser.open(url).await;
        self.go_on(page).await
    }

    /// The same from a page on.
    pub async fn go_on(&mut self, page: Page) -> Page {
        let Some(form) = page.find_form("cognitoSignInForm") else {
            return page;
        };
        self.sign_ins += 1;
        let form = form.fill("username", "jane").fill("password", PASSWORD);
        let answer = self.browser.submit(&form).await;
        self.browser.follow(answer).await
    }

    /// Says yes to the one thing that a page asks.
    pub async fn agree(&mut self, page: &Page) -> Page {
        let answer = self.browser.submit(&page.form("noticeForm")).await;
        self.browser.follow(answer).await
    }
}

/// Where the RP wants people to be after they signed out.
pub const AWAY: (&str, &str) = ("post_logout_redirect_uri", GOODBYE);
