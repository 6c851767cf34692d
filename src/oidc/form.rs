//! Form bodies and client credentials of the machine endpoints.

use axum::http::{HeaderMap, HeaderValue, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::domain::oauth::client_auth::{Credentials, Pair};
use crate::domain::oauth::refusal::Refused;
use crate::secret::Secret;
use crate::site::query::{Malformed, Pairs};

/// Longest `Authorization` header that is read.
const LONGEST_HEADER: usize = 4096;

/// The body of a form post as text.
pub(super) fn text<'a>(headers: &HeaderMap, body: &'a [u8]) -> Option<&'a str> {
    let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let is_form = kind.eq_ignore_ascii_case("application/x-www-form-urlencoded");
    std::str::from_utf8(body).ok().filter(|_| is_form)
}

/// The parameters of a form post.
pub(super) fn pairs(headers: &HeaderMap, body: &[u8]) -> Result<Pairs, Refused> {
    let text = text(headers, body).ok_or_else(|| {
        Refused::invalid_request("The body must be application/x-www-form-urlencoded")
    })?;
    Pairs::parse(text).map_err(refused)
}

/// A malformed form as the machine endpoints say it.
pub(super) fn refused(malformed: Malformed) -> Refused {
    match malformed {
        Malformed::Encoding => Refused::invalid_request("The parameters cannot be read"),
        Malformed::Duplicate(name) => {
            Refused::invalid_request(format!("{name} is there more than once"))
        }
    }
}

/// What header and body say about the client.
pub(super) fn credentials(headers: &HeaderMap, form: &Pairs) -> Result<Credentials, Refused> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let basic = match (given.next(), given.next()) {
        (None, _) => Vec::new(),
        (Some(header), None) => basic(header).ok_or_else(Refused::unknown_client)?,
        (Some(_), Some(_)) => return Err(Refused::unknown_client()),
    };
    Ok(Credentials {
        basic,
        client_id: form.one("client_id").map_err(refused)?,
        client_secret: form.one("client_secret").map_err(refused)?.map(Secret::new),
    })
}

/// The readings of `Basic base64(id:secret)`: as it is, and form-decoded where that differs (RFC
/// 6749 2.3.1 asks for the encoding, and many clients leave it out).
fn basic(header: &HeaderValue) -> Option<Vec<Pair>> {
    let text = header
        .to_str()
        .ok()
        .filter(|text| text.len() <= LONGEST_HEADER)?;
    let (scheme, encoded) = text.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    let raw = pair(id.to_owned(), secret.to_owned());
    let decode = |text: &str| {
        let pairs = Pairs::parse(&format!("v={text}")).ok()?;
        pairs.raw_one("v").ok().flatten()
    };
    // `&` and `=` never come out of an encoder, so a text with them was not encoded.
    let encoded = decode(id)
        .zip(decode(secret))
        .filter(|_| !decoded.contains(['&', '=']));
    let mut readings = vec![raw];
    readings.extend(encoded.map(|(id, secret)| pair(id, secret)));
    readings.dedup();
    Some(readings)
}

fn pair(id: String, secret: String) -> Pair {
    Pair {
        id,
        secret: (!secret.is_empty()).then(|| Secret::new(secret)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Vec<(String, String)>> {
        let header = HeaderValue::try_from(format!("Basic {}", STANDARD.encode(text))).unwrap();
        let expose = |p: Pair| {
            let secret = p.secret.map(|s| s.expose().clone()).unwrap_or_default();
            (p.id, secret)
        };
        basic(&header).map(|pairs| pairs.into_iter().map(expose).collect())
    }

    #[test]
    fn credentials_are_read_raw_and_decoded() {
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(read("id:secret"), Some(vec![pair("id", "secret")]));
        assert_eq!(read("id:"), Some(vec![pair("id", "")]));
        assert_eq!(read("id:a:b"), Some(vec![pair("id", "a:b")]));
        assert_eq!(
            read("id:a%2Bb"),
            Some(vec![pair("id", "a%2Bb"), pair("id", "a+b")])
        );
        assert_eq!(read("id"), None);
        assert_eq!(basic(&HeaderValue::from_static("Basic !!!")), None);
        assert_eq!(basic(&HeaderValue::from_static("Bearer x")), None);
        assert_eq!(basic(&HeaderValue::from_static("Basic")), None);
        let invalid = STANDARD.encode([0xff, b':']);
        let header = HeaderValue::try_from(format!("Basic {invalid}")).unwrap();
        assert_eq!(basic(&header), None);
    }

    #[test]
    fn only_forms_are_forms() {
        let mut headers = HeaderMap::new();
        assert_eq!(text(&headers, b"a=1"), None);
        headers.insert("content-type", HeaderValue::from_static("application/json"));
        assert_eq!(text(&headers, b"a=1"), None);
        let form = HeaderValue::from_static("Application/X-WWW-Form-Urlencoded; charset=UTF-8");
        headers.insert("content-type", form);
        assert_eq!(text(&headers, b"a=1"), Some("a=1"));
        assert_eq!(text(&headers, b"\xff"), None);
    }
}
