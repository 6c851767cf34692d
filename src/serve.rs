//! `poolhouse dev` from start to exit: listen, wire, announce, serve, stop.

use std::io::{IsTerminal, Write};
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use serde_json::json;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::app::App;
use crate::banner;
use crate::boot::{self, Ports};
use crate::config::Config;
use crate::domain::{demo, janitor};
use crate::ports::clock::Clock;
use crate::ports::http::HttpClient;
use crate::ports::keys::RsaKeys;
use crate::ports::mailer::{LogMailer, Mailer};
use crate::ports::rng::Rng;
use crate::ports::sms::LogSms;
use crate::ports::smtp::SmtpMailer;
use crate::reservoir::{self, Filler, Reservoir};
use crate::server;
use crate::store::Durability;
use crate::store::audit::Actor;

/// How long requests under way may take to finish after a signal to stop.
const GRACE: Duration = Duration::from_secs(10);

/// Starts logging to stderr; times are UTC.
pub fn start_logging(filter: &str) -> anyhow::Result<()> {
    let filter = tracing_subscriber::EnvFilter::try_new(filter)?;
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    subscriber
        .try_init()
        .map_err(|error| anyhow::anyhow!(error))
}

/// Serves until a signal to stop.
pub async fn dev(config: Config) -> anyhow::Result<()> {
    let address = SocketAddr::new(config.bind, config.port);
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address}"))?;
    let port = listener.local_addr()?.port();
    let public_url = config
        .public_url
        .clone()
        .unwrap_or_else(|| format!("http://localhost:{port}"));
    let home = Home::prepare(&config)?;
    let rng = Rng::system();
    let (keys, filler) = open_reservoir(&home.keys, &rng, boot::durability(&config))?;
    let ports = Ports {
        clock: Clock::system(),
        rng,
        mailer: mailer(&config)?,
        sms: Arc::new(LogSms),
        http: Arc::new(HttpClient::default()),
        keys: Arc::new(keys),
    };
    let app = Arc::new(boot::app(config, ports, &home.data, public_url).await?);
    let demo = demo::ensure(&app, &Actor::default()).await?;
    serve(listener, Arc::clone(&app), &banner::text(&app, demo)).await?;
    app.store.close().await;
    drop((filler, home));
    Ok(())
}

async fn serve(listener: TcpListener, app: Arc<App>, banner: &str) -> anyhow::Result<()> {
    let port = listener.local_addr()?.port();
    let service =
        server::router(Arc::clone(&app)).into_make_service_with_connect_info::<SocketAddr>();
    announce(&app, port, banner)?;
    let (stopping, stopped) = oneshot::channel();
    let signal = async move {
        stop_signal().await;
        tracing::info!("stopping");
        stopping.send(()).ok();
    };
    let server = axum::serve(listener, service)
        .with_graceful_shutdown(signal)
        .into_future();
    tokio::pin!(server);
    tokio::select! {
        done = &mut server => return done.context("the server failed"),
        _ = stopped => {}
        () = janitor::run(&app) => {}
        () = app.store.tend() => {}
    }
    // Idle connections may stay open for ever; answered requests are safe already.
    if tokio::time::timeout(GRACE, server).await.is_err() {
        tracing::warn!("requests still running after {GRACE:?} were cut off");
    }
    if tokio::time::timeout(GRACE, app.jobs.finish())
        .await
        .is_err()
    {
        tracing::warn!("work still running after {GRACE:?} was cut off");
    }
    Ok(())
}

/// The listener accepts from here on: prints the banner (its first line is the URL) and writes the
/// ready file, whole or not at all.
fn announce(app: &App, port: u16, banner: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    // A closed stdout is no reason to stop.
    out.write_all(banner.as_bytes())
        .and_then(|()| out.flush())
        .ok();
    tracing::info!(url = %app.public_url, store = app.store.name(), "serving");
    let Some(path) = &app.config.ready_file else {
        return Ok(());
    };
    let ready = json!({
        "url": app.public_url,
        "port": port,
        "pid": std::process::id(),
        "version": env!("CARGO_PKG_VERSION"),
    });
    let making = path.with_extension("making");
    std::fs::write(&making, ready.to_string())
        .and_then(|()| std::fs::rename(&making, path))
        .with_context(|| format!("cannot write the ready file {}", path.display()))
}

async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

/// The folders of a server. An ephemeral one is removed when this is dropped.
struct Home {
    data: PathBuf,
    keys: PathBuf,
    _private: Option<TempDir>,
}

impl Home {
    fn prepare(config: &Config) -> anyhow::Result<Self> {
        let home = if config.ephemeral {
            let shared_memory = Path::new("/dev/shm");
            let parent = if shared_memory.is_dir() {
                shared_memory.to_owned()
            } else {
                std::env::temp_dir()
            };
            let private = tempfile::Builder::new()
                .prefix("poolhouse-")
                .permissions(PermissionsExt::from_mode(0o700))
                .tempdir_in(parent)?;
            let keys = cache_folder().unwrap_or_else(|| private.path().join("keys"));
            Self {
                data: private.path().to_owned(),
                keys,
                _private: Some(private),
            }
        } else {
            let data = config.data_dir.clone();
            Self {
                keys: data.join("keys"),
                data,
                _private: None,
            }
        };
        boot::private_folder(&home.data)?;
        boot::private_folder(&home.keys)?;
        Ok(home)
    }
}

/// Where spare keys outlive ephemeral servers: the user's cache folder (XDG base directories).
fn cache_folder() -> Option<PathBuf> {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    let folder = cache.filter(|path| path.is_absolute()).or_else(home)?;
    Some(folder.join("poolhouse").join("keys"))
}

fn open_reservoir(
    folder: &Path,
    rng: &Rng,
    durability: Durability,
) -> anyhow::Result<(Reservoir, Filler)> {
    let key = boot::key_file(&folder.join("reservoir.key"), rng, durability)?;
    reservoir::open(folder, key, Arc::new(RsaKeys), rng.clone())
}

fn mailer(config: &Config) -> anyhow::Result<Arc<dyn Mailer>> {
    Ok(match &config.smtp_url {
        None => Arc::new(LogMailer),
        Some(url) => Arc::new(SmtpMailer::new(
            url,
            config.smtp_ca.as_deref(),
            &config.mail_from,
        )?),
    })
}
