//! From an HTTP request to an operation and back: target, limit, JSON, model facts, caller, run,
//! encode.

use std::error::Error as _;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_body_util::LengthLimitError;
use serde_json::{Value, json};
use tracing::Instrument;

use super::call::{CallerKind, Incoming};
use super::operation::{Operation, Service};
use super::{cors, json, model, scope};
use crate::app::App;
use crate::error::{Code, Error, Reason, Result};
use crate::store::audit::{Actor, ActorKind, Wrote};

const JSON: HeaderValue = HeaderValue::from_static("application/x-amz-json-1.1");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");
const ERROR_MESSAGE: HeaderName = HeaderName::from_static("x-amzn-errormessage");

/// How often a request that lost a conflict between transactions is tried again.
const REPEATS: usize = 2;

/// Answers `POST /`.
pub async fn post(
    app: Arc<App>,
    services: &'static [&'static Service],
    request: Request,
) -> Response {
    let id = app.rng.uuid().map(|id| id.to_string()).unwrap_or_default();
    let target = header_text(request.headers(), "x-amz-target")
        .unwrap_or_default()
        .to_owned();
    let span = tracing::info_span!("api", request = %id, target = %target);
    let outcome = answer(app, services, &target, &id, request)
        .instrument(span.clone())
        .await;
    let _entered = span.entered();
    let mut response = match outcome {
        Ok(body) => (StatusCode::OK, body).into_response(),
        Err(Refused { error, status }) => {
            log(&error);
            refuse(&error, status)
        }
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, JSON);
    cors::allow_all(headers);
    if let Ok(id) = HeaderValue::try_from(id) {
        headers.insert(REQUEST_ID, id);
    }
    response
}

struct Refused {
    error: Error,
    status: Option<StatusCode>,
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self {
            error,
            status: None,
        }
    }
}

async fn answer(
    app: Arc<App>,
    services: &'static [&'static Service],
    target: &str,
    id: &str,
    request: Request,
) -> Result<Bytes, Refused> {
    let (service, operation) = find(services, target)?;
    guard_origin(&app, operation, request.headers())?;
    let actor = actor(&request, id);
    let scope = scope::read(header_text(request.headers(), "authorization"), &app.config);
    let bytes = read_body(request.into_body(), operation.body_limit).await?;
    let body = read(service, operation, &bytes)?;
    let Some(handler) = &operation.handler else {
        return Err(Error::not_implemented(operation.name).into());
    };
    let wrote = actor.wrote.clone();
    let facts = (service.model)().operation(operation.name);
    let errors = facts.map_or(&[][..], |facts| facts.errors.as_slice());
    let incoming = |body, actor| Incoming {
        app: Arc::clone(&app),
        body,
        actor,
        region: scope.region.clone(),
        account: scope.account.clone(),
        access_key: scope.access_key.clone(),
        act: operation.name,
        errors,
    };
    let mut answer = (handler.run)(incoming(body, actor.clone())).await;
    for _ in 0..REPEATS {
        // The one place where a whole request is repeated: nothing of it may have happened yet.
        if !matches!(&answer, Err(error) if error.reason == Some(Reason::Conflict)) || wrote.any() {
            break;
        }
        let body = read(service, operation, &bytes)?;
        answer = (handler.run)(incoming(body, actor.clone())).await;
    }
    // Trouble of ours has another name in the newer operations' models.
    let answer = answer.map_err(|error| {
        let newer = errors.contains(&Code::InternalServer.name());
        error.internal_as(if newer {
            Code::InternalServer
        } else {
            service.internal
        })
    })?;
    if !facts.is_some_and(|facts| facts.has_output) {
        return Ok(Bytes::new());
    }
    Ok(Bytes::from(answer))
}

/// The body of a request, checked against the model.
fn read(service: &Service, operation: &Operation, bytes: &[u8]) -> Result<Value> {
    let mut body = json::read(bytes).map_err(|error| Error::serialization(error.to_string()))?;
    if operation.handler.is_some() {
        let facts = (service.model)();
        facts
            .check(operation.name, &body)
            .map_err(|refused| match refused {
                model::Refused::Serialization(message) => Error::serialization(message),
                model::Refused::Invalid(message) => Error::new(service.invalid, message),
            })?;
        facts.strip_nulls(operation.name, &mut body);
    }
    Ok(body)
}

fn find(
    services: &'static [&'static Service],
    target: &str,
) -> Result<(&'static Service, &'static Operation)> {
    let unknown = || Error::new(Code::UnknownOperation, "");
    let (prefix, name) = target.split_once('.').ok_or_else(unknown)?;
    let service = services
        .iter()
        .find(|s| s.target_prefix == prefix)
        .ok_or_else(unknown)?;
    let at = service
        .operations
        .binary_search_by(|row| row.name.cmp(name));
    let operation = at
        .ok()
        .and_then(|at| service.operations.get(at))
        .ok_or_else(unknown)?;
    Ok((service, operation))
}

/// A web page cannot drive admin operations, and cannot send JSON disguised as a simple request.
fn guard_origin(app: &App, operation: &Operation, headers: &HeaderMap) -> Result<(), Refused> {
    if !cors::foreign_page(headers, &app.config) {
        return Ok(());
    }
    let admin = matches!(operation.caller, CallerKind::Iam | CallerKind::IamOrClient);
    let kind = header_text(headers, "content-type").unwrap_or_default();
    let is_json =
        kind.starts_with("application/x-amz-json") || kind.starts_with("application/json");
    if admin || !is_json {
        let error = Error::new(
            Code::Forbidden,
            "Requests from this origin are not allowed.",
        );
        return Err(Refused {
            error,
            status: Some(StatusCode::FORBIDDEN),
        });
    }
    Ok(())
}

fn actor(request: &Request, id: &str) -> Actor {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    Actor {
        kind: ActorKind::Public,
        id: None,
        request_id: Some(id.to_owned()),
        ip: peer.map(|ConnectInfo(address)| address.ip().to_string()),
        agent: header_text(request.headers(), "user-agent").map(str::to_owned),
        told: None,
        wrote: Wrote::default(),
    }
}

async fn read_body(body: Body, limit: usize) -> Result<Bytes, Refused> {
    to_bytes(body, limit).await.map_err(|error| {
        let too_large = error
            .source()
            .is_some_and(<dyn std::error::Error>::is::<LengthLimitError>);
        if too_large {
            return Refused {
                error: Error::serialization("The request body is too large."),
                status: Some(StatusCode::PAYLOAD_TOO_LARGE),
            };
        }
        Error::serialization("The request body cannot be read.").into()
    })
}

fn header_text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn refuse(error: &Error, status: Option<StatusCode>) -> Response {
    let name = error.code.name();
    let status = status
        .or_else(|| StatusCode::from_u16(error.code.status()).ok())
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut body = json!({ "__type": name });
    if let Some(members) = body.as_object_mut().filter(|_| !error.message.is_empty()) {
        members.insert(
            "message".to_owned(),
            Value::String(error.message.to_string()),
        );
    }
    let mut response = (status, body.to_string()).into_response();
    let headers = response.headers_mut();
    if let Ok(kind) = HeaderValue::try_from(format!("{name}:")) {
        headers.insert(ERROR_TYPE, kind);
    }
    // Header values are visible ASCII here; a text that is not stays in the body alone.
    let printable = error
        .message
        .bytes()
        .all(|byte| (b' '..=b'~').contains(&byte));
    if let Some(message) = printable
        .then(|| HeaderValue::try_from(error.message.as_ref()).ok())
        .flatten()
    {
        headers.insert(ERROR_MESSAGE, message);
    }
    response
}

fn log(error: &Error) {
    if let Some(cause) = error.cause() {
        tracing::error!(code = error.code.name(), cause = ?cause, "request failed");
    } else {
        tracing::info!(code = error.code.name(), reason = ?error.reason, "request refused");
    }
}
