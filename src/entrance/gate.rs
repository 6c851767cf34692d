//! A connection's bytes on their way in: a head that could be read in two ways is made plainly wrong,
//! a body ends there, and who is too slow is cut off.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

use super::Limits;
use super::crowd::Guest;
use super::framing::{Framing, Stage};

/// What no parser of HTTP lets pass in a head.
const WRONG: u8 = 0;

/// A connection with a gate-keeper.
pub(super) struct Gate<Io> {
    io: Io,
    limits: Limits,
    guest: Arc<Guest>,
    framing: Framing,
    /// Whether the body that comes in was broken.
    broken: bool,
    /// When this stage began or, in a body, when its last piece came.
    since: Instant,
    alarm: Pin<Box<Sleep>>,
}

impl<Io> Gate<Io> {
    pub(super) fn new(io: Io, limits: Limits, guest: Arc<Guest>) -> Self {
        let since = Instant::now();
        Self {
            io,
            limits,
            guest,
            framing: Framing::new(),
            broken: false,
            since,
            alarm: Box::pin(tokio::time::sleep_until(since + limits.idle)),
        }
    }

    /// Looks at what has come in; says how much of it may pass.
    fn judge(&mut self, input: &mut [u8]) -> usize {
        let before = self.framing.stage();
        let progress = self.framing.read(input);
        for _ in 0..progress.heads {
            self.guest.asked();
        }
        self.broken = progress.in_body;
        // A head has one deadline from its first byte on; a body, one for each piece.
        let begins = before == Stage::Idle && self.framing.stage() != Stage::Idle;
        if progress.heads > 0 || begins || before == Stage::Body {
            self.since = Instant::now();
        }
        match progress.wrong {
            Some(at) if progress.in_body => at,
            Some(at) => {
                if let Some(byte) = input.get_mut(at) {
                    *byte = WRONG;
                }
                input.len()
            }
            None => input.len(),
        }
    }

    /// An answer goes out: the wait for the next request begins. Nobody may ask for input before
    /// the alarm, so it is set here.
    fn wrote(&mut self, cx: &mut Context<'_>) {
        if self.framing.stage() == Stage::Idle {
            self.since = Instant::now();
            self.is_late(cx);
        }
    }

    /// Whether nothing has come for too long.
    fn is_late(&mut self, cx: &mut Context<'_>) -> bool {
        let patience = match self.framing.stage() {
            Stage::Head => self.limits.head,
            Stage::Body => self.limits.body,
            // It is the server that lets the client wait.
            Stage::Idle if !self.guest.is_idle() => return false,
            Stage::Idle => self.limits.idle,
        };
        let deadline = self.since + patience;
        if self.alarm.deadline() != deadline {
            self.alarm.as_mut().reset(deadline);
        }
        self.alarm.as_mut().poll(cx).is_ready()
    }
}

impl<Io: AsyncRead + Unpin> AsyncRead for Gate<Io> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let gate = &mut *self;
        if gate.broken {
            return Poll::Ready(Err(io::ErrorKind::InvalidData.into()));
        }
        let before = buffer.filled().len();
        match Pin::new(&mut gate.io).poll_read(cx, buffer) {
            Poll::Pending if gate.is_late(cx) => {
                tracing::debug!(stage = ?gate.framing.stage(), "a client was too slow");
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
            Poll::Pending => Poll::Pending,
            Poll::Ready(done) => {
                done?;
                let input = buffer.filled_mut().get_mut(before..);
                let passed = input.map_or(0, |input| gate.judge(input));
                buffer.set_filled(before + passed);
                if gate.broken && passed == 0 {
                    return Poll::Ready(Err(io::ErrorKind::InvalidData.into()));
                }
                Poll::Ready(Ok(()))
            }
        }
    }
}

impl<Io: AsyncWrite + Unpin> AsyncWrite for Gate<Io> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.io).poll_write(cx, bytes));
        self.wrote(cx);
        Poll::Ready(written)
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
        let written = ready!(Pin::new(&mut self.io).poll_write_vectored(cx, slices));
        self.wrote(cx);
        Poll::Ready(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }
}
