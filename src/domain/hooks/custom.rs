//! DefineAuthChallenge, CreateAuthChallenge and VerifyAuthChallengeResponse: sign-ins that functions
//! make up (triggers.md 4). `domain::challenge::custom` is the machine around them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::ask::{Question, add_metadata, ask, request};
use super::{Event, slot};
use crate::app::App;
use crate::error::{Error, Result};
use crate::names;
use crate::secret::Secret;
use crate::settings::pool::LambdaConfig;
use crate::store::pools::Pool;

names! {
    /// What a function can have asked.
    pub enum Asked {
        SrpA = "SRP_A",
        PasswordVerifier = "PASSWORD_VERIFIER",
        Custom = "CUSTOM_CHALLENGE",
        SmsMfa = "SMS_MFA",
        EmailOtp = "EMAIL_OTP",
        SoftwareTokenMfa = "SOFTWARE_TOKEN_MFA",
    }
}

/// A challenge of a sign-in that functions make up, and how it was answered.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Challenged {
    /// Which.
    #[serde(rename = "n")]
    pub name: Asked,
    /// Whether the answer was right.
    #[serde(rename = "r")]
    pub result: bool,
    /// What CreateAuthChallenge noted of it.
    #[serde(rename = "m", default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<String>,
}

/// What DefineAuthChallenge says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The sign-in fails.
    Fail,
    /// It is done.
    Issue,
    /// One more challenge.
    Ask(Asked),
}

/// A challenge as CreateAuthChallenge makes it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Created {
    /// What the client is told.
    pub public_challenge_parameters: Option<BTreeMap<String, String>>,
    /// What VerifyAuthChallengeResponse is told, and nobody else.
    pub private_challenge_parameters: Option<BTreeMap<String, String>>,
    /// What the functions are told of it later.
    pub challenge_metadata: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Defined {
    challenge_name: Option<String>,
    issue_tokens: Option<bool>,
    fail_authentication: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Verified {
    answer_correct: Option<bool>,
}

/// Refuses pools that have no function for such sign-ins.
///
/// # Errors: InvalidParameter `Custom auth lambda trigger is not configured for the user pool.`
pub fn check_custom_auth(pool: &Pool) -> Result<()> {
    configured(pool, |config| &config.define_auth_challenge).map(drop)
}

/// Which challenge comes next, if any.
pub async fn define_auth_challenge(
    app: &App,
    event: Event<'_>,
    session: &[Challenged],
) -> Result<Decision> {
    let arn = configured(event.pool, |config| &config.define_auth_challenge)?;
    let mut request = request(&event);
    request.insert("session".to_owned(), shown(session));
    add_absence(&mut request, &event);
    add_metadata(&mut request, event.metadata);
    let question = Question {
        trigger: "DefineAuthChallenge",
        source: "DefineAuthChallenge_Authentication".to_owned(),
        arn,
        version: "1",
        request: Value::Object(request),
        response: json!({ "challengeName": null, "issueTokens": null, "failAuthentication": null }),
    };
    let answer: Defined = ask(app, event, question).await?;
    if answer.fail_authentication == Some(true) {
        return Ok(Decision::Fail);
    }
    if answer.issue_tokens == Some(true) {
        return Ok(Decision::Issue);
    }
    let asked = answer.challenge_name.as_deref().and_then(Asked::parse);
    asked
        .map(Decision::Ask)
        .ok_or_else(Error::trigger_output_unrecognizable)
}

/// What a custom challenge consists of.
pub async fn create_auth_challenge(
    app: &App,
    event: Event<'_>,
    session: &[Challenged],
) -> Result<Created> {
    let arn = configured(event.pool, |config| &config.create_auth_challenge)?;
    let mut request = request(&event);
    request.insert("challengeName".to_owned(), json!(Asked::Custom.as_str()));
    request.insert("session".to_owned(), shown(session));
    add_absence(&mut request, &event);
    add_metadata(&mut request, event.metadata);
    let question = Question {
        trigger: "CreateAuthChallenge",
        source: "CreateAuthChallenge_Authentication".to_owned(),
        arn,
        version: "1",
        request: Value::Object(request),
        response: json!({
            "publicChallengeParameters": null, "privateChallengeParameters": null,
            "challengeMetadata": null,
        }),
    };
    ask(app, event, question).await
}

/// Whether the answer to a custom challenge is right.
pub async fn verify_auth_challenge(
    app: &App,
    event: Event<'_>,
    (private, answer): (&BTreeMap<String, String>, &Secret<String>),
) -> Result<bool> {
    let arn = configured(event.pool, |config| &config.verify_auth_challenge_response)?;
    let mut request = request(&event);
    request.insert("privateChallengeParameters".to_owned(), json!(private));
    request.insert("challengeAnswer".to_owned(), json!(answer.expose()));
    add_absence(&mut request, &event);
    add_metadata(&mut request, event.metadata);
    let question = Question {
        trigger: "VerifyAuthChallengeResponse",
        source: "VerifyAuthChallengeResponse_Authentication".to_owned(),
        arn,
        version: "1",
        request: Value::Object(request),
        response: json!({ "answerCorrect": null }),
    };
    let answer: Verified = ask(app, event, question).await?;
    Ok(answer.answer_correct == Some(true))
}

fn configured(pool: &Pool, of: impl Fn(&LambdaConfig) -> &Option<String>) -> Result<&str> {
    slot(pool, of).ok_or_else(Error::custom_auth_not_configured)
}

/// Whether there is such a user, where the client hides that.
fn add_absence(request: &mut serde_json::Map<String, Value>, event: &Event<'_>) {
    if event.hides {
        request.insert("userNotFound".to_owned(), json!(event.user.is_none()));
    }
}

fn shown(session: &[Challenged]) -> Value {
    let entries = session.iter().map(|entry| {
        json!({
            "challengeName": entry.name.as_str(),
            "challengeResult": entry.result,
            "challengeMetadata": entry.metadata,
        })
    });
    entries.collect()
}
