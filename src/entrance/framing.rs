//! Where each request on a connection begins and ends, read more strictly than the HTTP parser
//! does, so that nothing in front of this server can have read it otherwise (request smuggling).
//!
//! What is refused though parsers often let it pass: a bare CR or LF in a head or a chunk's size,
//! folded headers, `Content-Length` twice or beside `Transfer-Encoding`, codings other than
//! `chunked`, `Transfer-Encoding` in HTTP/1.0. The rest of the grammar is the parser's.
//!
//! Source: RFC 9112, sections 2.2, 5.2, 6.1, 6.3, 7.1 and 11.2.

/// Longest line that is looked at; longer ones fail the limits of heads or of chunk sizes.
const LONGEST_LINE: usize = 128 * 1024;
/// Longest line that announces a chunk, its extensions with it.
const LONGEST_CHUNK_LINE: usize = 256;

/// What byte comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// Between requests; empty lines may come before one (RFC 9112 2.2).
    Start,
    /// In a line of a head.
    Head,
    /// In a body of which so many bytes are to come.
    Body(u64),
    /// In the line with a chunk's size.
    ChunkSize,
    /// In a chunk of which so many bytes are to come.
    Chunk(u64),
    /// Behind a chunk.
    ChunkEnd,
    /// In a line behind the last chunk.
    Trailer,
    /// Nothing after this can be told apart.
    Lost,
}

/// Where a connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Between requests.
    Idle,
    /// In the head of a request.
    Head,
    /// In the body of a request.
    Body,
}

/// What a piece of input brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Progress {
    /// Heads that were completed.
    pub heads: usize,
    /// Where the first byte is that must not be there.
    pub wrong: Option<usize>,
    /// Whether that is behind a head.
    pub in_body: bool,
}

/// Follows the requests of one connection.
#[derive(Debug)]
pub(super) struct Framing {
    at: At,
    line: Vec<u8>,
    first_line: bool,
    old: bool,
    length: Option<u64>,
    chunked: bool,
}

impl Framing {
    pub(super) const fn new() -> Self {
        Self {
            at: At::Start,
            line: Vec::new(),
            first_line: true,
            old: false,
            length: None,
            chunked: false,
        }
    }

    pub(super) const fn stage(&self) -> Stage {
        match self.at {
            At::Start => Stage::Idle,
            At::Head | At::Lost => Stage::Head,
            _ => Stage::Body,
        }
    }

    /// Reads on. After something wrong the rest is not read.
    pub(super) fn read(&mut self, input: &[u8]) -> Progress {
        let mut progress = Progress::default();
        let mut at = 0;
        while let Some(&byte) = input.get(at) {
            let before = self.at;
            match self.at {
                At::Body(left) | At::Chunk(left) => {
                    let here = u64::try_from(input.len() - at)
                        .unwrap_or(u64::MAX)
                        .min(left);
                    at += usize::try_from(here).unwrap_or(usize::MAX);
                    self.skipped(left - here);
                    continue;
                }
                At::Lost => return progress,
                _ => {}
            }
            if self.byte(byte).is_none() {
                self.at = At::Lost;
                progress.wrong = Some(at);
                progress.in_body = !matches!(before, At::Start | At::Head);
                return progress;
            }
            if before == At::Head && self.at != At::Head {
                progress.heads += 1;
            }
            at += 1;
        }
        progress
    }

    fn skipped(&mut self, left: u64) {
        self.at = match (self.at, left) {
            (At::Body(_), 0) => At::Start,
            (At::Body(_), left) => At::Body(left),
            (At::Chunk(_), 0) => At::ChunkEnd,
            (_, left) => At::Chunk(left),
        };
    }

    /// Takes one byte of a line; none when it must not be there.
    fn byte(&mut self, byte: u8) -> Option<()> {
        let most = match self.at {
            At::ChunkSize | At::ChunkEnd => LONGEST_CHUNK_LINE,
            _ => LONGEST_LINE,
        };
        if self.line.last() == Some(&b'\r') {
            if byte != b'\n' {
                return None;
            }
            self.line.pop();
            let line = std::mem::take(&mut self.line);
            self.line_ended(&line)?;
            self.line = line;
            self.line.clear();
            return Some(());
        }
        if byte == b'\n' || self.line.len() >= most {
            return None;
        }
        if self.at == At::Start && byte != b'\r' {
            self.at = At::Head;
        }
        self.line.push(byte);
        Some(())
    }

    fn line_ended(&mut self, line: &[u8]) -> Option<()> {
        match self.at {
            At::Head if line.is_empty() => self.head_ended(),
            At::Head if self.first_line => {
                self.first_line = false;
                self.old = line.ends_with(b"HTTP/1.0");
                Some(())
            }
            At::Head => self.field(line),
            At::ChunkSize => {
                let end = line.iter().position(|byte| *byte == b';');
                let size = line.get(..end.unwrap_or(line.len()))?;
                let visible = |byte: &u8| matches!(byte, b'\t' | b' '..=b'~');
                if !line.iter().all(visible) {
                    return None;
                }
                self.at = match number(size, 16)? {
                    0 => At::Trailer,
                    size => At::Chunk(size),
                };
                Some(())
            }
            At::ChunkEnd if line.is_empty() => {
                self.at = At::ChunkSize;
                Some(())
            }
            At::Trailer => {
                if line.is_empty() {
                    self.at = At::Start;
                } else if line.starts_with(b" ") || line.starts_with(b"\t") {
                    return None;
                }
                Some(())
            }
            At::Start => Some(()),
            _ => None,
        }
    }

    /// A header field. Its name is compared as it is; the parser refuses odd ones.
    fn field(&mut self, line: &[u8]) -> Option<()> {
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            return None;
        }
        let colon = line.iter().position(|byte| *byte == b':')?;
        let (name, value) = line.split_at(colon);
        let value = value.get(1..)?.trim_ascii();
        if name.eq_ignore_ascii_case(b"content-length") {
            let length = number(value, 10)?;
            if self.length.replace(length).is_some() {
                return None;
            }
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            if self.chunked || !value.eq_ignore_ascii_case(b"chunked") {
                return None;
            }
            self.chunked = true;
        }
        Some(())
    }

    fn head_ended(&mut self) -> Option<()> {
        if self.chunked && (self.length.is_some() || self.old) {
            return None;
        }
        self.at = match self.length.take() {
            _ if self.chunked => At::ChunkSize,
            Some(length) if length > 0 => At::Body(length),
            _ => At::Start,
        };
        self.chunked = false;
        self.first_line = true;
        Some(())
    }
}

/// Digits and nothing else, of a number that fits.
fn number(text: &[u8], radix: u32) -> Option<u64> {
    let digits = !text.is_empty()
        && text.len() <= 16
        && text.iter().all(|byte| char::from(*byte).is_digit(radix));
    let text = std::str::from_utf8(text).ok().filter(|_| digits)?;
    u64::from_str_radix(text, radix).ok()
}
