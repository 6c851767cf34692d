//! Where a person is and with what: the connection's own address and user agent, or what an
//! application says of the person that it speaks for (`UserContextData`, `ContextData`).

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use serde::Deserialize;
use serde_json::Value;

use super::Mode;
use crate::app::App;
use crate::domain::user_sessions::device;
use crate::error::Result;
use crate::store::audit::{Actor, ActorKind, Told};
use crate::store::auth_events::Origin;
use crate::store::clients::Client;
use crate::store::pools::Pool;

/// The most characters of anything an application says.
const LONGEST: usize = 1024;
/// The kind of the keyed hashes of devices.
const DEVICE: &str = "device";

/// `UserContextData`, or what `ContextData` adds to it.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// `IpAddress`.
    pub ip: Option<String>,
    /// `EncodedData`.
    pub encoded: Option<String>,
    /// The `User-Agent` among `HttpHeaders`.
    pub agent: Option<String>,
}

/// The actor of a public operation, with what the application says. Its `IpAddress` counts only where
/// the client propagates it (`EnablePropagateAdditionalUserContextData`).
pub fn of_user<'a>(
    actor: &'a Actor,
    (pool, client): (&Pool, &Client),
    given: Option<Given>,
) -> Cow<'a, Actor> {
    let propagates = client
        .settings
        .enable_propagate_additional_user_context_data;
    let given = given.map(|given| Given {
        ip: given.ip.filter(|_| propagates == Some(true)),
        ..given
    });
    told(actor, pool, given)
}

/// The actor of an administrator's operation, with what the application says.
pub fn of_admin<'a>(actor: &'a Actor, pool: &Pool, given: Option<Given>) -> Cow<'a, Actor> {
    told(actor, pool, given)
}

fn told<'a>(actor: &'a Actor, pool: &Pool, given: Option<Given>) -> Cow<'a, Actor> {
    let Some(given) = given.filter(|_| super::mode(pool) != Mode::Off) else {
        return Cow::Borrowed(actor);
    };
    let data = given.encoded.as_deref().and_then(read).unwrap_or_default();
    let short = |text: Option<String>| text.filter(|text| text.chars().count() <= LONGEST);
    let told = Told {
        ip: short(given.ip),
        agent: short(data.user_agent.or(given.agent)),
        fingerprint: short(data.device_id.or(data.device_fingerprint)),
        timezone: short(data.client_timezone),
    };
    Cow::Owned(Actor {
        told: Some(Arc::new(told)),
        ..actor.clone()
    })
}

/// What of `contextData` counts.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct ContextData {
    user_agent: Option<String>,
    device_id: Option<String>,
    device_fingerprint: Option<String>,
    client_timezone: Option<String>,
}

/// Reads `EncodedData` as the context data library makes it: base64 of a JSON object whose `payload`
/// is a JSON text with `contextData`. What is not that says nothing.
fn read(encoded: &str) -> Option<ContextData> {
    let trimmed = encoded.trim_end_matches('=');
    let bytes = STANDARD_NO_PAD
        .decode(trimmed)
        .or_else(|_| STANDARD.decode(encoded))
        .ok()?;
    let outer: Value = serde_json::from_slice(&bytes).ok()?;
    let payload: Value = serde_json::from_str(outer.get("payload")?.as_str()?).ok()?;
    serde_json::from_value(payload.get("contextData")?.clone()).ok()
}

/// The address that counts: what the application says, else the connection's. An administrator's
/// connection is no person's.
pub(in crate::domain) fn ip(actor: &Actor) -> Option<IpAddr> {
    text(actor).and_then(|ip| ip.parse().ok())
}

fn text(actor: &Actor) -> Option<&str> {
    let told = actor.told.as_ref().and_then(|told| told.ip.as_deref());
    let own = actor.ip.as_deref();
    told.or_else(|| own.filter(|_| actor.kind != ActorKind::Admin))
}

/// Where a request came from, as an event tells it.
pub(in crate::domain) fn of(app: &App, actor: &Actor) -> Result<Origin> {
    let told = actor.told.as_deref();
    let own = actor.agent.as_deref();
    let agent = told.and_then(|told| told.agent.as_deref());
    let agent = agent.or_else(|| own.filter(|_| actor.kind != ActorKind::Admin));
    let print = told.and_then(|told| told.fingerprint.as_deref()).or(agent);
    Ok(Origin {
        ip: text(actor).map(str::to_owned),
        device: agent.map(device::name),
        device_hash: print
            .map(|print| app.vault.hash(DEVICE, print))
            .transpose()?,
        timezone: told.and_then(|told| told.timezone.clone()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_of_the_library_is_read_and_rubbish_says_nothing() {
        let payload = serde_json::json!({
            "contextData": { "UserAgent": "curl/8.5.0", "DeviceId": "d1", "ClientTimezone": "+01:00" },
            "username": "ada",
        });
        let outer = serde_json::json!({ "payload": payload.to_string(), "signature": "x" });
        let encoded = STANDARD.encode(outer.to_string());
        let data = read(&encoded).unwrap();
        assert_eq!(data.user_agent.as_deref(), Some("curl/8.5.0"));
        assert_eq!(data.device_id.as_deref(), Some("d1"));
        assert_eq!(data.client_timezone.as_deref(), Some("+01:00"));
        for rubbish in [
            "",
            "{}",
            "!!",
            &STANDARD.encode("[]"),
            &STANDARD.encode(r#"{"payload":1}"#),
        ] {
            assert!(read(rubbish).is_none(), "{rubbish}");
        }
    }
}
