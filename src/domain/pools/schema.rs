//! A pool's attribute schema: the standard attributes and the custom ones (api.md 3.2).

use crate::app::App;
use crate::error::{Error, Result};
use crate::ids::PoolId;
use crate::settings::pool::{DataType, NumberConstraints, SchemaAttribute, StringConstraints};
use crate::store::audit::Actor;
use crate::store::pools::Pool;

/// The most custom attributes of a pool.
const MOST_CUSTOM: usize = 50;
const LONGEST: i64 = 2048;

/// Names and types in AWS's order.
const STANDARD: [(&str, DataType); 20] = [
    ("sub", DataType::String),
    ("name", DataType::String),
    ("given_name", DataType::String),
    ("family_name", DataType::String),
    ("middle_name", DataType::String),
    ("nickname", DataType::String),
    ("preferred_username", DataType::String),
    ("profile", DataType::String),
    ("picture", DataType::String),
    ("website", DataType::String),
    ("email", DataType::String),
    ("email_verified", DataType::Boolean),
    ("gender", DataType::String),
    ("birthdate", DataType::String),
    ("zoneinfo", DataType::String),
    ("locale", DataType::String),
    ("phone_number", DataType::String),
    ("phone_number_verified", DataType::Boolean),
    ("address", DataType::String),
    ("updated_at", DataType::Number),
];

/// The schema of a new pool: the standard attributes as `Schema` changes them, then the custom
/// ones it adds.
pub(super) fn build(given: Vec<SchemaAttribute>) -> Result<Vec<SchemaAttribute>> {
    let mut schema: Vec<_> = STANDARD
        .iter()
        .map(|(n, kind)| standard(n, *kind))
        .collect();
    let mut seen: Vec<String> = Vec::new();
    for entry in given {
        let name = entry.name.clone().ok_or_else(Error::schema_name)?;
        if let Some(known) = schema
            .iter_mut()
            .find(|a| a.name.as_deref() == Some(&*name))
        {
            if seen.contains(&name) {
                return Err(Error::attribute_exists(&name));
            }
            change(known, entry, &name)?;
        } else {
            add(&mut schema, entry, &name)?;
        }
        seen.push(name);
    }
    Ok(schema)
}

/// Adds custom attributes to a pool's schema, all or none.
///
/// # Errors: ResourceNotFound, InvalidParameter.
pub async fn add_custom_attributes(
    app: &App,
    actor: &Actor,
    pool: &PoolId,
    given: Vec<SchemaAttribute>,
) -> Result<()> {
    let apply = |pool: &mut Pool| {
        let schema = &mut pool.document.schema;
        for entry in given {
            let name = entry.name.clone().ok_or_else(Error::schema_name)?;
            add(schema, entry, &name)?;
        }
        if schema.len() > STANDARD.len() + MOST_CUSTOM {
            return Err(Error::too_many_custom_attributes());
        }
        Ok(())
    };
    super::change_in_turn(app, actor, pool, "AddCustomAttributes", apply).await
}

fn add(schema: &mut Vec<SchemaAttribute>, entry: SchemaAttribute, given: &str) -> Result<()> {
    let custom = custom(entry, given)?;
    if schema.iter().any(|known| known.name == custom.name) {
        let name = custom.name.as_deref().unwrap_or(given);
        return Err(Error::attribute_exists(name));
    }
    schema.push(custom);
    Ok(())
}

fn standard(name: &str, kind: DataType) -> SchemaAttribute {
    let (min, max) = match name {
        "sub" => (1, LONGEST),
        "birthdate" => (10, 10),
        _ => (0, LONGEST),
    };
    SchemaAttribute {
        name: Some(name.to_owned()),
        attribute_data_type: Some(kind),
        developer_only_attribute: Some(false),
        mutable: Some(name != "sub"),
        required: Some(name == "sub"),
        number_attribute_constraints: (kind == DataType::Number).then(|| NumberConstraints {
            min_value: Some("0".to_owned()),
            max_value: None,
        }),
        string_attribute_constraints: (kind == DataType::String).then(|| StringConstraints {
            min_length: Some(min.to_string()),
            max_length: Some(max.to_string()),
        }),
    }
}

/// Applies a `Schema` entry to a standard attribute. What the entry omits stays.
fn change(known: &mut SchemaAttribute, entry: SchemaAttribute, name: &str) -> Result<()> {
    let other_type = entry.attribute_data_type.is_some()
        && entry.attribute_data_type != known.attribute_data_type;
    if other_type || entry.developer_only_attribute == Some(true) {
        return Err(Error::standard_attribute(name));
    }
    let fixed = name == "sub";
    if fixed && (entry.mutable == Some(true) || entry.required == Some(false)) {
        return Err(Error::non_mutable(name));
    }
    check(&entry, known.attribute_data_type, name)?;
    known.mutable = entry.mutable.or(known.mutable);
    known.required = entry.required.or(known.required);
    if let Some(bounds) = known.number_attribute_constraints.as_mut() {
        *bounds = entry.number_attribute_constraints.unwrap_or(bounds.clone());
    }
    if let Some(bounds) = known.string_attribute_constraints.as_mut() {
        *bounds = entry.string_attribute_constraints.unwrap_or(bounds.clone());
    }
    Ok(())
}

/// A custom attribute as the schema shows it: a bare name gains its prefix.
fn custom(entry: SchemaAttribute, given: &str) -> Result<SchemaAttribute> {
    let developer = entry.developer_only_attribute.unwrap_or(false);
    let prefix = if developer { "dev:custom:" } else { "custom:" };
    let bare = given.strip_prefix(prefix).unwrap_or(given);
    let bare = bare.strip_prefix("custom:").unwrap_or(bare);
    if bare.is_empty() {
        return Err(Error::schema_name());
    }
    let name = format!("{prefix}{bare}");
    let kind = entry.attribute_data_type.ok_or_else(Error::data_type)?;
    if entry.required == Some(true) {
        return Err(Error::required_custom_attribute());
    }
    check(&entry, Some(kind), &name)?;
    let (number, string) = (
        entry.number_attribute_constraints.unwrap_or_default(),
        entry.string_attribute_constraints.unwrap_or_default(),
    );
    Ok(SchemaAttribute {
        name: Some(name),
        attribute_data_type: Some(kind),
        developer_only_attribute: Some(developer),
        mutable: Some(entry.mutable.unwrap_or(true)),
        required: Some(false),
        number_attribute_constraints: (kind == DataType::Number).then_some(number),
        string_attribute_constraints: (kind == DataType::String).then_some(string),
    })
}

/// Checks the constraints of an entry: whole numbers in order, and of the attribute's type.
fn check(entry: &SchemaAttribute, kind: Option<DataType>, name: &str) -> Result<()> {
    if let Some(given) = entry.string_attribute_constraints.as_ref() {
        let bad = || Error::attribute_constraints("String", name);
        let min = number(given.min_length.as_deref()).map_err(|()| bad())?;
        let max = number(given.max_length.as_deref()).map_err(|()| bad())?;
        let lengths = [min, max].into_iter().flatten();
        if kind != Some(DataType::String) && (min.is_some() || max.is_some()) {
            return Err(bad());
        }
        if lengths.clone().any(|n| n < 0) {
            return Err(bad());
        }
        if lengths.clone().any(|n| n > LONGEST) {
            return Err(Error::attribute_too_long(name));
        }
        in_order(min, max).map_err(|()| Error::attribute_bounds(name, "length"))?;
    }
    if let Some(given) = entry.number_attribute_constraints.as_ref() {
        let bad = || Error::attribute_constraints("Number", name);
        let min = number(given.min_value.as_deref()).map_err(|()| bad())?;
        let max = number(given.max_value.as_deref()).map_err(|()| bad())?;
        if kind != Some(DataType::Number) && (min.is_some() || max.is_some()) {
            return Err(bad());
        }
        in_order(min, max).map_err(|()| Error::attribute_bounds(name, "value"))?;
    }
    Ok(())
}

fn number(text: Option<&str>) -> Result<Option<i64>, ()> {
    text.map(|text| text.parse().map_err(drop)).transpose()
}

fn in_order(min: Option<i64>, max: Option<i64>) -> Result<(), ()> {
    match (min, max) {
        (Some(min), Some(max)) if max < min => Err(()),
        _ => Ok(()),
    }
}
