//! What a SigV4 `Authorization` header says about region and account, without checking it.

use crate::config::Config;

/// Region, account and access key of a request.
#[derive(Debug, PartialEq, Eq)]
pub struct Scope {
    /// Region of the credential scope, else the server's.
    pub region: String,
    /// The access key if it is 12 digits, else the server's account.
    pub account: String,
    /// Access key id.
    pub access_key: Option<String>,
}

/// Reads `AWS4-HMAC-SHA256 Credential={key}/{date}/{region}/{service}/aws4_request, ...`.
pub fn read(authorization: Option<&str>, config: &Config) -> Scope {
    let credential = authorization
        .and_then(|header| header.strip_prefix("AWS4-HMAC-SHA256 "))
        .and_then(|header| {
            header
                .split(',')
                .find_map(|p| p.trim().strip_prefix("Credential="))
        });
    let mut parts = credential.unwrap_or_default().split('/');
    let key = parts.next().filter(|key| !key.is_empty());
    let region = parts.nth(1).filter(|region| is_region(region));
    let account = key.filter(|key| key.len() == 12 && key.bytes().all(|b| b.is_ascii_digit()));
    Scope {
        region: region.unwrap_or(&config.region).to_owned(),
        account: account.unwrap_or(&config.account_id).to_owned(),
        access_key: key.map(str::to_owned),
    }
}

fn is_region(text: &str) -> bool {
    (1..=32).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_region_and_account_or_falls_back() {
        let config = Config::default();
        let header = "AWS4-HMAC-SHA256 Credential=123456789012/20261121/eu-west-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=00";
        let scope = read(Some(header), &config);
        assert_eq!(
            (scope.region.as_str(), scope.account.as_str()),
            ("eu-west-1", "123456789012")
        );
        for other in [
            None,
            Some(""),
            Some("Bearer x"),
            Some("AWS4-HMAC-SHA256 Credential=AKIA"),
        ] {
            let scope = read(other, &config);
            assert_eq!(
                (scope.region.as_str(), scope.account.as_str()),
                ("us-east-1", "000000000000")
            );
        }
    }
}
