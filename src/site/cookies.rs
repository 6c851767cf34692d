//! Cookies of a pool's domain: read all of a name, write with the flags of oauth.md 3.
//!
//! Path-style and bare-host sites of one host use the same names with different paths, so a
//! browser may send several values of one name: a reader tries each and keeps what opens.

use std::fmt::Write;

use axum::http::{HeaderMap, HeaderValue, header};

use super::visit::Visit;
use crate::time::Span;

/// The cookies of a request.
#[derive(Clone, Debug, Default)]
pub struct Cookies(Vec<(String, String)>);

/// Longest value that is looked at (security.md C9).
const LONGEST: usize = 4096;

impl Cookies {
    /// Reads the `Cookie` headers.
    pub fn read(headers: &HeaderMap) -> Self {
        let mut cookies = Vec::new();
        for header in headers.get_all(header::COOKIE) {
            let Ok(text) = header.to_str() else { continue };
            let pairs = text
                .split(';')
                .filter_map(|pair| pair.trim().split_once('='));
            let short = pairs.filter(|(_, value)| value.len() <= LONGEST);
            cookies.extend(short.map(|(name, value)| (name.to_owned(), value.to_owned())));
        }
        Self(cookies)
    }

    /// Every value of a name, the most specific path first, as browsers send them.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = self.0.iter().filter(move |(n, _)| n == name);
        named.map(|(_, value)| value.as_str())
    }
}

/// A cookie to be set for one site.
#[derive(Clone, Copy, Debug)]
pub struct Cookie<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its value; empty removes the cookie.
    pub value: &'a str,
    /// What stands before the site's paths: `/{poolId}` or empty.
    pub base: &'a str,
    /// How long the browser keeps it; none: until it closes.
    pub keep: Option<Span>,
}

impl Cookie<'_> {
    /// The `Set-Cookie` header: HttpOnly, SameSite=Lax, the site's path, no domain, and Secure
    /// where the browser came by https (Safari drops Secure cookies on plain http).
    pub fn header(&self, visit: &Visit) -> Option<HeaderValue> {
        let path = if self.base.is_empty() { "/" } else { self.base };
        let mut text = format!(
            "{}={}; Path={path}; HttpOnly; SameSite=Lax",
            self.name, self.value
        );
        let removed = self.value.is_empty().then_some(Span::seconds(0));
        if let Some(keep) = removed.or(self.keep) {
            let _ = write!(text, "; Max-Age={}", keep.as_seconds());
        }
        if visit.secure {
            text.push_str("; Secure");
        }
        HeaderValue::try_from(text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_values_of_a_name_are_seen() {
        let mut headers = HeaderMap::new();
        headers.append("cookie", HeaderValue::from_static("a=1; b=x=y;a=2"));
        headers.append("cookie", HeaderValue::from_static("a=3"));
        let cookies = Cookies::read(&headers);
        assert_eq!(cookies.all("a").collect::<Vec<_>>(), ["1", "2", "3"]);
        assert_eq!(cookies.all("b").collect::<Vec<_>>(), ["x=y"]);
    }
}
