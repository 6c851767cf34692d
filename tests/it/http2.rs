//! HTTP/2 on the https listener: agreed on by ALPN, beside HTTP/1.1.

use std::sync::Arc;

use axum::body::Bytes;
use axum::serve::Listener;
use h2::client::SendRequest;
use http::{Request, Response};
use poolhouse::config::Config;
use poolhouse::entrance::{self, Limits};
use poolhouse::ports::clock::Clock;
use poolhouse::ports::rng::Rng;
use poolhouse::server;
use poolhouse::tls::authority::Authority;
use poolhouse::tls::listener::TlsListener;
use poolhouse::tls::local::LocalCertificates;
use poolhouse::tls::names::Names;
use poolhouse::tls::protocol;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::support::Server;
use crate::support::house::House;

/// The https door of a server, as `poolhouse dev` opens it.
struct Door {
    port: u16,
    ca: String,
    task: JoinHandle<()>,
    _folder: tempfile::TempDir,
}

impl Door {
    async fn open(server: &Server) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let names = Names::of(&Config::default()).unwrap();
        let clock = Clock::system();
        let authority =
            Authority::open(folder.path(), names, clock.server_now(), &Rng::system()).unwrap();
        let ca = authority.certificate();
        let certificates = LocalCertificates::new(authority, clock).unwrap();
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let listener = TlsListener::new(tcp, protocol(Arc::new(certificates)).unwrap());
        let port = listener.local_addr().unwrap().port();
        let router = server::over_tls(server::router(Arc::clone(&server.app)));
        let never = std::future::pending::<()>();
        let task = tokio::spawn(entrance::serve(listener, router, Limits::default(), never));
        Self {
            port,
            ca,
            task,
            _folder: folder,
        }
    }

    async fn greet(&self, protocols: &[&str]) -> TlsStream<TcpStream> {
        let mut roots = RootCertStore::empty();
        let ca = CertificateDer::from_pem_slice(self.ca.as_bytes()).unwrap();
        roots.add(ca).unwrap();
        let provider = tokio_rustls::rustls::crypto::aws_lc_rs::default_provider();
        let config = ClientConfig::builder_with_provider(Arc::new(provider));
        let config = config.with_safe_default_protocol_versions().unwrap();
        let mut config = config.with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|p| p.as_bytes().to_vec()).collect();
        let stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        TlsConnector::from(Arc::new(config))
            .connect(name, stream)
            .await
            .unwrap()
    }

    async fn http2(&self) -> SendRequest<Bytes> {
        let stream = self.greet(&["h2", "http/1.1"]).await;
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
        let (send, connection) = h2::client::handshake(stream).await.unwrap();
        tokio::spawn(async move { connection.await.ok() });
        send.ready().await.unwrap()
    }

    fn url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.port)
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn ask(send: &mut SendRequest<Bytes>, request: Request<()>, body: &str) -> Response<String> {
    let (answer, mut stream) = send.send_request(request, false).unwrap();
    stream
        .send_data(Bytes::copy_from_slice(body.as_bytes()), true)
        .unwrap();
    let (parts, mut pieces) = answer.await.unwrap().into_parts();
    let mut text = Vec::new();
    while let Some(piece) = pieces.data().await {
        let piece = piece.unwrap();
        pieces.flow_control().release_capacity(piece.len()).unwrap();
        text.extend(piece);
    }
    Response::from_parts(parts, String::from_utf8(text).unwrap())
}

#[tokio::test]
async fn everything_is_there_over_http2() {
    let house = House::open().await;
    let door = Door::open(&house.s).await;
    let mut send = door.http2().await;
    let live = Request::get(door.url("/health/live")).body(()).unwrap();
    assert_eq!(ask(&mut send, live, "").await.body(), "ok\n");
    // The API, a page of the domain, and the document of the pool.
    let target = "AWSCognitoIdentityProviderService.ListUserPools";
    let list = Request::post(door.url("/")).header("x-amz-target", target);
    let list = list
        .header("content-type", "application/x-amz-json-1.1")
        .body(())
        .unwrap();
    let told = ask(&mut send, list, r#"{"MaxResults":1}"#).await;
    assert!(
        told.status() == 200 && told.body().contains(&house.pool),
        "{told:?}"
    );
    let page = Request::get(door.url(&house.authorize(&[])));
    let told = ask(&mut send, page.body(()).unwrap(), "").await;
    assert_eq!(told.status(), 302);
    let login = told.headers()["location"].to_str().unwrap();
    let login = url::Url::parse(&door.url("/"))
        .unwrap()
        .join(login)
        .unwrap();
    let login = door.url(&login[url::Position::BeforePath..]);
    let page = Request::get(login).body(()).unwrap();
    let told = ask(&mut send, page, "").await;
    let cookie = told.headers()["set-cookie"].to_str().unwrap();
    assert!(
        told.status() == 200 && cookie.contains("Secure"),
        "{cookie}"
    );
    // A host that is not ours is misdirected, however it is named (security.md A4).
    let evil = Request::get("https://evil.test/health/live")
        .body(())
        .unwrap();
    assert_eq!(ask(&mut send, evil, "").await.status(), 421);
    // A body above the limit is refused, as ever.
    let list = Request::post(door.url("/"))
        .header("x-amz-target", target)
        .body(())
        .unwrap();
    let (answer, mut stream) = send.send_request(list, false).unwrap();
    stream
        .send_data(vec![b' '; (1 << 20) + 1].into(), true)
        .unwrap();
    assert_eq!(answer.await.unwrap().status(), 413);
}

#[tokio::test]
async fn clients_choose_the_protocol() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let server = Server::start().await;
    let door = Door::open(&server).await;
    for protocols in [&["http/1.1"][..], &[]] {
        let mut stream = door.greet(protocols).await;
        let request = b"GET /health/live HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
        stream.write_all(request).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    // Without TLS nobody has agreed on HTTP/2.
    let address = server.url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream
        .write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        .await
        .unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    assert!(!answer.starts_with(&[0, 0]), "{answer:?}");
}
