//! One question to a function: the event around it, and what its failure is called (triggers.md 2
//! and 5).

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::{Event, Metadata};
use crate::app::App;
use crate::domain::records;
use crate::error::{Error, Result};
use crate::ports::lambda::{Call, Failure};
use crate::settings::pool::{Alias, Contact};
use crate::store::pools::Pool;
use crate::store::users::{Attributes, User};

/// `callerContext.clientId` where no app client is involved.
const NO_CLIENT: &str = "CLIENT_ID_NOT_APPLICABLE";
/// `callerContext.awsSdkVersion` where the user agent does not tell.
const NO_SDK: &str = "aws-sdk-unknown-unknown";

/// A question.
pub(super) struct Question<'a> {
    /// The slot of `LambdaConfig`.
    pub trigger: &'static str,
    /// `triggerSource`.
    pub source: String,
    /// The function.
    pub arn: &'a str,
    /// `version` of the event.
    pub version: &'static str,
    /// `request`.
    pub request: Value,
    /// `response` as the function finds it.
    pub response: Value,
}

/// Asks, and names a failure as Cognito does.
///
/// # Errors: UserLambdaValidation, UnexpectedLambda, InvalidLambdaResponse
pub(super) async fn ask<T: DeserializeOwned>(
    app: &App,
    event: Event<'_>,
    question: Question<'_>,
) -> Result<T> {
    let trigger = question.trigger;
    let call = call(app, event, question);
    let answer = app.lambda.invoke(&call).await;
    answer.map_err(|failure| error(trigger, &failure))
}

/// The whole event.
pub(super) fn call(app: &App, event: Event<'_>, question: Question<'_>) -> Call {
    let client = event.client.map_or(NO_CLIENT, |client| client.as_str());
    let body = json!({
        "version": question.version,
        "triggerSource": question.source,
        "region": event.pool.region,
        "userPoolId": event.pool.id.as_str(),
        "userName": event.username,
        "callerContext": {
            "awsSdkVersion": sdk(event.actor.agent.as_deref()),
            "clientId": client,
        },
        "request": question.request,
        "response": question.response,
    });
    Call {
        trigger: question.trigger,
        source: question.source,
        arn: question.arn.to_owned(),
        pool: event.pool.id.to_string(),
        username: event.username.to_owned(),
        event: body,
        at_ms: app.clock.now(&event.pool.id).ms(),
    }
}

pub(super) fn error(trigger: &str, failure: &Failure) -> Error {
    match failure {
        Failure::Function(text) => Error::trigger_refused(trigger, text),
        Failure::Service(name) => Error::trigger_not_invoked(trigger, name),
        Failure::Timeout => Error::trigger_timeout(trigger),
        Failure::NotJson => Error::trigger_output_not_json(),
        Failure::Unrecognizable => Error::trigger_output_unrecognizable(),
    }
}

/// `aws-sdk-js-3.400.0` of `aws-sdk-js/3.400.0 os/linux`.
fn sdk(agent: Option<&str>) -> String {
    let mut products = agent.unwrap_or_default().split(' ');
    let sdk = products.find(|product| {
        let fits = |b: u8| b.is_ascii_alphanumeric() || b"-._+/".contains(&b);
        product.starts_with("aws-sdk-") && product.len() <= 100 && product.bytes().all(fits)
    });
    sdk.map_or_else(|| NO_SDK.to_owned(), |product| product.replace('/', "-"))
}

/// `userAttributes` of a user: all attributes, the `sub`, the state, and the contacts that stand for
/// the user name.
pub(super) fn attributes_of(pool: &Pool, user: &User) -> Attributes {
    let mut shown = user.attributes.clone();
    let mut say = |name: &str, value: &str| shown.insert(name.to_owned(), value.to_owned());
    say("sub", user.sub.as_str());
    say("cognito:user_status", user.status.as_str());
    for (contact, alias, name) in [
        (Contact::Email, Alias::Email, "cognito:email_alias"),
        (
            Contact::PhoneNumber,
            Alias::PhoneNumber,
            "cognito:phone_number_alias",
        ),
    ] {
        let settings = pool.settings();
        let login = settings.username_attributes().contains(&contact);
        let proven =
            settings.alias_attributes().contains(&alias) && records::is_verified(user, contact);
        if let Some(value) = user.attributes.get(contact.as_str())
            && (login || proven)
        {
            say(name, value);
        }
    }
    shown
}

/// The start of a `request`: the user's attributes, none for a user whom there is not.
pub(super) fn request(event: &Event<'_>) -> Map<String, Value> {
    let attributes = event.user.map(|user| attributes_of(event.pool, user));
    let attributes = attributes.unwrap_or_default();
    Map::from_iter([("userAttributes".to_owned(), json!(attributes))])
}

/// Adds `clientMetadata`, which is not there when there is none.
pub(super) fn add_metadata(request: &mut Map<String, Value>, metadata: &Metadata) {
    if !metadata.is_empty() {
        request.insert("clientMetadata".to_owned(), json!(metadata));
    }
}

/// Adds `validationData`, which is null when there is none.
pub(super) fn add_validation(request: &mut Map<String, Value>, data: &Metadata) {
    let data = (!data.is_empty()).then_some(data);
    request.insert("validationData".to_owned(), json!(data));
}

/// An answer in which nothing is looked at.
#[derive(serde::Deserialize)]
pub(super) struct Nothing {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sdk_is_told_by_the_user_agent() {
        for (agent, told) in [
            (
                Some("aws-sdk-nodejs/2.856.0 linux/v14 promise"),
                "aws-sdk-nodejs-2.856.0",
            ),
            (
                Some("aws-sdk-js/3.400.0 ua/2.0 os/linux"),
                "aws-sdk-js-3.400.0",
            ),
            (Some("aws-amplify/6 aws-sdk-js/3.1.0"), "aws-sdk-js-3.1.0"),
            (Some("Boto3/1.44.5 md/Botocore#1.44.5"), NO_SDK),
            (Some("aws-sdk-\u{e9}/1"), NO_SDK),
            (Some(""), NO_SDK),
            (None, NO_SDK),
        ] {
            assert_eq!(sdk(agent), told, "{agent:?}");
        }
    }
}
