//! What is measured, how often, and what a good figure is.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::task::JoinSet;

use crate::server::Server;
use crate::world::{Result, World, connect};

/// Requests under way at once.
const CONNECTIONS: usize = 8;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Work {
    PasswordOwasp,
    Password,
    Srp,
    Refresh,
    ClientCredentials,
    CodeFlow,
    SignUp,
    GetUser,
    AdminGetUser,
    ListUserPools,
    Jwks,
    ListUsers,
}

/// A row of the table: what is possible, what must be and what is aimed at (percent of what is possible).
pub struct Row {
    pub work: Work,
    pub name: &'static str,
    pub title: &'static str,
    pub count: usize,
    pub ideal: f64,
    pub must: f64,
    pub aim: f64,
}

macro_rules! rows {
    ($($work:ident $name:literal $title:literal $count:literal $ideal:literal $must:literal $aim:literal)+) => {
        &[$(Row { work: Work::$work, name: $name, title: $title, count: $count, ideal: $ideal, must: $must, aim: $aim }),+]
    };
}

#[rustfmt::skip]
pub const ROWS: &[Row] = rows! {
    PasswordOwasp     "password-owasp"     "password sign-in, OWASP hash"           60 16.3   90.0 97.0
    Password          "password"           "password sign-in, development hash"   1500  0.55  55.0 80.0
    Srp               "srp"                "SRP sign-in"                           300  2.5   60.0 80.0
    Refresh           "refresh"            "refresh"                              1500  0.53  60.0 80.0
    ClientCredentials "client-credentials" "client_credentials"                   3000  0.27  60.0 80.0
    CodeFlow          "code"               "code flow, development hash"          1000  0.92  50.0 75.0
    SignUp            "sign-up"            "sign-up + confirm, development hash"  1000  0.35  40.0 70.0
    GetUser           "get-user"           "GetUser"                             15000  0.039 45.0 70.0
    AdminGetUser      "admin-get-user"     "AdminGetUser"                        20000  0.022 35.0 60.0
    ListUserPools     "list-user-pools"    "ListUserPools"                       20000  0.022 35.0 60.0
    Jwks              "jwks"               "JWKS"                                40000  0.010 70.0 90.0
    ListUsers         "list-users"         "ListUsers, page of 60"                4000  0.17  50.0 75.0
};

/// Processor time per operation in milliseconds: the best of some rounds, because whatever else runs on the machine can
/// only add to it.
pub async fn measure(server: &Server, world: &Arc<World>, row: &Row, rounds: usize) -> Result<f64> {
    let mut best = f64::INFINITY;
    let mut first = 0;
    for round in 0..=rounds {
        let count = if round == 0 { row.count / 10 + 1 } else { row.count }; // the first one warms up
        let mut codes = Vec::new();
        let mut used = counted(server, world, row.work, first..first + count, &codes).await?;
        if row.work == Work::SignUp {
            codes = world.codes(&mut connect(world.port).await?).await?;
            if codes.len() != count {
                return Err(format!("{} codes for {count} people", codes.len()));
            }
            used += counted(server, world, row.work, 0..count, &codes).await?;
        }
        first += count;
        if round > 0 {
            best = best.min(used / count as f64);
        }
    }
    Ok(best)
}

async fn counted(
    server: &Server,
    world: &Arc<World>,
    work: Work,
    numbers: std::ops::Range<usize>,
    codes: &[(usize, String)],
) -> Result<f64> {
    server.settle().await.map_err(|error| error.to_string())?;
    let codes: Arc<[(usize, String)]> = codes.into();
    let next = Arc::new(AtomicUsize::new(numbers.start));
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS {
        connections.push(connect(world.port).await?);
    }
    let before = server.cpu_ms().map_err(|error| error.to_string())?;
    let mut tasks = JoinSet::new();
    for mut to in connections {
        let (world, codes, next, end) = (Arc::clone(world), Arc::clone(&codes), Arc::clone(&next), numbers.end);
        tasks.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= end {
                    return Ok(());
                }
                match work {
                    Work::PasswordOwasp | Work::Password => world.password_sign_in(&mut to, number).await?,
                    Work::Srp => world.srp_sign_in(&mut to, number).await?,
                    Work::Refresh => world.refresh(&mut to, number).await?,
                    Work::ClientCredentials => world.client_credentials(&mut to).await?,
                    Work::CodeFlow => world.code_flow(&mut to, number).await?,
                    Work::SignUp => match codes.get(number) {
                        Some((person, code)) if !codes.is_empty() => world.confirm(&mut to, *person, code).await?,
                        _ => world.sign_up(&mut to, number).await?,
                    },
                    Work::GetUser => world.get_user(&mut to, number).await?,
                    Work::AdminGetUser => world.admin_get_user(&mut to, number).await?,
                    Work::ListUserPools => world.list_user_pools(&mut to).await?,
                    Work::Jwks => world.jwks(&mut to).await?,
                    Work::ListUsers => world.list_users(&mut to).await?,
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
