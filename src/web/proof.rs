//! What must hold for every page: rendered from its samples, in plain words and in hostile ones.
//!
//! To look at the pages, name a folder: `POOLHOUSE_PAGES=/tmp/pages cargo test pages_look`.

mod markup;

use askama::Template;

use super::assets;
use super::chrome::Chrome;
use super::hosted::views::SignUpPage;
use super::samples::{self, Words};
use crate::text::Locale;

use markup::Markup;

fn chrome(locale: Locale) -> Chrome {
    Chrome {
        css_href: "/_assets/poolhouse.css".to_owned(),
        ..Chrome::new(locale)
    }
}

fn plain() -> Words {
    Words::plain(chrome(Locale::En))
}

fn hostile() -> Words {
    Words::hostile(chrome(Locale::En))
}

/// Every sample of every page, rendered.
fn pages(words: &Words) -> Vec<(&'static str, String)> {
    let all = samples::hosted(words)
        .into_iter()
        .chain(samples::desk(words));
    all.map(|sample| {
        let html = sample.render().unwrap();
        let html = html.replace(assets::mailbox_script_path(), "/_assets/mailbox.js");
        let html = html.replace(assets::passkey_script_path(), "/_assets/passkey.js");
        let html = html.replace(assets::password_script_path(), "/_assets/password.js");
        let html = html.replace(assets::preview_script_path(), "/_assets/preview.js");
        (sample.name, html)
    })
    .collect()
}

/// All samples in plain and in hostile words, read as markup.
fn markups() -> Vec<(String, Markup)> {
    let (plain, hostile) = (pages(&plain()), pages(&hostile()));
    let (plain, hostile) = (plain.into_iter(), hostile.into_iter());
    plain
        .map(|(name, html)| (name.to_owned(), Markup::read(&html)))
        .chain(hostile.map(|(name, html)| (format!("hostile {name}"), Markup::read(&html))))
        .collect()
}

#[test]
fn pages_look_as_they_did() {
    for (name, html) in pages(&plain()) {
        insta::assert_snapshot!(name, html);
    }
    if let Some(folder) = std::env::var_os("POOLHOUSE_PAGES") {
        let folder = std::path::Path::new(&folder);
        std::fs::create_dir_all(folder.join("_assets")).unwrap();
        for (path, name) in [
            (assets::styles_path(), "poolhouse.css"),
            (assets::mailbox_script_path(), "mailbox.js"),
            (assets::passkey_script_path(), "passkey.js"),
            (assets::password_script_path(), "password.js"),
        ] {
            let asset = assets::find(path).unwrap();
            std::fs::write(folder.join("_assets").join(name), asset.content).unwrap();
        }
        for (name, html) in pages(&plain()) {
            std::fs::write(folder.join(format!("{name}.html")), html).unwrap();
        }
        for (name, html) in pages(&hostile()) {
            std::fs::write(folder.join(format!("hostile_{name}.html")), html).unwrap();
        }
    }
}

#[test]
fn every_page_says_its_language_title_and_one_heading() {
    for (name, page) in markups() {
        assert_eq!(page.only("html").attribute("lang"), Some("en"), "{name}");
        assert!(!page.text_of("title").trim().is_empty(), "{name}");
        assert_eq!(page.count("h1"), 1, "{name}");
        assert_eq!(page.count("main"), 1, "{name}");
    }
}

/// One page, one stylesheet: quick on a bad line.
#[test]
fn pages_are_small() {
    for (name, html) in pages(&plain()) {
        assert!(html.len() < 30 * 1024, "{name}: {}", html.len());
        let page = Markup::read(&html);
        let sheets = page
            .tags()
            .filter(|tag| tag.name == "link" && tag.attribute("rel") == Some("stylesheet"));
        assert_eq!(sheets.count(), 1, "{name}");
    }
    let styles = assets::find(assets::styles_path()).unwrap();
    assert!(styles.content.len() < 30 * 1024);
}

/// Direction and language are attributes of the page; nothing else knows them.
#[test]
fn every_hosted_page_can_be_written_in_any_language_and_direction() {
    for locale in Locale::ALL.iter().chain([&Locale::Pseudo]) {
        for (name, html) in pages(&Words::plain(chrome(*locale))) {
            let page = Markup::read(&html);
            let root = page.only("html");
            assert_eq!(root.attribute("lang"), Some(locale.tag()), "{name}");
            assert_eq!(root.attribute("dir"), Some(locale.direction()), "{name}");
        }
        let words = Words::plain(chrome(*locale));
        let (_, sample) = SignUpPage::samples(&words).swap_remove(0);
        let english = sample
            .render()
            .unwrap()
            .contains("Sign up with a new account");
        assert_eq!(english, ["en", "ar-XB"].contains(&locale.tag()));
    }
    assert_eq!(Locale::Pseudo.direction(), "rtl");
    // Sides are named by where lines begin and end.
    let css = assets::find(assets::styles_path()).unwrap().content;
    for physical in [
        "margin-left",
        "margin-right",
        "padding-left",
        "padding-right",
        "text-align: left",
        "text-align: right",
        "float:",
    ] {
        assert!(!css.contains(physical), "{physical}");
    }
}

#[test]
fn nothing_is_inline_and_nothing_comes_from_elsewhere() {
    for (name, page) in markups() {
        assert_eq!(page.count("style"), 0, "{name}");
        for tag in page.tags() {
            for (attribute, value) in &tag.attributes {
                assert!(
                    attribute != "style" && !attribute.starts_with("on"),
                    "{name}: {attribute} in {tag:?}"
                );
                let loads = ["src", "srcset", "data", "poster"].contains(&attribute.as_str())
                    || attribute == "href" && tag.name == "link";
                assert!(
                    !loads || value.starts_with('/') || value.starts_with("data:image/"),
                    "{name}: {attribute}={value}"
                );
            }
        }
        let scripts: Vec<_> = page.tags().filter(|tag| tag.name == "script").collect();
        let may = [
            "mailbox", "message", "passkey", "password", "sign_up", "preview",
        ];
        if may.iter().any(|page| name.contains(page)) {
            assert!(
                scripts.iter().all(|tag| tag.attribute("src").is_some()),
                "{name}"
            );
        } else {
            assert!(scripts.is_empty(), "{name}");
        }
    }
}

#[test]
fn every_form_is_sent_by_post_with_its_token() {
    for (name, page) in markups() {
        let posts = page.tags().filter(|tag| {
            tag.name == "form"
                && tag.attribute("method") == Some("post")
                && tag
                    .attribute("action")
                    .is_some_and(|to| to.starts_with('/'))
        });
        let tokens = page
            .tags()
            .filter(|tag| tag.attribute("name") == Some("_csrf"));
        let forms = page.count("form");
        assert_eq!(posts.count(), forms, "{name}");
        assert_eq!(tokens.count(), forms, "{name}");
    }
}

#[test]
fn every_field_has_a_label_and_every_reference_a_target() {
    for (name, page) in markups() {
        let ids: Vec<_> = page.tags().filter_map(|tag| tag.attribute("id")).collect();
        for (n, id) in ids.iter().enumerate() {
            assert!(!ids[..n].contains(id), "{name}: id {id} twice");
        }
        for tag in page.tags() {
            for reference in ["aria-describedby", "aria-labelledby", "for"] {
                let Some(targets) = tag.attribute(reference) else {
                    continue;
                };
                // An id with a space in it (only hostile words have one) is no list of ids.
                let whole = ids.contains(&targets);
                assert!(
                    whole || targets.split(' ').all(|target| ids.contains(&target)),
                    "{name}: {reference}={targets}"
                );
            }
        }
        let labelled: Vec<_> = page
            .tags()
            .filter(|tag| tag.name == "label")
            .filter_map(|tag| tag.attribute("for"))
            .collect();
        for input in page.tags().filter(|tag| tag.name == "input") {
            let kind = input.attribute("type").unwrap_or("text");
            let shown =
                !["hidden", "Submit"].contains(&kind) && input.attribute("hidden").is_none();
            if shown {
                assert!(labelled.contains(&input.attribute("id").unwrap()), "{name}");
                // The attribute does not apply to boxes (HTML, "Checkbox state").
                let completes = kind != "checkbox";
                assert_eq!(
                    input.attribute("autocomplete").is_some(),
                    completes,
                    "{name}"
                );
            }
        }
    }
}

#[test]
fn errors_are_announced_and_take_the_keyboard() {
    for (name, page) in markups() {
        let focused: Vec<_> = page
            .tags()
            .filter(|tag| tag.attribute("autofocus").is_some())
            .collect();
        assert!(focused.len() <= 1, "{name}");
        let alert = page.tags().find(|tag| {
            tag.attribute("role") == Some("alert") && tag.attribute("tabindex") == Some("-1")
        });
        let Some(alert) = alert else { continue };
        let id = alert.attribute("id").unwrap();
        assert_eq!(focused[0].attribute("id"), Some(id), "{name}");
        for input in page
            .tags()
            .filter(|tag| tag.attribute("required").is_some())
        {
            let described = input.attribute("aria-describedby").unwrap();
            assert!(described.split(' ').any(|by| by == id), "{name}");
        }
    }
}

#[test]
fn passwords_and_codes_are_never_shown_again() {
    for (name, html) in pages(&plain()) {
        assert!(!html.contains("not to be shown"), "{name}");
        for tag in Markup::read(&html).tags() {
            let secret = tag.attribute("type") == Some("password")
                || tag.attribute("autocomplete") == Some("one-time-code");
            assert!(!secret || tag.attribute("value").is_none(), "{name}");
        }
    }
}

/// The strongest form of "everything is escaped": hostile words change nothing but the words.
#[test]
fn hostile_words_do_not_change_the_markup() {
    let (plain, hostile) = (pages(&plain()), pages(&hostile()));
    assert_eq!(plain.len(), hostile.len());
    let spoken = plain
        .iter()
        .zip(&hostile)
        .filter(|(plain, hostile)| plain != hostile);
    assert!(
        spoken.count() >= plain.len() - 2,
        "all but two samples carry words"
    );
    for ((name, plain), (_, hostile)) in plain.iter().zip(&hostile) {
        assert!(!hostile.contains(Words::PAYLOAD), "{name}");
        let plain = Markup::read(plain).skeleton();
        let hostile = Markup::read(hostile).skeleton();
        assert_eq!(plain, hostile, "{name}");
    }
}

#[test]
fn machines_find_the_classic_sign_in_form() {
    let pages = pages(&plain());
    let (_, html) = pages.iter().find(|(name, _)| *name == "sign_in").unwrap();
    for classic in [
        r#"name="_csrf" value="csrf-token""#,
        r#"name="cognitoAsfData" value="""#,
        r#"id="signInFormUsername" name="username""#,
        r#"id="signInFormPassword" name="password" type="password""#,
        r#"name="signInSubmitButton" type="Submit" value="Sign in" aria-label="submit""#,
        r#"name="cognitoSignInForm" method="post" action="/login?client_id=1&#38;state=a%26b""#,
        "Sign in with your username and password",
        "Forgot your password?",
        "Need an account?",
        "<title>Signin</title>",
    ] {
        assert!(html.contains(classic), "{classic}");
    }
}
