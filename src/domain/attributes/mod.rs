//! User attributes: what the schema allows, who may read and write them, and what a change of a
//! contact does to its verification.

mod schema;
mod update;

use std::collections::BTreeMap;

use crate::error::{Error, Result};
use crate::settings::pool::Contact;
use crate::store::clients::Client;
use crate::store::pools::Pool;
use crate::store::users::{Attributes, User};

pub use schema::{check_required, check_values};
pub use update::{Update, changes, of_new_user, removals, verified_without};

/// An attribute as a caller gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// Its name.
    pub name: String,
    /// Its value; absent is an error, empty means none.
    pub value: Option<String>,
}

/// The contacts, in the order in which they are tried: phone first (api.md 4.2, 4.5).
pub const CONTACTS: [Contact; 2] = [Contact::PhoneNumber, Contact::Email];

/// The values that a caller gives, empty ones included; the last of a name counts.
///
/// # Errors: InvalidParameter `Attribute value for {name} must not be null`
pub fn values(given: Vec<Given>) -> Result<BTreeMap<String, String>> {
    let pair = |attribute: Given| match attribute.value {
        Some(value) => Ok((attribute.name, value)),
        None => Err(Error::invalid_parameter(format!(
            "Attribute value for {} must not be null",
            attribute.name
        ))),
    };
    given.into_iter().map(pair).collect()
}

/// `ValidationData` as a trigger sees it.
pub fn validation_data(given: &[Given]) -> Attributes {
    let pair = |one: &Given| Some((one.name.clone(), one.value.clone()?));
    given.iter().filter_map(pair).collect()
}

/// Whether a client's users may see an attribute through it. A client without a list sees all but
/// developer-only ones.
pub fn may_read(client: &Client, name: &str) -> bool {
    name == "sub" || listed(client.settings.read_attributes.as_deref(), name)
}

/// Whether a client's users may write an attribute through it. What the server alone decides
/// (`sub`, `*_verified`, `identities`, `cognito:*`, `dev:*`) nobody may.
pub fn may_write(client: &Client, name: &str) -> bool {
    !reserved(name) && listed(client.settings.write_attributes.as_deref(), name)
}

/// The attributes of a user that a client may read, without `sub`.
pub fn readable(client: &Client, user: &User) -> Attributes {
    let mut attributes = user.attributes.clone();
    attributes.retain(|name, _| may_read(client, name));
    attributes
}

fn listed(list: Option<&[String]>, name: &str) -> bool {
    match list {
        Some(list) => list.iter().any(|listed| listed == name),
        None => !name.starts_with("dev:"),
    }
}

fn reserved(name: &str) -> bool {
    matches!(
        name,
        "sub" | "email_verified" | "phone_number_verified" | "identities"
    ) || name.starts_with("cognito:")
        || name.starts_with("dev:")
}

/// Checks that a client's users may write these attributes; one that they may not refuses all
/// (security.md H1). A name that the schema does not know is left to the schema.
///
/// # Errors: NotAuthorized `A client attempted to write unauthorized attribute`
pub fn check_writer<'a>(
    pool: &Pool,
    client: &Client,
    mut names: impl Iterator<Item = &'a String>,
) -> Result<()> {
    let refused = names.any(|name| {
        reserved(name) || (schema::find(pool, name).is_some() && !may_write(client, name))
    });
    if refused {
        return Err(Error::unauthorized_attribute());
    }
    Ok(())
}
