//! ARNs of KMS keys.

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};

use super::uuid_text;

/// The ARN of a KMS key: `arn:{partition}:kms:{region}:{account}:key/{id}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyArn(String);

impl KeyArn {
    /// The key that an ARN names: a key's own, or an alias's.
    ///
    /// An alias leads to one key for ever, whose id follows from the alias's ARN; so it needs no
    /// table, and is the same on every server.
    pub fn of(arn: &str) -> Option<Self> {
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let [scheme, partition, service, region, account, resource] = parts.as_slice() else {
            return None;
        };
        let named = [partition, region, account]
            .iter()
            .all(|part| is_word(part));
        if *scheme != "arn" || *service != "kms" || !named {
            return None;
        }
        if let Some(id) = resource.strip_prefix("key/") {
            return is_word(id).then(|| Self(arn.to_owned()));
        }
        let name = resource.strip_prefix("alias/")?;
        name.split('/').all(is_word).then(|| {
            let id = derived_id(arn);
            Self(format!("arn:{partition}:kms:{region}:{account}:key/{id}"))
        })
    }

    /// The ARN as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The account that the key belongs to.
    pub fn account(&self) -> &str {
        self.0.split(':').nth(4).unwrap_or_default()
    }

    /// The key's id, which `key/` precedes.
    pub fn id(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(_, id)| id)
    }
}

impl fmt::Display for KeyArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_word(text: &str) -> bool {
    let fine = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    !text.is_empty() && text.bytes().all(fine)
}

fn derived_id(alias: &str) -> String {
    let hash = digest(&SHA256, alias.as_bytes());
    let start = hash.as_ref().first_chunk::<16>().copied();
    uuid_text(u128::from_be_bytes(start.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_aliases() {
        let key = "arn:aws:kms:eu-west-1:123456789012:key/mrk-1";
        let arn = KeyArn::of(key).unwrap();
        assert_eq!(
            (arn.as_str(), arn.account(), arn.id()),
            (key, "123456789012", "mrk-1")
        );
        let alias = |name| KeyArn::of(&format!("arn:aws:kms:eu-west-1:123456789012:alias/{name}"));
        // Users may write it down: it stays.
        assert_eq!(
            alias("codes").unwrap().as_str(),
            "arn:aws:kms:eu-west-1:123456789012:key/d766d8ea-8610-463b-ac01-fbd6208ff93b"
        );
        assert_ne!(alias("codes"), alias("team/codes"));
        assert_eq!(alias("codes"), alias("codes"));
    }

    #[test]
    fn other_arns_are_no_keys() {
        for arn in [
            "",
            "alias/codes",
            "arn:aws:kms:eu-west-1:123456789012:codes",
            "arn:aws:kms:eu-west-1:123456789012:key/",
            "arn:aws:kms:eu-west-1:123456789012:key/a:b",
            "arn:aws:kms:eu-west-1:123456789012:alias/a//b",
            "arn:aws:kms::123456789012:key/1",
            "arn:aws:lambda:eu-west-1:123456789012:function:f",
        ] {
            assert_eq!(KeyArn::of(arn), None, "{arn}");
        }
    }
}
