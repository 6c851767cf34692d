//! The `poolhouse` program: parse arguments, then serve or ask for health.

use std::process::ExitCode;

use clap::Parser;
use poolhouse::cli::{Cli, Command};
use poolhouse::ports::http::{Http, HttpClient};
use poolhouse::serve;

/// Wrong arguments or a command that is not built.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.into()),
    };
    match cli.command {
        Some(Command::Serve) => {
            eprintln!("poolhouse serve is not implemented by Poolhouse yet; use poolhouse dev");
            ExitCode::from(USAGE)
        }
        Some(Command::Health { url }) => runtime.block_on(health(&url)),
        Some(Command::Ca(args)) => ca(args),
        Some(Command::Dev(args)) => dev(&runtime, *args),
        None => dev(&runtime, cli.dev),
    }
}

fn dev(runtime: &tokio::runtime::Runtime, args: poolhouse::cli::DevArgs) -> ExitCode {
    if let Err(error) = serve::start_logging(args.log_filter()) {
        eprintln!("poolhouse: --log: {error}");
        return ExitCode::from(USAGE);
    }
    let checked = args.into_config().and_then(|config| {
        serve::check(&config)?;
        Ok(config)
    });
    let config = match checked {
        Ok(config) => config,
        Err(error) => {
            eprintln!("poolhouse: {error:#}");
            return ExitCode::from(USAGE);
        }
    };
    match runtime.block_on(serve::dev(config)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

fn ca(args: poolhouse::cli::CaArgs) -> ExitCode {
    let path = args.path();
    let config = match args.into_config() {
        Ok(config) => config,
        Err(error) => {
            eprintln!("poolhouse: {error}");
            return ExitCode::from(USAGE);
        }
    };
    match serve::ca(&config, path) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

async fn health(url: &str) -> ExitCode {
    let url = format!("{}/health/ready", url.trim_end_matches('/'));
    match HttpClient::default().get(&url).await {
        Ok(answer) if answer.status == 200 => ExitCode::SUCCESS,
        Ok(answer) => failed(&anyhow::anyhow!("{url} answers {}", answer.status)),
        Err(error) => failed(&error),
    }
}

fn failed(error: &anyhow::Error) -> ExitCode {
    eprintln!("poolhouse: {error:#}");
    ExitCode::FAILURE
}
