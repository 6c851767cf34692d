//! UserMigration: brings a user from elsewhere whom nobody knows here.

use serde::Deserialize;
use serde_json::{Value, json};

use super::ask::{Question, add_metadata, add_validation, ask};
use super::{Event, slot};
use crate::app::App;
use crate::domain::delivery::Medium;
use crate::error::{Error, Result};
use crate::secret::Secret;
use crate::store::users::Attributes;

/// A user whom the function gave.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Migrated {
    /// The attributes; none is nobody.
    pub user_attributes: Option<Attributes>,
    /// `CONFIRMED`, or anything else for a user who must reset the password.
    pub final_user_status: Option<String>,
    /// `SUPPRESS` sends no welcome.
    pub message_action: Option<String>,
    /// Where the welcome goes.
    pub desired_delivery_mediums: Option<Vec<Medium>>,
    /// Takes verified contacts away from other users.
    pub force_alias_creation: Option<bool>,
    /// Turns codes by SMS on as a second factor.
    #[serde(rename = "enableSMSMFA")]
    pub enable_sms_mfa: Option<bool>,
}

/// When a user is unknown. With a password it is a sign-in, without one the password was forgotten.
/// None is nobody: there is no function, or it knows nobody of that name.
///
/// # Errors: UserNotFound `Exception migrating user in app client {id}`, whatever went wrong
pub async fn user_migration(
    app: &App,
    event: Event<'_>,
    password: Option<&Secret<String>>,
) -> Result<Option<Migrated>> {
    let Some(arn) = slot(event.pool, |config| &config.user_migration) else {
        return Ok(None);
    };
    let mut request = serde_json::Map::new();
    let source = match password {
        Some(password) => {
            request.insert("password".to_owned(), json!(password.expose()));
            "UserMigration_Authentication"
        }
        None => "UserMigration_ForgotPassword",
    };
    add_validation(&mut request, event.validation);
    add_metadata(&mut request, event.metadata);
    let question = Question {
        trigger: "UserMigration",
        source: source.to_owned(),
        arn,
        version: "1",
        request: Value::Object(request),
        response: json!({
            "userAttributes": null, "finalUserStatus": null, "messageAction": null,
            "desiredDeliveryMediums": null, "forceAliasCreation": null, "enableSMSMFA": null,
        }),
    };
    let answer: Result<Migrated> = ask(app, event, question).await;
    match answer {
        Ok(migrated) => {
            let given = migrated.user_attributes.as_ref();
            Ok(given.is_some_and(|a| !a.is_empty()).then_some(migrated))
        }
        Err(error) => {
            tracing::info!(%error, "a user was not migrated");
            let client = event.client.map_or("", |client| client.as_str());
            Err(Error::migration_failed(client))
        }
    }
}
