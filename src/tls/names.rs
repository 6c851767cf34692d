//! What this server is called, as certificates say it.

use std::collections::BTreeSet;
use std::net::IpAddr;

use anyhow::Context;
use rcgen::string::Ia5String;
use rcgen::{CidrSubnet, GeneralSubtree, SanType};
use tokio_rustls::rustls::pki_types::ServerName;
use url::Url;

use crate::config::Config;

/// Names of this machine, and those that the configuration adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    added: BTreeSet<String>,
}

/// What every local certificate is for.
const LOCAL: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

impl Names {
    /// Adds the hosts of `--public-url` and `--allow-host`, and the address of `--bind`.
    pub fn of(config: &Config) -> anyhow::Result<Self> {
        let mut hosts = config.allow_hosts.clone();
        if let Some(url) = &config.public_url {
            let url = Url::parse(url).context("the public URL is not a URL")?;
            hosts.extend(url.host_str().map(str::to_owned));
        }
        if !config.bind.is_unspecified() {
            hosts.push(config.bind.to_string());
        }
        let mut added = BTreeSet::new();
        for host in hosts {
            let name = plain(&host);
            ServerName::try_from(name.as_str())
                .with_context(|| format!("no certificate can be made for the host {host}"))?;
            if !is_local(&name) {
                added.insert(name);
            }
        }
        Ok(Self { added })
    }

    /// What files of a CA for these names are called: an own CA for each set of added names, so
    /// that servers with other names leave it alone.
    pub fn stem(&self) -> String {
        if self.added.is_empty() {
            return "ca".to_owned();
        }
        let all: Vec<&str> = self.added.iter().map(String::as_str).collect();
        format!("ca-{}", super::short_hash(all.join("\n").as_bytes()))
    }

    /// What a CA for these names may sign.
    pub fn permitted(&self) -> Vec<GeneralSubtree> {
        let loopback = [
            GeneralSubtree::DnsName("localhost".to_owned()),
            GeneralSubtree::IpAddress(CidrSubnet::from_v4_prefix([127, 0, 0, 0], 8)),
            GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(LOOPBACK_V6, 128)),
        ];
        let added = self.added.iter().map(|name| match name.parse() {
            Ok(IpAddr::V4(ip)) => {
                GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(ip.into(), 32))
            }
            Ok(IpAddr::V6(ip)) => {
                GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(ip.into(), 128))
            }
            Err(_) => GeneralSubtree::DnsName(name.clone()),
        });
        loopback.into_iter().chain(added).collect()
    }

    /// The names of the certificate for all of them.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        LOCAL
            .into_iter()
            .chain(self.added.iter().map(String::as_str))
    }
}

const LOOPBACK_V6: IpAddr = IpAddr::V6(std::net::Ipv6Addr::LOCALHOST);

/// A name as a certificate holds it.
pub(super) fn subject(name: &str) -> anyhow::Result<SanType> {
    Ok(match name.parse() {
        Ok(ip) => SanType::IpAddress(ip),
        Err(_) => SanType::DnsName(Ia5String::try_from(name)?),
    })
}

/// Lower case, without the brackets of an address and the final dot of a name.
fn plain(host: &str) -> String {
    let inside = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
    let name = inside.unwrap_or(host).to_ascii_lowercase();
    name.strip_suffix('.').unwrap_or(&name).to_owned()
}

fn is_local(name: &str) -> bool {
    let address = name.parse::<IpAddr>();
    name == "localhost"
        || name.ends_with(".localhost")
        || address
            .is_ok_and(|ip| ip == LOOPBACK_V6 || matches!(ip, IpAddr::V4(v4) if v4.is_loopback()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(public: Option<&str>, hosts: &[&str]) -> anyhow::Result<Names> {
        Names::of(&Config {
            public_url: public.map(str::to_owned),
            allow_hosts: hosts.iter().map(|&host| host.to_owned()).collect(),
            ..Config::default()
        })
    }

    #[test]
    fn names_of_this_machine_need_no_ca_of_their_own() {
        let plain = names(None, &["a.localhost", "LOCALHOST", "127.8.8.8", "::1"]).unwrap();
        assert_eq!(plain.stem(), "ca");
        assert_eq!(plain.all().collect::<Vec<_>>(), LOCAL);
    }

    #[test]
    fn hosts_of_the_configuration_are_added_once() {
        let one = names(
            Some("https://Auth.Test:8443/x"),
            &["auth.test.", "10.0.0.7"],
        )
        .unwrap();
        let all: Vec<_> = one.all().skip(LOCAL.len()).collect();
        assert_eq!(all, ["10.0.0.7", "auth.test"]);
        assert_ne!(one.stem(), "ca");
        assert_ne!(one.stem(), names(None, &["auth.test"]).unwrap().stem());
        assert_eq!(one.permitted().len(), 5);
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for bad in ["a b", "x:80", "", "*"] {
            let told = names(None, &[bad]).unwrap_err().to_string();
            assert!(told.ends_with(&format!("for the host {bad}")), "{told}");
        }
    }
}
