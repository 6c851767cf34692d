//! What surrounds the hosted pages: the language of the person at the browser, and the look of the
//! client.

use crate::app::App;
use crate::domain::branding::{self, Drawn, Version};
use crate::domain::oauth::sites;
use crate::error::Result;
use crate::ids::{ClientId, PoolId};
use crate::site::query::Pairs;
use crate::site::visit::Visit;
use crate::store::brandings::{Mode, Placed};
use crate::store::clients::Client;
use crate::text::Locale;
use crate::web::brand;
use crate::web::chrome::{Chrome, Logo};

/// What surrounds the pages of a client; none: managed login has no pages for it.
pub(super) async fn of_client(visit: &Visit, client: &Client) -> Result<Option<(Version, Chrome)>> {
    let domain = visit.domain.as_deref();
    let drawn = branding::of_client(&visit.app, &client.pool, &client.id, domain).await?;
    let base = match &visit.pool {
        Some(_) => visit.base.clone(),
        None => format!("/{}", client.pool),
    };
    Ok(drawn.map(|drawn| {
        let chrome = dressed(&base, locale(visit), &drawn, &client.name);
        (drawn.version, chrome)
    }))
}

/// What surrounds the pages of a client that a preview shows.
pub(in crate::web) async fn of_preview(
    app: &App,
    (pool, client, name): (&PoolId, &ClientId, &str),
    locale: Locale,
) -> Result<Option<(Version, Chrome)>> {
    let drawn = branding::of_client(app, pool, client, None).await?;
    let base = format!("/{pool}");
    Ok(drawn.map(|drawn| (drawn.version, dressed(&base, locale, &drawn, name))))
}

/// What surrounds a page that serves no checked request: the look of the client that the query
/// names, if there is one.
pub(super) async fn of_visit(visit: &Visit) -> Chrome {
    let named = Pairs::parse(&visit.query).ok();
    let named = named.and_then(|pairs| pairs.one("client_id").ok().flatten());
    let plain = Chrome::new(locale(visit));
    let Some(id) = named.and_then(|id| ClientId::parse(id).ok()) else {
        return plain;
    };
    // A page about a failure must not fail: it shows without the look.
    let found = sites::client(&visit.app, visit.pool.as_ref(), &id).await;
    let Ok(Some((_, client))) = found else {
        return plain;
    };
    let dressed = of_client(visit, &client).await;
    dressed.ok().flatten().map_or(plain, |(_, chrome)| chrome)
}

/// The language of the person at the browser.
fn locale(_visit: &Visit) -> Locale {
    Locale::default()
}

fn dressed(base: &str, locale: Locale, drawn: &Drawn, name: &str) -> Chrome {
    let look = &drawn.look;
    let logo = |placed: &Placed| logo(base, look.mode, placed, name);
    let strip = |strip: &Option<Option<Placed>>| {
        let strip = strip.as_ref();
        strip.map(|placed| placed.as_ref().and_then(logo))
    };
    let plain = Chrome::new(locale);
    Chrome {
        css_href: drawn
            .sheet
            .as_deref()
            .map_or(plain.css_href, |digest| brand::styles_path(base, digest)),
        mode: look.mode,
        mark: !look.own,
        banner: !look.own || look.banner,
        favicon: look
            .favicon
            .as_deref()
            .map(|file| brand::picture_path(base, file)),
        logo: look.form_logo.as_ref().and_then(logo),
        header: strip(&look.header),
        footer: strip(&look.footer),
        locale,
    }
}

/// The pictures for the modes that the page can have.
fn logo(base: &str, mode: Option<Mode>, placed: &Placed, name: &str) -> Option<Logo> {
    let (light, dark) = match mode {
        None => (placed.light.as_ref(), placed.dark.as_ref()),
        Some(Mode::Light) => (placed.light.as_ref(), None),
        Some(Mode::Dark) => (placed.dark.as_ref(), None),
    };
    let first = light.or(dark)?;
    let path = |file: &String| brand::picture_path(base, file);
    Some(Logo {
        href: path(first),
        dark_href: dark.filter(|dark| *dark != first).map(path),
        alt: name.to_owned(),
        align: placed.align,
        below: placed.below,
        outside: placed.outside,
    })
}
