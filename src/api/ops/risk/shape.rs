//! Events and risk configurations as answers show them.

use serde::Serialize;

use crate::domain::paging::Page;
use crate::domain::risk::Configured;
use crate::settings::risk::RiskConfiguration;
use crate::store::auth_events::{
    Answered, Decision, Event, Feedback, Kind, Level, Origin, Response,
};
use crate::time::EpochSeconds;

/// A page of events.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Events {
    auth_events: Vec<AuthEvent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// `AuthEventType`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct AuthEvent {
    event_id: String,
    event_type: Kind,
    creation_date: EpochSeconds,
    event_response: Response,
    event_risk: EventRisk,
    challenge_responses: Vec<ChallengeResponse>,
    event_context_data: ContextData,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_feedback: Option<EventFeedback>,
}

/// `EventRiskType`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct EventRisk {
    #[serde(skip_serializing_if = "Option::is_none")]
    risk_decision: Option<Decision>,
    #[serde(skip_serializing_if = "Option::is_none")]
    risk_level: Option<Level>,
    compromised_credentials_detected: bool,
}

/// `ChallengeResponseType`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ChallengeResponse {
    challenge_name: &'static str,
    challenge_response: Answered,
}

/// `EventContextDataType`. There is no city nor country: nothing here knows where an address is.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ContextData {
    #[serde(skip_serializing_if = "Option::is_none")]
    ip_address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timezone: Option<String>,
}

/// `EventFeedbackType`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct EventFeedback {
    feedback_value: Feedback,
    provider: String,
    feedback_date: EpochSeconds,
}

impl From<Page<Event>> for Events {
    fn from(page: Page<Event>) -> Self {
        let page = page.map(AuthEvent::from);
        Self {
            auth_events: page.items,
            next_token: page.next,
        }
    }
}

impl From<Event> for AuthEvent {
    fn from(event: Event) -> Self {
        let answers = [("Password", event.password), ("Mfa", event.mfa)];
        let answers = answers.into_iter().filter_map(|(challenge_name, answer)| {
            Some(ChallengeResponse {
                challenge_name,
                challenge_response: answer?,
            })
        });
        let Origin {
            ip,
            device,
            timezone,
            ..
        } = event.origin;
        Self {
            event_id: event.id,
            event_type: event.kind,
            creation_date: event.created.into(),
            event_response: event.response,
            event_risk: EventRisk {
                risk_decision: event.decision,
                risk_level: event.level,
                compromised_credentials_detected: event.compromised,
            },
            challenge_responses: answers.collect(),
            event_context_data: ContextData {
                ip_address: ip,
                device_name: device,
                timezone,
            },
            event_feedback: event.feedback.map(|(said, provider, at)| EventFeedback {
                feedback_value: said,
                provider,
                feedback_date: at.into(),
            }),
        }
    }
}

/// A risk configuration.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Risk {
    risk_configuration: Shown,
}

/// `RiskConfigurationType`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Shown {
    user_pool_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    #[serde(flatten)]
    configuration: RiskConfiguration,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_modified_date: Option<EpochSeconds>,
}

impl From<Configured> for Risk {
    fn from(configured: Configured) -> Self {
        Self {
            risk_configuration: Shown {
                user_pool_id: configured.pool.to_string(),
                client_id: configured.client.map(|client| client.to_string()),
                configuration: configured.configuration,
                last_modified_date: configured.modified.map(Into::into),
            },
        }
    }
}
