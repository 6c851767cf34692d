//! Connections that speak HTTP/2. A request leaves here as HTTP/1.1 would have brought it: with a
//! `Host`, one `Cookie`, and a target that is a path. All streams of a connection are one task, which
//! ends with it.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use hyper::body::{Frame, Incoming};
use hyper::rt::Executor;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tokio::time::{Instant, Sleep};

use super::crowd::Guest;
use super::frames::FrameGate;
use super::{Limits, MOMENT, answer, heads};

/// Requests of one connection that are answered side by side.
const STREAMS: u32 = 100;
/// What a client may send of all bodies before it is read.
const WINDOW: u32 = 256 * 1024;
/// Requests that were taken back before they were looked at, and those that were wrong: more end the
/// connection.
const RESETS: usize = 20;
const WRONG: usize = 64;

/// Puts the streams of a connection into its own task.
#[derive(Clone)]
struct Streams(mpsc::UnboundedSender<BoxFuture<'static, ()>>);

impl<F> Executor<F> for Streams
where
    F: Future<Output = ()> + Send + 'static,
{
    fn execute(&self, stream: F) {
        // There are never more than `STREAMS` of them. Nobody listens when the connection has ended.
        self.0.send(Box::pin(stream)).ok();
    }
}

/// Serves a connection until it ends, or its guest is asked to leave.
pub(super) async fn connection<Io>(
    stream: Io,
    peer: SocketAddr,
    router: Router,
    (limits, guest): (Limits, Arc<Guest>),
) where
    Io: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let gate = FrameGate::new(stream, limits, Arc::clone(&guest));
    let answering = Arc::clone(&guest);
    let service = service_fn(move |request: Request<Incoming>| {
        let (router, busy) = (router.clone(), Busy::new(&answering));
        async move {
            let answer = respond(router, peer, request, limits.body).await;
            drop(busy);
            Ok::<_, Infallible>(answer)
        }
    });
    let (begin, mut coming) = mpsc::unbounded_channel();
    let room = u32::try_from(heads::ROOM).unwrap_or(u32::MAX);
    let serving = http2::Builder::new(Streams(begin))
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(room)
        .max_pending_accept_reset_streams(RESETS)
        .max_local_error_reset_streams(WRONG)
        .initial_stream_window_size(WINDOW)
        .initial_connection_window_size(4 * WINDOW)
        .serve_connection(TokioIo::new(gate), service);
    let mut serving = std::pin::pin!(serving);
    let mut leave = std::pin::pin!(guest.leave());
    let mut streams = FuturesUnordered::new();
    let mut leaving = false;
    loop {
        tokio::select! {
            done = &mut serving => {
                if let Err(error) = done {
                    tracing::debug!(%peer, %error, "a connection broke off");
                }
                return;
            }
            Some(stream) = coming.recv() => streams.push(stream),
            Some(()) = streams.next() => {}
            () = &mut leave, if !leaving => {
                leaving = true;
                serving.as_mut().graceful_shutdown();
            }
            // What is asked already is answered. Who has not finished asking has a moment.
            () = tokio::time::sleep(MOMENT), if leaving => {
                if guest.is_idle() && streams.is_empty() {
                    return;
                }
            }
        }
    }
}

/// A request that waits for its answer, also where it is taken back.
struct Busy(Arc<Guest>);

impl Busy {
    fn new(guest: &Arc<Guest>) -> Self {
        guest.asked();
        Self(Arc::clone(guest))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.answered();
    }
}

async fn respond(
    router: Router,
    peer: SocketAddr,
    request: Request<Incoming>,
    patience: Duration,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let Some(target) = origin_form(&parts.method, &parts.uri) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    if !names_one_host(&parts.uri, &mut parts.headers) {
        return StatusCode::BAD_REQUEST.into_response();
    }
    parts.uri = target;
    one_cookie(&mut parts.headers);
    let body = Body::new(Patient::new(body, patience));
    let mut response = answer(router, peer, Request::from_parts(parts, body)).await;
    // Of connections only HTTP/1 speaks (RFC 9113 8.2.2).
    response.headers_mut().remove(header::CONNECTION);
    response
}

/// The target without scheme and authority; none of `CONNECT`, which asks for a tunnel.
fn origin_form(method: &Method, uri: &Uri) -> Option<Uri> {
    let target = uri
        .path_and_query()
        .filter(|_| *method != Method::CONNECT)?;
    Uri::try_from(target.as_str()).ok()
}

/// `:authority` as `Host` (RFC 9113 8.3.1); false when a `Host` beside it says something else.
fn names_one_host(uri: &Uri, headers: &mut HeaderMap) -> bool {
    let Some(authority) = uri.authority() else {
        return true;
    };
    let Ok(host) = HeaderValue::from_str(authority.as_str()) else {
        return false;
    };
    let agrees = headers
        .get_all(header::HOST)
        .iter()
        .all(|given| *given == host);
    headers.insert(header::HOST, host);
    agrees
}

/// The crumbs of a cookie as one field again (RFC 9113 8.2.3).
fn one_cookie(headers: &mut HeaderMap) {
    let crumbs: Vec<&[u8]> = headers
        .get_all(header::COOKIE)
        .iter()
        .map(HeaderValue::as_bytes)
        .collect();
    if crumbs.len() < 2 {
        return;
    }
    if let Ok(whole) = HeaderValue::from_bytes(&crumbs.join(&b"; "[..])) {
        headers.insert(header::COOKIE, whole);
    }
}

/// A body of which a piece must come in time.
struct Patient {
    body: Incoming,
    patience: Duration,
    alarm: Option<Pin<Box<Sleep>>>,
}

impl Patient {
    fn new(body: Incoming, patience: Duration) -> Self {
        Self {
            body,
            patience,
            alarm: None,
        }
    }
}

impl hyper::body::Body for Patient {
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let body = &mut *self;
        let patience = body.patience;
        let alarm = body
            .alarm
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
        match Pin::new(&mut body.body).poll_frame(cx) {
            Poll::Ready(frame) => {
                // An empty piece is none.
                let brings =
                    |frame: &Frame<Bytes>| frame.data_ref().is_none_or(|data| !data.is_empty());
                if matches!(&frame, Some(Ok(frame)) if brings(frame)) {
                    alarm.as_mut().reset(Instant::now() + patience);
                }
                Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
            }
            Poll::Pending if alarm.as_mut().poll(cx).is_ready() => {
                tracing::debug!("a client was too slow with a body");
                let late = std::io::Error::from(std::io::ErrorKind::TimedOut);
                Poll::Ready(Some(Err(late.into())))
            }
            Poll::Pending => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> hyper::body::SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests;
