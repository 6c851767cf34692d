//! `poolhouse dev` from start to exit: listen, wire, announce, serve, stop.

mod https;

use std::io::{IsTerminal, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::serve::Listener;
use tokio::net::TcpListener;
use tokio::sync::watch;

use self::https::Https;

use crate::addresses::Addresses;
use crate::app::App;
use crate::banner;
use crate::boot::{self, Ports};
use crate::config::Config;
use crate::domain::{demo, janitor};
use crate::home::{self, Home};
use crate::ports::clock::Clock;
use crate::ports::http::HttpClient;
use crate::ports::keys::RsaKeys;
use crate::ports::mailer::{LogMailer, Mailer};
use crate::ports::rng::Rng;
use crate::ports::sms::LogSms;
use crate::ports::smtp::SmtpMailer;
use crate::reservoir::{self, Filler, Reservoir};
use crate::server;
use crate::store::audit::Actor;
use crate::tls::listener::Peer;

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

/// Fails if the configuration names files or hosts that cannot be served. Nothing
/// is written before.
pub fn check(config: &Config) -> anyhow::Result<()> {
    https::check(config)?;
    // The ports are not known yet; whether there will be one is.
    Addresses::of(config, config.port, config.https_port).map(drop)
}

/// Serves until a signal to stop.
pub async fn dev(config: Config) -> anyhow::Result<()> {
    let listener = listen(&config, config.port).await?;
    let home = Home::prepare(&config)?;
    let https = match config.https_port {
        Some(port) => {
            let tcp = listen(&config, port).await?;
            Some(https::open(tcp, &config, &home.authority)?)
        }
        None => None,
    };
    let addresses = addresses(&config, &listener, https.as_ref())?;
    let rng = Rng::system();
    let (keys, filler) = open_reservoir(&home.keys, &rng)?;
    let ports = Ports {
        clock: Clock::system(),
        rng,
        mailer: mailer(&config)?,
        sms: Arc::new(LogSms),
        http: Arc::new(HttpClient::default()),
        keys: Arc::new(keys),
    };
    let public_url = addresses.public.clone();
    let app = Arc::new(boot::app(config, ports, &home.data, public_url).await?);
    let demo = demo::ensure(&app, &Actor::default()).await?;
    announce(&app, &addresses, &banner::text(&app, &addresses, demo))?;
    serve(Arc::clone(&app), listener, https).await?;
    app.store.close().await;
    drop((filler, home));
    Ok(())
}

/// Prints the certificate of the local CA, or where it is kept; makes the CA if there is none.
pub fn ca(config: &Config, path: bool) -> anyhow::Result<()> {
    let folder = home::authority(config)?;
    let authority = https::authority(config, &folder, &Clock::system())?;
    let text = if path {
        format!("{}\n", std::path::absolute(&authority.file)?.display())
    } else {
        authority.certificate()
    };
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(())
}

fn addresses(
    config: &Config,
    listener: &TcpListener,
    https: Option<&Https>,
) -> anyhow::Result<Addresses> {
    let https_port = match https {
        Some(https) => Some(https.listener.local_addr()?.port()),
        None => None,
    };
    let port = listener.local_addr()?.port();
    let addresses = Addresses::of(config, port, https_port)?;
    Ok(Addresses {
        ca: https.and_then(|https| https.ca.clone()),
        ..addresses
    })
}

async fn listen(config: &Config, port: u16) -> anyhow::Result<TcpListener> {
    let address = SocketAddr::new(config.bind, port);
    TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address}"))
}

async fn serve(app: Arc<App>, listener: TcpListener, https: Option<Https>) -> anyhow::Result<()> {
    let (stopping, stopped) = watch::channel(false);
    let stop = || {
        let mut stopped = stopped.clone();
        async move {
            stopped.wait_for(|stop| *stop).await.ok();
        }
    };
    let router = server::router(Arc::clone(&app));
    let plain = router
        .clone()
        .into_make_service_with_connect_info::<SocketAddr>();
    let plain = axum::serve(listener, plain).with_graceful_shutdown(stop());
    let (secure, given) = https.map(|https| (https.listener, https.given)).unzip();
    let secure = secure.map(|listener| {
        let service = server::over_tls(router).into_make_service_with_connect_info::<Peer>();
        axum::serve(listener, service).with_graceful_shutdown(stop())
    });
    let server = async {
        let secure = async {
            match secure {
                Some(secure) => secure.await,
                None => Ok(()),
            }
        };
        tokio::try_join!(plain.into_future(), secure)
    };
    tokio::pin!(server);
    tokio::select! {
        done = &mut server => return done.map(drop).context("the server failed"),
        () = stop_signal() => {}
        () = janitor::run(&app) => {}
        () = https::follow(given.flatten()) => {}
    }
    tracing::info!("stopping");
    stopping.send(true).ok();
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

/// The listeners accept from here on: prints the banner (its first line is the URL) and writes the
/// ready file, whole or not at all.
fn announce(app: &App, addresses: &Addresses, banner: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    // A closed stdout is no reason to stop.
    out.write_all(banner.as_bytes())
        .and_then(|()| out.flush())
        .ok();
    tracing::info!(url = %app.public_url, store = app.store.name(), "serving");
    let Some(path) = &app.config.ready_file else {
        return Ok(());
    };
    let making = path.with_extension("making");
    std::fs::write(&making, addresses.ready().to_string())
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

fn open_reservoir(folder: &Path, rng: &Rng) -> anyhow::Result<(Reservoir, Filler)> {
    let key = boot::key_file(&folder.join("reservoir.key"), rng)?;
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
