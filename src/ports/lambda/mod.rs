//! Functions on their way to being called: Lambda triggers (docs/triggers.md).
//!
//! A pool names ARNs; [`rules`] say what stands behind them. [`Lambdas::invoke`] calls it within one
//! deadline, with a bounded number of calls under way, and keeps a record in dev mode. Nothing is
//! held meanwhile but memory: no transaction, no connection, no hashing slot (security.md I8).

mod command;
mod gate;
mod http;
mod invoke;
pub mod journal;
pub mod rules;
mod sigv4;
mod transport;
mod webhook;

use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::Instant;

use self::gate::Gates;
use self::journal::{Journal, Record};
use self::rules::{Rule, Settings, Target};
use self::transport::{Request, Transport};

/// The largest event and the largest answer (security.md I9; Lambda's own limit).
pub const LARGEST: usize = 6 << 20;

/// One call of a function.
#[derive(Clone, Debug)]
pub struct Call {
    /// The slot of `LambdaConfig`.
    pub trigger: &'static str,
    /// `triggerSource`.
    pub source: String,
    /// What the slot holds.
    pub arn: String,
    /// The pool.
    pub pool: String,
    /// `userName` of the event.
    pub username: String,
    /// The event.
    pub event: Value,
    /// When, by the server's clock, in milliseconds.
    pub at_ms: i64,
}

/// Why a call gave nothing that can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The function said so, in its own words.
    Function(String),
    /// The function was not run, or its host failed: an error name of the Invoke API.
    Service(String),
    /// There was no answer in time.
    Timeout,
    /// The answer is nothing, or no JSON.
    NotJson,
    /// The answer is JSON and not the event, or a member has the wrong type.
    Unrecognizable,
}

impl Failure {
    /// Whether another attempt may help: the function was not reached, or not waited for.
    fn may_pass(&self) -> bool {
        match self {
            Self::Timeout => true,
            Self::Service(name) => name == UNREACHABLE || name == THROTTLED,
            _ => false,
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Function(text) => write!(f, "function error: {text}"),
            Self::Service(name) => write!(f, "not invoked: {name}"),
            Self::Timeout => f.write_str("no answer in time"),
            Self::NotJson => f.write_str("the answer is not JSON"),
            Self::Unrecognizable => f.write_str("the answer is not the event"),
        }
    }
}

/// What a missing permission or a missing function is called.
const DENIED: &str = "AccessDeniedException";
/// What too many calls are called.
const THROTTLED: &str = "TooManyRequestsException";
/// What a host that does not answer properly is called.
const FAILED: &str = "ServiceException";
/// What a host that cannot be reached is called.
const UNREACHABLE: &str = "ServiceUnavailableException";

/// Calls the functions of one server.
pub struct Lambdas {
    settings: Settings,
    /// What the dev call added.
    added: RwLock<Vec<Rule>>,
    gates: Gates,
    http: http::Poster,
    /// Dev mode's record; none in production.
    pub journal: Option<Journal>,
}

impl Lambdas {
    /// A caller with these settings; `journal` is for dev mode only.
    pub fn new(settings: Settings, journal: bool) -> Self {
        Self {
            gates: Gates::new(settings.concurrency),
            http: http::Poster::default(),
            added: RwLock::default(),
            journal: journal.then(Journal::default),
            settings,
        }
    }

    /// Calls a function and reads `response` of its answer.
    ///
    /// # Errors: [`Failure`]
    pub async fn invoke<T: DeserializeOwned>(&self, call: &Call) -> Result<T, Failure> {
        let target = self.target(&call.arn);
        let begun = Instant::now();
        let mut attempts = 0;
        let answer = loop {
            attempts += 1;
            match self.attempt(call, target.as_ref()).await {
                Err(failure) if attempts < self.settings.attempts && failure.may_pass() => {}
                answer => break answer,
            }
        };
        let read = answer.as_ref().map_err(Clone::clone).and_then(response);
        let took = begun.elapsed();
        let failure = read.as_ref().err();
        note(call, target.as_ref(), failure, took);
        if let Some(journal) = &self.journal {
            journal.keep(Record {
                call,
                target: target.as_ref(),
                answer: answer.ok(),
                failure,
                took,
                attempts,
            });
        }
        read
    }

    async fn attempt(&self, call: &Call, target: Option<&Target>) -> Result<Value, Failure> {
        let Some(target) = target else {
            tracing::error!(
                trigger = call.trigger,
                arn = call.arn,
                "nothing is mapped to this function, so the act is refused: set \
                 --lambda-endpoint URL, or --trigger '{}=URL' (docs/triggers.md)",
                call.arn
            );
            return Err(Failure::Service(DENIED.to_owned()));
        };
        let body = call.event.to_string();
        if body.len() > LARGEST {
            return Err(Failure::Service("RequestTooLargeException".to_owned()));
        }
        let request = Request {
            trigger: call.trigger,
            arn: &call.arn,
            body,
            limit: self.settings.timeout,
        };
        let work = async {
            let _pass = self.gates.enter(target, &call.arn).await?;
            let answer = self.transport(target).call(request).await?;
            serde_json::from_slice(&answer).map_err(|_| Failure::NotJson)
        };
        tokio::time::timeout(self.settings.timeout, work)
            .await
            .unwrap_or(Err(Failure::Timeout))
    }

    fn transport<'a>(&'a self, target: &'a Target) -> Box<dyn Transport + 'a> {
        match target {
            Target::Invoke(place) => Box::new(invoke::Invoke {
                place,
                keys: &self.settings.keys,
                http: &self.http,
            }),
            Target::Webhook { url, secret } => Box::new(webhook::Webhook {
                url,
                secret: secret.as_ref().or(self.settings.secret.as_ref()),
                http: &self.http,
            }),
            Target::Command(argv) => Box::new(command::Command { argv }),
        }
    }

    /// What stands behind an ARN: a rule of the dev call, a rule of the configuration, or the Lambda
    /// endpoint. Of several rules the most specific one wins.
    fn target(&self, arn: &str) -> Option<Target> {
        let added = self.added.read().unwrap_or_else(PoisonError::into_inner);
        let rule = rules::best(&added, arn).or_else(|| rules::best(&self.settings.rules, arn));
        match rule {
            Some(rule) => Some(rule.target.clone()),
            None => self.settings.endpoint.clone().map(Target::Invoke),
        }
    }

    /// The rules that the dev call added.
    pub fn added(&self) -> Vec<Rule> {
        let added = self.added.read().unwrap_or_else(PoisonError::into_inner);
        added.clone()
    }

    /// Adds rules, each in place of one with the same pattern.
    ///
    /// # Errors: the reason, when a rule reaches where only the configuration may
    pub fn add(&self, rules: Vec<Rule>) -> Result<(), String> {
        for rule in &rules {
            rule.check_reach(&self.settings.hosts)?;
        }
        let mut added = self.added.write().unwrap_or_else(PoisonError::into_inner);
        for rule in rules {
            added.retain(|known| known.arn != rule.arn);
            added.push(rule);
        }
        Ok(())
    }

    /// Forgets what the dev call added; gives how many rules went.
    pub fn clear(&self) -> usize {
        let mut added = self.added.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *added).len()
    }
}

/// `response` of the event that a function returned.
fn response<T: DeserializeOwned>(answer: &Value) -> Result<T, Failure> {
    if answer.is_null() {
        return Err(Failure::NotJson);
    }
    let members = answer.get("response").filter(|members| members.is_object());
    let members = members.ok_or(Failure::Unrecognizable)?;
    T::deserialize(members).map_err(|_| Failure::Unrecognizable)
}

fn note(call: &Call, target: Option<&Target>, failure: Option<&Failure>, took: Duration) {
    let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let transport = target.map_or("none", Target::kind);
    match failure {
        None => tracing::info!(
            trigger = call.trigger,
            source = call.source,
            transport,
            took_ms,
            "trigger answered"
        ),
        Some(failure) => tracing::warn!(
            trigger = call.trigger,
            source = call.source,
            arn = call.arn,
            transport,
            took_ms,
            %failure,
            "trigger failed"
        ),
    }
}
