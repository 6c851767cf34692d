//! PreAuthentication, PostAuthentication and PostConfirmation: asked, and their answers not looked
//! at.

use serde_json::{Value, json};

use super::ask::{Nothing, Question, add_metadata, add_validation, ask, request};
use super::{ConfirmationSource, Event, slot};
use crate::app::App;
use crate::error::Result;
use crate::store::pools::Pool;

/// Before a credential is checked. Where the client hides which users exist the event tells whether
/// there is one, and is sent for nobody, too.
pub async fn pre_authentication(app: &App, event: Event<'_>) -> Result<()> {
    let Some(arn) = slot(event.pool, |config| &config.pre_authentication) else {
        return Ok(());
    };
    let mut request = request(&event);
    add_validation(&mut request, event.validation);
    if event.hides {
        request.insert("userNotFound".to_owned(), json!(event.user.is_none()));
    }
    let question = Question {
        trigger: "PreAuthentication",
        source: "PreAuthentication_Authentication".to_owned(),
        arn,
        version: "1",
        request: Value::Object(request),
        response: json!({}),
    };
    ask(app, event, question).await.map(|Nothing {}| ())
}

/// Whether [`post_authentication`] asks anybody: what came before it is then written first, for it
/// cannot undo anything.
pub fn asks_after_authentication(pool: &Pool) -> bool {
    slot(pool, |config| &config.post_authentication).is_some()
}

/// After every factor was proven; a refusal keeps the tokens back and undoes nothing.
pub async fn post_authentication(app: &App, event: Event<'_>, new_device: bool) -> Result<()> {
    let Some(arn) = slot(event.pool, |config| &config.post_authentication) else {
        return Ok(());
    };
    let mut request = request(&event);
    request.insert("newDeviceUsed".to_owned(), json!(new_device));
    add_metadata(&mut request, event.metadata);
    let question = Question {
        trigger: "PostAuthentication",
        source: "PostAuthentication_Authentication".to_owned(),
        arn,
        version: "1",
        request: Value::Object(request),
        response: json!({}),
    };
    ask(app, event, question).await.map(|Nothing {}| ())
}

/// After an account was confirmed or its password reset; never undoes it.
pub async fn post_confirmation(
    app: &App,
    event: Event<'_>,
    source: ConfirmationSource,
) -> Result<()> {
    let Some(arn) = slot(event.pool, |config| &config.post_confirmation) else {
        return Ok(());
    };
    let mut request = request(&event);
    add_metadata(&mut request, event.metadata);
    let question = Question {
        trigger: "PostConfirmation",
        source: source.as_str().to_owned(),
        arn,
        version: "1",
        request: Value::Object(request),
        response: json!({}),
    };
    ask(app, event, question).await.map(|Nothing {}| ())
}
