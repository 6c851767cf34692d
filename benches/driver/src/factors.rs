//! What signing in by each factor costs.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::task::JoinSet;

use crate::house::{House, Way};
use crate::server::Server;
use crate::world::{Result, connect};

/// People of whom each signs in once in a round.
pub const PEOPLE: usize = 300;
/// Requests under way at once.
const CONNECTIONS: usize = 8;

/// A row of the table: what is possible by the price list, in CPU milliseconds.
pub struct Row {
    pub way: Way,
    pub name: &'static str,
    pub title: &'static str,
    pub ideal: f64,
}

macro_rules! rows {
    ($($way:ident $name:literal $title:literal $ideal:literal)+) => {
        &[$(Row { way: Way::$way, name: $name, title: $title, ideal: $ideal }),+]
    };
}

// From the rows of the main table: a password sign-in is 0.55, of which the hash is 0.014; one more request with its read
// and the end of its session 0.03; a sign-in by SRP 2.5, of which the two signatures and the work around them are 0.53, so
// that one SRP exchange is 1.97; a refresh is 0.53. ES256 verification is 0.07 (`openssl speed ecdsap256`).
#[rustfmt::skip]
pub const ROWS: &[Row] = rows! {
    App           "totp"           "password and TOTP, development hash"             0.58
    Sms           "sms"            "password and code by SMS, development hash"      0.58
    Mail          "mail"           "password and code by e-mail, development hash"   0.58
    FirstMail     "email-otp"      "USER_AUTH, code by e-mail"                       0.57
    Passkey       "passkey"        "USER_AUTH, passkey (ES256)"                      0.64
    Device        "device"         "password and remembered device, development hash" 2.58
    DeviceSrp     "device-srp"     "SRP and remembered device"                       4.5
    DeviceRefresh "device-refresh" "refresh with a device"                           0.53
};

/// Processor time per sign-in in milliseconds: the best of some rounds.
pub async fn measure(server: &Server, row: &Row, rounds: usize) -> Result<f64> {
    let house = Arc::new(House::new(server, row.way, PEOPLE).await?);
    let mut best = f64::INFINITY;
    for round in 0..=rounds {
        house.next_round(&mut connect(house.port).await?).await?;
        let mut used = counted(server, &house, row.way, None).await?;
        if row.way.waits() {
            let codes = house.codes(&mut connect(house.port).await?).await?;
            used += counted(server, &house, row.way, Some(codes.into())).await?;
        }
        // The first one warms up.
        if round > 0 {
            best = best.min(used / PEOPLE as f64);
        }
    }
    Ok(best)
}

async fn counted(server: &Server, house: &Arc<House>, way: Way, codes: Option<Arc<[String]>>) -> Result<f64> {
    server.settle().await.map_err(|error| error.to_string())?;
    let next = Arc::new(AtomicUsize::new(0));
    let mut tasks = JoinSet::new();
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS {
        connections.push(connect(house.port).await?);
    }
    let before = server.cpu_ms().map_err(|error| error.to_string())?;
    for mut to in connections {
        let (house, next, codes) = (Arc::clone(house), Arc::clone(&next), codes.clone());
        tasks.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= PEOPLE {
                    return Ok(());
                }
                match codes.as_deref().map(|codes| codes[number].as_str()) {
                    Some(code) => house.finish(&mut to, way, number, code).await?,
                    None => house.go(&mut to, way, number).await?,
                }
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        let done: Result<()> = done.map_err(|error| error.to_string())?;
        done?;
    }
    Ok(server.cpu_ms().map_err(|error| error.to_string())? - before)
}
