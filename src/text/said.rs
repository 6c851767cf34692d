//! What rules say in the API's English, in the language of a page.
//!
//! A text that never varies is a key of the catalogue by its English. What names something, or has
//! no text of its own in other languages, stands in a table here.

use std::borrow::Cow;

use super::{Locale, Text, fill, text};

/// What the API says, with its parts in braces, and what a page in another language says for it.
const SAID: &[(&str, Text)] = &[
    (
        "User cannot be confirmed. Current status is {status}",
        Text::RefusedConfirmed,
    ),
    (
        "An account with the email already exists.",
        Text::RefusedEmailExists,
    ),
    (
        "An account with the phone_number already exists.",
        Text::RefusedPhoneExists,
    ),
    (
        "An account with the {kind} already exists.",
        Text::RefusedUserExists,
    ),
    (
        "An account with the given {kind} already exists.",
        Text::RefusedUserExists,
    ),
    ("User account already exists", Text::RefusedUserExists),
    (
        "Username/client id combination not found.",
        Text::RefusedUserUnknown,
    ),
    (
        "Password reset required for the user due to security reasons",
        Text::RefusedResetFirst,
    ),
    ("Auth event does not exist.", Text::RefusedFeedback),
    ("Rate exceeded", Text::ErrorTooMany),
    // Attributes
    (
        "Username and {name} must be the same.",
        Text::RefusedNotSame,
    ),
    (
        "Attribute does not exist in the schema.",
        Text::RefusedAttribute,
    ),
    (
        "Cannot modify the non-mutable attribute {name}",
        Text::RefusedAttribute,
    ),
    (
        "Cannot modify an already provided {name}",
        Text::RefusedAttribute,
    ),
    (
        "Invalid attributes given, {name} is missing",
        Text::FieldMissing,
    ),
    ("The attribute {name} is required", Text::FieldMissing),
    ("The attribute is required", Text::FieldMissing),
    (
        "String must be no longer than {most} characters",
        Text::TooLong,
    ),
    (
        "String must be no shorter than {least} characters",
        Text::TooShort,
    ),
    ("Number must be no less than {least}", Text::NumberTooSmall),
    (
        "Number must be no greater than {most}",
        Text::NumberTooLarge,
    ),
    // Factors
    (
        "{challenge} is not available for this sign-in.",
        Text::RefusedMethod,
    ),
    (
        "User does not have delivery config set to turn on {factor}",
        Text::RefusedMethod,
    ),
    (
        "Software token MFA has not been enabled by the userPool",
        Text::RefusedMethod,
    ),
    (
        "Software token MFA is not associated with the user.",
        Text::RefusedMethod,
    ),
    (
        "User has not set up software token mfa",
        Text::RefusedMethod,
    ),
    (
        "WebAuthn is not enabled for the user pool.",
        Text::RefusedMethod,
    ),
    (
        "The user pool has no relying party ID and no domain.",
        Text::RefusedMethod,
    ),
    (
        "The WebAuthn registration was started by another app client.",
        Text::RefusedPasskey,
    ),
    (
        "The origin is not allowed for the relying party.",
        Text::RefusedPasskey,
    ),
    (
        "The credential belongs to another relying party.",
        Text::RefusedPasskey,
    ),
    (
        "Invalid WebAuthn credential response.",
        Text::RefusedPasskey,
    ),
    // Triggers
    ("{trigger} failed with error {message}.", Text::RefusedByApp),
    (
        "{trigger} invocation failed due to error {name}.",
        Text::ErrorInternal,
    ),
    (
        "Invalid lambda function output : Invalid JSON",
        Text::ErrorInternal,
    ),
    ("Unrecognizable lambda output", Text::ErrorInternal),
    (
        "Exception migrating user in app client {id}",
        Text::ErrorInternal,
    ),
    // The model of the API
    (
        "Value at '{member}' failed to satisfy constraint: Member must have length less than or equal to {most}",
        Text::TooLong,
    ),
    (
        "Value at '{member}' failed to satisfy constraint: Member must have length greater than or equal to {least}",
        Text::TooShort,
    ),
    (
        "Value at '{member}' failed to satisfy constraint: Member must satisfy regular expression pattern: {pattern}",
        Text::NotAllowedHere,
    ),
    (
        "Value at '{member}' failed to satisfy constraint: Member must not be null",
        Text::FieldMissing,
    ),
];

/// What a rule says in English, in the language of a page; what nobody has translated stays.
pub fn translated(locale: Locale, english: Cow<'static, str>) -> Cow<'static, str> {
    if locale == Locale::En {
        return english;
    }
    let found = find(locale, &english)
        .or_else(|| constraints(locale, &english))
        .or_else(|| problems(locale, &english));
    found.map_or(english, Cow::Owned)
}

fn find(locale: Locale, english: &str) -> Option<String> {
    let mut keys = Text::ALL.iter().copied();
    if let Some(key) = keys.find(|key| key.english() == english) {
        return Some(text(locale, key).to_owned());
    }
    SAID.iter().find_map(|(pattern, key)| {
        let parts = parts(pattern, english)?;
        Some(fill(text(locale, *key), &parts))
    })
}

/// The parts of a text that a pattern names: each as short as it can be, the last one to the end.
fn parts<'p, 't>(pattern: &'p str, text: &'t str) -> Option<Vec<(&'p str, &'t str)>> {
    let (start, mut pattern) = pattern.split_once('{').unwrap_or((pattern, ""));
    let mut rest = text.strip_prefix(start)?;
    let mut parts = Vec::new();
    while let Some((name, after)) = pattern.split_once('}') {
        let (next, more) = after.split_once('{').unwrap_or((after, ""));
        let end = if more.is_empty() {
            rest.strip_suffix(next)?.len()
        } else {
            rest.find(next)?
        };
        parts.push((name, rest.get(..end)?));
        rest = rest.get(end + next.len()..)?;
        pattern = more;
    }
    rest.is_empty().then_some(parts)
}

/// Everything that the model of the API finds, one sentence each.
fn constraints(locale: Locale, english: &str) -> Option<String> {
    let (_, found) = english.split_once(" detected: ")?;
    let mut said = Vec::new();
    let mut rest = found;
    while !rest.is_empty() {
        let (one, more) = match rest.split_once("; Value ") {
            Some((one, _)) => (one, rest.get(one.len() + 2..)?),
            None => (rest, ""),
        };
        let sentence = find(locale, &without_value(one))?;
        if !said.contains(&sentence) {
            said.push(sentence);
        }
        rest = more;
    }
    Some(said.join(" "))
}

/// What the schema says of attributes, by their names.
fn problems(locale: Locale, english: &str) -> Option<String> {
    let (_, lines) = english.split_once(" did not conform to the schema: ")?;
    let said = lines.lines().map(|line| {
        let (name, problem) = line.split_once(": ")?;
        Some(format!("{name}: {}", find(locale, problem)?))
    });
    said.collect::<Option<Vec<_>>>().map(|said| said.join(" "))
}

/// A constraint without the value that broke it: `Value 'x' at 'y'` becomes `Value at 'y'`.
fn without_value(constraint: &str) -> String {
    let told = constraint.rsplit_once(" at '");
    told.map_or_else(
        || constraint.to_owned(),
        |(_, rest)| format!("Value at '{rest}"),
    )
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::{parts, translated};
    use crate::error::{Code, Error};
    use crate::text::Locale;

    fn german(text: &str) -> String {
        translated(Locale::De, Cow::Owned(text.to_owned())).into_owned()
    }

    #[test]
    fn what_rules_say_is_translated_and_the_rest_stays() {
        let text = "Incorrect username or password.";
        let said = translated(Locale::En, Cow::Borrowed(text));
        assert_eq!(said, text);
        assert_eq!(german(text), "Benutzername oder Passwort ist falsch.");
        assert_eq!(german("Something new"), "Something new");
    }

    #[test]
    fn parts_are_found_and_put_into_the_translation() {
        assert_eq!(
            parts("{a} and {b}.", "1 and 2 and 3."),
            Some(vec![("a", "1"), ("b", "2 and 3")])
        );
        assert_eq!(parts("{a} and {b}.", "1 and 2"), None);
        assert_eq!(parts("plain", "plain"), Some(Vec::new()));
        assert_eq!(parts("plain", "plainer"), None);
        assert_eq!(
            german("PreSignUp failed with error Nur für Mitglieder."),
            "Abgelehnt: Nur für Mitglieder"
        );
        assert_eq!(
            german("String must be no longer than 8 characters"),
            "Höchstens 8 Zeichen, bitte."
        );
    }

    #[test]
    fn everything_that_the_model_finds_is_told_once() {
        let long = "1 validation error detected: Value at 'username' failed to satisfy constraint: \
                    Member must have length less than or equal to 128";
        assert_eq!(german(long), "Höchstens 128 Zeichen, bitte.");
        let both = "2 validation errors detected: Value at 'username' failed to satisfy constraint: \
                    Member must satisfy regular expression pattern: [\\p{L}]+; Value 'a; Value b' at \
                    'userAttributes.1.member.value' failed to satisfy constraint: Member must have \
                    length less than or equal to 2048";
        assert!(
            german(both).contains("detected"),
            "a value may look like anything"
        );
        let both = both.replace("a; Value b", "ab");
        assert_eq!(
            german(&both),
            "Hier sind Zeichen enthalten, die nicht erlaubt sind. Höchstens 2048 Zeichen, bitte."
        );
    }

    #[test]
    fn what_the_schema_says_is_told_by_attribute() {
        let said = "Attributes did not conform to the schema: birthdate: String must be no shorter \
                    than 10 characters\nemail: The attribute is required\n";
        assert_eq!(
            german(said),
            "birthdate: Mindestens 10 Zeichen, bitte. email: Dieses Feld ist erforderlich."
        );
    }

    /// Every text with which a rule can refuse what somebody does on a page.
    #[test]
    fn no_refusal_on_a_page_stays_in_english() {
        let refusals = [
            Error::incorrect_username_or_password(),
            Error::user_is_disabled(),
            Error::password_attempts_exceeded(),
            Error::temporary_password_expired(),
            Error::invalid_session(),
            Error::session_expired(),
            Error::session_used(),
            Error::sign_up_not_permitted(),
            Error::unauthorized_attribute(),
            Error::contact_administrator(),
            Error::password_cannot_be_reset(),
            Error::user_already_confirmed(),
            Error::cannot_resend(),
            Error::no_verified_contact(),
            Error::invalid_email(),
            Error::invalid_phone(),
            Error::username_should_be_contact(),
            Error::username_should_be_email(),
            Error::username_should_be_phone(),
            Error::preferred_username_unconfirmed(),
            Error::username_email_format(),
            Error::username_phone_format(),
            Error::code_mismatch(),
            Error::code_expired(),
            Error::code_or_state(),
            Error::software_token_code(),
            Error::software_token_used(),
            Error::software_token_missing(),
            Error::software_token_not_proven(),
            Error::software_token_not_offered(),
            Error::software_token_not_begun(),
            Error::mfa_method_not_found(),
            Error::webauthn_not_enabled(),
            Error::webauthn_configuration(),
            Error::webauthn_challenge(),
            Error::webauthn_client(),
            Error::webauthn_origin(),
            Error::webauthn_relying_party(),
            Error::webauthn_not_supported(),
            Error::webauthn_response(),
            Error::webauthn_known(),
            Error::risk_blocked(),
            Error::password_compromised(),
            Error::password_refused(),
            Error::auth_event_not_found(),
            Error::feedback_token(),
            Error::user_does_not_exist(),
            Error::username_client_not_found(),
            Error::password_too_long(),
            Error::user_not_confirmed(),
            Error::password_reset_required(),
            Error::username_exists(),
            Error::user_account_exists(),
            Error::attempt_limit_exceeded(),
            Error::rate_exceeded(),
            Error::challenge_not_available("WEB_AUTHN"),
            Error::cannot_be_confirmed("CONFIRMED"),
            Error::contact_exists(Code::AliasExists, "email"),
            Error::contact_exists(Code::AliasExists, "phone_number"),
            Error::non_mutable("email"),
            Error::attribute_missing("name"),
            Error::attribute_provided("name"),
            Error::mfa_not_deliverable("SMS_MFA"),
            Error::trigger_refused("PreSignUp", "x"),
            Error::trigger_timeout("PreSignUp"),
            Error::trigger_output_not_json(),
            Error::trigger_output_unrecognizable(),
            Error::migration_failed("1"),
        ];
        for locale in Locale::ALL.iter().filter(|locale| **locale != Locale::En) {
            for refusal in &refusals {
                let said = translated(*locale, refusal.message.clone());
                assert_ne!(said, refusal.message, "{locale:?}");
            }
        }
    }
}
