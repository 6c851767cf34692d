//! Terms of use and privacy policies: links that the sign-up page of managed login names, by
//! language (oauth.md 8.5).

use crate::app::App;
use crate::domain::clients::{self, may_redirect_to};
use crate::domain::paging::{Ask, List, Page};
use crate::domain::pools;
use crate::error::{Error, Result};
use crate::ids::{ClientId, PoolId};
use crate::settings::branding::TermsName;
use crate::store::audit::{Actor, Event};
use crate::store::db::{OnUnique, Tx};
use crate::store::terms::{self, Links, Terms};

/// The most rows of a page.
const PAGE: i64 = 60;
/// The link for languages that have none of their own.
const DEFAULT: &str = "cognito:default";

/// What is to be changed; what is not given stays.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Which document it is.
    pub name: Option<TermsName>,
    /// Where it is.
    pub links: Option<Links>,
}

/// Names a document on the sign-up page of a client.
///
/// # Errors: ResourceNotFound, InvalidParameter, TermsExists
pub async fn create(
    app: &App,
    actor: &Actor,
    pool: &PoolId,
    client: &ClientId,
    (name, links): (TermsName, Links),
) -> Result<Terms> {
    check(&links)?;
    let id = app.rng.uuid()?.to_string();
    let mut tx = app.store.write(actor).await?;
    let pool = pools::lock(&mut tx, pool).await?.id;
    clients::in_pool(&mut tx, &pool, client).await?;
    let now = app.clock.now(&pool);
    let made = Terms {
        pool,
        id,
        client: client.clone(),
        name,
        links,
        created: now,
        modified: now,
        version: 1,
    };
    terms::insert(&mut tx, &made)
        .await
        .on_unique(|| Error::terms_exist(name.as_str(), client.as_str()))?;
    finish(app, tx, "CreateTerms", &made).await?;
    Ok(made)
}

/// Changes a document.
///
/// # Errors: ResourceNotFound, InvalidParameter, TermsExists, ConcurrentModification
pub async fn update(
    app: &App,
    actor: &Actor,
    pool: &PoolId,
    id: &str,
    changes: Changes,
) -> Result<Terms> {
    if let Some(links) = &changes.links {
        check(links)?;
    }
    let mut tx = app.store.write(actor).await?;
    let pool = pools::lock(&mut tx, pool).await?.id;
    let found = terms::find(&mut tx, &pool, id).await?;
    let mut found = found.ok_or_else(|| Error::terms_not_found(id))?;
    found.name = changes.name.unwrap_or(found.name);
    if let Some(links) = changes.links {
        found.links = links;
    }
    found.modified = app.clock.now(&pool);
    let taken = || Error::terms_exist(found.name.as_str(), found.client.as_str());
    if !terms::update(&mut tx, &found).await.on_unique(taken)? {
        return Err(Error::concurrent_modification());
    }
    finish(app, tx, "UpdateTerms", &found).await?;
    Ok(found)
}

/// Takes a document away.
///
/// # Errors: ResourceNotFound.
pub async fn delete(app: &App, actor: &Actor, pool: &PoolId, id: &str) -> Result<()> {
    let mut tx = app.store.write(actor).await?;
    let pool = pools::lock(&mut tx, pool).await?.id;
    let found = terms::find(&mut tx, &pool, id).await?;
    let found = found.ok_or_else(|| Error::terms_not_found(id))?;
    terms::delete(&mut tx, &pool, id).await?;
    finish(app, tx, "DeleteTerms", &found).await
}

/// A document.
///
/// # Errors: ResourceNotFound.
pub async fn get(app: &App, pool: &PoolId, id: &str) -> Result<Terms> {
    pools::get(app, pool).await?;
    let mut db = app.store.read().await?;
    let found = terms::find(&mut db, pool, id).await?;
    found.ok_or_else(|| Error::terms_not_found(id))
}

/// A client's document of a name.
///
/// # Errors: ResourceNotFound.
pub async fn of_client(
    app: &App,
    pool: &PoolId,
    client: &ClientId,
    name: TermsName,
) -> Result<Terms> {
    pools::get(app, pool).await?;
    let mut db = app.store.read().await?;
    clients::in_pool(&mut db, pool, client).await?;
    let all = terms::of_client(&mut db, pool, client).await?;
    let found = all.into_iter().find(|terms| terms.name == name);
    found.ok_or_else(|| Error::terms_not_found(name.as_str()))
}

/// The documents of a pool, by id.
///
/// # Errors: ResourceNotFound, InvalidParameter (token).
pub async fn list(app: &App, pool: &PoolId, ask: &Ask) -> Result<Page<Terms>> {
    pools::get(app, pool).await?;
    let list = List {
        operation: "ListTerms",
        scope: pool.as_str(),
        parameters: "",
    };
    let after: Option<String> = list.after(app, ask)?;
    let count = ask.rows(PAGE);
    let mut db = app.store.read().await?;
    let rows = terms::page(&mut db, pool, after.as_deref(), count + 1).await?;
    list.page(app, rows, count, |terms| terms.id.clone())
}

/// Where the two documents of a client are in a language of the pages (`cognito:french`): terms of
/// use, and privacy policy. Both or neither: one alone is not shown.
pub async fn shown(
    app: &App,
    pool: &PoolId,
    client: &ClientId,
    language: &str,
) -> Result<Option<(String, String)>> {
    let mut db = app.store.read().await?;
    let all = terms::of_client(&mut db, pool, client).await?;
    let link = |name| {
        let document = all.iter().find(|terms| terms.name == name)?;
        let links = &document.links;
        links.get(language).or_else(|| links.get(DEFAULT)).cloned()
    };
    Ok(link(TermsName::TermsOfUse).zip(link(TermsName::PrivacyPolicy)))
}

/// Links lead to pages of the web (security.md C12).
fn check(links: &Links) -> Result<()> {
    if links.is_empty() {
        return Err(Error::missing_parameter("Links"));
    }
    for url in links.values() {
        let web = url.starts_with("https://") || url.starts_with("http://");
        // Unlike those that answers go to, they may lead to a place on the page.
        let page = url.split('#').next().unwrap_or_default();
        if !web || !may_redirect_to(page) {
            return Err(Error::url_invalid(url, "terms"));
        }
    }
    Ok(())
}

async fn finish(app: &App, mut tx: Tx, act: &str, terms: &Terms) -> Result<()> {
    tx.audit(Event {
        at: app.clock.now(&terms.pool),
        pool: Some(&terms.pool),
        act,
        target: Some(&terms.id),
        refused: None,
    })
    .await?;
    tx.commit().await?;
    Ok(())
}
