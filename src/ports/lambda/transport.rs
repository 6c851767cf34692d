//! What carries an event to a function and its answer back.

use std::time::Duration;

use futures_util::future::BoxFuture;

use super::Failure;

/// One event on its way.
pub struct Request<'a> {
    /// The slot of `LambdaConfig`.
    pub trigger: &'static str,
    /// The function as the pool names it.
    pub arn: &'a str,
    /// The event.
    pub body: String,
    /// How long the answer may take; the caller gives up then in any case.
    pub limit: Duration,
}

/// Carries events: the Invoke API, a webhook, a command.
pub trait Transport: Send + Sync {
    /// The bytes of the answer, which may be anything.
    fn call<'a>(&'a self, request: Request<'a>) -> BoxFuture<'a, Result<Vec<u8>, Failure>>;
}
