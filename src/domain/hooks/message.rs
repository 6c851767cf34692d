//! CustomMessage: other texts for a message. The function never sees the code: its place is held by
//! `{####}`.

use serde::Deserialize;
use serde_json::{Value, json};

use super::ask::{Question, add_metadata, ask, request};
use super::{Event, MessageSource, slot};
use crate::app::App;
use crate::error::{Error, Result};

/// The longest e-mail and the longest text message, in characters. Source: Cognito developer guide,
/// "Custom message Lambda trigger".
const LONGEST_EMAIL: usize = 20_000;
const LONGEST_SMS: usize = 140;

/// What `CustomMessage` may replace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomMessageAnswer {
    /// Text of an SMS, with its placeholders.
    pub sms_message: Option<String>,
    /// Body of an e-mail, with its placeholders.
    pub email_message: Option<String>,
    /// Subject of an e-mail.
    pub email_subject: Option<String>,
}

/// Before a message is sent.
pub async fn custom_message(
    app: &App,
    event: Event<'_>,
    source: MessageSource,
) -> Result<CustomMessageAnswer> {
    let Some(arn) = slot(event.pool, |config| &config.custom_message) else {
        return Ok(CustomMessageAnswer::default());
    };
    let invites = source == MessageSource::AdminCreateUser;
    let mut request = request(&event);
    for (name, value) in [
        ("codeParameter", Some("{####}")),
        ("linkParameter", Some("{##Click Here##}")),
        ("usernameParameter", invites.then_some("{username}")),
    ] {
        request.insert(name.to_owned(), json!(value));
    }
    add_metadata(&mut request, event.metadata);
    let question = Question {
        trigger: "CustomMessage",
        source: format!("CustomMessage_{}", source.as_str()),
        arn,
        version: "1",
        request: Value::Object(request),
        response: json!({ "smsMessage": null, "emailMessage": null, "emailSubject": null }),
    };
    let answer: CustomMessageAnswer = ask(app, event, question).await?;
    let longer = |text: &Option<String>, than| {
        let text = text.as_ref();
        text.is_some_and(|text| text.chars().count() > than)
    };
    let too_long = longer(&answer.sms_message, LONGEST_SMS)
        || longer(&answer.email_message, LONGEST_EMAIL)
        || longer(&answer.email_subject, LONGEST_SMS);
    if too_long {
        return Err(Error::trigger_output_unrecognizable());
    }
    Ok(answer)
}
