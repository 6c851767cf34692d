//! The query of an authorization request: kept verbatim for links and forms (oauth.md 1.2), and
//! read once, strictly, for its parameters.

use percent_encoding::percent_decode_str;

use crate::domain::oauth::authorize::Params;

/// Most parameters of a query or form (security.md F4).
pub const MOST_FIELDS: usize = 200;

/// Longest query or form that is read.
pub const LONGEST: usize = 16 * 1024;

/// A text that is not what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// Too long, too many parameters, or not UTF-8 after decoding.
    Encoding,
    /// A parameter is there twice (RFC 6749 3.1).
    Duplicate(&'static str),
}

/// Decoded parameters in their order. Nothing is cut or replaced: what is not UTF-8 is refused.
#[derive(Clone, Debug, Default)]
pub struct Pairs(Vec<(String, String)>);

impl Pairs {
    /// Reads `application/x-www-form-urlencoded` text.
    pub fn parse(raw: &str) -> Result<Self, Malformed> {
        if raw.len() > LONGEST {
            return Err(Malformed::Encoding);
        }
        let mut pairs = Vec::new();
        for part in raw.split('&').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let decoded = decode(name).zip(decode(value));
            pairs.push(decoded.ok_or(Malformed::Encoding)?);
            if pairs.len() > MOST_FIELDS {
                return Err(Malformed::Encoding);
            }
        }
        Ok(Self(pairs))
    }

    /// The value of a parameter that may be there once; empty counts as absent.
    pub fn one(&self, name: &'static str) -> Result<Option<String>, Malformed> {
        Ok(self.raw_one(name)?.filter(|value| !value.is_empty()))
    }

    /// Like [`Pairs::one`], but an empty value is a value.
    pub fn raw_one(&self, name: &'static str) -> Result<Option<String>, Malformed> {
        let mut values = self.0.iter().filter(|(n, _)| n == name).map(|(_, v)| v);
        let first = values.next().cloned();
        match values.next() {
            Some(_) => Err(Malformed::Duplicate(name)),
            None => Ok(first),
        }
    }

    /// The pairs in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(n, v)| (n.as_str(), v.as_str()))
    }
}

fn decode(text: &str) -> Option<String> {
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

/// The parameters of an authorization request, each at most once.
pub fn params(pairs: &Pairs) -> Result<Params, Malformed> {
    // Not read here, and still refused when doubled: a front end that reads the other copy must not
    // be played against us.
    pairs.raw_one("lang")?;
    Ok(Params {
        response_type: pairs.one("response_type")?,
        client_id: pairs.one("client_id")?,
        redirect_uri: pairs.one("redirect_uri")?,
        state: pairs.raw_one("state")?,
        scope: pairs.one("scope")?,
        identity_provider: pairs.one("identity_provider")?,
        idp_identifier: pairs.one("idp_identifier")?,
        code_challenge: pairs.one("code_challenge")?,
        code_challenge_method: pairs.one("code_challenge_method")?,
        nonce: pairs.one("nonce")?,
        login_hint: pairs.one("login_hint")?,
        prompt: pairs.one("prompt")?,
        resource: pairs.one("resource")?,
        max_age: pairs.one("max_age")?,
        acr_values: pairs.one("acr_values")?,
        id_token_hint: pairs.one("id_token_hint")?,
        response_mode: pairs.one("response_mode")?,
        request: pairs.one("request")?,
        request_uri: pairs.one("request_uri")?,
        registration: pairs.one("registration")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_decoded_once_and_whole() {
        let pairs = Pairs::parse("a=1%20+2&b&&c=%C3%A9&a%5b0%5d=x%2526").unwrap();
        let all: Vec<_> = pairs.iter().collect();
        assert_eq!(
            all,
            [("a", "1  2"), ("b", ""), ("c", "é"), ("a[0]", "x%26")]
        );
        assert_eq!(pairs.one("b"), Ok(None));
        assert_eq!(pairs.raw_one("b"), Ok(Some(String::new())));
        assert_eq!(Pairs::parse("a=%ff").unwrap_err(), Malformed::Encoding);
        assert_eq!(
            Pairs::parse(&"a&".repeat(201)).unwrap_err(),
            Malformed::Encoding
        );
    }

    #[test]
    fn a_doubled_parameter_is_refused() {
        for name in [
            "response_type",
            "client_id",
            "redirect_uri",
            "state",
            "scope",
            "identity_provider",
            "idp_identifier",
            "code_challenge",
            "code_challenge_method",
            "nonce",
            "login_hint",
            "prompt",
            "resource",
            "max_age",
            "acr_values",
            "id_token_hint",
            "response_mode",
            "request",
            "request_uri",
            "registration",
            "lang",
        ] {
            let pairs = Pairs::parse(&format!("{name}=a&x=1&{name}=a")).unwrap();
            assert_eq!(params(&pairs), Err(Malformed::Duplicate(name)));
        }
    }
}
