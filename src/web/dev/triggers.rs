//! `triggers`: the record of calls of Lambda triggers, and what stands behind their functions.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

use super::answer::{Failure, ok};
use crate::app::App;
use crate::ports::lambda::journal::{Journal, Wanted};
use crate::ports::lambda::rules::{Rule, RuleShown, RuleText};

/// Longest wait in seconds.
const LONGEST: f64 = 60.0;
const DEFAULT: f64 = 10.0;

/// Which calls, and for `wait` how long.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    pool: Option<String>,
    username: Option<String>,
    trigger: Option<String>,
    source: Option<String>,
    after: Option<u64>,
    timeout: Option<f64>,
}

impl Filter {
    fn wanted(self) -> Wanted {
        Wanted {
            pool: self.pool,
            username: self.username,
            trigger: self.trigger,
            source: self.source,
            after: self.after,
        }
    }
}

type Asked = Result<Query<Filter>, axum::extract::rejection::QueryRejection>;

/// `GET /_poolhouse/triggers`: newest first.
pub async fn list(State(app): State<Arc<App>>, asked: Asked) -> Result<Response, Failure> {
    let calls = journal(&app)?.list(&filter(asked)?.wanted());
    Ok(ok(json!({ "calls": calls })))
}

/// `GET /_poolhouse/triggers/wait`: the newest match, as soon as there is one.
pub async fn wait(State(app): State<Arc<App>>, asked: Asked) -> Result<Response, Failure> {
    let filter = filter(asked)?;
    let seconds = filter.timeout.unwrap_or(DEFAULT);
    if !(0.0..=LONGEST).contains(&seconds) {
        return Err(Failure::bad_request("timeout is 0 to 60 seconds"));
    }
    let patience = Duration::from_secs_f64(seconds);
    let call = journal(&app)?.wait(&filter.wanted(), patience).await;
    let call = call.ok_or_else(|| Failure::not_found("no such call in time"))?;
    Ok(ok(json!({ "call": call })))
}

/// `DELETE /_poolhouse/triggers`
pub async fn forget(State(app): State<Arc<App>>) -> Result<Response, Failure> {
    Ok(ok(json!({ "deleted": journal(&app)?.clear() })))
}

/// What `POST` takes: one rule or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum Change {
    Several { map: Vec<RuleText> },
    One(RuleText),
}

/// `GET /_poolhouse/triggers/map`: what [`map`] added.
pub async fn mapped(State(app): State<Arc<App>>) -> Response {
    shown(&app)
}

/// `POST /_poolhouse/triggers/map` with `{"arn", "url" | "endpoint", "function"?, "secret"?}` or
/// `{"map": [...]}`. They go before the rules of the configuration.
pub async fn map(State(app): State<Arc<App>>, body: Bytes) -> Result<Response, Failure> {
    let change =
        serde_json::from_slice(&body).map_err(|error| Failure::bad_request(error.to_string()))?;
    let texts = match change {
        Change::Several { map } => map,
        Change::One(rule) => vec![rule],
    };
    let rules: Result<Vec<Rule>, String> = texts.into_iter().map(Rule::try_from).collect();
    let rules = rules.map_err(Failure::bad_request)?;
    app.lambda.add(rules).map_err(Failure::bad_request)?;
    Ok(shown(&app))
}

/// `DELETE /_poolhouse/triggers/map`: only the configuration counts again.
pub async fn unmap(State(app): State<Arc<App>>) -> Response {
    ok(json!({ "deleted": app.lambda.clear() }))
}

fn shown(app: &App) -> Response {
    let rules: Vec<RuleShown> = app.lambda.added().iter().map(RuleShown::from).collect();
    ok(json!({ "map": rules }))
}

fn journal(app: &App) -> Result<&Journal, Failure> {
    let journal = app.lambda.journal.as_ref();
    journal.ok_or_else(|| Failure::not_found("there is no record of triggers"))
}

fn filter(asked: Asked) -> Result<Filter, Failure> {
    let Query(filter) = asked.map_err(|error| Failure::bad_request(error.body_text()))?;
    Ok(filter)
}
