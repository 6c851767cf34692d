//! The server under test: start, settle, read what it used, stop.

use std::io::{Error, Result};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::http::Connection;

/// Clock ticks per second of /proc/PID/stat: 100 on every Linux that matters.
const TICKS: f64 = 100.0;

pub struct Server {
    child: Child,
    pub port: u16,
    /// From the start of the process to its first answer.
    pub started: Duration,
    _folder: TempDir,
}

impl Server {
    /// On an empty data folder, with some arguments, until it answers.
    pub async fn start(args: &[&str]) -> Result<Self> {
        let folder = TempDir::new()?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let binary = std::env::var_os("POOLHOUSE_BIN").ok_or_else(|| Error::other("POOLHOUSE_BIN is not set"))?;
        let log = std::fs::File::create(folder.path().join("log"))?;
        let begun = Instant::now();
        let child = Command::new(Path::new(&binary).canonicalize()?)
            .args(["dev", "--no-demo", "--log", "warn", "--port", &port.to_string()])
            .args(args)
            .env("XDG_CACHE_HOME", folder.path())
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()?;
        let mut server = Self { child, port, started: Duration::ZERO, _folder: folder };
        while !server.answers().await {
            if begun.elapsed() > Duration::from_secs(30) || server.child.try_wait()?.is_some() {
                let log = std::fs::read_to_string(server._folder.path().join("log"))?;
                return Err(Error::other(format!("the server did not start:\n{log}")));
            }
            tokio::time::sleep(Duration::from_micros(300)).await;
        }
        server.started = begun.elapsed();
        Ok(server)
    }

    async fn answers(&self) -> bool {
        let Ok(mut connection) = Connection::open(self.port).await else { return false };
        connection.send("GET", "/health/ready", "", b"").await.is_ok_and(|answer| answer.status == 200)
    }

    /// Waits until the server does nothing of its own (spare keys are made after the start).
    pub async fn settle(&self) -> Result<()> {
        let patience = Instant::now();
        loop {
            let before = self.cpu_ms()?;
            tokio::time::sleep(Duration::from_millis(400)).await;
            if self.cpu_ms()? - before < 10.0 || patience.elapsed() > Duration::from_secs(120) {
                return Ok(());
            }
        }
    }

    /// Processor time used so far, in user and kernel mode, by all threads that ever were.
    pub fn cpu_ms(&self) -> Result<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let (_, fields) = stat.rsplit_once(") ").ok_or_else(|| Error::other("no stat"))?;
        let ticks = fields.split(' ').skip(11).take(2).filter_map(|text| text.parse::<f64>().ok());
        Ok(ticks.sum::<f64>() * 1000.0 / TICKS)
    }

    /// Memory that is in use now, in MB, without the pages of shared files.
    pub fn memory_mb(&self) -> Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"));
        let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
        Ok(kib.ok_or_else(|| Error::other("no VmRSS"))? / 1024.0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
