//! What the functions of the table answer, and which of them refuses.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::triggers::custom::riddle;
use crate::triggers::host::{Act, Host, with_response};

/// What a refusing function says.
const REFUSAL: &str = "not today";

/// How a function fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// It throws.
    Refuses,
    /// Its host breaks down.
    Crashes,
    /// It never answers.
    Hangs,
    /// It answers what is no JSON.
    Babbles,
    /// It answers what is no event.
    Lies,
}

pub const WAYS: [Way; 5] = [
    Way::Refuses,
    Way::Crashes,
    Way::Hangs,
    Way::Babbles,
    Way::Lies,
];

impl Way {
    fn act(self) -> Act {
        match self {
            Self::Refuses => Act::Throws(REFUSAL),
            Self::Crashes => Act::Says(502, None, String::new()),
            Self::Hangs => Act::Hangs,
            Self::Babbles => Act::Says(200, None, "<html>".to_owned()),
            Self::Lies => Act::Says(200, None, r#"{"response":7}"#.to_owned()),
        }
    }

    /// The error's type and text.
    pub fn told(self, trigger: &str) -> (&'static str, String) {
        let unexpected = "UnexpectedLambdaException";
        let invalid = "InvalidLambdaResponseException";
        let due_to = |what: &str| format!("{trigger} invocation failed due to error {what}.");
        match self {
            Self::Refuses => (
                "UserLambdaValidationException",
                format!("{trigger} failed with error {REFUSAL}."),
            ),
            Self::Crashes => (unexpected, due_to("ServiceException")),
            Self::Hangs => (
                unexpected,
                due_to("Socket timeout while invoking Lambda function"),
            ),
            Self::Babbles => (
                invalid,
                "Invalid lambda function output : Invalid JSON".to_owned(),
            ),
            Self::Lies => (invalid, "Unrecognizable lambda output".to_owned()),
        }
    }
}

#[derive(Debug, Default)]
struct Lines {
    /// How many events came.
    count: usize,
    /// Which event fails, and how.
    fails: Option<(usize, Way)>,
    /// Whether PreSignUp confirms.
    confirms: bool,
    /// Whom UserMigration brings.
    brings: Value,
    /// What is asked after the riddle.
    then: Option<&'static str>,
}

#[derive(Clone, Debug, Default)]
pub struct Script(Arc<Mutex<Lines>>);

impl Script {
    pub fn plays_on(&self, host: &Host) {
        let lines = Arc::clone(&self.0);
        host.does(move |event| {
            let mut lines = lines.lock().unwrap();
            let at = lines.count;
            lines.count += 1;
            match lines.fails {
                Some((place, way)) if place == at => way.act(),
                _ => lines.answer(event),
            }
        });
    }

    /// Begins anew.
    pub fn rehearse(&self, confirms: bool, brings: Value, then: Option<&'static str>) {
        *self.0.lock().unwrap() = Lines {
            count: 0,
            fails: None,
            confirms,
            brings,
            then,
        };
    }

    /// What has come so far does not count.
    pub fn begins(&self, fails: Option<(usize, Way)>) {
        let mut lines = self.0.lock().unwrap();
        lines.count = 0;
        lines.fails = fails;
    }
}

impl Lines {
    fn answer(&self, event: &Value) -> Act {
        let source = event["triggerSource"].as_str().unwrap();
        let (kind, reason) = source.split_once('_').unwrap();
        let response = match kind {
            "PreSignUp" => json!({ "autoConfirmUser": self.confirms }),
            "UserMigration" => json!({
                "userAttributes": self.brings, "finalUserStatus": "CONFIRMED",
                "messageAction": "SUPPRESS",
            }),
            "CustomMessage" => {
                let text = if reason == "AdminCreateUser" {
                    "Marked {username} {####}"
                } else {
                    "Marked {####}"
                };
                json!({ "emailMessage": text, "smsMessage": text })
            }
            "TokenGeneration" => {
                let mark = json!({ "mark": source });
                json!({ "claimsAndScopeOverrideDetails": {
                    "idTokenGeneration": { "claimsToAddOrOverride": mark },
                    "accessTokenGeneration": { "claimsToAddOrOverride": mark },
                } })
            }
            "DefineAuthChallenge" if self.then.is_some() && is_solved(event) => {
                let coded = event["request"]["session"].as_array().map_or(0, Vec::len) == 2;
                if coded {
                    json!({ "issueTokens": true })
                } else {
                    json!({ "challengeName": self.then })
                }
            }
            "DefineAuthChallenge" | "CreateAuthChallenge" | "VerifyAuthChallengeResponse" => {
                return riddle(event);
            }
            _ => json!({}),
        };
        Act::Returns(with_response(event, &response))
    }
}

/// Whether the riddle was answered.
fn is_solved(event: &Value) -> bool {
    let first = &event["request"]["session"][0];
    first["challengeName"] == "CUSTOM_CHALLENGE" && first["challengeResult"] == true
}
