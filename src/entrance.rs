//! Connections, from the moment they are accepted: how many, how slow, how large, and that their
//! bytes can be read in one way only (security.md F4, F6, F7).
//!
//! A connection speaks HTTP/1.1, or HTTP/2 where its listener has agreed on that with the client.
//! Behind it requests are whole: whatever a handler sees has passed the limits here.

mod crowd;
mod frames;
mod framing;
mod gate;
mod heads;
mod second;
#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use axum::serve::Listener;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tower::ServiceExt;

use crowd::{Crowd, Guest};
use gate::Gate;

/// How long a connection that was asked to end may stay without a request under way.
const MOMENT: Duration = Duration::from_millis(100);

/// What one connection, and all of them, may ask of the server.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// From the first byte of a request to the end of its headers.
    pub head: Duration,
    /// Between two pieces of a request's body.
    pub body: Duration,
    /// Between two requests, and before the first.
    pub idle: Duration,
    /// Open connections. One more takes the place of the one that has been idle for longest.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            body: Duration::from_secs(30),
            idle: Duration::from_secs(75),
            connections: crowd::room(),
        }
    }
}

/// What a listener has agreed on with a client.
pub trait Speaks {
    /// Whether the connection speaks HTTP/2; else HTTP/1.1.
    fn speaks_http2(&self) -> bool {
        false
    }
}

impl Speaks for TcpStream {}

/// Serves a router on a listener until `stop`, then until the requests under way are answered.
pub async fn serve<L>(mut listener: L, router: Router, limits: Limits, stop: impl Future)
where
    L: Listener<Addr = SocketAddr>,
    L::Io: Speaks,
{
    let crowd = Crowd::new(limits.connections);
    let mut connections = JoinSet::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        while connections.try_join_next().is_some() {}
        let (stream, peer) = tokio::select! {
            biased;
            _ = &mut stop => break,
            accepted = listener.accept() => accepted,
        };
        let guest = tokio::select! {
            biased;
            _ = &mut stop => break,
            guest = crowd.admit() => guest,
        };
        let (router, at) = (router.clone(), (limits, guest));
        if stream.speaks_http2() {
            connections.spawn(second::connection(stream, peer, router, at));
        } else {
            connections.spawn(connection(stream, peer, router, at));
        }
    }
    drop(listener);
    crowd.dismiss();
    while connections.join_next().await.is_some() {}
}

async fn connection<Io>(
    stream: Io,
    peer: SocketAddr,
    router: Router,
    (limits, guest): (Limits, Arc<Guest>),
) where
    Io: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let gate = Gate::new(stream, limits, Arc::clone(&guest));
    let answering = Arc::clone(&guest);
    let service = service_fn(move |request: Request<Incoming>| {
        let (router, guest) = (router.clone(), Arc::clone(&answering));
        async move {
            let answer = answer(router, peer, request.map(Body::new)).await;
            guest.answered();
            Ok::<_, Infallible>(answer)
        }
    });
    let serving = http1::Builder::new()
        .max_buf_size(heads::ROOM)
        .serve_connection(TokioIo::new(gate), service);
    let mut serving = std::pin::pin!(serving);
    let leave = std::pin::pin!(guest.leave());
    tokio::select! {
        done = &mut serving => {
            if let Err(error) = done {
                tracing::debug!(%peer, %error, "a connection broke off");
            }
            return;
        }
        () = leave => serving.as_mut().graceful_shutdown(),
    }
    // What is asked already is answered. Who has not finished asking has a moment.
    while tokio::time::timeout(MOMENT, &mut serving).await.is_err() {
        if guest.is_idle() {
            return;
        }
    }
}

async fn answer(
    router: Router,
    peer: SocketAddr,
    mut request: Request<Body>,
) -> axum::response::Response {
    if let Some(refused) = heads::refuse(&request) {
        return refused;
    }
    request.extensions_mut().insert(ConnectInfo(peer));
    match router.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}
