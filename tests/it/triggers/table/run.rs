//! One act of one user: what it asks, and what it leaves behind.

use poolhouse::store::db::Sql;
use serde_json::{Value, json};

use super::effect::State;
use super::ground::Ground;
use crate::support::Answer;
use crate::support::browser::{Browser, Form, Page};
use crate::support::house::{self, CALLBACK, Told};

pub const PASSWORD: &str = "Correct-Horse1!";
pub const NEW_PASSWORD: &str = "Another-Horse2!";

/// Who sends the messages, and where to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// The pool, in the words of CustomMessage, to an e-mail address.
    Message,
    EmailSender,
    SmsSender,
}

impl Channel {
    pub const fn trigger(self) -> &'static str {
        match self {
            Self::Message => "CustomMessage",
            Self::EmailSender => "CustomEmailSender",
            Self::SmsSender => "CustomSMSSender",
        }
    }

    pub const fn is_sms(self) -> bool {
        matches!(self, Self::SmsSender)
    }
}

/// The last answer of an act, or the refusal that ended it.
pub type Ending = Result<Value, Refused>;

#[derive(Debug)]
pub struct Refused {
    /// The error's type, where the API said it.
    pub code: Option<String>,
    pub text: String,
}

pub struct Run<'g> {
    pub ground: &'g Ground<'g>,
    pub name: String,
    pub phone: String,
}

impl Run<'_> {
    pub fn email(&self) -> String {
        format!("{}@example.com", self.name)
    }

    pub fn channel(&self) -> Channel {
        self.ground.channel
    }

    /// Where this user's codes go.
    pub fn contact(&self) -> String {
        if self.channel().is_sms() {
            self.phone.clone()
        } else {
            self.email()
        }
    }

    /// Where the act's code goes: to the new contact, where the act changes it.
    pub fn destination(&self) -> String {
        let contact = self.contact();
        if !self.ground.act.contains("UpdateUserAttributes") {
            return contact;
        }
        contact.replace("+1555", "+1556").replace('@', "-new@")
    }

    /// The attribute that [`Self::contact`] is.
    pub fn attribute(&self) -> Value {
        let name = if self.channel().is_sms() {
            "phone_number"
        } else {
            "email"
        };
        json!({ "Name": name, "Value": self.contact() })
    }

    /// The same and that it is verified.
    pub fn verified(&self) -> Value {
        let contact = self.attribute();
        let verified = format!("{}_verified", contact["Name"].as_str().unwrap());
        json!([contact, { "Name": verified, "Value": "true" }])
    }

    pub fn code(&self) -> String {
        self.ground.server.code_to(&self.contact())
    }

    /// Whether the act is an administrator's.
    pub fn by_admin(&self) -> bool {
        self.ground.act.starts_with("Admin")
    }

    async fn call(&self, operation: &str, request: Value) -> Ending {
        let answer: Answer = self.ground.server.api(operation, request).await;
        if answer.status == 200 {
            return Ok(answer.body);
        }
        let text = |name: &str| answer.body[name].as_str().unwrap_or_default().to_owned();
        Err(Refused {
            code: Some(text("__type")),
            text: text("message"),
        })
    }

    /// An operation as anybody calls it.
    pub async fn open(&self, operation: &str, request: Value) -> Ending {
        self.call(operation, request).await
    }

    /// An operation of the client.
    pub async fn public(&self, operation: &str, mut request: Value) -> Ending {
        request["ClientId"] = json!(self.ground.client);
        self.call(operation, request).await
    }

    /// An operation of an administrator.
    pub async fn admin(&self, operation: &str, mut request: Value) -> Ending {
        request["UserPoolId"] = json!(self.ground.pool);
        self.call(operation, request).await
    }

    /// A confirmed user with [`PASSWORD`], without any function being asked.
    pub async fn make_user(&self) {
        self.invite().await;
        let request = json!({ "Username": self.name, "Password": PASSWORD, "Permanent": true });
        self.admin("AdminSetUserPassword", request).await.unwrap();
    }

    /// A user with a temporary password.
    pub async fn invite(&self) {
        let request = json!({
            "Username": self.name, "MessageAction": "SUPPRESS", "TemporaryPassword": PASSWORD,
            "UserAttributes": self.verified(),
        });
        self.admin("AdminCreateUser", request).await.unwrap();
    }

    /// Tokens of the user.
    pub async fn tokens(&self) -> Value {
        let request = json!({
            "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": { "USERNAME": self.name, "PASSWORD": PASSWORD },
        });
        let mut answer = self.public("InitiateAuth", request).await.unwrap();
        answer["AuthenticationResult"].take()
    }

    /// Codes are asked for as the second factor.
    pub async fn prefer_codes(&self) {
        let kind = if self.channel().is_sms() {
            "SMSMfaSettings"
        } else {
            "EmailMfaSettings"
        };
        let request = json!({ "Username": self.name, kind: { "Enabled": true } });
        let set = self.admin("AdminSetUserMFAPreference", request).await;
        set.unwrap();
    }

    pub async fn initiate(&self, flow: &str, parameters: Value) -> Ending {
        self.initiate_with(flow, parameters, json!({})).await
    }

    /// InitiateAuth or AdminInitiateAuth, with metadata.
    pub async fn initiate_with(&self, flow: &str, parameters: Value, more: Value) -> Ending {
        let mut request = json!({
            "ClientId": self.ground.client, "AuthFlow": flow, "AuthParameters": parameters,
            "ClientMetadata": { "said": "at the start" },
        });
        crate::api::merge(&mut request, &more);
        if self.by_admin() {
            return self.admin("AdminInitiateAuth", request).await;
        }
        self.call("InitiateAuth", request).await
    }

    /// Answers a challenge, with metadata.
    pub async fn respond(&self, asked: &Value, mut responses: Value) -> Ending {
        responses["USERNAME"] = json!(self.name);
        let mut request = json!({
            "ClientId": self.ground.client, "ChallengeName": asked["ChallengeName"],
            "ChallengeResponses": responses, "ClientMetadata": { "said": "with the answer" },
        });
        if !asked["Session"].is_null() {
            request["Session"] = asked["Session"].clone();
        }
        if self.by_admin() {
            return self.admin("AdminRespondToAuthChallenge", request).await;
        }
        self.call("RespondToAuthChallenge", request).await
    }

    pub fn browser(&self) -> Browser {
        Browser::new(self.ground.server)
    }

    /// A page of the domain, with a good authorization request behind it.
    pub fn page(&self, path: &str) -> String {
        let query = house::query(&[
            ("response_type", "code"),
            ("client_id", &self.ground.client),
            ("redirect_uri", CALLBACK),
            ("scope", "openid email"),
        ]);
        format!("/{}{path}?{query}", self.ground.pool)
    }

    /// Sends a form and follows where it leads.
    pub async fn send(&self, browser: &mut Browser, form: &Form) -> Result<Page, Refused> {
        let page = browser.submit(form).await;
        self.follow(browser, page).await
    }

    /// Goes where a page leads.
    pub async fn follow(&self, browser: &mut Browser, page: Page) -> Result<Page, Refused> {
        let page = browser.follow(page).await;
        if page.status >= 400 {
            let (code, text) = (None, page.text());
            return Err(Refused { code, text });
        }
        let home = page.location().is_some_and(|to| to.starts_with(CALLBACK));
        match page.sent_error().filter(|_| home) {
            Some(text) => Err(Refused { code: None, text }),
            None => Ok(page),
        }
    }

    /// The tokens of the code that a page brings home.
    pub async fn redeem(&self, page: &Page) -> Ending {
        let pairs = [
            ("grant_type", "authorization_code"),
            ("client_id", self.ground.client.as_str()),
            ("code", &page.code()),
            ("redirect_uri", CALLBACK),
        ];
        self.token(&pairs).await
    }

    /// The token endpoint.
    pub async fn token(&self, pairs: &[(&str, &str)]) -> Ending {
        let url = format!(
            "{}/{}/oauth2/token",
            self.ground.server.url, self.ground.pool
        );
        let told: Told = house::post(self.ground.server, &url, pairs, None).await;
        if told.status == 200 {
            return Ok(told.body);
        }
        let text = told.body["error_description"].as_str();
        Err(Refused {
            code: None,
            text: text.unwrap_or_default().to_owned(),
        })
    }

    pub async fn state(&self) -> State {
        let user = json!({ "Username": self.name, "UserPoolId": self.ground.pool });
        let told = self.ground.server.api("AdminGetUser", user).await;
        let (user, sub) = if told.status == 200 {
            (self.shown(&told.body), sub_of(&told.body))
        } else {
            (json!("nobody"), String::new())
        };
        let codes = "SELECT COUNT(*) FROM codes WHERE pool_id = $1 AND sub = $2";
        let sessions =
            "SELECT COUNT(*) FROM sessions WHERE pool_id = $1 AND sub = $2 AND kind = 'TOKEN'";
        let given = "SELECT COUNT(*) FROM authorization_codes WHERE pool_id = $1 AND sub = $2";
        let tokens = "SELECT COUNT(*) FROM refresh_tokens r JOIN sessions s ON s.pool_id = r.pool_id \
                      AND s.session_id = r.session_id WHERE s.pool_id = $1 AND s.sub = $2";
        let mut all = 0;
        for of in [sessions, given, tokens] {
            all += self.number(of, &sub).await;
        }
        State {
            user,
            password: self.password(&sub).await,
            codes: self.number(codes, &sub).await,
            tokens: all,
        }
    }

    async fn number(&self, text: &'static str, sub: &str) -> i64 {
        let sql = Sql {
            sqlite: text,
            postgres: text,
        };
        let mut db = self.ground.server.app.store.read().await.unwrap();
        let args = poolhouse::args![self.ground.pool.as_str(), sub];
        let (number,): (i64,) = db.one(sql, args).await.unwrap();
        number
    }

    async fn password(&self, sub: &str) -> Option<String> {
        let text = "SELECT MAX(phc) FROM passwords WHERE pool_id = $1 AND sub = $2";
        let sql = Sql {
            sqlite: text,
            postgres: text,
        };
        let mut db = self.ground.server.app.store.read().await.unwrap();
        let args = poolhouse::args![self.ground.pool.as_str(), sub];
        let (phc,): (Option<String>,) = db.one(sql, args).await.unwrap();
        phc
    }

    /// The user in words that are the same in every run.
    fn shown(&self, user: &Value) -> Value {
        let mut attributes = serde_json::Map::new();
        for pair in user["UserAttributes"].as_array().unwrap() {
            let name = pair["Name"].as_str().unwrap();
            attributes.insert(name.to_owned(), pair["Value"].clone());
        }
        let shown = json!({ "status": user["UserStatus"], "attributes": attributes });
        self.steady(&shown)
    }

    /// A value with names that are the same in every run.
    pub fn steady(&self, value: &Value) -> Value {
        let mut text = value.to_string();
        let attributes = &value["request"]["userAttributes"];
        for sub in [&attributes["sub"], &value["attributes"]["sub"]] {
            if let Some(sub) = sub.as_str() {
                text = text.replace(sub, "SUB");
            }
        }
        let ground = self.ground;
        for (own, steady) in [
            (ground.pool.as_str(), "POOL"),
            (ground.client.as_str(), "CLIENT"),
            (ground.machine.id.as_str(), "MACHINE"),
            (self.name.as_str(), "ada"),
            (self.phone.as_str(), "+15550000000"),
            (self.destination().as_str(), "+15560000000"),
        ] {
            text = text.replace(own, steady);
        }
        serde_json::from_str(&text).unwrap()
    }
}

fn sub_of(user: &Value) -> String {
    let attributes = user["UserAttributes"].as_array().unwrap();
    let sub = attributes.iter().find(|pair| pair["Name"] == "sub");
    sub.unwrap()["Value"].as_str().unwrap().to_owned()
}

impl Page {
    fn sent_error(&self) -> Option<String> {
        self.location()?;
        self.sent().get("error_description").cloned()
    }
}
