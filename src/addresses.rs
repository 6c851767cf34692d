//! Where a server can be reached, once its ports are known.

use std::path::PathBuf;

use anyhow::Context;
use serde_json::{Value, json};
use url::Url;

use crate::config::Config;

/// The addresses of one server.
#[derive(Clone, Debug)]
pub struct Addresses {
    /// What browsers and tokens call it, without a trailing slash.
    pub public: String,
    /// The port of http.
    pub port: u16,
    /// The port of https.
    pub https_port: Option<u16>,
    /// The certificate (PEM) of the local CA, if https uses it.
    pub ca: Option<PathBuf>,
}

impl Addresses {
    /// Settles the addresses. Port 0 in `--public-url` stands for the one that was picked.
    pub fn of(config: &Config, port: u16, https_port: Option<u16>) -> anyhow::Result<Self> {
        let public = match &config.public_url {
            Some(url) => picked(url, port, https_port)?,
            None => format!("http://localhost:{port}"),
        };
        Ok(Self {
            public,
            port,
            https_port,
            ca: None,
        })
    }

    /// This machine's https address.
    pub fn https(&self) -> Option<String> {
        let port = self.https_port?;
        Some(format!("https://localhost:{port}"))
    }

    /// Where SDKs on this machine need nothing but the address: http, if https would have them trust
    /// the local CA.
    pub fn api(&self) -> String {
        if self.ca.is_some() && self.public.starts_with("https:") {
            return format!("http://localhost:{}", self.port);
        }
        self.public.clone()
    }

    /// The content of the ready file.
    pub fn ready(&self) -> Value {
        let mut ready = json!({
            "url": self.public,
            "port": self.port,
            "pid": std::process::id(),
            "version": env!("CARGO_PKG_VERSION"),
        });
        if let (Some(port), Some(ready)) = (self.https_port, ready.as_object_mut()) {
            ready.insert("https_port".to_owned(), port.into());
            let ca = self.ca.as_ref().map(|path| path.to_string_lossy().into());
            ready.extend(ca.map(|path| ("ca".to_owned(), Value::String(path))));
        }
        ready
    }
}

fn picked(url: &str, port: u16, https_port: Option<u16>) -> anyhow::Result<String> {
    let mut parsed = Url::parse(url).context("the public URL is not a URL")?;
    if parsed.port() != Some(0) {
        return Ok(url.to_owned());
    }
    let picked = if parsed.scheme() == "https" {
        https_port.with_context(|| format!("--public-url {url} needs --https-port"))?
    } else {
        port
    };
    let set = parsed.set_port(Some(picked));
    set.map_err(|()| anyhow::anyhow!("--public-url {url} takes no port"))?;
    Ok(parsed.as_str().trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public(url: Option<&str>, https_port: Option<u16>) -> anyhow::Result<String> {
        let config = Config {
            public_url: url.map(str::to_owned),
            ..Config::default()
        };
        Addresses::of(&config, 9229, https_port).map(|addresses| addresses.public)
    }

    #[test]
    fn the_port_that_was_picked_takes_the_place_of_0() {
        assert_eq!(public(None, Some(1)).unwrap(), "http://localhost:9229");
        let given = |url| public(Some(url), Some(9443)).unwrap();
        assert_eq!(given("https://localhost:0"), "https://localhost:9443");
        assert_eq!(given("http://a.test:0/x"), "http://a.test:9229/x");
        assert_eq!(given("https://a.test"), "https://a.test");
        let told = public(Some("https://localhost:0"), None).unwrap_err();
        assert_eq!(
            told.to_string(),
            "--public-url https://localhost:0 needs --https-port"
        );
    }
}
