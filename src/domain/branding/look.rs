//! What a page draws for a client: which version of the pages a domain has, and their look.

use super::customization;
use crate::app::App;
use crate::domain::catalogue;
use crate::error::Result;
use crate::ids::{ClientId, PoolId};
use crate::store::brandings::{self, Look, Mode, Placed};
use crate::store::domains::Domain;

/// The version of a domain's pages (`ManagedLoginVersion`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// 1, the classic hosted UI.
    Classic,
    /// 2, managed login.
    Managed,
}

/// What a page draws.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// The hash of the rules that stand after those of our own stylesheet.
    pub sheet: Option<String>,
    /// What is not style.
    pub look: Look,
}

/// The version of the pages on the domain of this name; without a name, on the pool's prefix domain,
/// or on its custom one if it has no other.
pub async fn version(app: &App, pool: &PoolId, domain: Option<&str>) -> Result<Version> {
    let domain = of_name(app, pool, domain).await?;
    let managed = domain.is_some_and(|domain| domain.managed_login() >= 2);
    Ok(if managed {
        Version::Managed
    } else {
        Version::Classic
    })
}

/// How often that version has changed: what browsers were given before is worth nothing.
pub async fn switches(app: &App, pool: &PoolId, domain: Option<&str>) -> Result<i64> {
    let domain = of_name(app, pool, domain).await?;
    Ok(domain.map_or(0, |domain| domain.document.switches))
}

async fn of_name(app: &App, pool: &PoolId, name: Option<&str>) -> Result<Option<Domain>> {
    let known = catalogue::pool(app, pool).await?;
    let domains = known.as_deref().map(|known| known.domains.as_slice());
    let domains = domains.unwrap_or_default();
    let named = domains
        .iter()
        .find(|known| name == Some(known.domain.as_str()));
    let found = named
        .or_else(|| domains.iter().find(|known| !known.custom))
        .or_else(|| domains.first());
    Ok(found.cloned())
}

/// What the pages of a client draw in this version. None: managed login has no pages for a client
/// without a style.
pub async fn of_client(
    app: &App,
    pool: &PoolId,
    client: &ClientId,
    version: Version,
) -> Result<Option<Drawn>> {
    let mut db = app.store.read().await?;
    if version == Version::Managed {
        let found = brandings::look(&mut db, pool, client).await?;
        return Ok(found.map(|(sheet, look)| Drawn {
            sheet: Some(sheet).filter(|digest| !digest.is_empty()),
            look,
        }));
    }
    let found = customization::of_client(&mut db, pool, Some(client)).await?;
    let Some(found) = found else {
        return Ok(Some(Drawn {
            sheet: None,
            look: Look::default(),
        }));
    };
    let logo = found.image.map(|(digest, extension)| Placed {
        light: Some(format!("{digest}.{}", extension.suffix())),
        ..Placed::default()
    });
    Ok(Some(Drawn {
        look: Look {
            // The classic pages are light, and their CSS is written for that.
            mode: found.sheet_digest.as_ref().map(|_| Mode::Light),
            own: true,
            banner: true,
            form_logo: logo,
            ..Look::default()
        },
        sheet: found.sheet_digest,
    }))
}
