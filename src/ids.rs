//! Identifiers: newtypes that can only hold what their format allows (api.md 3.5).

mod key_arn;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use key_arn::KeyArn;

/// A text that does not have the format of the identifier it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed(&'static str);

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "malformed {}", self.0)
    }
}

impl std::error::Error for Malformed {}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $what:literal, $valid:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Accepts a text of the right format.
            pub fn parse(text: impl Into<String>) -> Result<Self, Malformed> {
                let text = text.into();
                let valid: fn(&str) -> bool = $valid;
                if valid(&text) { Ok(Self(text)) } else { Err(Malformed($what)) }
            }

            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = Malformed;
            fn try_from(text: String) -> Result<Self, Malformed> {
                Self::parse(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(
    /// `{region}_` + letters and digits; model pattern `[\w-]+_[0-9a-zA-Z]+`, at most 55.
    PoolId, "user pool id", |text| {
        text.len() <= 55
            && text.rsplit_once('_').is_some_and(|(region, name)| {
                !region.is_empty()
                    && !name.is_empty()
                    && region.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
                    && name.bytes().all(|b| b.is_ascii_alphanumeric())
            })
    }
);
id!(
    /// An app client's id: model pattern `[\w+]+`, 1 to 128; ours are 26 of `[0-9a-v]`.
    ClientId, "client id", |text| {
        (1..=128).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'+')
    }
);
id!(
    /// A user's immutable id: a UUID as text. Variant bits are not checked (api.md 3.5).
    Sub, "sub", is_uuid
);
id!(
    /// A token or browser session: `tkn` or `sso` + 25 of `[a-z0-9]`.
    SessionId, "session id", |text| {
        text.len() == 28 && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    }
);
id!(
    /// A UUID as text (event ids, `origin_jti`, `jti`).
    Uuid, "uuid", is_uuid
);

id!(
    /// The key of a device: `{region}_{uuid}`.
    DeviceKey, "device key", |text| {
        text.rsplit_once('_').is_some_and(|(region, uuid)| {
            (1..=18).contains(&region.len())
                && region.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && is_uuid(uuid)
        })
    }
);

impl PoolId {
    /// The region part, before the last `_`.
    pub fn region(&self) -> &str {
        self.0.rsplit_once('_').map_or("", |(region, _)| region)
    }

    /// The part after `_`, which SRP calls the pool name (api-auth.md 3.2).
    pub fn pool_name(&self) -> &str {
        self.0.rsplit_once('_').map_or("", |(_, name)| name)
    }
}

/// The text of a version 4 UUID (RFC 9562 5.4) made of 128 random bits.
pub fn uuid_text(random: u128) -> String {
    let value = (random & !(0xf << 76) & !(0b11 << 62)) | (4 << 76) | (0b10 << 62);
    let hex = format!("{value:032x}");
    let parts = [(0, 8), (8, 12), (12, 16), (16, 20), (20, 32)];
    parts
        .map(|(from, to)| hex.get(from..to).unwrap_or_default())
        .join("-")
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
        })
}

/// The ARN of a user pool: the only place that builds one.
pub fn user_pool_arn(region: &str, account: &str, pool: &PoolId) -> String {
    format!("arn:aws:cognito-idp:{region}:{account}:userpool/{pool}")
}

/// The ARN of a device; its owner is `{username}.{poolId}`.
pub fn device_arn((region, account): (&str, &str), owner: &str, device: &DeviceKey) -> String {
    format!("arn:aws:cognito-idp:{region}:{account}:owner/{owner}/device/{device}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pool_ids_split_at_the_last_underscore() {
        let id = PoolId::parse("us-east-1_aB3dE6gH9").unwrap();
        assert_eq!((id.region(), id.pool_name()), ("us-east-1", "aB3dE6gH9"));
        for bad in [
            "",
            "us-east-1",
            "us-east-1_",
            "_abc",
            "us-east-1_a-b",
            "us-east-1_a/b",
        ] {
            assert!(PoolId::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn subs_are_uuid_text_of_any_variant() {
        assert!(Sub::parse("34c84488-e0e1-70ae-d2ee-991ad1a898c8").is_ok());
        assert!(Sub::parse("34C84488-e0e1-70ae-d2ee-991ad1a898c8").is_err());
    }
}
