//! What a server calls the issuer of its pools' tokens (oauth.md 7.2).

use std::str::FromStr;

/// Where the name of an issuer comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum IssuerMode {
    /// `{public URL}/{poolId}`: the address where keys and discovery really are.
    #[default]
    Public,
    /// The name that AWS gives it, for verifiers that have it built in.
    Aws,
    /// The name that AWS gives it in pools of several regions.
    AwsUpdated,
    /// A name made from a template.
    Custom(IssuerTemplate),
}

/// An http(s) URL with `{poolId}` in it, and with `{region}` if wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuerTemplate(String);

const POOL: &str = "{poolId}";
const REGION: &str = "{region}";

impl IssuerTemplate {
    /// The issuer of a pool.
    pub fn fill(&self, region: &str, pool: &str) -> String {
        self.0.replace(REGION, region).replace(POOL, pool)
    }
}

impl FromStr for IssuerMode {
    type Err = String;

    /// `public`, `aws`, `aws-updated`, or a template. A template without the pool would give all
    /// pools one name, so that the tokens of one were good for another.
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "public" => return Ok(Self::Public),
            "aws" => return Ok(Self::Aws),
            "aws-updated" => return Ok(Self::AwsUpdated),
            _ => {}
        }
        let template = IssuerTemplate(text.to_owned());
        let filled = template.fill("us-east-1", "us-east-1_aB3dE6gH9");
        let authority = filled.split_once("://").and_then(|(scheme, rest)| {
            let web = matches!(scheme, "http" | "https");
            web.then(|| rest.split('/').next().unwrap_or_default())
        });
        // RFC 8414 2, OpenID Connect Discovery 3: no query, no fragment; and nothing that a
        // comparison of texts could trip over.
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~:/[]".contains(&b);
        let whole = authority.is_some_and(|name| !name.is_empty() && !name.starts_with(':'))
            && filled.bytes().all(plain)
            && !filled.ends_with('/')
            && text.contains(POOL);
        whole.then_some(Self::Custom(template)).ok_or_else(|| {
            "it is public, aws, aws-updated, or an http(s) URL with {poolId} in it, without query, \
             fragment or final slash"
                .to_owned()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_templates() {
        assert_eq!("public".parse(), Ok(IssuerMode::Public));
        assert_eq!("aws".parse(), Ok(IssuerMode::Aws));
        assert_eq!("aws-updated".parse(), Ok(IssuerMode::AwsUpdated));
        for (text, name) in [
            (
                "https://id.example.com/{poolId}",
                "https://id.example.com/r_1",
            ),
            (
                "http://localhost:8080/{region}/{poolId}/x",
                "http://localhost:8080/r/r_1/x",
            ),
            ("https://{poolId}.example.com", "https://r_1.example.com"),
        ] {
            let Ok(IssuerMode::Custom(template)) = text.parse() else {
                panic!("{text}");
            };
            assert_eq!(template.fill("r", "r_1"), name);
        }
        for bad in [
            "",
            "AWS",
            "private",
            "https://id.example.com/",
            "https://id.example.com/{poolId}/",
            "https://id.example.com/{poolId}?x",
            "https://id.example.com/{poolId}#x",
            "https://u@id.example.com/{poolId}",
            "https:///{poolId}",
            "ftp://id.example.com/{poolId}",
            "id.example.com/{poolId}",
            "https://id.example.com/{pool}/{poolId}",
            "https://id.example.com/ {poolId}",
        ] {
            assert!(bad.parse::<IssuerMode>().is_err(), "{bad}");
        }
    }
}
