//! E-mail addresses and phone numbers: their syntax, and how they are shown to those who may only
//! recognise them.

use crate::error::{Error, Result};
use crate::settings::pool::Contact;

/// Checks the syntax of a contact.
///
/// # Errors: InvalidParameter `Invalid email address format.`, `Invalid phone number format.`
pub fn check(contact: Contact, value: &str) -> Result<()> {
    match contact {
        Contact::Email if is_email(value) => Ok(()),
        Contact::Email => Err(Error::invalid_email()),
        Contact::PhoneNumber if is_phone(value) => Ok(()),
        Contact::PhoneNumber => Err(Error::invalid_phone()),
    }
}

/// An address that mail can be sent to without quoting or extensions: the dot-atom form of RFC 5321
/// 4.1.2 in ASCII, within its lengths. What a header could take for its own (line ends, commas,
/// angle brackets, a second `@`) cannot occur in it.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let atom = |part: &str| !part.is_empty() && part.bytes().all(is_atom_text);
    let label = |part: &str| {
        (1..=63).contains(&part.len())
            && !part.starts_with('-')
            && !part.ends_with('-')
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    local.len() <= 64
        && domain.len() <= 253
        && local.split('.').all(atom)
        && domain.split('.').all(label)
}

/// `atext` of RFC 5322 3.2.3.
fn is_atom_text(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte)
}

/// E.164: `+` and up to 15 digits.
fn is_phone(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (1..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
    })
}

/// A contact as `CodeDeliveryDetails.Destination` shows it: `a***@e***`, `+*******1234` (api.md
/// 3.5).
pub fn mask(contact: Contact, value: &str) -> String {
    match contact {
        Contact::Email => {
            let (local, domain) = value.split_once('@').unwrap_or((value, ""));
            let first = |text: &str| text.chars().next().map(String::from).unwrap_or_default();
            format!("{}***@{}***", first(local), first(domain))
        }
        Contact::PhoneNumber => {
            let digits: Vec<char> = value.chars().skip(1).collect();
            let hidden = digits.len().saturating_sub(4);
            let shown: String = digits.iter().skip(hidden).collect();
            format!("+{}{shown}", "*".repeat(hidden))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for good in [
            "a@b",
            "alice@example.com",
            "a.b+c@mail.example.co.uk",
            "o'neil@example.com",
            "alice@xn--bcher-kva.example",
        ] {
            assert!(check(Contact::Email, good).is_ok(), "{good}");
        }
        let long = format!("{}@example.com", "a".repeat(65));
        for bad in [
            "",
            "@",
            "a@",
            "@b",
            "alice",
            "a@b@c",
            "a..b@c",
            ".a@b",
            "a.@b",
            "a b@c",
            "a@b c",
            "a@b\r\nBcc: x@y",
            "a\n@b",
            "a\0@b",
            "<a@b>",
            "a,b@c",
            "\"a@b\"@c",
            "a@b..c",
            "a@-b",
            "a@b-",
            "a@b_c",
            "аlice@example.com",
            "alice@exämple.com",
            &long,
        ] {
            assert!(check(Contact::Email, bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn phone_numbers() {
        for good in ["+1", "+4930123456", "+123456789012345"] {
            assert!(check(Contact::PhoneNumber, good).is_ok(), "{good}");
        }
        for bad in ["", "+", "1234", "+1 2", "+1234567890123456", "+12a", "+١٢"] {
            assert!(check(Contact::PhoneNumber, bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn masks_tell_little() {
        for (contact, value, shown) in [
            (Contact::Email, "alice@example.com", "a***@e***"),
            (Contact::Email, "a@b", "a***@b***"),
            (Contact::PhoneNumber, "+15551239934", "+*******9934"),
            (Contact::PhoneNumber, "+123", "+123"),
        ] {
            assert_eq!(mask(contact, value), shown);
        }
    }
}
