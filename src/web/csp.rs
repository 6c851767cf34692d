//! Content security policies of the pages (security.md C10): no script, no frame, nothing from
//! elsewhere; forms go home or to the client's registered callbacks.

use url::Url;

/// The policy of a hosted page. `redirect_uris` are where its form may end up: Chromium applies
/// `form-action` to redirects after a POST too, so the client's callbacks must be named.
pub fn hosted<'a>(redirect_uris: impl IntoIterator<Item = &'a str>) -> String {
    let mut targets = vec!["'self'".to_owned()];
    for source in redirect_uris.into_iter().filter_map(source) {
        if !targets.contains(&source) {
            targets.push(source);
        }
    }
    format!(
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action {}; \
         frame-ancestors 'none'; base-uri 'none'",
        targets.join(" ")
    )
}

/// The policy of a hosted page with our script for passkeys. It asks the server for nothing by itself.
pub fn scripted<'a>(redirect_uris: impl IntoIterator<Item = &'a str>) -> String {
    format!("{}; script-src 'self'", hosted(redirect_uris))
}

/// The policy of the mailbox, which has one script of ours and shows mails in a frame.
pub const MAILBOX: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; \
    script-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; \
    frame-ancestors 'none'; base-uri 'none'";

/// The policy of a mail's HTML, as foreign text in a frame of the mailbox: no script, no origin, no
/// forms, no requests; only its own styles.
pub const MAIL: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
    form-action 'none'; frame-ancestors 'self'; base-uri 'none'";

/// The policy of a page in a frame of the preview: as a hosted page, but within our own frames, and
/// its forms go nowhere.
pub const PREVIEW: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; \
    form-action 'none'; frame-ancestors 'self'; base-uri 'none'";

/// The policy of a picture that is opened by itself: an SVG is a document then.
pub const PICTURE: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'; \
    form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

/// The source expression for a URI: its origin, or its bare scheme when it has none
/// (`myapp://callback`). Nothing in it can end the directive: [`Url`] admits no space, comma or
/// semicolon in scheme, host or port, and a host with one of them is left out.
fn source(uri: &str) -> Option<String> {
    let url = Url::parse(uri).ok()?;
    let source = match url.scheme() {
        "http" | "https" => url.origin().ascii_serialization(),
        scheme => format!("{scheme}:"),
    };
    let safe = |c: char| c.is_ascii_alphanumeric() || "+-.:/[]_".contains(c);
    source.chars().all(safe).then_some(source)
}

#[cfg(test)]
mod tests {
    use super::{hosted, source};

    #[test]
    fn forms_go_home_and_to_the_callbacks() {
        assert_eq!(
            hosted([
                "http://localhost:3000/callback?x=1",
                "https://app.example.com/a;b,c",
                "https://app.example.com/other",
                "myapp://signed-in",
            ]),
            "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self' \
             http://localhost:3000 https://app.example.com myapp:; frame-ancestors 'none'; \
             base-uri 'none'"
        );
    }

    #[test]
    fn a_callback_cannot_write_directives() {
        for uri in [
            "https://a;script-src *",
            "https://a b",
            "https://a,b/",
            "x;y:z",
            "",
            "/relative",
            "https://a;b/",
            "https://'unsafe-inline'/",
            "https://*/",
        ] {
            if let Some(source) = source(uri) {
                assert!(!source.contains([';', ',', ' ', '\'', '*']), "{source}");
            }
        }
        assert_eq!(
            source("https://[::1]:8080/cb").unwrap(),
            "https://[::1]:8080"
        );
        assert_eq!(
            source("https://bücher.example/").unwrap(),
            "https://xn--bcher-kva.example"
        );
    }
}
