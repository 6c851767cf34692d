//! What a pool asks of its people, as the pages show it.

use super::step::Sent;
use crate::domain::password;
use crate::settings::pool::{Contact, PoolSettings};
use crate::store::pools::Pool;
use crate::web::form::{Field, Form};
use crate::web::parts::{Attribute, Delivery, Medium, PasswordRules, Person};

/// What users of the pool sign in with.
pub(super) fn person(settings: &PoolSettings) -> Person {
    let named = settings.username_attributes();
    match (
        named.contains(&Contact::Email),
        named.contains(&Contact::PhoneNumber),
    ) {
        (true, true) => Person::EmailOrPhone,
        (true, false) => Person::Email,
        (false, true) => Person::Phone,
        (false, false) => Person::Username,
    }
}

/// The attributes that the sign-up page asks for: the required ones, in the order of the schema,
/// and a contact to verify if the pool verifies contacts and none is among them. What is the user
/// name already is not asked twice.
pub(super) fn attributes(pool: &Pool) -> Vec<Attribute> {
    let settings = pool.settings();
    let person = person(settings);
    let is_name = |name: &str| match person {
        Person::Email => name == "email",
        Person::Phone => name == "phone_number",
        Person::Username | Person::EmailOrPhone => false,
    };
    let required = pool
        .document
        .schema
        .iter()
        .filter(|attribute| attribute.required == Some(true))
        .filter_map(|attribute| attribute.name.as_deref())
        .filter(|name| *name != "sub" && !is_name(name));
    let mut names: Vec<&str> = required.collect();
    let verified = [Contact::Email, Contact::PhoneNumber].map(|contact| {
        let verified = settings.auto_verified(contact);
        (contact.as_str(), verified)
    });
    let has_contact = person != Person::Username
        || verified
            .iter()
            .any(|(name, yes)| *yes && names.contains(name));
    if !has_contact {
        let first = verified.iter().find(|(_, yes)| *yes);
        names.extend(first.map(|(name, _)| name));
    }
    names
        .into_iter()
        .map(|name| Attribute(name.to_owned()))
        .collect()
}

/// What the pool asks of a password.
pub(super) fn rules(pool: &Pool) -> PasswordRules {
    let policy = password::policy(pool);
    let minimum = policy.minimum_length.unwrap_or_default();
    PasswordRules {
        minimum_length: u32::try_from(minimum).unwrap_or_default(),
        lowercase: policy.require_lowercase.unwrap_or_default(),
        uppercase: policy.require_uppercase.unwrap_or_default(),
        numbers: policy.require_numbers.unwrap_or_default(),
        symbols: policy.require_symbols.unwrap_or_default(),
        symbol_set: password::SYMBOLS,
    }
}

/// What a rule refuses: where the schema says it of attributes, it stands beside their fields, else
/// above the form.
pub(super) fn complain<F: Field>(
    mut form: Form<F>,
    message: String,
    field: fn(Attribute) -> F,
) -> Form<F> {
    let told = message.split_once(" did not conform to the schema: ");
    let Some((_, lines)) = told else {
        return form.refused(message);
    };
    for line in lines.lines() {
        let Some((name, problem)) = line.split_once(": ") else {
            return form.refused(message);
        };
        form.complain(field(Attribute(named(name).to_owned())), problem.to_owned());
    }
    form
}

/// The name of an attribute that the schema calls by another one (`domain::attributes`).
fn named(shown: &str) -> &str {
    match shown {
        "name.formatted" => "name",
        "name.givenName" => "given_name",
        "name.familyName" => "family_name",
        "name.middleName" => "middle_name",
        other => other,
    }
}

/// Where a code went.
pub(super) fn delivery(sent: Option<&Sent>) -> Option<Delivery> {
    sent.map(|sent| Delivery {
        medium: if sent.sms { Medium::Sms } else { Medium::Email },
        destination: sent.destination.clone(),
    })
}
