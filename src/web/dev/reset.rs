//! `reset`: back to the beginning.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

use super::answer::{Failure, ok};
use crate::app::App;
use crate::domain::{demo, reset};
use crate::ids::PoolId;
use crate::store::audit::Actor;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Scope {
    /// Only this pool's users.
    pool: Option<PoolId>,
}

/// `POST /_poolhouse/reset`, with nothing (everything goes; the demo pool comes back if the server
/// has one) or with `{"pool": id}` (that pool's users go).
pub async fn reset(State(app): State<Arc<App>>, body: Bytes) -> Result<Response, Failure> {
    let scope: Scope = if body.is_empty() {
        Scope::default()
    } else {
        serde_json::from_slice(&body).map_err(|error| Failure::bad_request(error.to_string()))?
    };
    let actor = Actor::default();
    if let Some(pool) = &scope.pool {
        reset::users_of(&app, &actor, pool).await?;
    } else {
        reset::everything(&app, &actor).await?;
        demo::ensure(&app, &actor).await?;
    }
    Ok(ok(json!({})))
}
