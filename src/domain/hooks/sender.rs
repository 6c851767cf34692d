//! CustomEmailSender and CustomSMSSender: the pool's own delivery. They run after the answer's fate
//! is settled, and nothing that they say reaches the caller (triggers.md 4).

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::ask::{Nothing, Question, call, request};
use super::{Event, MessageSource};
use crate::app::App;
use crate::domain::envelope::{Content, Sealer};
use crate::error::Error;
use crate::ports::lambda::Call;
use crate::secret::Secret;
use crate::settings::pool::{Contact, VersionedLambda};
use crate::store::pools::Pool;

/// A message that a function is to deliver.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing<'a> {
    /// What it is for.
    pub source: MessageSource,
    /// Which contact it goes to.
    pub contact: Contact,
    /// The code or temporary password in it.
    pub code: &'a Secret<String>,
}

/// Whether a function delivers the pool's messages to such a contact.
pub fn sends_custom(pool: &Pool, contact: Contact) -> bool {
    sender(pool, contact).is_some()
}

/// Hands a message to the pool's function, which is not waited for.
pub fn send_custom(app: &App, event: Event<'_>, outgoing: Outgoing<'_>) {
    let trigger = trigger(outgoing.contact);
    let kind = (outgoing.contact, outgoing.source.as_str());
    let Some(mut call) = made(app, event, kind, request(&event)) else {
        return;
    };
    let sealer = match Sealer::of(app, event.pool) {
        Ok(sealer) => sealer,
        Err(error) => return unsealed(trigger, &error),
    };
    let plain = outgoing.code.clone();
    let content = match outgoing.source {
        MessageSource::AdminCreateUser => Content::TemporaryPassword(plain),
        _ => Content::Code(plain),
    };
    let lambda = Arc::clone(&app.lambda);
    app.jobs.spawn("custom sender", async move {
        // Sealing takes time, by which the answer must not tell that there is a user.
        let code = match sealer.seal(&content) {
            Ok(code) => code,
            Err(error) => return unsealed(trigger, &error),
        };
        if let Some(place) = call.event.pointer_mut("/request/code") {
            *place = json!(code);
        }
        // A failure is in the log and in the record; there is nobody else to tell.
        lambda.invoke::<Nothing>(&call).await.ok();
    });
}

/// Hands the news of a risky sign-in to the pool's function, which is not waited for. The facts are in
/// the place of the user's attributes, and there is no code.
pub fn send_takeover_notice(app: &App, event: Event<'_>, facts: &BTreeMap<&'static str, String>) {
    let request = Map::from_iter([("userAttributes".to_owned(), json!(facts))]);
    let kind = (Contact::Email, "AccountTakeOverNotification");
    let Some(call) = made(app, event, kind, request) else {
        return;
    };
    let lambda = Arc::clone(&app.lambda);
    app.jobs.spawn("custom sender", async move {
        lambda.invoke::<Nothing>(&call).await.ok();
    });
}

/// The call of the function, yet without a code; none where the pool has no such function.
fn made(
    app: &App,
    event: Event<'_>,
    (contact, reason): (Contact, &str),
    mut request: Map<String, Value>,
) -> Option<Call> {
    let arn = sender(event.pool, contact)?;
    let trigger = trigger(contact);
    let kind = match contact {
        Contact::Email => "customEmailSenderRequestV1",
        Contact::PhoneNumber => "customSMSSenderRequestV1",
    };
    let metadata = (!event.metadata.is_empty()).then_some(event.metadata);
    request.insert("type".to_owned(), json!(kind));
    request.insert("code".to_owned(), Value::Null);
    request.insert("clientMetadata".to_owned(), json!(metadata));
    let question = Question {
        trigger,
        source: format!("{trigger}_{reason}"),
        arn,
        version: "1",
        request: Value::Object(request),
        response: json!({}),
    };
    Some(call(app, event, question))
}

const fn trigger(contact: Contact) -> &'static str {
    match contact {
        Contact::Email => "CustomEmailSender",
        Contact::PhoneNumber => "CustomSMSSender",
    }
}

fn sender(pool: &Pool, contact: Contact) -> Option<&str> {
    let config = pool.settings().lambda_config.as_ref()?;
    let slot: Option<&VersionedLambda> = match contact {
        Contact::Email => config.custom_email_sender.as_ref(),
        Contact::PhoneNumber => config.custom_sms_sender.as_ref(),
    };
    slot?.lambda_arn.as_deref()
}

fn unsealed(trigger: &str, error: &Error) {
    tracing::error!(%error, cause = ?error.cause(), trigger, "a code was not sealed, so it is not sent");
}
