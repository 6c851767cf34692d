//! Raw connections: the limits of a request at their edges, and requests that could be read in two
//! ways.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::Server;

/// Everything that the server answers to these bytes until it closes or, having answered, waits.
async fn exchange(s: &Server, bytes: &[u8]) -> (String, bool) {
    let address = s.url.trim_start_matches("http://");
    let (mut stream, mut out) = TcpStream::connect(address).await.unwrap().into_split();
    let bytes = bytes.to_vec();
    // The server may refuse before it has read everything.
    let sending = tokio::spawn(async move {
        out.write_all(&bytes).await.ok();
        out
    });
    let mut text = Vec::new();
    let mut piece = [0; 4096];
    loop {
        match stream.read(&mut piece).await {
            Ok(0) | Err(_) => return (String::from_utf8(text).unwrap(), true),
            Ok(count) => text.extend(&piece[..count]),
        }
        let so_far = String::from_utf8_lossy(&text);
        if let Some((head, body)) = so_far.split_once("\r\n\r\n")
            && !head.contains("connection: close")
            && body.len() == length(head)
            && !head.starts_with("HTTP/1.1 400")
        {
            drop(sending.await);
            return (so_far.into_owned(), false);
        }
    }
}

fn length(head: &str) -> usize {
    let mut lines = head.lines();
    let length = lines.find_map(|line| line.strip_prefix("content-length: "));
    length.map_or(0, |length| length.parse().unwrap())
}

async fn status(s: &Server, bytes: &[u8]) -> u16 {
    let (text, _) = exchange(s, bytes).await;
    text[9..12].parse().unwrap()
}

/// A request with so many bytes of headers in so many fields.
fn with_headers(total: usize, count: usize) -> Vec<u8> {
    let host = "host: localhost\r\n";
    let mut head = format!("GET /health/live HTTP/1.1\r\n{host}");
    let mut left = total - host.len();
    for number in 1..count {
        let name = format!("x{number:03}: ");
        let rest = if number == count - 1 {
            left - name.len() - 2
        } else {
            1
        };
        head += &format!("{name}{}\r\n", "a".repeat(rest));
        left -= name.len() + rest + 2;
    }
    (head + "\r\n").into_bytes()
}

#[tokio::test]
async fn headers_are_limited_in_size_and_number() {
    let s = Server::start().await;
    for (total, count, expected) in [
        (32 * 1024 - 1, 20, 200),
        (32 * 1024, 20, 200),
        (32 * 1024 + 1, 20, 431),
        (64 * 1024, 20, 431),
        (500 * 1024, 20, 431),
        (4000, 99, 200),
        (4000, 100, 200),
        (4000, 101, 431),
        (4000, 102, 431),
    ] {
        let answered = status(&s, &with_headers(total, count)).await;
        assert_eq!(answered, expected, "{total} bytes in {count} fields");
    }
}

#[tokio::test]
async fn addresses_are_limited() {
    let s = Server::start().await;
    for (length, expected) in [
        (16 * 1024 - 1, 200),
        (16 * 1024, 200),
        (16 * 1024 + 1, 414),
        (60 * 1024, 414),
    ] {
        let path = "/health/live?";
        let query = "a".repeat(length - path.len());
        let head = format!("GET {path}{query} HTTP/1.1\r\nhost: localhost\r\n\r\n");
        assert_eq!(status(&s, head.as_bytes()).await, expected, "{length}");
    }
}

fn post(path: &str, kind: &str, body: &str) -> Vec<u8> {
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: {kind}\r\n\
         x-amz-target: AWSCognitoIdentityProviderService.CreateUserPool\r\n\
         connection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    (head + body).into_bytes()
}

#[tokio::test]
async fn bodies_are_limited() {
    let s = Server::start().await;
    let mebibyte = 1 << 20;
    for (length, expected) in [
        (mebibyte - 1, "400"),
        (mebibyte, "400"),
        (mebibyte + 1, "413"),
    ] {
        // White space is JSON as well; then a required member is missing.
        let body = format!("{{{}}}", " ".repeat(length - 2));
        let (text, _) = exchange(&s, &post("/", "application/x-amz-json-1.1", &body)).await;
        assert_eq!(&text[9..12], expected, "{length}: {text}");
        let (text, _) = exchange(&s, &post("/_poolhouse/clock", "application/json", &body)).await;
        assert_eq!(&text[9..12], expected, "{length}: {text}");
    }
    for (length, expected) in [
        (16 * 1024 - 1, "400"),
        (16 * 1024, "400"),
        (16 * 1024 + 1, "413"),
    ] {
        let form = "a".repeat(length);
        let kind = "application/x-www-form-urlencoded";
        let (text, _) = exchange(&s, &post("/oauth2/token", kind, &form)).await;
        assert_eq!(&text[9..12], expected, "{length}: {text}");
    }
    let (text, closed) = exchange(
        &s,
        b"POST / HTTP/1.1\r\nhost: localhost\r\nx-amz-target: AWSCognitoIdentityProviderService.SignUp\r\n\
          transfer-encoding: chunked\r\n\r\n3\r\n{\"a\nxx",
    )
    .await;
    assert!(text.starts_with("HTTP/1.1 400") && closed, "{text}");
}

#[tokio::test]
async fn nesting_and_values_are_limited() {
    let s = Server::start().await;
    let ask = async |value: String| {
        let body = format!("{{\"PoolName\":{value}}}");
        let (text, _) = exchange(&s, &post("/", "application/x-amz-json-1.1", &body)).await;
        assert!(text.starts_with("HTTP/1.1 400"), "{text}");
        text.contains("nested too deeply") || text.contains("too many values")
    };
    let nested = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
    // The object around counts as a level and as a value.
    for (levels, refused) in [(30, false), (31, false), (32, true), (100, true)] {
        assert_eq!(ask(nested(levels)).await, refused, "{levels} levels");
    }
    for levels in [1_000, 10_000, 100_000, 500_000] {
        assert!(ask(nested(levels)).await);
        assert!(ask("[".repeat(levels)).await);
        assert!(ask("{\"a\":".repeat(levels.min(170_000))).await);
    }
    for (count, refused) in [(9_997, false), (9_998, false), (9_999, true)] {
        let value = format!("[{}1]", "1,".repeat(count - 1));
        assert_eq!(ask(value).await, refused, "{count} values");
    }
}

#[tokio::test]
async fn form_fields_are_limited() {
    let s = Server::start().await;
    for (count, refused) in [(199, false), (200, false), (201, true)] {
        let form = format!("grant_type=x&{}a=1", "a=1&".repeat(count - 2));
        let kind = "application/x-www-form-urlencoded";
        let (text, _) = exchange(&s, &post("/oauth2/token", kind, &form)).await;
        assert!(text.starts_with("HTTP/1.1 400"), "{text}");
        let unread = text.contains("The parameters cannot be read");
        assert_eq!(unread, refused, "{count}: {text}");
    }
}

/// What a proxy in front may have read as one request, or as two.
const SMUGGLED: &str = "GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n";

#[tokio::test]
async fn what_can_be_read_in_two_ways_is_refused_and_ends_the_connection() {
    let s = Server::start().await;
    let (text, closed) = exchange(&s, SMUGGLED.as_bytes()).await;
    assert!(text.starts_with("HTTP/1.1 200") && !closed, "{text}");
    let target = "host: localhost\r\nx-amz-target: AWSCognitoIdentityProviderService.SignUp\r\n";
    let chunked = format!("POST / HTTP/1.1\r\n{target}Transfer-Encoding: chunked\r\n\r\n");
    let post = |fields: &str, body: &str| {
        format!("POST / HTTP/1.1\r\n{target}{fields}\r\n\r\n{body}{SMUGGLED}")
    };
    let corpus = [
        post(
            "Content-Length: 6\r\nTransfer-Encoding: chunked",
            "0\r\n\r\n",
        ),
        post(
            "Transfer-Encoding: chunked\r\nContent-Length: 6",
            "0\r\n\r\n",
        ),
        post("Content-Length: 2\r\nContent-Length: 2", "{}"),
        post("Content-Length: 2\r\nContent-Length: 50", "{}"),
        post("Content-Length: 2, 2", "{}"),
        post("Content-Length: +2", "{}"),
        post("Content-Length: 0x2", "{}"),
        post("Content-Length: 2 2", "{}"),
        post("Content-Length:", "{}"),
        post("Content-Length: -1", "{}"),
        post("Content-Length : 2", "{}"),
        post("Content-Length: 99999999999999999999999", "{}"),
        post("Transfer-Encoding: xchunked", "0\r\n\r\n"),
        post("Transfer-Encoding: chunked, identity", "0\r\n\r\n"),
        post("Transfer-Encoding: identity, chunked", "0\r\n\r\n"),
        post("Transfer-Encoding: \"chunked\"", "0\r\n\r\n"),
        post("Transfer-Encoding:\u{b}chunked", "0\r\n\r\n"),
        post("Transfer-Encoding : chunked", "0\r\n\r\n"),
        post(" Transfer-Encoding: chunked", "0\r\n\r\n"),
        post("X: y\r\n Transfer-Encoding: chunked", "0\r\n\r\n"),
        post("X: y\r\n\tz", ""),
        post("X: y\nTransfer-Encoding: chunked", "0\r\n\r\n"),
        post("X: y\rTransfer-Encoding: chunked", "0\r\n\r\n"),
        post("X: y\0z", ""),
        post("X y", ""),
        post(": y", ""),
        post(
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
            "0\r\n\r\n",
        ),
        post(
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
            "0\r\n\r\n",
        ),
        SMUGGLED.replace("\r\n", "\n"),
        SMUGGLED.replace(" HTTP/1.1", "\rHTTP/1.1"),
        SMUGGLED.replace("1.1", "1.1\r"),
        SMUGGLED.replace("HTTP/1.1", "HTTP/2.0"),
        SMUGGLED.replace("HTTP/1.1", "HTTP/1.11"),
        SMUGGLED.replace("GET ", "GET  "),
        SMUGGLED.replace("GET ", " GET "),
        post("Transfer-Encoding: chunked", "0\r\n\r\n").replace("HTTP/1.1", "HTTP/1.0"),
        format!("{chunked}2\n{{}}\r\n0\r\n\r\n{SMUGGLED}"),
        format!("{chunked}2;a\nb\r\n{{}}\r\n0\r\n\r\n{SMUGGLED}"),
        format!("{chunked}2;a\rb\r\n{{}}\r\n0\r\n\r\n{SMUGGLED}"),
        format!("{chunked}0x2\r\n{{}}\r\n0\r\n\r\n{SMUGGLED}"),
        format!("{chunked}2 \r\n{{}}\r\n0\r\n\r\n{SMUGGLED}"),
        format!("{chunked}-2\r\n{{}}\r\n0\r\n\r\n{SMUGGLED}"),
        format!("{chunked}fffffffffffffffff\r\n{{}}\r\n0\r\n\r\n{SMUGGLED}"),
        format!("{chunked}2\r\n{{}}0\r\n\r\n{SMUGGLED}"),
        format!("{chunked}2\r\n{{}}\n0\r\n\r\n{SMUGGLED}"),
        format!("{chunked}2\r\n{{}}\r\n0\r\nX: y\n\r\n{SMUGGLED}"),
        format!("{chunked}2\r\n{{}}\r\n0\r\nX: y\r\n z\r\n\r\n{SMUGGLED}"),
        format!(
            "{chunked}2;{}\r\n{{}}\r\n0\r\n\r\n{SMUGGLED}",
            "x".repeat(20_000)
        ),
    ];
    for bytes in corpus {
        let (text, closed) = exchange(&s, bytes.as_bytes()).await;
        assert!(closed, "open after {bytes:?}: {text}");
        assert_eq!(text.matches("HTTP/1.1 ").count(), 1, "{bytes:?}: {text}");
        assert!(text.starts_with("HTTP/1.1 400"), "{bytes:?}: {text}");
        // It never came to the operation, which would have missed members.
        assert!(!text.contains("validation error"), "{bytes:?}: {text}");
    }
}

#[tokio::test]
async fn http_2_is_not_spoken() {
    let s = Server::start().await;
    let (text, closed) = exchange(&s, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
    assert!(text.is_empty() && closed, "{text}");
    let upgrade = "GET /health/live HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade, http2-settings\r\n\
                   upgrade: h2c\r\nhttp2-settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n";
    let (text, _) = exchange(&s, upgrade.as_bytes()).await;
    assert!(text.starts_with("HTTP/1.1 200"), "{text}");
}

#[tokio::test]
async fn refusals_show_nothing_of_the_inside() {
    let s = Server::start().await;
    for bytes in [
        "GET /health/live HTTP/1.1\nhost: x\n\n",
        "POST / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: 3\r\n\r\n{{{",
        "POST /oauth2/token HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: 3\r\n\r\n%%%",
    ] {
        let (text, _) = exchange(&s, bytes.as_bytes()).await;
        for inside in [
            "src/", "SELECT", "sqlx", "hyper", "axum", "panicked", ".rs:",
        ] {
            assert!(!text.contains(inside), "{text}");
        }
    }
}
