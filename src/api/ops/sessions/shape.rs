//! Sessions as answers show them.

use serde::Serialize;

use crate::domain::user_sessions::{Listed, device};
use crate::ids::SessionId;
use crate::store::sessions::{Kind, Session};
use crate::time::EpochSeconds;

/// A list of sessions; there is one page.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Sessions {
    sessions: Vec<SessionDescription>,
}

/// `SessionDescriptionType`. There is no `LastLocation`: nothing here knows where an address is.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct SessionDescription {
    session_id: String,
    session_type: Kind,
    client_id: String,
    create_date: EpochSeconds,
    last_active_date: EpochSeconds,
    device_type: String,
    #[serde(rename = "LastIPAddress", skip_serializing_if = "Option::is_none")]
    last_ip_address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin_session_id: Option<String>,
    is_current_session: bool,
}

impl From<Listed> for Sessions {
    fn from(listed: Listed) -> Self {
        let current = listed.current.as_ref();
        let sessions = listed.sessions.into_iter();
        Self {
            sessions: sessions.map(|session| shown(session, current)).collect(),
        }
    }
}

fn shown(session: Session, current: Option<&SessionId>) -> SessionDescription {
    SessionDescription {
        is_current_session: current == Some(&session.id),
        session_id: session.id.to_string(),
        session_type: session.kind,
        client_id: session.client.to_string(),
        create_date: session.created.into(),
        last_active_date: session.last_used.into(),
        device_type: device::name(session.agent.as_deref().unwrap_or_default()),
        last_ip_address: session.ip,
        origin_session_id: session.origin.map(|origin| origin.to_string()),
    }
}
