//! Slow, many and odd clients, on connections in memory and a clock that runs by itself.

#![expect(
    clippy::disallowed_methods,
    reason = "tests have tasks of their own, which end with them"
)]

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::routing::{get, post};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::framing::{Framing, Progress, Stage};
use super::{Limits, Speaks, serve};

const PEER: SocketAddr = SocketAddr::new(
    std::net::IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1)),
    9,
);

impl Speaks for DuplexStream {}

struct Door(mpsc::Receiver<DuplexStream>);

impl axum::serve::Listener for Door {
    type Io = DuplexStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (DuplexStream, SocketAddr) {
        match self.0.recv().await {
            Some(stream) => (stream, PEER),
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(PEER)
    }
}

struct House {
    door: mpsc::Sender<DuplexStream>,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl House {
    fn open(connections: usize) -> Self {
        let router = Router::new()
            .route("/", get(async || "hello"))
            .route("/echo", post(async |body: String| body))
            .route(
                "/slow",
                get(async || {
                    tokio::time::sleep(Duration::from_secs(500)).await;
                    "at last"
                }),
            );
        let limits = Limits {
            connections,
            ..Limits::default()
        };
        let (door, incoming) = mpsc::channel(100);
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(serve(Door(incoming), router, limits, stopped));
        Self {
            door,
            stop: Some(stop),
            task,
        }
    }

    async fn connect(&self) -> DuplexStream {
        let (ours, theirs) = duplex(256 * 1024);
        self.door.send(theirs).await.unwrap();
        ours
    }
}

/// Everything until the server closes, and how long that took.
async fn rest(stream: &mut DuplexStream) -> (String, Duration) {
    let began = Instant::now();
    let mut text = Vec::new();
    stream.read_to_end(&mut text).await.ok();
    (String::from_utf8(text).unwrap(), began.elapsed())
}

/// One answer of a connection that stays open.
async fn answer(stream: &mut DuplexStream) -> String {
    let mut text = String::new();
    loop {
        let mut piece = [0; 1024];
        let count = stream.read(&mut piece).await.unwrap();
        text += std::str::from_utf8(&piece[..count]).unwrap();
        if count == 0 || text.ends_with("hello") {
            return text;
        }
    }
}

fn about(duration: Duration, seconds: u64) -> bool {
    (seconds * 1000..seconds * 1000 + 1000).contains(&u64::try_from(duration.as_millis()).unwrap())
}

#[tokio::test(start_paused = true)]
async fn a_head_has_ten_seconds_however_it_trickles() {
    let house = House::open(10);
    let mut client = house.connect().await;
    let began = Instant::now();
    let mut head = b"GET / HTTP/1.1\r\nHost: x\r\nX: ".to_vec();
    head.extend([b'a'; 100]);
    for byte in head {
        if client.write_all(&[byte]).await.is_err() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let (text, _) = rest(&mut client).await;
    assert!(!text.contains("hello"), "{text}");
    assert!(about(began.elapsed(), 10), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_body_may_take_its_time_but_not_stand_still_for_thirty_seconds() {
    let house = House::open(10);
    let mut client = house.connect().await;
    let head = b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\n";
    client.write_all(head).await.unwrap();
    for byte in b"1234" {
        tokio::time::sleep(Duration::from_secs(29)).await;
        client.write_all(&[*byte]).await.unwrap();
    }
    let (text, waited) = rest(&mut client).await;
    assert!(!text.contains("200 OK"), "{text}");
    assert!(about(waited, 30), "{waited:?}");
    let mut client = house.connect().await;
    client.write_all(head).await.unwrap();
    for byte in b"1234567\n" {
        tokio::time::sleep(Duration::from_secs(29)).await;
        client.write_all(&[*byte]).await.unwrap();
    }
    let (text, waited) = rest(&mut client).await;
    assert!(
        text.contains("200 OK") && text.ends_with("1234567\n"),
        "{text}"
    );
    assert!(about(waited, 75), "idle connections end: {waited:?}");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_waits_for_the_server_is_not_slow() {
    let house = House::open(10);
    let mut client = house.connect().await;
    client
        .write_all(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .unwrap();
    let (text, waited) = rest(&mut client).await;
    assert!(text.ends_with("at last"), "{text}");
    assert!(about(waited, 575), "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn whoever_idles_longest_makes_room_and_whoever_is_served_does_not() {
    let house = House::open(5);
    let mut slow = house.connect().await;
    slow.write_all(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .unwrap();
    let mut idlers = Vec::new();
    for _ in 0..40 {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let mut client = house.connect().await;
        let ask = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";
        client.write_all(ask).await.unwrap();
        let began = Instant::now();
        assert!(answer(&mut client).await.ends_with("hello"));
        assert!(began.elapsed() < Duration::from_secs(1));
        idlers.push(client);
    }
    // The first to come were asked to go, and the last is still there.
    let (text, waited) = rest(&mut idlers[0]).await;
    assert!(text.is_empty() && waited.is_zero(), "{text} {waited:?}");
    let last = idlers.last_mut().unwrap();
    last.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .unwrap();
    assert!(answer(last).await.ends_with("hello"));
    assert!(rest(&mut slow).await.0.ends_with("at last"));
    // Half a head is no reason to stay either.
    let mut halves = Vec::new();
    for _ in 0..20 {
        let mut client = house.connect().await;
        client.write_all(b"GET / HT").await.unwrap();
        halves.push(client);
    }
    let mut client = house.connect().await;
    client
        .write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .unwrap();
    assert!(answer(&mut client).await.ends_with("hello"));
}

#[tokio::test(start_paused = true)]
async fn stopping_answers_what_was_asked_and_waits_for_nobody_else() {
    let mut house = House::open(10);
    let mut slow = house.connect().await;
    slow.write_all(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .unwrap();
    let mut idle = house.connect().await;
    let mut half = house.connect().await;
    half.write_all(b"GET / HT").await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    house.stop.take().unwrap().send(()).unwrap();
    let (_, waited) = rest(&mut idle).await;
    assert!(waited < Duration::from_secs(2), "{waited:?}");
    let (_, waited) = rest(&mut half).await;
    assert!(waited < Duration::from_secs(2), "{waited:?}");
    assert!(rest(&mut slow).await.0.ends_with("at last"));
    house.task.await.unwrap();
}

fn read(text: &str) -> (Progress, Stage) {
    let mut framing = Framing::new();
    let whole = framing.read(text.as_bytes());
    // Byte by byte it comes to the same.
    let mut single = Framing::new();
    let mut sum = Progress::default();
    for (at, byte) in text.bytes().enumerate() {
        let step = single.read(&[byte]);
        sum.heads += step.heads;
        if step.wrong.is_some() {
            sum.wrong = Some(at);
            sum.in_body = step.in_body;
            break;
        }
    }
    assert_eq!((whole, framing.stage()), (sum, single.stage()), "{text:?}");
    (whole, framing.stage())
}

#[test]
fn requests_are_told_apart() {
    for (text, heads, stage) in [
        ("GET / HTTP/1.1\r\nHost: x\r\n\r\n", 1, Stage::Idle),
        ("\r\n\r\nGET / HTTP/1.1\r\n\r\n", 1, Stage::Idle),
        (
            "GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\nGE",
            2,
            Stage::Head,
        ),
        (
            "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nab",
            1,
            Stage::Body,
        ),
        (
            "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n\n\n\nG",
            1,
            Stage::Head,
        ),
        (
            "POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
            1,
            Stage::Idle,
        ),
        (
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\n\r\r\n\r\n0\r\nX: y\r\n\r\n",
            1,
            Stage::Idle,
        ),
        (
            "POST / HTTP/1.1\r\ntransfer-encoding:CHUNKED\r\n\r\nA\r\n",
            1,
            Stage::Body,
        ),
    ] {
        let expected = Progress {
            heads,
            ..Progress::default()
        };
        assert_eq!(read(text), (expected, stage), "{text:?}");
    }
}

#[test]
fn what_can_be_read_in_two_ways_is_not_read_at_all() {
    let chunked = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (text, heads) in [
        ("GET / HTTP/1.1\nHost: x\n\n".to_owned(), 0),
        ("GET / HTTP/1.1\r\nA: b\nC: d\r\n\r\n".to_owned(), 0),
        ("GET / HTTP/1.1\r\nA: b\rC: d\r\n\r\n".to_owned(), 0),
        ("GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n".to_owned(), 0),
        ("GET / HTTP/1.1\r\n A: b\r\n\r\n".to_owned(), 0),
        ("GET / HTTP/1.1\r\nno colon\r\n\r\n".to_owned(), 0),
        (
            "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n".to_owned(),
            0,
        ),
        (
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n".to_owned(),
            0,
        ),
        (
            "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n".to_owned(),
            0,
        ),
        (
            "POST / HTTP/1.1\r\nContent-Length: 1, 1\r\n\r\n".to_owned(),
            0,
        ),
        (
            "POST / HTTP/1.1\r\nContent-Length: +1\r\n\r\n".to_owned(),
            0,
        ),
        (
            "POST / HTTP/1.1\r\nContent-Length: 0x1\r\n\r\n".to_owned(),
            0,
        ),
        ("POST / HTTP/1.1\r\nContent-Length:\r\n\r\n".to_owned(), 0),
        (
            "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n".to_owned(),
            0,
        ),
        (
            "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n".to_owned(),
            0,
        ),
        (
            "POST / HTTP/1.1\r\nTransfer-Encoding: identity\r\n\r\n".to_owned(),
            0,
        ),
        (
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"
                .to_owned(),
            0,
        ),
        (
            "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n".to_owned(),
            0,
        ),
        (format!("{chunked}1\nx\r\n0\r\n\r\n"), 1),
        (format!("{chunked}1;a\nb\r\nx\r\n0\r\n\r\n"), 1),
        (format!("{chunked}1;a\rb\r\nx\r\n0\r\n\r\n"), 1),
        (format!("{chunked}1;{}\r\n", "a".repeat(256)), 1),
        (format!("{chunked}0x1\r\nx\r\n0\r\n\r\n"), 1),
        (format!("{chunked}-1\r\nx\r\n0\r\n\r\n"), 1),
        (format!("{chunked} 1\r\nx\r\n0\r\n\r\n"), 1),
        (format!("{chunked}\r\nx\r\n0\r\n\r\n"), 1),
        (format!("{chunked}1\r\nxy\r\n0\r\n\r\n"), 1),
        (format!("{chunked}1\r\nx\n0\r\n\r\n"), 1),
        (format!("{chunked}0\r\nA: b\n\r\n"), 1),
        (format!("{chunked}0\r\nA: b\r\n c\r\n\r\n"), 1),
    ] {
        let (progress, _) = read(&text);
        assert!(progress.wrong.is_some(), "{text:?}");
        assert_eq!(progress.heads, heads, "{text:?}");
    }
}
