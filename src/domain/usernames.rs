//! Names: what a person may type to be found, and the one form in which names are compared.
//!
//! Source: Cognito developer guide, "Working with user attributes" (aliases, user name attributes)
//! and "User pool case sensitivity"; Unicode 3.13 (caseless matching), UAX 15.

use std::fmt::Write;

use aws_lc_rs::digest::{SHA256, digest};
use unicode_normalization::UnicodeNormalization;

use crate::error::{Error, Result};
use crate::ids::Sub;
use crate::settings::pool::{Alias, Contact};
use crate::store::aliases::AliasKey;
use crate::store::db::Conn;
use crate::store::pools::Pool;
use crate::store::users::{self, Named, User};

/// Longest key in bytes that is stored as it is: PostgreSQL refuses index rows over 2.7 kB.
const LONGEST_KEY: usize = 512;
/// Longest name that can be typed (the model's `UsernameType`).
pub const MAX_USERNAME: usize = 128;

/// The compatibility caseless form: NFKC and full case folding, repeated because either can undo
/// the other (Unicode 3.13, D146). Nothing is removed: a name with an invisible character is
/// another name.
pub fn fold(text: &str) -> String {
    let once = caseless::default_case_fold_str(&text.nfkc().collect::<String>());
    caseless::default_case_fold_str(&once.nfkc().collect::<String>())
        .nfkc()
        .collect()
}

/// What a user name is stored and looked up by: folded in case-insensitive pools, exact in others.
pub fn key(pool: &Pool, name: &str) -> String {
    let key = if pool.settings().case_sensitive() {
        name.to_owned()
    } else {
        fold(name)
    };
    // PostgreSQL stores no NUL.
    if key.len() <= LONGEST_KEY && !key.contains('\0') {
        return key;
    }
    // No user name contains a space, so this is nobody's key.
    format!("sha256 {}", hex(digest(&SHA256, key.as_bytes()).as_ref()))
}

/// What an alias is stored and looked up by: like a user name.
pub fn alias(pool: &Pool, kind: Alias, value: &str) -> AliasKey {
    AliasKey {
        kind: kind.as_str(),
        key: key(pool, value),
    }
}

/// The attribute behind a contact.
pub const fn contact_alias(contact: Contact) -> Alias {
    match contact {
        Contact::Email => Alias::Email,
        Contact::PhoneNumber => Alias::PhoneNumber,
    }
}

/// Which kind of contact a text is meant to be, by its look alone.
pub fn contact_like(text: &str) -> Option<Contact> {
    if text.contains('@') {
        return Some(Contact::Email);
    }
    let digits = text.strip_prefix('+')?;
    (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
        .then_some(Contact::PhoneNumber)
}

/// The user whom a text names: by `sub`, by the e-mail address or phone number of pools where those
/// are the user names, by an alias that is in force, or by user name. The `sub` goes first, so that
/// nobody can stand before another by taking the other's `sub` for a name.
pub async fn find(db: &mut Conn, pool: &Pool, typed: &str) -> Result<Option<User>> {
    let (sub, key) = (Sub::parse(typed).ok(), key(pool, typed));
    let preferred = Alias::PreferredUsername;
    let aliases = pool.settings().alias_attributes();
    let named = Named {
        sub: sub.as_ref(),
        contact: contact_kind(pool, typed).map(Alias::as_str),
        alias: aliases.contains(&preferred).then_some(preferred.as_str()),
        key: &key,
    };
    users::find(db, &pool.id, named).await
}

/// The user whom a text names, who must exist.
///
/// # Errors: UserNotFound `User does not exist.`
pub async fn get(db: &mut Conn, pool: &Pool, typed: &str) -> Result<User> {
    find(db, pool, typed)
        .await?
        .ok_or_else(Error::user_does_not_exist)
}

/// The kind of contact that a text is in this pool. They go before user names, which cannot look like
/// them there.
fn contact_kind(pool: &Pool, typed: &str) -> Option<Alias> {
    let kind = contact_alias(contact_like(typed)?);
    let settings = pool.settings();
    let named = settings
        .username_attributes()
        .iter()
        .any(|contact| contact_alias(*contact) == kind);
    (named || settings.alias_attributes().contains(&kind)).then_some(kind)
}

/// Bytes as lower-case hexadecimal digits: they compare alike in every database and collation.
pub fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(a: &str, b: &str) {
        assert_eq!(fold(a), fold(b), "{a} {b}");
        assert_eq!(fold(&fold(a)), fold(a), "{a}");
    }

    fn apart(a: &str, b: &str) {
        assert_ne!(fold(a), fold(b), "{a} {b}");
    }

    #[test]
    fn folding_joins_what_differs_in_case_or_form_only() {
        for (a, b) in [
            ("Admin", "aDMIN"),
            ("STRASSE", "straße"),
            ("\u{212a}elvin", "kelvin"),
            ("\u{212b}", "å"),
            ("\u{2126}", "ω"),
            ("e\u{301}cole", "ÉCOLE"),
            ("ΣΊΣΥΦΟΣ", "σίσυφος"),
            ("ﬁn", "FIN"),
            ("\u{1e9e}", "ss"),
            ("\u{17f}", "s"),
            ("²", "2"),
            ("½", "1⁄2"),
            ("㎏", "KG"),
            ("ⅷ", "VIII"),
            ("カ\u{3099}", "ガ"),
            ("ｶﾞ", "ガ"),
            ("한", "\u{1112}\u{1161}\u{11ab}"),
        ] {
            same(a, b);
        }
        let scripts = ('a'..='z').chain('à'..='ö').chain('ø'..='þ');
        for letter in scripts.chain('α'..='ω').chain('а'..='я').chain('ա'..='ֆ') {
            let upper: String = letter.to_uppercase().collect();
            same(&letter.to_string(), &upper);
        }
        for (wide, ascii) in ('\u{ff01}'..='\u{ff5e}').zip('!'..='~') {
            same(&wide.to_string(), &ascii.to_string());
        }
        for letter in 'À'..='ÿ' {
            let decomposed: String = letter.to_string().nfd().collect();
            same(&letter.to_string(), &decomposed);
        }
    }

    #[test]
    fn folding_keeps_lookalikes_and_invisible_characters_apart() {
        for (a, b) in [
            ("istanbul", "ıstanbul"),
            ("istanbul", "\u{130}stanbul"),
            ("o", "0"),
            ("rn", "m"),
            ("e", "é"),
            ("ss", "β"),
            ("admin", "admin."),
        ] {
            apart(a, b);
        }
        for (latin, other) in "aceiopxysjh".chars().zip("асеіорхуѕјһ".chars()) {
            apart(&latin.to_string(), &other.to_string());
        }
        for (latin, greek) in "aonvitx".chars().zip("αονυιτχ".chars()) {
            apart(&latin.to_string(), &greek.to_string());
        }
        let invisible = ('\u{200b}'..='\u{200f}')
            .chain('\u{202a}'..='\u{202e}')
            .chain('\u{2060}'..='\u{206f}')
            .chain('\u{fe00}'..='\u{fe0f}')
            .chain([
                '\u{ad}', '\u{34f}', '\u{61c}', '\u{115f}', '\u{180e}', '\u{feff}',
            ]);
        for hidden in invisible {
            apart("admin", &format!("ad{hidden}min"));
            apart("admin", &format!("admin{hidden}"));
        }
    }

    #[test]
    fn contacts_are_told_by_their_look() {
        assert_eq!(contact_like("a@b"), Some(Contact::Email));
        assert_eq!(contact_like("+4930123"), Some(Contact::PhoneNumber));
        for name in ["+", "+49x", "alice", "4930123", ""] {
            assert_eq!(contact_like(name), None, "{name}");
        }
    }
}
