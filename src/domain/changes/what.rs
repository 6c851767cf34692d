//! What of an account can change, so that it matters who changed it.

use crate::settings::pool::Alias;
use crate::store::pools::Pool;
use crate::store::users::Attributes;
use crate::text::Text;

/// A change of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Another password.
    Password,
    /// Another e-mail address, or none any more.
    Email,
    /// Another phone number, or none any more.
    Phone,
    /// Another preferred user name, where that is what users sign in with.
    Name,
    /// An authenticator app.
    App,
    /// Which second factors are asked for.
    Factors,
    /// One passkey more.
    PasskeyAdded,
    /// One passkey less.
    PasskeyRemoved,
}

impl What {
    /// What changes between a user's attributes and others: contacts, and other names to sign in
    /// with.
    pub fn between(pool: &Pool, before: &Attributes, after: &Attributes) -> Vec<Self> {
        let aliases = pool.settings().alias_attributes();
        let signs_in = aliases.contains(&Alias::PreferredUsername);
        let names = [
            ("email", Self::Email, true),
            ("phone_number", Self::Phone, true),
            ("preferred_username", Self::Name, signs_in),
        ];
        let differ = |name: &str| before.get(name) != after.get(name);
        let changed = names
            .into_iter()
            .filter(|(name, _, counts)| *counts && differ(name));
        changed.map(|(_, what, _)| what).collect()
    }

    /// The sentence that tells of it.
    pub(in crate::domain) const fn told(self) -> Text {
        match self {
            Self::Password => Text::NoticePassword,
            Self::Email => Text::NoticeEmail,
            Self::Phone => Text::NoticePhone,
            Self::Name => Text::NoticeName,
            Self::App => Text::NoticeApp,
            Self::Factors => Text::NoticeFactors,
            Self::PasskeyAdded => Text::NoticePasskeyAdded,
            Self::PasskeyRemoved => Text::NoticePasskeyRemoved,
        }
    }
}
