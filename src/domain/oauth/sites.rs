//! Which pool a host name is for, and whether a pool's domain exists at all.
//!
//! Nothing on a pool's domain answers before `CreateUserPoolDomain` (oauth.md 1.1); then its
//! endpoints and pages answer under every name they have: the domain's own host, `/{poolId}` on
//! the server's host, and the server's host alone by client id.

use crate::app::App;
use crate::domain::catalogue;
use crate::error::Result;
use crate::ids::{ClientId, PoolId};
use crate::store::clients::Client;
use crate::store::db::Conn;
use crate::store::domains;
use crate::store::pools::Pool;

/// Whether a pool has a domain.
pub async fn is_open(app: &App, pool: &PoolId) -> Result<bool> {
    let known = catalogue::pool(app, pool).await?;
    Ok(known.is_some_and(|known| known.has_domain))
}

/// The pool whose domain a host name is: a custom domain by its whole name, a prefix domain as
/// `{prefix}.auth.{region}.amazoncognito.com`, `{prefix}.auth.{region}.localhost` or
/// `{prefix}.localhost` (oauth.md 7.2); with the domain's name. `host` is in lower case.
pub async fn of_host(app: &App, host: &str) -> Result<Option<(PoolId, String)>> {
    if !host
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')
    {
        return Ok(None);
    }
    let mut db = app.store.read().await?;
    if let Some(found) = find(&mut db, host, true, None).await? {
        return Ok(Some(found));
    }
    let Some((prefix, region)) = prefix_of(host) else {
        return Ok(None);
    };
    find(&mut db, prefix, false, region).await
}

async fn find(
    db: &mut Conn,
    name: &str,
    custom: bool,
    region: Option<&str>,
) -> Result<Option<(PoolId, String)>> {
    let domain = domains::find(db, name).await?;
    let fits = |pool: &PoolId| region.is_none_or(|region| region == pool.region());
    let domain = domain.filter(|domain| domain.custom == custom && fits(&domain.pool));
    Ok(domain.map(|domain| (domain.pool, domain.domain)))
}

/// Prefix, and region where the name has one.
fn prefix_of(host: &str) -> Option<(&str, Option<&str>)> {
    let below = host
        .strip_suffix(".amazoncognito.com")
        .map(|name| (name, true))
        .or_else(|| host.strip_suffix(".localhost").map(|name| (name, false)));
    let (name, needs_region) = below?;
    match name.split_once('.') {
        None => (!needs_region).then_some((name, None)),
        Some((prefix, rest)) => {
            let region = rest
                .strip_prefix("auth.")
                .or_else(|| rest.strip_prefix("auth-fips."))?;
            (!region.contains('.')).then_some((prefix, Some(region)))
        }
    }
}

/// A client and its pool, if a site with that pool (or the bare host) knows it. A client of
/// another pool, or of a pool without a domain, is unknown.
pub async fn client(
    app: &App,
    pool: Option<&PoolId>,
    client: &ClientId,
) -> Result<Option<(Pool, Client)>> {
    let found = catalogue::client(app, client).await?;
    let found = found.filter(|(known, _)| match pool {
        // The visit has found the domain already.
        Some(pool) => *pool == known.pool.id,
        None => known.has_domain,
    });
    Ok(found.map(|(known, client)| (known.pool.clone(), client)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes() {
        for (host, expected) in [
            (
                "app.auth.eu-west-1.amazoncognito.com",
                Some(("app", Some("eu-west-1"))),
            ),
            (
                "app.auth-fips.us-east-1.amazoncognito.com",
                Some(("app", Some("us-east-1"))),
            ),
            (
                "app.auth.eu-west-1.localhost",
                Some(("app", Some("eu-west-1"))),
            ),
            ("app.localhost", Some(("app", None))),
            ("app.amazoncognito.com", None),
            ("app.x.localhost", None),
            ("app.auth.a.b.localhost", None),
            ("app.example.com", None),
        ] {
            assert_eq!(prefix_of(host), expected, "{host}");
        }
    }
}
