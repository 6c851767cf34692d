//! The relying party: the name that a pool's passkeys are bound to, and the origins that speak for it
//! (WebAuthn level 3, 5.1.2, 13.4.9).

use std::net::IpAddr;

use aws_lc_rs::digest::{SHA256, digest};
use url::{Host, Url};

use crate::app::App;
use crate::error::Result;
use crate::settings::pool::{FactorConfiguration, UserVerification, WebAuthn};
use crate::store::db::Conn;
use crate::store::domains;
use crate::store::pools::Pool;

/// The relying party of a pool: `RelyingPartyId`, else where its pages are, which is its custom
/// domain or, for a prefix, this server's own name. A machine's address cannot be one; a loopback
/// address is called localhost. None where there is neither.
pub(in crate::domain) async fn of(app: &App, db: &mut Conn, pool: &Pool) -> Result<Option<String>> {
    let given = configuration(pool).and_then(|passkeys| passkeys.relying_party_id.as_ref());
    if let Some(id) = given {
        return Ok(Some(id.to_ascii_lowercase()));
    }
    let domains = domains::of_pool(db, &pool.id).await?;
    if let Some(custom) = domains.iter().find(|domain| domain.custom) {
        return Ok(Some(custom.domain.to_ascii_lowercase()));
    }
    let of_server = || {
        let url = Url::parse(&app.public_url).ok()?;
        match url.host()? {
            Host::Domain(name) => Some(name.to_owned()),
            Host::Ipv4(ip) => loopback(ip.into()),
            Host::Ipv6(ip) => loopback(ip.into()),
        }
    };
    Ok(if domains.is_empty() {
        None
    } else {
        of_server()
    })
}

/// The same, for the pages.
pub async fn of_pool(app: &App, pool: &Pool) -> Result<Option<String>> {
    let mut db = app.store.read().await?;
    of(app, &mut db, pool).await
}

fn loopback(ip: IpAddr) -> Option<String> {
    ip.is_loopback().then(|| "localhost".to_owned())
}

/// Whether the pool insists that authenticators recognise their person.
pub(in crate::domain) fn insists(pool: &Pool) -> bool {
    configuration(pool)
        .is_some_and(|passkeys| passkeys.user_verification == Some(UserVerification::Required))
        || is_multi_factor(pool)
}

/// Whether a passkey that recognises its person can be as good as two factors.
pub(in crate::domain) fn is_multi_factor(pool: &Pool) -> bool {
    let factor = configuration(pool).and_then(|passkeys| passkeys.factor_configuration);
    factor == Some(FactorConfiguration::MultiFactor)
}

fn configuration(pool: &Pool) -> Option<&WebAuthn> {
    pool.document.mfa.web_authn_configuration.as_ref()
}

/// Whether authenticator data is about this relying party, to the letter.
pub(super) fn is_hash_of(hash: &[u8], rp_id: &str) -> bool {
    digest(&SHA256, rp_id.as_bytes()).as_ref() == hash
}

/// Whether a page at this origin may use the relying party's passkeys: one at its name or below it,
/// over https; over http in dev mode, at names that never leave the machine.
pub(super) fn allows(app: &App, rp_id: &str, origin: &str) -> bool {
    let Ok(url) = Url::parse(origin) else {
        return false;
    };
    // Nothing but scheme, host and port, written the one way.
    if url.origin().ascii_serialization() != origin {
        return false;
    }
    let Some(Host::Domain(host)) = url.host() else {
        return false;
    };
    let local = host == "localhost" || host.ends_with(".localhost");
    let safe = url.scheme() == "https" || (url.scheme() == "http" && local && app.is_local());
    let below = || {
        let prefix = host.strip_suffix(rp_id);
        prefix.is_some_and(|prefix| prefix.ends_with('.')) && rp_id.contains('.')
    };
    safe && (host == rp_id || below())
}

/// Whether a text can be a relying party's id: a domain name in which browsers see no address.
pub(in crate::domain) fn is_name(text: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    text.split('.').all(label)
        && matches!(Host::parse(text), Ok(Host::Domain(name)) if name.eq_ignore_ascii_case(text))
}
