//! https as clients see it: certificates, protocol versions, and what changes for the pages.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use poolhouse::config::{Config, TlsFiles};
use poolhouse::ports::clock::Clock;
use poolhouse::ports::rng::Rng;
use poolhouse::server;
use poolhouse::tls::authority::Authority;
use poolhouse::tls::given::{GivenCertificate, Look};
use poolhouse::tls::listener::{Peer, TlsListener};
use poolhouse::tls::local::LocalCertificates;
use poolhouse::tls::names::Names;
use poolhouse::tls::protocol;
use rcgen::{CertificateParams, KeyPair};
use reqwest::Certificate;
use reqwest::tls::TlsInfo;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::rustls::server::ResolvesServerCert;

use crate::support::Server;
use crate::support::house::House;

/// The https door of a test server.
struct Door {
    port: u16,
    task: JoinHandle<()>,
}

impl Door {
    async fn open(server: &Server, certificates: Arc<dyn ResolvesServerCert>) -> Self {
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let listener = TlsListener::new(tcp, protocol(certificates).unwrap());
        let port = listener.local_addr().unwrap().port();
        let router = server::over_tls(server::router(Arc::clone(&server.app)));
        let task = tokio::spawn(async move {
            let service = router.into_make_service_with_connect_info::<Peer>();
            axum::serve(listener, service).await.unwrap();
        });
        Self { port, task }
    }

    fn url(&self, host: &str, path: &str) -> String {
        format!("https://{host}:{}{path}", self.port)
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn local(folder: &Path) -> LocalCertificates {
    let names = Names::of(&Config::default()).unwrap();
    let clock = Clock::system();
    let authority = Authority::open(folder, names, clock.server_now(), &Rng::system()).unwrap();
    LocalCertificates::new(authority, clock).unwrap()
}

/// A client that trusts one certificate and nobody else.
fn trusting(pem: &str) -> reqwest::Client {
    reqwest::Client::builder()
        .tls_certs_only([Certificate::from_pem(pem.as_bytes()).unwrap()])
        .tls_info(true)
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(30))
        .no_proxy()
        .build()
        .unwrap()
}

async fn local_door(server: &Server) -> (Door, reqwest::Client, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let certificates = local(folder.path());
    let client = trusting(&certificates.authority().certificate());
    (
        Door::open(server, Arc::new(certificates)).await,
        client,
        folder,
    )
}

#[tokio::test]
async fn the_local_ca_is_enough_to_call_every_name_of_this_machine() {
    let server = Server::start().await;
    let (door, client, folder) = local_door(&server).await;
    for host in ["localhost", "127.0.0.1", "door.auth.localhost"] {
        let address = SocketAddr::from(([127, 0, 0, 1], door.port));
        let pem = std::fs::read_to_string(folder.path().join("ca.pem")).unwrap();
        let client = reqwest::Client::builder()
            .tls_certs_only([Certificate::from_pem(pem.as_bytes()).unwrap()])
            .resolve(host, address)
            .no_proxy()
            .build()
            .unwrap();
        let answer = client.get(door.url(host, "/health/ready")).send().await;
        assert_eq!(answer.unwrap().status(), 200, "{host}");
    }
    let made = client
        .post(door.url("localhost", "/"))
        .header("content-type", "application/x-amz-json-1.1")
        .header(
            "x-amz-target",
            "AWSCognitoIdentityProviderService.CreateUserPool",
        )
        .body(json!({ "PoolName": "mine" }).to_string())
        .send();
    assert_eq!(made.await.unwrap().status(), 200);
}

#[tokio::test]
async fn whoever_does_not_trust_the_ca_is_not_served() {
    let server = Server::start().await;
    let (door, _, _folder) = local_door(&server).await;
    let elsewhere = tempfile::tempdir().unwrap();
    let other = trusting(&local(elsewhere.path()).authority().certificate());
    let refused = other
        .get(door.url("localhost", "/health/ready"))
        .send()
        .await;
    assert!(refused.unwrap_err().is_connect());
}

/// A greeting that offers at most TLS 1.1 is answered by the alert `protocol_version` (RFC 5246
/// 7.2.2), one that offers 1.2 without a strong suite by `handshake_failure`.
#[tokio::test]
async fn old_protocols_and_weak_suites_are_refused() {
    let server = Server::start().await;
    let (door, _, _folder) = local_door(&server).await;
    // ECDHE_ECDSA with AES-128-CBC, and 3DES with RSA key exchange.
    for (version, suite, alert) in [(0x02, 0xc009, 70), (0x01, 0xc009, 70), (0x03, 0x000a, 40)] {
        let mut stream = TcpStream::connect(("127.0.0.1", door.port)).await.unwrap();
        stream.write_all(&greeting(version, suite)).await.unwrap();
        let mut answer = [0; 7];
        stream.read_exact(&mut answer).await.unwrap();
        // A fatal alert.
        assert_eq!(
            (answer[0], answer[5], answer[6]),
            (21, 2, alert),
            "3.{version}"
        );
    }
}

/// A `ClientHello` (RFC 5246 7.4.1.2) with one suite, groups and signature schemes.
fn greeting(version: u8, suite: u16) -> Vec<u8> {
    let extensions = [
        // supported_groups: secp256r1
        [0, 10, 0, 4, 0, 2, 0, 23].as_slice(),
        // signature_algorithms: ecdsa_secp256r1_sha256
        &[0, 13, 0, 4, 0, 2, 4, 3],
    ]
    .concat();
    let mut body = vec![3, version];
    body.extend([7; 32]);
    body.extend([0, 0, 2]);
    body.extend(suite.to_be_bytes());
    body.extend([1, 0]);
    body.extend(u16::try_from(extensions.len()).unwrap().to_be_bytes());
    body.extend(extensions);
    let length = u16::try_from(body.len()).unwrap();
    let mut record = vec![22, 3, 1];
    record.extend((length + 4).to_be_bytes());
    record.extend([1, 0]);
    record.extend(length.to_be_bytes());
    record.extend(body);
    record
}

#[tokio::test]
async fn silent_clients_do_not_hold_up_others() {
    let server = Server::start().await;
    let (door, client, _folder) = local_door(&server).await;
    let mut silent = Vec::new();
    for _ in 0..200 {
        silent.push(TcpStream::connect(("127.0.0.1", door.port)).await.unwrap());
    }
    let answer = client.get(door.url("localhost", "/health/ready")).send();
    let answer = tokio::time::timeout(Duration::from_secs(5), answer).await;
    assert_eq!(answer.unwrap().unwrap().status(), 200);
}

fn pair(files: &TlsFiles) -> Certificate {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let cert = params.self_signed(&key).unwrap();
    std::fs::write(&files.cert, pem("CERTIFICATE", cert.der())).unwrap();
    std::fs::write(&files.key, pem("PRIVATE KEY", key.serialized_der())).unwrap();
    Certificate::from_der(cert.der()).unwrap()
}

fn pem(label: &str, der: &[u8]) -> String {
    use base64::Engine;
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n")
}

#[tokio::test]
async fn a_new_certificate_is_used_by_new_connections_and_breaks_no_old_one() {
    let server = Server::start().await;
    let folder = tempfile::tempdir().unwrap();
    let files = TlsFiles {
        cert: folder.path().join("tls.crt"),
        key: folder.path().join("tls.key"),
    };
    let client = |cert: Certificate| {
        reqwest::Client::builder()
            .tls_certs_only([cert])
            .tls_info(true)
            .no_proxy()
            .build()
            .unwrap()
    };
    let first = client(pair(&files));
    let given = Arc::new(GivenCertificate::open(files.clone(), Clock::system()).unwrap());
    let door = Door::open(&server, Arc::clone(&given) as _).await;
    let url = door.url("localhost", "/health/ready");
    let shown = |answer: reqwest::Response| {
        let info = answer.extensions().get::<TlsInfo>().unwrap();
        info.peer_certificate().unwrap().to_vec()
    };
    let old = shown(first.get(&url).send().await.unwrap());
    let second = client(pair(&files));
    assert_eq!(
        [given.look(), given.look()],
        [Look::Changing, Look::Renewed]
    );
    let new = shown(second.get(&url).send().await.unwrap());
    assert_ne!(new, old);
    // The first client trusts the old certificate alone: it is still on its connection.
    assert_eq!(shown(first.get(&url).send().await.unwrap()), old);
    std::fs::write(&files.key, "broken").unwrap();
    assert_eq!(
        [given.look(), given.look()],
        [Look::Changing, Look::Refused]
    );
    let third = second.get(&url).header("connection", "close").send().await;
    assert_eq!(shown(third.unwrap()), new);
}

/// Pages reached by https set Secure cookies, whatever the public URL; those reached by http do
/// not, or Safari would drop them.
#[tokio::test]
async fn cookies_are_secure_where_the_browser_came_by_https() {
    let house = House::open().await;
    let (door, client, _folder) = local_door(&house.s).await;
    let path = format!("{}/login?{}", house.base, house.query(&[]));
    for (url, secure) in [
        (door.url("localhost", &path), true),
        (format!("{}{path}", house.s.url), false),
    ] {
        let answer = client.get(url).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert!(answer.headers().get("strict-transport-security").is_none());
        let cookies: Vec<_> = answer.headers().get_all("set-cookie").iter().collect();
        assert!(!cookies.is_empty());
        for cookie in cookies {
            let cookie = cookie.to_str().unwrap();
            assert_eq!(cookie.contains("; Secure"), secure, "{cookie}");
        }
    }
}

/// Redirects stay on the door that the browser came by; only the issuer is what it always is.
#[tokio::test]
async fn a_sign_in_by_https_stays_there() {
    let house = House::open().await;
    let (door, client, _folder) = local_door(&house.s).await;
    let path = format!("{}/oauth2/authorize?{}", house.base, house.query(&[]));
    let answer = client
        .get(door.url("localhost", &path))
        .send()
        .await
        .unwrap();
    let to = answer.headers()["location"].to_str().unwrap();
    assert!(to.starts_with(&format!("{}/login?", house.base)), "{to}");
    let discovery = format!("{}/.well-known/openid-configuration", house.base);
    let answer = client
        .get(door.url("localhost", &discovery))
        .send()
        .await
        .unwrap();
    let document: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(document["issuer"], format!("{}{}", house.s.url, house.base));
}
