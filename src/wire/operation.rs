//! The form of an operations table: everything about an operation that is not its behaviour.

use std::future::Future;

use futures_util::future::BoxFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::call::{Call, Caller, CallerKind, Incoming};
use crate::error::{Code, Error, Result};

/// A service: its name on the wire and its operations.
pub struct Service {
    /// What stands before the dot in `X-Amz-Target`.
    pub target_prefix: &'static str,
    /// What it calls a request that breaks the model.
    pub invalid: Code,
    /// What it calls a fault of its own.
    pub internal: Code,
    /// Its rows, sorted by name.
    pub operations: &'static [Operation],
    /// Its facts from the public model.
    pub model: fn() -> &'static super::model::Model,
}

/// One row.
pub struct Operation {
    /// The API name, which is also the audit name.
    pub name: &'static str,
    /// Who may call it.
    pub caller: CallerKind,
    /// Largest body in bytes.
    pub body_limit: usize,
    /// The behaviour; none answers the honest 501.
    pub handler: Option<Handler>,
}

/// A built operation behind one type.
pub struct Handler {
    /// Admits the caller, reads the request, runs it; gives the answer as JSON text.
    pub run: fn(Incoming) -> BoxFuture<'static, Result<Vec<u8>>>,
    /// The members of a request that reading it ignores: must be none (tested).
    pub ignored: fn(Value) -> Result<Vec<String>, String>,
}

/// The default body limit: 1 MiB (security.md F4).
pub const BODY_LIMIT: usize = 1 << 20;

/// Runs a typed operation.
pub async fn run<C, Req, Res, F, Fut>(operation: F, mut incoming: Incoming) -> Result<Vec<u8>>
where
    C: Caller,
    Req: DeserializeOwned,
    Res: Serialize,
    F: FnOnce(Call<C>, Req) -> Fut + Send,
    Fut: Future<Output = Result<Res>> + Send,
{
    let caller = C::admit(&mut incoming).await?;
    let request = serde_json::from_value(incoming.body)
        .map_err(|error| Error::serialization(error.to_string()))?;
    let call = Call {
        app: incoming.app,
        caller,
        actor: incoming.actor,
        region: incoming.region,
        account: incoming.account,
        act: incoming.act,
    };
    let response = operation(call, request).await?;
    serde_json::to_vec(&response).map_err(Error::internal)
}

/// The members that an operation's request type ignores; the operation itself is only its witness.
pub fn ignored<C, Req, Res, F, Fut>(_operation: F, body: Value) -> Result<Vec<String>, String>
where
    Req: DeserializeOwned,
    F: FnOnce(Call<C>, Req) -> Fut,
    Fut: Future<Output = Result<Res>>,
{
    let mut ignored = Vec::new();
    serde_ignored::deserialize::<_, _, Req>(body, |path| ignored.push(path.to_string()))
        .map_err(|error| error.to_string())?;
    Ok(ignored)
}

/// Writes an operations table. A row is `Name Caller => path;` or, not built yet, `Name Caller;`,
/// with an optional body limit: `Name Caller [2 << 20] => path;`.
#[macro_export]
macro_rules! operations {
    ($($name:ident $caller:ident $([$limit:expr])? $(=> $($path:ident)::+)?;)+) => {
        /// The table, sorted by name.
        pub static OPERATIONS: &[$crate::wire::operation::Operation] = &[$(
            $crate::wire::operation::Operation {
                name: stringify!($name),
                caller: $crate::wire::call::CallerKind::$caller,
                body_limit: $crate::operations!(@limit $($limit)?),
                handler: $crate::operations!(@handler $caller $($($path)::+)?),
            },
        )+];
    };
    (@limit) => { $crate::wire::operation::BODY_LIMIT };
    (@limit $limit:expr) => { $limit };
    (@handler $caller:ident) => { None };
    (@handler $caller:ident $($path:ident)::+) => {
        Some($crate::wire::operation::Handler {
            run: |incoming| {
                Box::pin($crate::wire::operation::run::<$crate::wire::call::$caller, _, _, _, _>(
                    $($path)::+, incoming,
                ))
            },
            ignored: |body| {
                $crate::wire::operation::ignored::<$crate::wire::call::$caller, _, _, _, _>(
                    $($path)::+, body,
                )
            },
        })
    };
}
