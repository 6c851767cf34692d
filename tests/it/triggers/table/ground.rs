//! A pool in which every trigger is set, and the walks over it.

use std::sync::atomic::{AtomicU32, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::effect::Effect;
use super::run::{Channel, Ending, PASSWORD, Run};
use super::script::{Script, Way};
use super::{Begun, Case, left};
use crate::api::auth::device;
use crate::api::auth::stage::{claims, text};
use crate::kms::sealed::opened;
use crate::matrix::grounds::factors;
use crate::support::Server;
use crate::support::envelope::Message;
use crate::support::house::{self, CALLBACK, Client};
use crate::triggers::host::{Host, arn};

pub struct Ground<'s> {
    pub server: &'s Server,
    host: &'s Host,
    script: &'s Script,
    pub act: &'static str,
    pub channel: Channel,
    pub pool: String,
    pub client: String,
    /// A client that gets tokens of its own.
    pub machine: Client,
}

/// Everybody has a name and a contact of their own, in whichever pool.
static USERS: AtomicU32 = AtomicU32::new(0);

const SLOTS: [&str; 9] = [
    "PreSignUp",
    "PostConfirmation",
    "PreAuthentication",
    "PostAuthentication",
    "UserMigration",
    "CustomMessage",
    "DefineAuthChallenge",
    "CreateAuthChallenge",
    "VerifyAuthChallengeResponse",
];

fn functions(channel: Channel) -> Value {
    let mut config = json!({
        "PreTokenGenerationConfig": { "LambdaVersion": "V3_0", "LambdaArn": arn("PreTokenGeneration") },
    });
    for slot in SLOTS {
        config[slot] = json!(arn(slot));
    }
    if channel != Channel::Message {
        let slot = channel.trigger();
        config[slot] = json!({ "LambdaVersion": "V1_0", "LambdaArn": arn(slot) });
        let key = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-4333-8444-555555555555";
        config["KMSKeyID"] = json!(key);
    }
    config
}

/// Where answers have tokens.
const TOKENS: [&str; 6] = [
    "/AuthenticationResult/IdToken",
    "/AuthenticationResult/AccessToken",
    "/ClientAuthenticationResult/AccessToken",
    "/IssuedToken",
    "/id_token",
    "/access_token",
];

impl<'s> Ground<'s> {
    pub async fn open(
        server: &'s Server,
        host: &'s Host,
        script: &'s Script,
        (act, channel): (&'static str, Channel),
    ) -> Self {
        let verified = if channel.is_sms() {
            "phone_number"
        } else {
            "email"
        };
        let mut settings = json!({
            "AutoVerifiedAttributes": [verified], "UserPoolTier": "ESSENTIALS",
            "SmsConfiguration": { "SnsCallerArn": "arn:aws:iam::123456789012:role/sms" },
            "LambdaConfig": functions(channel),
            "Policies": { "SignInPolicy": {
                "AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP", "SMS_OTP"],
            } },
        });
        if act.contains("device") {
            settings["DeviceConfiguration"] = device::always();
        }
        if act.contains("risky") {
            settings["UserPoolTier"] = json!("PLUS");
            settings["UserPoolAddOns"] = json!({ "AdvancedSecurityMode": "ENFORCED" });
        }
        let pool = house::pool(server, settings).await;
        let mut request = factors("OPTIONAL");
        request["UserPoolId"] = json!(pool);
        server.api("SetUserPoolMfaConfig", request).await.ok();
        let domain = house::domain(server, &pool).await;
        let scopes = json!([{ "ScopeName": "read", "ScopeDescription": "r" }]);
        let api =
            json!({ "UserPoolId": pool, "Identifier": "api", "Name": "api", "Scopes": scopes });
        server.api("CreateResourceServer", api).await.ok();
        let client = house::client(server, &pool, client_settings()).await.id;
        let mut machine = json!({
            "GenerateSecret": true, "AllowedOAuthFlows": ["client_credentials"],
            "AllowedOAuthScopes": ["api/read"], "CallbackURLs": null, "LogoutURLs": null,
        });
        if act == "GetClientToken" {
            machine["ExplicitAuthFlows"] = json!(["ALLOW_CLIENT_TOKEN_AUTH"]);
            machine["AllowedOAuthFlows"] = Value::Null;
            machine["AllowedOAuthFlowsUserPoolClient"] = Value::Null;
        }
        let machine = house::client(server, &pool, machine).await;
        if act.contains("code in the password's place") {
            let version = json!({ "UserPoolId": pool, "Domain": domain, "ManagedLoginVersion": 2 });
            server.api("UpdateUserPoolDomain", version).await.ok();
            let style = json!({
                "UserPoolId": pool, "ClientId": client, "UseCognitoProvidedValues": true,
            });
            server.api("CreateManagedLoginBranding", style).await.ok();
        }
        Self {
            server,
            host,
            script,
            act,
            channel,
            pool,
            client,
            machine,
        }
    }

    /// The next user, whom nobody knows yet.
    fn run(&self) -> Run<'_> {
        let n = USERS.fetch_add(1, Ordering::Relaxed);
        Run {
            ground: self,
            name: format!("somebody-{n}"),
            phone: format!("+1555{n:07}"),
        }
    }

    /// Whom UserMigration brings.
    fn brought(run: &Run<'_>) -> Value {
        let mut attributes = json!({});
        for pair in run.verified().as_array().unwrap() {
            attributes[pair["Name"].as_str().unwrap()] = pair["Value"].clone();
        }
        attributes
    }

    async fn begin(&self, case: &Case, run: &Run<'_>, fails: Option<(usize, Way)>) -> Begun {
        let confirms = self.act.contains("PreSignUp confirms");
        let factor = if self.channel.is_sms() {
            "SMS_MFA"
        } else {
            "EMAIL_OTP"
        };
        let then = self
            .act
            .ends_with("CUSTOM_AUTH and a second factor")
            .then_some(factor);
        self.script.rehearse(confirms, Self::brought(run), then);
        let begun = (case.prepare)(run).await;
        self.server.app.jobs.finish().await;
        self.host.take();
        self.script.begins(fails);
        begun
    }

    /// The act with nobody refusing: the events, whole, and what was left behind.
    pub async fn walk(&self, case: &Case, sources: &[String]) -> (Vec<Value>, Effect) {
        let run = self.run();
        let begun = self.begin(case, &run, None).await;
        let before = run.state().await;
        let ending = (case.does)(&run, begun).await;
        let ending = ending.unwrap_or_else(|refused| panic!("{}: {refused:?}", self.act));
        self.server.app.jobs.finish().await;
        let mut events = self.host.events();
        let came: Vec<&str> = events
            .iter()
            .map(|event| event["triggerSource"].as_str().unwrap())
            .collect();
        assert_eq!(came, sources, "{}", self.act);
        let effect = run.state().await.since(&before);
        for event in &mut events {
            self.check_effect(&run, event, &ending).await;
        }
        let events = events.iter().map(|event| run.steady(event));
        (events.collect(), effect)
    }

    /// What the functions said is what came of it.
    async fn check_effect(&self, run: &Run<'_>, event: &mut Value, ending: &Value) {
        let source = text(&event["triggerSource"]);
        let message = || self.server.message_to(&run.destination());
        match source.split('_').next().unwrap() {
            "CustomMessage" => {
                let message = message();
                let code = message.code.unwrap();
                let name = if source.ends_with("AdminCreateUser") {
                    format!("{} ", run.name)
                } else {
                    String::new()
                };
                assert_eq!(message.text, format!("Marked {name}{code}"), "{}", self.act);
            }
            "CustomEmailSender" if source.ends_with("AccountTakeOverNotification") => {
                let facts = &mut event["request"]["userAttributes"];
                let told = message().text;
                // No two are the same; the mailbox's copy has them, too.
                for name in ["EVENT_ID", "FEEDBACK_TOKEN"] {
                    let fact = text(&facts[name]);
                    assert!(told.contains(&fact), "{told}");
                    facts[name] = json!(name);
                    for link in ["ONE_CLICK_LINK_VALID", "ONE_CLICK_LINK_INVALID"] {
                        let shown = text(&facts[link]).replace(&fact, name);
                        facts[link] = json!(shown.replace(&self.server.url, "HERE"));
                    }
                }
                facts["LOGIN_TIME"] = json!("LOGIN_TIME");
            }
            "CustomEmailSender" | "CustomSMSSender" => {
                let sealed = STANDARD.decode(text(&event["request"]["code"])).unwrap();
                let sealed = Message::read(&sealed).unwrap();
                let opened = opened(self.server, &sealed).await.unwrap();
                assert_eq!(Some(opened.as_str()), message().code.as_deref());
                event["request"]["code"] = json!("SEALED");
            }
            "TokenGeneration" => {
                let tokens: Vec<&Value> = TOKENS
                    .iter()
                    .filter_map(|place| ending.pointer(place))
                    .filter(|token| !token.is_null())
                    .collect();
                assert!(!tokens.is_empty(), "{}: no tokens: {ending}", self.act);
                for token in tokens {
                    assert_eq!(claims(token)["mark"], source, "{}", self.act);
                }
            }
            _ => {}
        }
    }

    /// The act with one function failing: the error, and what may be left behind.
    pub async fn failing(
        &self,
        case: &Case,
        (at, way): (usize, Way),
        (sources, undisturbed): (&[String], &Effect),
    ) {
        let source = sources[at].as_str();
        let run = self.run();
        let begun = self.begin(case, &run, Some((at, way))).await;
        let before = run.state().await;
        let ending = (case.does)(&run, begun).await;
        self.server.app.jobs.finish().await;
        let what = format!("{}: {source} {way:?}", self.act);
        self.check_refusal(&what, (source, way), ending);
        let came = self.host.sources();
        // The news of a risk goes out once the password is proven, whatever comes of the sign-in.
        let goes_on = |(place, source): (usize, &String)| {
            place <= at || (at > 0 && source.ends_with("AccountTakeOverNotification"))
        };
        let expected: Vec<&String> = if source.contains("Sender_") {
            sources.iter().collect()
        } else {
            let all = sources.iter().enumerate();
            all.filter(|pair| goes_on(*pair)).map(|(_, s)| s).collect()
        };
        assert_eq!(came.iter().collect::<Vec<_>>(), expected, "{what}");
        let effect = run.state().await.since(&before);
        assert_eq!(effect, left(at, sources, undisturbed), "{what}");
    }

    fn check_refusal(&self, what: &str, (source, way): (&str, Way), ending: Ending) {
        let kind = match source.split('_').next().unwrap() {
            "TokenGeneration" => "PreTokenGeneration",
            "CustomEmailSender" | "CustomSMSSender" => {
                assert!(ending.is_ok(), "{what}: {ending:?}");
                return;
            }
            kind => kind,
        };
        let refused = ending.map(|done| panic!("{what}: {done}")).unwrap_err();
        let (code, told) = if kind == "UserMigration" {
            let told = format!("Exception migrating user in app client {}", self.client);
            ("UserNotFoundException", told)
        } else {
            way.told(kind)
        };
        match &refused.code {
            Some(said) => assert_eq!((said.as_str(), &refused.text), (code, &told), "{what}"),
            // On a page the text is among others.
            None => assert!(refused.text.contains(&told), "{what}: {}", refused.text),
        }
    }
}

fn client_settings() -> Value {
    json!({
        "ClientName": "c", "CallbackURLs": [CALLBACK],
        "AllowedOAuthScopes": ["openid", "email", "aws.cognito.signin.user.admin"],
        "ExplicitAuthFlows": [
            "ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH",
            "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_CUSTOM_AUTH", "ALLOW_USER_AUTH",
            "ALLOW_TOKEN_EXCHANGE_IMPERSONATION",
        ],
    })
}

/// A password that is right.
pub fn password(run: &Run<'_>) -> Value {
    json!({ "USERNAME": run.name, "PASSWORD": PASSWORD })
}
