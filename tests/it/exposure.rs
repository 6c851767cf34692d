//! The program as it is started: what it listens on, and what two installations share (security.md
//! A1, A3).

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

fn poolhouse(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_poolhouse"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("POOLHOUSE_")) {
        command.env_remove(name);
    }
    command
        .current_dir(folder)
        .args(["dev", "--data-dir"])
        .arg(folder)
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

#[test]
fn dev_mode_on_a_public_address_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    for open in ["0.0.0.0", "::", "192.0.2.1"] {
        // A port of our own that would be free: nobody may hold it afterwards.
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let started = poolhouse(
            folder.path(),
            &["--bind", open, "--port", &port.to_string()],
        )
        .spawn()
        .unwrap();
        let started = ends(started, open);
        assert_eq!(started.status.code(), Some(2), "{open}");
        let told = String::from_utf8_lossy(&started.stderr).into_owned();
        assert!(told.contains("--allow-non-loopback"), "{told}");
        assert!(started.stdout.is_empty());
        let address = std::net::SocketAddr::from(([127, 0, 0, 1], port));
        assert!(std::net::TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_err());
        let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
        assert!(left.is_empty(), "it wrote {left:?}");
    }
}

/// What a program said that must end by itself, and soon.
fn ends(mut child: Child, what: &str) -> Output {
    let begun = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if begun.elapsed() > Duration::from_secs(20) {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("{what}: it runs");
        }
        std::thread::park_timeout(Duration::from_millis(20));
    }
    child.wait_with_output().unwrap()
}

/// A running server, stopped when it is dropped.
struct Running {
    child: Child,
    url: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn start(folder: &Path) -> Running {
    let ready = folder.join("ready.json");
    let file = ready.to_str().unwrap();
    let mut child = poolhouse(folder, &["--port", "0", "--ready-file", file])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    for _ in 0..600 {
        if let Ok(text) = std::fs::read_to_string(&ready)
            && let Ok(told) = serde_json::from_str::<Value>(&text)
        {
            let url = told["url"].as_str().unwrap().to_owned();
            return Running { child, url };
        }
        assert!(child.try_wait().unwrap().is_none(), "it stopped");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("it does not start");
}

async fn moduli(url: &str, pool: &str) -> Vec<String> {
    let document = reqwest::get(format!("{url}/{pool}/.well-known/jwks.json")).await;
    let text = document.unwrap().text().await.unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    let keys = document["keys"].as_array().unwrap();
    keys.iter()
        .map(|key| key["n"].as_str().unwrap().to_owned())
        .collect()
}

async fn new_pool(url: &str) -> String {
    let request = reqwest::Client::new()
        .post(url)
        .header("content-type", "application/x-amz-json-1.1")
        .header(
            "x-amz-target",
            "AWSCognitoIdentityProviderService.CreateUserPool",
        )
        .body(json!({ "PoolName": "p" }).to_string());
    let text = request.send().await.unwrap().text().await.unwrap();
    let made: Value = serde_json::from_str(&text).unwrap();
    made["UserPool"]["Id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn two_installations_share_no_secret() {
    let mut keys = Vec::new();
    let mut masters = BTreeSet::new();
    for _ in 0..2 {
        let folder = tempfile::tempdir().unwrap();
        let server = start(folder.path()).await;
        let mut pools = vec!["us-east-1_PoolHouse".to_owned()];
        for _ in 0..2 {
            pools.push(new_pool(&server.url).await);
        }
        for pool in &pools {
            keys.extend(moduli(&server.url, pool).await);
        }
        masters.insert(std::fs::read(folder.path().join("master.key")).unwrap());
    }
    // The demo pool has documented ids and a key of its own in each.
    let different: BTreeSet<_> = keys.iter().collect();
    assert_eq!((keys.len(), different.len()), (12, 12));
    assert_eq!(masters.len(), 2);
}
