//! A function as a program of this machine: the event on its standard input, the answer on its
//! standard output. Only the operator's file can name one (docs/triggers.md).
//!
//! A status other than 0 is an error; the last line of standard error says which. No shell is asked,
//! and the program does not see the server's own secrets: of the environment it gets `PATH`, `HOME`,
//! `LANG` and what begins with `POOLHOUSE_TRIGGER_ENV_`.

use std::io::{Read, Write};
use std::process::{Child, ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;

use super::transport::{Request, Transport};
use super::{DENIED, FAILED, Failure, LARGEST};

/// How much of standard error is looked at.
const COMPLAINT: u64 = 64 << 10;
/// What of the environment is passed on.
const PASSED_ON: [&str; 3] = ["PATH", "HOME", "LANG"];
const PREFIX: &str = "POOLHOUSE_TRIGGER_ENV_";

/// Runs a program.
pub struct Command<'a> {
    /// The program and its arguments.
    pub argv: &'a [String],
}

/// Ends the program when its answer is no longer waited for.
struct Running(Mutex<Child>);

impl Running {
    fn ended(&self) -> std::io::Result<Option<ExitStatus>> {
        let mut child = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        child.try_wait()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut child = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        child.kill().ok();
        child.wait().ok();
    }
}

impl Transport for Command<'_> {
    fn call<'a>(&'a self, request: Request<'a>) -> BoxFuture<'a, Result<Vec<u8>, Failure>> {
        Box::pin(async move {
            let spawned = self.spawn(&request);
            let mut child = spawned.map_err(|error| {
                tracing::error!(program = ?self.argv.first(), %error, "cannot run a trigger's program");
                Failure::Service(DENIED.to_owned())
            })?;
            let (stdin, stdout, stderr) =
                (child.stdin.take(), child.stdout.take(), child.stderr.take());
            let running = Running(Mutex::new(child));
            let body = request.body;
            let writing = tokio::task::spawn_blocking(move || {
                // A program need not read its event.
                if let Some(mut pipe) = stdin {
                    pipe.write_all(body.as_bytes()).ok();
                }
            });
            let reading = tokio::task::spawn_blocking(move || read(stdout, LARGEST as u64 + 1));
            let complaining = tokio::task::spawn_blocking(move || read(stderr, COMPLAINT));
            let failed = || Failure::Service(FAILED.to_owned());
            writing.await.map_err(|_| failed())?;
            let answer = reading.await.map_err(|_| failed())?;
            let complaint = complaining.await.map_err(|_| failed())?;
            let status = loop {
                // It has closed its output, so it is about to end.
                if let Some(status) = running.ended().map_err(|_| failed())? {
                    break status;
                }
                tokio::time::sleep(Duration::from_millis(2)).await;
            };
            if answer.len() > LARGEST {
                return Err(Failure::NotJson);
            }
            if status.success() {
                return Ok(answer);
            }
            let complaint = String::from_utf8_lossy(&complaint);
            let mut lines = complaint.lines().rev().map(str::trim);
            let last = lines.find(|line| !line.is_empty());
            let told = last.map_or_else(|| status.to_string(), str::to_owned);
            Err(Failure::Function(told))
        })
    }
}

impl Command<'_> {
    fn spawn(&self, request: &Request<'_>) -> std::io::Result<Child> {
        let (program, arguments) = self
            .argv
            .split_first()
            .ok_or_else(|| std::io::Error::other("no program"))?;
        let mut command = std::process::Command::new(program);
        command
            .args(arguments)
            .env_clear()
            .env("POOLHOUSE_TRIGGER", request.trigger)
            .env("POOLHOUSE_FUNCTION", request.arn)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        for (name, value) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if let Some(name) = text.strip_prefix(PREFIX) {
                command.env(name, value);
            } else if PASSED_ON.contains(&text.as_ref()) {
                command.env(&name, value);
            }
        }
        command.spawn()
    }
}

fn read(pipe: Option<impl Read>, limit: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(pipe) = pipe {
        pipe.take(limit).read_to_end(&mut bytes).ok();
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn run(script: &str) -> Result<String, Failure> {
        let argv = ["sh", "-c", script].map(str::to_owned);
        let request = Request {
            trigger: "PreSignUp",
            arn: "arn",
            body: r#"{"a":1}"#.to_owned(),
            limit: Duration::from_secs(5),
        };
        let answer = Command { argv: &argv }.call(request).await;
        answer.map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[tokio::test]
    async fn the_event_goes_in_and_the_answer_comes_out() {
        assert_eq!(run("cat").await.unwrap(), r#"{"a":1}"#);
        assert_eq!(run("echo $POOLHOUSE_TRIGGER").await.unwrap(), "PreSignUp\n");
    }

    #[tokio::test]
    async fn the_last_line_of_a_failure_says_why() {
        let failed = run("echo first >&2; echo 'not today' >&2; exit 3").await;
        assert_eq!(failed, Err(Failure::Function("not today".to_owned())));
        let silent = run("exit 3").await;
        assert_eq!(silent, Err(Failure::Function("exit status: 3".to_owned())));
    }

    #[tokio::test]
    async fn a_program_that_is_not_there_was_not_allowed() {
        let argv = ["/nowhere/at/all".to_owned()];
        let request = Request {
            trigger: "PreSignUp",
            arn: "arn",
            body: String::new(),
            limit: Duration::from_secs(5),
        };
        let answer = Command { argv: &argv }.call(request).await;
        assert_eq!(answer, Err(Failure::Service(DENIED.to_owned())));
    }
}
