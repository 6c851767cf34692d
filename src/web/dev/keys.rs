//! `keys`: the signing keys of a pool and their turns.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::{Failure, ok};
use crate::app::App;
use crate::domain::rotation;
use crate::ids::PoolId;
use crate::store::audit::Actor;

/// Whose keys.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Whose {
    pool: PoolId,
}

/// `GET /_poolhouse/keys?pool=...`: the keys that are published, oldest first.
pub async fn list(
    State(app): State<Arc<App>>,
    asked: Result<Query<Whose>, QueryRejection>,
) -> Result<Response, Failure> {
    let Query(whose) = asked.map_err(|error| Failure::bad_request(error.body_text()))?;
    shown(&app, &whose.pool).await
}

/// `POST /_poolhouse/keys` with `{"pool": id}`: takes the steps that are due, and announces the next
/// keys unless they are.
pub async fn rotate(State(app): State<Arc<App>>, body: Bytes) -> Result<Response, Failure> {
    let whose: Whose =
        serde_json::from_slice(&body).map_err(|error| Failure::bad_request(error.to_string()))?;
    rotation::begin(&app, &Actor::default(), &whose.pool).await?;
    shown(&app, &whose.pool).await
}

async fn shown(app: &App, pool: &PoolId) -> Result<Response, Failure> {
    let keys = rotation::list(app, pool).await?;
    let keys: Vec<Value> = keys
        .iter()
        .map(|key| {
            json!({
                "kid": key.kid,
                "use": key.token_use.as_str(),
                "state": key.state.as_str(),
                "since_ms": key.since.ms(),
                "until_ms": key.until.map(crate::time::Timestamp::ms),
            })
        })
        .collect();
    Ok(ok(json!({ "keys": keys })))
}
