//! HTTP/2 connections in memory: what requests look like behind them, slow clients and floods.

#![expect(
    clippy::disallowed_methods,
    reason = "tests have tasks of their own, which end with them"
)]

use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, Request, Uri};
use axum::routing::{get, post};
use h2::client::SendRequest;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::task::JoinHandle;

use super::*;
use crate::entrance::crowd::Crowd;

const PEER: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 9);
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// `GET https://h/` in HPACK.
const GET: &[u8] = &[0x82, 0x87, 0x84, 0x41, 0x01, b'h'];
/// `POST https://h/echo`.
const POST: &[u8] = &[
    0x83, 0x87, 0x44, 0x05, b'/', b'e', b'c', b'h', b'o', 0x41, 0x01, b'h',
];

fn limits() -> Limits {
    Limits {
        head: Duration::from_secs(10),
        body: Duration::from_secs(30),
        idle: Duration::from_secs(75),
        connections: 4,
    }
}

async fn open() -> (DuplexStream, JoinHandle<()>) {
    let tell = async |uri: Uri, headers: HeaderMap| {
        let fields = headers
            .iter()
            .map(|(name, value)| format!("{name}={}", value.to_str().unwrap()));
        let fields: Vec<String> = fields.collect();
        format!("{uri} {}", fields.join("|"))
    };
    let router = Router::new()
        .route("/", get(tell))
        .route("/echo", post(async |body: String| body))
        .route(
            "/slow",
            get(async || tokio::time::sleep(Duration::from_secs(500)).await),
        );
    let (here, there) = duplex(1 << 20);
    let guest = Crowd::new(4).admit().await;
    let task = tokio::spawn(connection(there, PEER, router, (limits(), guest)));
    (here, task)
}

async fn client() -> (SendRequest<Bytes>, JoinHandle<()>) {
    let (here, task) = open().await;
    let (send, connection) = h2::client::handshake(here).await.unwrap();
    tokio::spawn(async move { connection.await.ok() });
    (send.ready().await.unwrap(), task)
}

async fn read(mut body: h2::RecvStream) -> String {
    let mut text = Vec::new();
    while let Some(piece) = body.data().await {
        text.extend(piece.unwrap());
    }
    String::from_utf8(text).unwrap()
}

async fn ask(send: &mut SendRequest<Bytes>, request: Request<()>) -> (u16, String) {
    let (answer, _) = send.send_request(request, true).unwrap();
    let answer = answer.await.unwrap();
    (answer.status().as_u16(), read(answer.into_body()).await)
}

#[tokio::test]
async fn requests_arrive_as_http1_would_bring_them() {
    let (mut send, _task) = client().await;
    let request = Request::get("https://pool.localhost:9443/?a=1")
        .header("cookie", "one=1")
        .header("cookie", "two=2; three=3");
    let (status, told) = ask(&mut send, request.body(()).unwrap()).await;
    assert_eq!(status, 200);
    assert!(told.starts_with("/?a=1 "), "{told}");
    assert!(told.contains("host=pool.localhost:9443"), "{told}");
    assert!(told.contains("cookie=one=1; two=2; three=3"), "{told}");
    let other = Request::get("https://pool.localhost/").header("host", "evil.test");
    assert_eq!(ask(&mut send, other.body(()).unwrap()).await.0, 400);
    let same = Request::get("https://h/").header("host", "h");
    assert_eq!(ask(&mut send, same.body(()).unwrap()).await.0, 200);
}

#[tokio::test]
async fn heads_have_their_limits() {
    let (mut send, _task) = client().await;
    let long = format!("https://h/?{}", "a".repeat(heads::LONGEST_URL));
    let long = Request::get(long).body(()).unwrap();
    assert_eq!(ask(&mut send, long).await.0, 414);
    let large = Request::get("https://h/").header("x", "a".repeat(heads::LONGEST_HEADERS));
    assert_eq!(ask(&mut send, large.body(()).unwrap()).await.0, 431);
    let mut many = Request::get("https://h/");
    for number in 0..=heads::MOST_HEADERS {
        many = many.header(format!("x{number}"), "a");
    }
    assert_eq!(ask(&mut send, many.body(()).unwrap()).await.0, 431);
    assert_eq!(
        ask(&mut send, Request::get("https://h/").body(()).unwrap())
            .await
            .0,
        200
    );
}

#[tokio::test(start_paused = true)]
async fn a_body_that_stalls_is_given_up_and_others_go_on() {
    let (mut send, _task) = client().await;
    let request = Request::post("https://h/echo").body(()).unwrap();
    let (answer, mut body) = send.send_request(request, false).unwrap();
    body.send_data(Bytes::from_static(b"hello"), false).unwrap();
    let began = Instant::now();
    let answer = answer.await.unwrap();
    assert_eq!(answer.status(), 400);
    let took = began.elapsed();
    assert!(
        took >= limits().body && took < limits().body * 2,
        "{took:?}"
    );
    let mut send = send.ready().await.unwrap();
    let next = Request::get("https://h/").body(()).unwrap();
    assert_eq!(ask(&mut send, next).await.0, 200);
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut frame = vec![length[1], length[2], length[3], kind, flags];
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

fn greeting() -> Vec<u8> {
    [PREFACE, &frame(4, 0, 0, &[])].concat()
}

/// Sends bytes and reads until the connection ends; says how long that took.
async fn until_it_ends(bytes: Vec<u8>) -> Duration {
    let (here, task) = open().await;
    let (mut reading, mut writing) = tokio::io::split(here);
    let began = Instant::now();
    let sending = tokio::spawn(async move {
        writing.write_all(&bytes).await.ok();
        writing
    });
    let mut sink = vec![0; 4096];
    while !matches!(reading.read(&mut sink).await, Ok(0) | Err(_)) {}
    let took = began.elapsed();
    drop(sending.await);
    task.await.unwrap();
    took
}

#[tokio::test(start_paused = true)]
async fn slow_clients_are_cut_off() {
    let (head, idle) = (limits().head, limits().idle);
    let near = |took: Duration, limit: Duration| {
        assert!(
            took >= limit && took < limit + Duration::from_secs(2),
            "{took:?}"
        );
    };
    // Nothing at all, a part of the preface, of a frame's head, of a head that goes on.
    near(until_it_ends(Vec::new()).await, idle);
    near(until_it_ends(PREFACE[..9].to_vec()).await, head);
    near(until_it_ends(greeting()).await, idle);
    near(until_it_ends([greeting(), vec![0, 0]].concat()).await, head);
    let open = frame(1, 1, 1, GET);
    near(until_it_ends([greeting(), open].concat()).await, head);
    // A part of a frame of a body.
    let post = frame(1, 4, 1, POST);
    let mut part = frame(0, 0, 1, b"hello");
    part.truncate(11);
    near(
        until_it_ends([greeting(), post, part].concat()).await,
        limits().body,
    );
}

#[tokio::test(start_paused = true)]
async fn pings_do_not_keep_a_connection() {
    let (here, task) = open().await;
    let (mut reading, mut writing) = tokio::io::split(here);
    let began = Instant::now();
    tokio::spawn(async move {
        writing.write_all(&greeting()).await.ok();
        while writing.write_all(&frame(6, 0, 0, &[0; 8])).await.is_ok() {
            tokio::time::sleep(Duration::from_secs(5)).await;
        }
    });
    let mut sink = vec![0; 4096];
    while !matches!(reading.read(&mut sink).await, Ok(0) | Err(_)) {}
    let took = began.elapsed();
    assert!(took < limits().idle + Duration::from_secs(6), "{took:?}");
    task.await.unwrap();
}

/// security.md F7. Each flood is of many megabytes' worth of work; the connection ends long before.
#[tokio::test(start_paused = true)]
async fn floods_end_their_connection() {
    let now = Duration::from_secs(1);
    let odd = |n: u32| 2 * n + 1;
    let resets = (0..5000)
        .flat_map(|n| [frame(1, 5, odd(n), GET), frame(3, 0, odd(n), &[0, 0, 0, 8])].concat());
    assert!(
        until_it_ends(greeting().into_iter().chain(resets).collect()).await < now,
        "resets"
    );
    let continuations = (0..5000).flat_map(|_| frame(9, 0, 1, &[]));
    let head = [greeting(), frame(1, 1, 1, GET)].concat();
    assert!(
        until_it_ends(head.into_iter().chain(continuations).collect()).await < now,
        "CONTINUATION"
    );
    let post = [greeting(), frame(1, 4, 1, POST)].concat();
    let empty = (0..5000).flat_map(|_| frame(0, 0, 1, &[]));
    assert!(
        until_it_ends(post.into_iter().chain(empty).collect()).await < now,
        "DATA"
    );
    for (kind, payload) in [(6, &[0; 8][..]), (4, &[]), (2, &[0, 0, 0, 0, 1])] {
        let stream = u32::from(kind == 2);
        let many = (0..5000).flat_map(|_| frame(kind, 0, stream, payload));
        let took = until_it_ends(greeting().into_iter().chain(many).collect()).await;
        assert!(took < now, "frames of kind {kind}");
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_takes_some_requests_back_stays() {
    let (mut send, _task) = client().await;
    for _ in 0..200 {
        let slow = Request::get("https://h/slow").body(()).unwrap();
        let (answer, mut stream) = send.send_request(slow, true).unwrap();
        stream.send_reset(h2::Reason::CANCEL);
        drop(answer);
        for _ in 0..2 {
            send = send.ready().await.unwrap();
            let next = Request::get("https://h/").body(()).unwrap();
            assert_eq!(ask(&mut send, next).await.0, 200);
        }
    }
}

/// Not all at once, so that each request has begun before it is taken back (CVE-2023-44487).
#[tokio::test(start_paused = true)]
async fn whoever_takes_everything_back_is_cut_off() {
    let (mut send, task) = client().await;
    for _ in 0..200 {
        let Ok(ready) = send.ready().await else { break };
        send = ready;
        let slow = Request::get("https://h/slow").body(()).unwrap();
        let Ok((_, mut stream)) = send.send_request(slow, true) else {
            break;
        };
        tokio::time::sleep(Duration::from_millis(1)).await;
        stream.send_reset(h2::Reason::CANCEL);
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert!(task.is_finished());
}
