//! PreSignUp: may refuse an account, or spare it its code.

use serde::Deserialize;
use serde_json::{Value, json};

use super::ask::{Question, add_metadata, add_validation, ask};
use super::{Event, slot};
use crate::app::App;
use crate::error::Result;
use crate::names;
use crate::settings::pool::Contact;
use crate::store::users::Attributes;

names! {
    /// Why an account is being made.
    pub enum SignUpSource {
        SignUp = "PreSignUp_SignUp",
        AdminCreateUser = "PreSignUp_AdminCreateUser",
    }
}

/// What `PreSignUp` may decide.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PreSignUpAnswer {
    /// The account needs no code.
    pub auto_confirm_user: bool,
    /// The e-mail address counts as verified.
    pub auto_verify_email: bool,
    /// The phone number counts as verified.
    pub auto_verify_phone: bool,
}

#[expect(clippy::struct_field_names, reason = "the names of the event")]
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    auto_confirm_user: Option<bool>,
    auto_verify_email: Option<bool>,
    auto_verify_phone: Option<bool>,
}

impl PreSignUpAnswer {
    /// Whether a contact counts as verified.
    pub const fn verifies(self, contact: Contact) -> bool {
        match contact {
            Contact::Email => self.auto_verify_email,
            Contact::PhoneNumber => self.auto_verify_phone,
        }
    }
}

/// Before an account is made; a refusal leaves nothing behind. The event has the attributes that
/// were given, and no others.
pub async fn pre_sign_up(
    app: &App,
    event: Event<'_>,
    source: SignUpSource,
    attributes: &Attributes,
) -> Result<PreSignUpAnswer> {
    let Some(arn) = slot(event.pool, |config| &config.pre_sign_up) else {
        return Ok(PreSignUpAnswer::default());
    };
    let mut request = serde_json::Map::new();
    request.insert("userAttributes".to_owned(), json!(attributes));
    add_validation(&mut request, event.validation);
    add_metadata(&mut request, event.metadata);
    let question = Question {
        trigger: "PreSignUp",
        source: source.as_str().to_owned(),
        arn,
        version: "1",
        request: Value::Object(request),
        response: json!({
            "autoConfirmUser": false, "autoVerifyEmail": false, "autoVerifyPhone": false,
        }),
    };
    let answer: Answer = ask(app, event, question).await?;
    Ok(PreSignUpAnswer {
        auto_confirm_user: answer.auto_confirm_user.unwrap_or(false),
        auto_verify_email: answer.auto_verify_email.unwrap_or(false),
        auto_verify_phone: answer.auto_verify_phone.unwrap_or(false),
    })
}
