//! `messages`: list, get, delete and wait.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

use super::answer::{Failure, ok};
use crate::app::App;
use crate::ports::mailbox::{Mailbox, Wanted};

/// Longest wait in seconds.
const LONGEST: f64 = 60.0;
const DEFAULT: f64 = 10.0;

/// Which messages, and for `wait` how long.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    to: Option<String>,
    pool: Option<String>,
    username: Option<String>,
    kind: Option<String>,
    after: Option<u64>,
    timeout: Option<f64>,
}

impl Filter {
    fn wanted(self) -> Wanted {
        Wanted {
            to: self.to,
            pool: self.pool,
            username: self.username,
            kind: self.kind,
            after: self.after,
        }
    }
}

type Asked = Result<Query<Filter>, axum::extract::rejection::QueryRejection>;

/// `GET /_poolhouse/messages`: newest first.
pub async fn list(State(app): State<Arc<App>>, asked: Asked) -> Result<Response, Failure> {
    let filter = filter(asked)?;
    Ok(ok(
        json!({ "messages": mailbox(&app)?.list(&filter.wanted()) }),
    ))
}

/// `GET /_poolhouse/messages/wait`: the newest match, as soon as there is one.
pub async fn wait(State(app): State<Arc<App>>, asked: Asked) -> Result<Response, Failure> {
    let filter = filter(asked)?;
    let seconds = filter.timeout.unwrap_or(DEFAULT);
    if !(0.0..=LONGEST).contains(&seconds) {
        return Err(Failure::bad_request("timeout is 0 to 60 seconds"));
    }
    let patience = Duration::from_secs_f64(seconds);
    let message = mailbox(&app)?.wait(&filter.wanted(), patience).await;
    let message = message.ok_or_else(|| Failure::not_found("no such message in time"))?;
    Ok(ok(json!({ "message": message })))
}

/// `GET /_poolhouse/messages/{id}`
pub async fn get(State(app): State<Arc<App>>, Path(id): Path<u64>) -> Result<Response, Failure> {
    let message = mailbox(&app)?
        .get(id)
        .ok_or_else(|| Failure::not_found("no such message"))?;
    Ok(ok(json!({ "message": message })))
}

/// `DELETE /_poolhouse/messages/{id}`
pub async fn delete(State(app): State<Arc<App>>, Path(id): Path<u64>) -> Result<Response, Failure> {
    match mailbox(&app)?.delete(Some(id)) {
        0 => Err(Failure::not_found("no such message")),
        deleted => Ok(ok(json!({ "deleted": deleted }))),
    }
}

/// `DELETE /_poolhouse/messages`
pub async fn delete_all(State(app): State<Arc<App>>) -> Result<Response, Failure> {
    Ok(ok(json!({ "deleted": mailbox(&app)?.delete(None) })))
}

pub(super) fn mailbox(app: &App) -> Result<&Mailbox, Failure> {
    app.mailbox
        .as_ref()
        .ok_or_else(|| Failure::not_found("there is no mailbox"))
}

fn filter(asked: Asked) -> Result<Filter, Failure> {
    let Query(filter) = asked.map_err(|error| Failure::bad_request(error.body_text()))?;
    Ok(filter)
}
