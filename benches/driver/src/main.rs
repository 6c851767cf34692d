//! Measures the processor time that a release server spends per operation, and prints a table. See `benches/run`.

mod authenticator;
mod factors;
mod house;
mod http;
mod prices;
mod server;
mod srp;
mod totp;
mod workloads;
mod world;

use std::process::ExitCode;
use std::sync::Arc;

use prices::Prices;
use server::Server;
use workloads::{ROWS, Row, Work, measure};
use world::{Result, World, connect};

const PEOPLE: usize = 100;
const STARTS: usize = 11;
/// Sizes of the pool at which a page of users is measured, and how many make people at once.
const SIZES: &[usize] = &[100, 10_000, 100_000];
const MAKERS: usize = 8;
/// All ways of signing in by a factor.
const FACTORS: &str = "factors";
const SYSTEM: &[&str] = &["start", "memory"];

struct Asked {
    names: Vec<String>,
    rounds: usize,
    users: usize,
    database: Option<String>,
}

fn main() -> ExitCode {
    let asked = match asked(std::env::args().skip(1)) {
        Ok(asked) => asked,
        Err(text) => {
            eprintln!("{text}");
            return ExitCode::from(2);
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime.map_err(|error| error.to_string()).and_then(|runtime| runtime.block_on(run(&asked))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(text) => {
            eprintln!("{text}");
            ExitCode::FAILURE
        }
    }
}

fn asked(mut args: impl Iterator<Item = String>) -> Result<Asked> {
    let factors = factors::ROWS.iter().map(|row| row.name).chain([FACTORS]);
    let known: Vec<&str> = ROWS.iter().map(|row| row.name).chain(SYSTEM.iter().copied()).chain(factors).collect();
    let usage = format!(
        "benches/run [--rounds N] [--users N] [--database postgres://...] [WORKLOAD...]\nworkloads: {}",
        known.join(" ")
    );
    let mut asked = Asked { names: Vec::new(), rounds: 3, users: 0, database: None };
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--rounds" => asked.rounds = number(args.next()).filter(|rounds| *rounds > 0).ok_or(&*usage)?,
            "--users" => asked.users = number(args.next()).ok_or(&*usage)?,
            "--database" => asked.database = Some(args.next().ok_or(&*usage)?),
            name if known.contains(&name) => asked.names.push(arg),
            _ => return Err(usage),
        }
    }
    Ok(asked)
}

fn number(text: Option<String>) -> Option<usize> {
    text?.parse().ok()
}

impl Asked {
    fn wants(&self, name: &str) -> bool {
        self.names.is_empty() || self.names.iter().any(|wanted| wanted == name)
    }

    /// Where the measured servers keep their data.
    fn place(&self) -> Vec<&str> {
        match &self.database {
            Some(url) => vec!["--database", url],
            None => vec!["--ephemeral"],
        }
    }
}

async fn run(asked: &Asked) -> Result<()> {
    let prices = Prices::here()?;
    println!(
        "Primitives here, in parts of the price list's: signature {:.2}, hash {:.2}.\n",
        prices.signature, prices.hash
    );
    if ROWS.iter().any(|row| asked.wants(row.name)) {
        println!(
            "| workload | CPU ms | ideal | ideal here | efficiency | must | aim | |\n|---|---:|---:|---:|---:|---:|---:|---|"
        );
    }
    if asked.wants("password-owasp") {
        let server = start(&[&asked.place()[..], &["--hash", "owasp"]].concat()).await?;
        let world = Arc::new(World::new(&server, 4).await?);
        for row in ROWS.iter().filter(|row| row.work == Work::PasswordOwasp) {
            print(row, &prices, measure(&server, &world, row, asked.rounds).await?);
        }
    }
    let rows: Vec<&Row> = ROWS.iter().filter(|row| row.work != Work::PasswordOwasp && asked.wants(row.name)).collect();
    let mut idle = 0.0;
    let mut crowds = Vec::new();
    if !rows.is_empty() || asked.wants("memory") {
        let server = start(&asked.place()).await?;
        server.settle().await.map_err(told)?;
        idle = server.memory_mb().map_err(told)?;
        let world = Arc::new(World::new(&server, PEOPLE).await?);
        for row in rows {
            print(row, &prices, measure(&server, &world, row, asked.rounds).await?);
        }
        if asked.users > 0 {
            crowds = grow(asked, &server, &world).await?;
        }
    }
    if SYSTEM.iter().any(|name| asked.wants(name)) {
        println!("\n| | measured | must | aim |\n|---|---:|---:|---:|");
    }
    if asked.wants("start") {
        println!("| start on an empty data folder to the first answer | {:.0} ms | 30 ms | 15 ms |", starts().await?);
    }
    if asked.wants("memory") {
        println!("| memory, idle | {idle:.0} MB | 20 MB | 12 MB |");
    }
    if let Some((users, _, memory)) = crowds.last() {
        println!("| memory, after making {users} users | {memory:.0} MB | 60 MB | 30 MB |");
        println!("\n| users in the pool | ListUsers, page of 60: CPU ms | memory |\n|---:|---:|---:|");
    }
    for (users, page, memory) in crowds {
        println!("| {users} | {page:.3} | {memory:.0} MB |");
    }
    let ways: Vec<_> = factors::ROWS.iter().filter(|row| asked.wants(FACTORS) || asked.wants(row.name)).collect();
    if !ways.is_empty() {
        println!("\n| sign-in by factor | CPU ms | ideal | ideal here | efficiency |\n|---|---:|---:|---:|---:|");
    }
    for row in ways {
        let server = start(&asked.place()).await?;
        let measured = factors::measure(&server, row, asked.rounds).await?;
        let ideal = prices.ideal(row.ideal, false);
        println!("| {} | {measured:.3} | {} | {ideal:.3} | {:.0} % |", row.title, row.ideal, ideal / measured * 100.0);
    }
    Ok(())
}

/// Makes the pool larger, and says at each size what a page costs and how much memory is in use.
async fn grow(asked: &Asked, server: &Server, world: &Arc<World>) -> Result<Vec<(usize, f64, f64)>> {
    let row = ROWS.iter().find(|row| row.work == Work::ListUsers).ok_or("no row")?;
    let sizes = SIZES.iter().copied().filter(|size| *size < asked.users).chain([asked.users]);
    let (mut figures, mut made) = (Vec::new(), PEOPLE);
    for size in sizes {
        crowd(world, made..size).await?;
        made = made.max(size);
        server.settle().await.map_err(told)?;
        let memory = server.memory_mb().map_err(told)?;
        figures.push((made, measure(server, world, row, asked.rounds).await?, memory));
    }
    Ok(figures)
}

/// Makes further people, some at once.
async fn crowd(world: &Arc<World>, numbers: std::ops::Range<usize>) -> Result<()> {
    let mut tasks = tokio::task::JoinSet::new();
    for first in 0..MAKERS {
        let (world, numbers) = (Arc::clone(world), numbers.clone());
        tasks.spawn(async move {
            let to = &mut connect(world.port).await?;
            for number in numbers.skip(first).step_by(MAKERS) {
                world.create(to, &format!("crowd{number}")).await?;
            }
            Ok::<_, String>(())
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.map_err(told)??;
    }
    Ok(())
}

fn print(row: &Row, prices: &Prices, measured: f64) {
    let ideal = prices.ideal(row.ideal, row.work == Work::PasswordOwasp);
    let efficiency = ideal / measured * 100.0;
    let verdict = match efficiency {
        good if good >= row.aim => "aim reached",
        fair if fair >= row.must => "must reached",
        _ => "**short**",
    };
    println!(
        "| {} | {measured:.3} | {} | {ideal:.3} | {efficiency:.0} % | {} % | {} % | {verdict} |",
        row.title, row.ideal, row.must, row.aim
    );
}

/// The median of some starts.
async fn starts() -> Result<f64> {
    let mut taken = Vec::new();
    for _ in 0..STARTS {
        taken.push(start(&[]).await?.started.as_secs_f64() * 1000.0);
    }
    taken.sort_by(f64::total_cmp);
    Ok(taken[STARTS / 2])
}

async fn start(args: &[&str]) -> Result<Server> {
    Server::start(args).await.map_err(told)
}

fn told(error: impl std::fmt::Display) -> String {
    error.to_string()
}
