//! Accepts connections and greets them: handshakes run side by side, each within a time limit.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::server::TlsStream;

use crate::entrance::Speaks;

/// A client that has not finished its greeting by then is dropped.
const GREETING: Duration = Duration::from_secs(10);
/// How many greetings may be under way; further connections wait to be accepted.
const MOST: usize = 8192;

/// A TCP listener whose connections speak TLS.
pub struct TlsListener {
    tcp: TcpListener,
    acceptor: TlsAcceptor,
    greetings: JoinSet<Option<(TlsStream<TcpStream>, SocketAddr)>>,
}

/// Who is at the other end of a TLS connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

impl TlsListener {
    /// Speaks TLS on a listener.
    pub fn new(tcp: TcpListener, protocol: ServerConfig) -> Self {
        Self {
            tcp,
            acceptor: TlsAcceptor::from(Arc::new(protocol)),
            greetings: JoinSet::new(),
        }
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            tokio::select! {
                (stream, peer) = Listener::accept(&mut self.tcp), if self.greetings.len() < MOST => {
                    let acceptor = self.acceptor.clone();
                    self.greetings.spawn(greet(acceptor, stream, peer));
                }
                Some(greeted) = self.greetings.join_next() => {
                    if let Ok(Some(connection)) = greeted {
                        return connection;
                    }
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.tcp.local_addr()
    }
}

impl Speaks for TlsStream<TcpStream> {
    fn speaks_http2(&self) -> bool {
        self.get_ref().1.alpn_protocol() == Some(b"h2")
    }
}

impl Connected<IncomingStream<'_, TlsListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, TlsListener>) -> Self {
        Self(*stream.remote_addr())
    }
}

async fn greet(
    acceptor: TlsAcceptor,
    stream: TcpStream,
    peer: SocketAddr,
) -> Option<(TlsStream<TcpStream>, SocketAddr)> {
    stream.set_nodelay(true).ok();
    match tokio::time::timeout(GREETING, acceptor.accept(stream)).await {
        Ok(Ok(stream)) => Some((stream, peer)),
        Ok(Err(error)) => {
            tracing::debug!(%peer, %error, "no TLS connection");
            None
        }
        Err(_) => {
            tracing::debug!(%peer, "no TLS connection in time");
            None
        }
    }
}
