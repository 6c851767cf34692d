//! What a pool's schema says of values.

use std::collections::BTreeMap;

use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime};

use super::CONTACTS;
use crate::domain::contacts;
use crate::error::{Error, Result};
use crate::settings::pool::{DataType, SchemaAttribute};
use crate::store::pools::Pool;

/// Longest value of any attribute (api.md 3.6).
const LONGEST: usize = 2048;

/// The schema's entry of a name.
pub(super) fn find<'a>(pool: &'a Pool, name: &str) -> Option<&'a SchemaAttribute> {
    let mut entries = pool.document.schema.iter();
    entries.find(|entry| entry.name.as_deref() == Some(name))
}

/// Checks names, types, lengths and ranges of non-empty values, and the syntax of contacts. Makes
/// booleans lower-case.
///
/// # Errors: InvalidParameter `Attributes did not conform to the schema: …`, all problems in one
/// text, one per line; `Invalid email address format.`, `Invalid phone number format.`
pub fn check_values(pool: &Pool, values: &mut BTreeMap<String, String>) -> Result<()> {
    let check = |(name, value): (&String, &mut String)| {
        let problem = match find(pool, name) {
            None => "Attribute does not exist in the schema.".to_owned(),
            Some(entry) => check_value(entry, value)?,
        };
        Some(format!("{name}: {problem}\n"))
    };
    let problems: String = values.iter_mut().filter_map(check).collect();
    refuse(&problems)?;
    for contact in CONTACTS {
        if let Some(value) = values.get(contact.as_str()) {
            contacts::check(contact, value)?;
        }
    }
    Ok(())
}

/// Checks that every required attribute has a value.
///
/// # Errors: InvalidParameter `Attributes did not conform to the schema: …`
pub fn check_required(pool: &Pool, values: &BTreeMap<String, String>) -> Result<()> {
    let mut problems = String::new();
    for entry in &pool.document.schema {
        let name = entry.name.as_deref().unwrap_or_default();
        if entry.required == Some(true) && name != "sub" && !values.contains_key(name) {
            problems.push_str(&missing(name));
        }
    }
    refuse(&problems)
}

fn refuse(problems: &str) -> Result<()> {
    if problems.is_empty() {
        return Ok(());
    }
    Err(Error::invalid_parameter(format!(
        "Attributes did not conform to the schema: {problems}"
    )))
}

/// Cognito calls the parts of a name by the names of its directory's schema (SCIM, RFC 7643 4.1.1).
fn missing(name: &str) -> String {
    let shown = match name {
        "email" => return "email: The attribute is required\n".to_owned(),
        "name" => "name.formatted",
        "given_name" => "name.givenName",
        "family_name" => "name.familyName",
        "middle_name" => "name.middleName",
        other => other,
    };
    format!("{shown}: The attribute {shown} is required\n")
}

fn check_value(entry: &SchemaAttribute, value: &mut str) -> Option<String> {
    match entry.attribute_data_type.unwrap_or(DataType::String) {
        DataType::String => check_text(entry, value),
        DataType::Number => check_number(entry, value),
        DataType::DateTime => {
            (!is_date_time(value)).then(|| "Value is not a valid date and time".to_owned())
        }
        DataType::Boolean => {
            value.make_ascii_lowercase();
            let valid = matches!(&*value, "true" | "false");
            (!valid).then(|| "Value must be true or false".to_owned())
        }
    }
}

fn check_text(entry: &SchemaAttribute, value: &str) -> Option<String> {
    let bounds = entry.string_attribute_constraints.as_ref();
    let parse = |text: Option<&String>| text.and_then(|text| text.parse::<usize>().ok());
    let least = parse(bounds.and_then(|b| b.min_length.as_ref())).unwrap_or(0);
    let most = parse(bounds.and_then(|b| b.max_length.as_ref())).unwrap_or(LONGEST);
    let length = value.chars().count();
    if length > most.min(LONGEST) {
        return Some(format!("String must be no longer than {most} characters"));
    }
    (length < least).then(|| format!("String must be no shorter than {least} characters"))
}

fn check_number(entry: &SchemaAttribute, value: &str) -> Option<String> {
    let bounds = entry.number_attribute_constraints.as_ref();
    let parse = |text: Option<&String>| text.and_then(|text| text.parse::<f64>().ok());
    let Some(number) = value.parse::<f64>().ok().filter(|n| n.is_finite()) else {
        return Some("Value is not a number".to_owned());
    };
    let least = parse(bounds.and_then(|b| b.min_value.as_ref())).filter(|least| number < *least);
    let most = parse(bounds.and_then(|b| b.max_value.as_ref())).filter(|most| number > *most);
    match (least, most) {
        (Some(least), _) => Some(format!("Number must be no less than {least}")),
        (_, Some(most)) => Some(format!("Number must be no greater than {most}")),
        _ => None,
    }
}

/// RFC 3339, a date alone, or milliseconds since 1970.
fn is_date_time(value: &str) -> bool {
    OffsetDateTime::parse(value, &Rfc3339).is_ok()
        || Date::parse(value, format_description!("[year]-[month]-[day]")).is_ok()
        || value.parse::<i64>().is_ok()
}
