//! A small HTTP/1.1 client over one kept connection: cheap, so that the server gets the processor.

use std::io::{Error, ErrorKind, Result};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    host: String,
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    head: String,
    pub body: Vec<u8>,
}

impl Connection {
    pub async fn open(port: u16) -> Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        let host = format!("localhost:{port}");
        let buffer = Vec::with_capacity(16 << 10);
        Ok(Self { stream, buffer, host })
    }

    /// Sends a request and reads the whole answer. `headers` are whole lines that end in CRLF.
    pub async fn send(&mut self, method: &str, path: &str, headers: &str, body: &[u8]) -> Result<Answer> {
        let length = match method {
            "GET" => String::new(),
            _ => format!("content-length: {}\r\n", body.len()),
        };
        let mut request =
            format!("{method} {path} HTTP/1.1\r\nhost: {}\r\n{headers}{length}\r\n", self.host).into_bytes();
        request.extend_from_slice(body);
        self.stream.write_all(&request).await?;
        self.answer().await
    }

    async fn answer(&mut self) -> Result<Answer> {
        self.buffer.clear();
        let end = loop {
            if let Some(end) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
            self.more().await?;
        };
        let head = String::from_utf8_lossy(&self.buffer[..end]).into_owned();
        let bad = |what: &str| Error::new(ErrorKind::InvalidData, format!("{what}: {head}"));
        let status = head.split(' ').nth(1).and_then(|text| text.parse().ok()).ok_or_else(|| bad("no status"))?;
        let length = match header(&head, "content-length") {
            Some(text) => text.parse().map_err(|_| bad("bad length"))?,
            None if header(&head, "transfer-encoding").is_some() => return Err(bad("chunked answers are not read")),
            None => 0_usize,
        };
        while self.buffer.len() < end + length {
            self.more().await?;
        }
        let body = self.buffer[end..end + length].to_vec();
        Ok(Answer { status, head, body })
    }

    async fn more(&mut self) -> Result<()> {
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err(ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }

    /// The `name=value` pairs of Set-Cookie, as a Cookie header wants them.
    pub fn cookies(&self) -> impl Iterator<Item = &str> {
        lines(&self.head, "set-cookie").filter_map(|line| line.split(';').next())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    lines(head, name).next()
}

fn lines<'a>(head: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    head.lines().filter_map(move |line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}
