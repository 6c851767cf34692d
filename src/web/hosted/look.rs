//! What surrounds the hosted pages: the language of the person at the browser, and the look of the
//! client.

use axum::http::HeaderValue;

use crate::app::App;
use crate::domain::branding::{self, Drawn, Version};
use crate::domain::oauth::sites;
use crate::error::Result;
use crate::ids::ClientId;
use crate::site::cookies::Cookie;
use crate::site::query::Pairs;
use crate::site::visit::Visit;
use crate::store::brandings::{Look, Mode, Picture, Placed, Strip};
use crate::store::clients::Client;
use crate::text::Locale;
use crate::time::Span;
use crate::web::brand;
use crate::web::chrome::{Chrome, Graphic, Graphics, Logo};

/// The cookie of the language that was asked for by `lang`.
const LANGUAGE: &str = "lang";
/// How long it is kept.
const KEEP: Span = Span::days(365);

/// Which version of the pages a client has, and what surrounds them; nothing: managed login has no
/// pages for it.
pub(super) async fn of_client(visit: &Visit, client: &Client) -> Result<(Version, Option<Chrome>)> {
    let (app, domain) = (&visit.app, visit.domain.as_deref());
    let version = branding::version(app, &client.pool, domain).await?;
    let drawn = branding::of_client(app, &client.pool, &client.id, version).await?;
    let base = match &visit.pool {
        Some(_) => visit.base.clone(),
        None => format!("/{}", client.pool),
    };
    let locale = locale(visit, version);
    let chrome = drawn.map(|drawn| dressed(&base, locale, &drawn, &client.name));
    Ok((version, chrome))
}

/// The same for a preview.
pub(in crate::web) async fn of_preview(
    app: &App,
    client: &Client,
    locale: Locale,
) -> Result<(Version, Option<Chrome>)> {
    let version = branding::version(app, &client.pool, None).await?;
    let drawn = branding::of_client(app, &client.pool, &client.id, version).await?;
    let base = format!("/{}", client.pool);
    let locale = match version {
        Version::Classic => Locale::default(),
        Version::Managed => locale,
    };
    let chrome = drawn.map(|drawn| dressed(&base, locale, &drawn, &client.name));
    Ok((version, chrome))
}

/// What surrounds a page that serves no checked request: the look of the client that the query
/// names, if there is one.
pub(super) async fn of_visit(visit: &Visit) -> Chrome {
    let named = Pairs::parse(&visit.query).ok();
    let named = named.and_then(|pairs| pairs.one("client_id").ok().flatten());
    let plain = Chrome::new(Locale::default());
    let Some(id) = named.and_then(|id| ClientId::parse(id).ok()) else {
        return plain;
    };
    // A page about a failure must not fail: it shows without the look.
    let found = sites::client(&visit.app, visit.pool.as_ref(), &id).await;
    let Ok(Some((_, client))) = found else {
        return plain;
    };
    match of_client(visit, &client).await {
        Ok((_, Some(chrome))) => chrome,
        Ok((version, None)) => Chrome::new(locale(visit, version)),
        Err(_) => plain,
    }
}

/// The language of the person at the browser: what the query asks for, what it asked for before,
/// what the browser prefers. The classic pages are English, whatever is asked for.
fn locale(visit: &Visit, version: Version) -> Locale {
    if version == Version::Classic {
        return Locale::default();
    }
    let before = || visit.cookies.all(LANGUAGE).find_map(Locale::from_tag);
    asked(visit)
        .or_else(before)
        .or_else(|| Locale::accepted(&visit.languages))
        .unwrap_or_default()
}

/// The language that the query asks for.
fn asked(visit: &Visit) -> Option<Locale> {
    let pairs = Pairs::parse(&visit.query).ok()?;
    Locale::from_tag(&pairs.one(LANGUAGE).ok()??)
}

/// Keeps the language that the query asks for, for visits that do not say.
pub(super) fn language_cookie(visit: &Visit, version: Version) -> Option<HeaderValue> {
    let asked = asked(visit).filter(|_| version == Version::Managed)?;
    let cookie = Cookie {
        name: LANGUAGE,
        value: asked.tag(),
        base: &visit.base,
        keep: Some(KEEP),
    };
    cookie.header(visit)
}

fn dressed(base: &str, locale: Locale, drawn: &Drawn, name: &str) -> Chrome {
    let look = &drawn.look;
    let logo = |placed: &Placed| logo(base, look.mode, placed, name);
    let strip = |strip: &Option<Strip>| {
        let strip = strip.as_ref();
        strip.map(|strip| strip.logo.as_ref().and_then(logo))
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
        graphics: graphics(base, look),
        locale,
    }
}

fn graphics(base: &str, look: &Look) -> Graphics {
    let graphic = |picture: &Option<Picture>| {
        let Picture { light, dark } = picture.as_ref()?;
        let (href, dark_href) = paths(base, look.mode, light.as_ref(), dark.as_ref())?;
        Some(Graphic { href, dark_href })
    };
    Graphics {
        email: graphic(&look.graphics.email),
        sms: graphic(&look.graphics.sms),
        app: graphic(&look.graphics.app),
        password: graphic(&look.graphics.password),
        passkey: graphic(&look.graphics.passkey),
    }
}

fn logo(base: &str, mode: Option<Mode>, placed: &Placed, name: &str) -> Option<Logo> {
    let (href, dark_href) = paths(base, mode, placed.light.as_ref(), placed.dark.as_ref())?;
    Some(Logo {
        href,
        dark_href,
        alt: name.to_owned(),
        align: placed.align,
        below: placed.below,
        outside: placed.outside,
    })
}

/// The pictures for the modes that the page can have; the second is for dark pages, if it is another.
fn paths(
    base: &str,
    mode: Option<Mode>,
    light: Option<&String>,
    dark: Option<&String>,
) -> Option<(String, Option<String>)> {
    let (light, dark) = match mode {
        None => (light, dark),
        Some(Mode::Light) => (light, None),
        Some(Mode::Dark) => (dark, None),
    };
    let first = light.or(dark)?;
    let path = |file: &String| brand::picture_path(base, file);
    Some((path(first), dark.filter(|dark| *dark != first).map(path)))
}
