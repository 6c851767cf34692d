//! `clock`: the server's virtual time.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

use super::answer::{Failure, ok};
use crate::app::App;
use crate::ports::clock::{Bend, Clock};
use crate::time::{Span, Timestamp};

/// One change: exactly one member.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
enum Change {
    /// Stand still (`true`) or run on (`false`).
    Freeze(bool),
    /// Stand at, or run on from, so many milliseconds since the epoch.
    SetMs(i64),
    /// Move forward (or back) by so many milliseconds.
    AdvanceMs(i64),
    /// Back to real time.
    Reset(bool),
}

/// `GET /_poolhouse/clock`
pub async fn show(State(app): State<Arc<App>>) -> Response {
    ok(state(&app.clock))
}

/// `POST /_poolhouse/clock` with `{"freeze": true}`, `{"set_ms": 0}`, `{"advance_ms": 0}` or
/// `{"reset": true}`.
pub async fn change(State(app): State<Arc<App>>, body: Bytes) -> Result<Response, Failure> {
    let change =
        serde_json::from_slice(&body).map_err(|error| Failure::bad_request(error.to_string()))?;
    let clock = &app.clock;
    match change {
        Change::Freeze(true) => clock.freeze(),
        Change::Freeze(false) => clock.unfreeze(),
        Change::SetMs(ms) => clock.set(Timestamp::from_ms(ms)),
        Change::AdvanceMs(ms) => clock.advance(Span::ms(ms)),
        Change::Reset(true) => clock.reset(),
        Change::Reset(false) => {}
    }
    Ok(ok(state(clock)))
}

fn state(clock: &Clock) -> serde_json::Value {
    let frozen = matches!(clock.bend(), Bend::Frozen(_));
    json!({ "now_ms": clock.server_now().ms(), "frozen": frozen })
}
