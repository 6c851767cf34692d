//! An HTTP/2 connection's bytes on their way in: who is too slow is cut off, and who sends frames that
//! ask for nothing, or takes back what it asks for again and again.
//!
//! Frames are counted and not read: what they say is the parser's, which has limits of its own for
//! headers, streams and streams that were reset.
//!
//! Source: RFC 9113, sections 3.4, 4.1, 6 and 10.5; RUSTSEC-2024-0332, CVE-2023-44487.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

use super::Limits;
use super::crowd::Guest;

/// What every connection begins with.
const PREFACE: usize = 24;
/// What every frame begins with.
const FRAME_HEAD: usize = 9;
/// Frames that carry a request's head.
const MOST_CONTINUATIONS: u32 = 32;
/// Frames between two that ask for something or bring a piece of a body.
const MOST_EMPTY: u32 = 1000;
/// Requests that may be taken back, whatever the others do; beyond that, half of them.
const FREE_RESETS: u32 = 64;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const CONTINUATION: u8 = 9;
const END_HEADERS: u8 = 4;
const PADDED: u8 = 8;

/// Where a connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Between frames.
    Idle,
    /// In the head of a request, or in a frame that is none of a body.
    Head,
    /// In a frame of a body.
    Body,
}

/// Follows the frames of one connection.
#[derive(Debug)]
pub(super) struct Frames {
    /// Bytes of the preface that are to come.
    preface: usize,
    head: [u8; FRAME_HEAD],
    filled: usize,
    /// Bytes of a frame's payload that are to come.
    payload: usize,
    kind: u8,
    /// Whether a request's head goes on in the next frame.
    open_head: bool,
    /// Which frame this is, those of one head being one.
    number: u64,
    continuations: u32,
    empty: u32,
    requests: u32,
    resets: u32,
}

impl Frames {
    pub(super) const fn new() -> Self {
        Self {
            preface: PREFACE,
            head: [0; FRAME_HEAD],
            filled: 0,
            payload: 0,
            kind: 0,
            open_head: false,
            number: 0,
            continuations: 0,
            empty: 0,
            requests: 0,
            resets: 0,
        }
    }

    pub(super) const fn stage(&self) -> Stage {
        if self.payload > 0 && self.kind == DATA {
            Stage::Body
        } else if self.payload > 0
            || self.filled > 0
            || self.open_head
            || 0 < self.preface && self.preface < PREFACE
        {
            Stage::Head
        } else {
            Stage::Idle
        }
    }

    /// Reads on; false when this is no client that wants something.
    pub(super) fn read(&mut self, mut input: &[u8]) -> bool {
        while let Some((&byte, rest)) = input.split_first() {
            if self.preface > 0 || self.payload > 0 {
                let left = if self.preface > 0 {
                    &mut self.preface
                } else {
                    &mut self.payload
                };
                let here = input.len().min(*left);
                *left -= here;
                input = input.get(here..).unwrap_or_default();
                continue;
            }
            if self.filled == 0 && !self.open_head {
                self.number += 1;
            }
            if let Some(place) = self.head.get_mut(self.filled) {
                *place = byte;
            }
            self.filled += 1;
            input = rest;
            if self.filled == FRAME_HEAD {
                self.filled = 0;
                if !self.begin() {
                    return false;
                }
            }
        }
        true
    }

    /// A frame begins.
    fn begin(&mut self) -> bool {
        let [a, b, c, kind, flags, ..] = self.head;
        self.payload = usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c);
        self.kind = kind;
        match kind {
            HEADERS => {
                self.requests = self.requests.saturating_add(1);
                self.continuations = 0;
                self.empty = 0;
                self.open_head = flags & END_HEADERS == 0;
            }
            CONTINUATION => {
                self.continuations += 1;
                self.open_head = flags & END_HEADERS == 0;
            }
            DATA if self.payload > 0 && flags & PADDED == 0 => self.empty = 0,
            _ => self.empty += 1,
        }
        if kind == RST_STREAM {
            self.resets = self.resets.saturating_add(1);
        }
        let flees = self.resets > FREE_RESETS && self.resets > self.requests / 2;
        self.continuations <= MOST_CONTINUATIONS && self.empty <= MOST_EMPTY && !flees
    }
}

/// A connection with a gate-keeper.
pub(super) struct FrameGate<Io> {
    io: Io,
    limits: Limits,
    guest: Arc<Guest>,
    frames: Frames,
    /// When this stage began or, in a body, when its last piece came.
    since: Instant,
    alarm: Pin<Box<Sleep>>,
}

impl<Io> FrameGate<Io> {
    pub(super) fn new(io: Io, limits: Limits, guest: Arc<Guest>) -> Self {
        let since = Instant::now();
        Self {
            io,
            limits,
            guest,
            frames: Frames::new(),
            since,
            alarm: Box::pin(tokio::time::sleep_until(since + limits.idle)),
        }
    }

    fn judge(&mut self, input: &[u8]) -> bool {
        let before = (self.frames.stage(), self.frames.number);
        let fine = self.frames.read(input);
        // A head has one deadline from its first byte on; a body, one for each piece. What comes and
        // goes between requests does not keep a connection.
        let after = (self.frames.stage(), self.frames.number);
        if after.0 == Stage::Body || before != after && after.0 == Stage::Head {
            self.since = Instant::now();
        }
        fine
    }

    /// Whether nothing has come for too long.
    fn is_late(&mut self, cx: &mut Context<'_>) -> bool {
        let deadline = match self.frames.stage() {
            Stage::Head => self.since + self.limits.head,
            Stage::Body => self.since + self.limits.body,
            // It is the server that lets the client wait, or a body of which no frame has begun: that
            // has an alarm of its own.
            Stage::Idle if !self.guest.is_idle() => return false,
            Stage::Idle => self.guest.idle_since() + self.limits.idle,
        };
        if self.alarm.deadline() != deadline {
            self.alarm.as_mut().reset(deadline);
        }
        self.alarm.as_mut().poll(cx).is_ready()
    }
}

impl<Io: AsyncRead + Unpin> AsyncRead for FrameGate<Io> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let gate = &mut *self;
        let before = buffer.filled().len();
        match Pin::new(&mut gate.io).poll_read(cx, buffer) {
            Poll::Pending if gate.is_late(cx) => {
                tracing::debug!(stage = ?gate.frames.stage(), "a client was too slow");
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
            Poll::Pending => Poll::Pending,
            Poll::Ready(done) => {
                done?;
                let input = buffer.filled().get(before..).unwrap_or_default();
                if gate.judge(input) {
                    return Poll::Ready(Ok(()));
                }
                tracing::debug!(frames = ?gate.frames, "a client floods its connection");
                Poll::Ready(Err(io::ErrorKind::InvalidData.into()))
            }
        }
    }
}

impl<Io: AsyncWrite + Unpin> AsyncWrite for FrameGate<Io> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }
}
