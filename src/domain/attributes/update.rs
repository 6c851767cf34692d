//! Changes of a user's attributes.

use std::collections::{BTreeMap, BTreeSet};

use super::{CONTACTS, schema};
use crate::domain::records::verified_name;
use crate::error::{Error, Result};
use crate::settings::pool::Contact;
use crate::store::pools::Pool;
use crate::store::users::Attributes;

/// Checked changes: what to set, what to take away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Update {
    set: BTreeMap<String, String>,
    remove: BTreeSet<String>,
}

/// Checks changes against the schema. An empty value takes the attribute away.
///
/// # Errors: InvalidParameter, as the schema's checks and as [`removals`]
pub fn changes(pool: &Pool, values: BTreeMap<String, String>) -> Result<Update> {
    check_mutable(pool, values.keys())?;
    let (gone, mut set): (BTreeMap<_, _>, BTreeMap<_, _>) =
        values.into_iter().partition(|(_, value)| value.is_empty());
    schema::check_values(pool, &mut set)?;
    let remove = removals(pool, gone.into_keys().collect())?.remove;
    Ok(Update { set, remove })
}

/// Checks what is to be taken away.
///
/// # Errors: InvalidParameter `Invalid user attributes: …`,
/// `Cannot modify the non-mutable attribute {name}`
pub fn removals(pool: &Pool, names: Vec<String>) -> Result<Update> {
    let unknown: Vec<String> = names
        .iter()
        .filter(|name| schema::find(pool, name).is_none())
        .map(|name| format!("user.{name}: Attribute does not exist in the schema.\n"))
        .collect();
    if !unknown.is_empty() {
        return Err(invalid(&unknown.concat()));
    }
    check_mutable(pool, names.iter())?;
    let logins = pool.settings().username_attributes();
    let required = |name: &String| {
        let login = matches!(logins, [only] if only.as_str() == name.as_str());
        login || schema::find(pool, name).is_some_and(|entry| entry.required == Some(true))
    };
    if let Some(name) = names.iter().find(|name| required(name)) {
        return Err(invalid(&format!(
            "{name}: Required attribute cannot be deleted."
        )));
    }
    Ok(Update {
        set: BTreeMap::new(),
        remove: names.into_iter().collect(),
    })
}

fn invalid(problems: &str) -> Error {
    Error::invalid_parameter(format!("Invalid user attributes: {problems}"))
}

fn check_mutable<'a>(pool: &Pool, mut names: impl Iterator<Item = &'a String>) -> Result<()> {
    let fixed = |name: &&String| {
        let entry = schema::find(pool, name);
        name.as_str() == "sub" || entry.is_some_and(|entry| entry.mutable == Some(false))
    };
    match names.find(fixed) {
        Some(name) => Err(Error::non_mutable(name)),
        None => Ok(()),
    }
}

impl Update {
    /// The value that a contact is set to.
    pub fn contact(&self, contact: Contact) -> Option<&str> {
        self.set.get(contact.as_str()).map(String::as_str)
    }

    /// Whether a contact gets a value or goes.
    pub fn touches(&self, contact: Contact) -> bool {
        let name = contact.as_str();
        self.set.contains_key(name) || self.remove.contains(name)
    }

    /// Whether the same change says that a contact is verified.
    pub fn verifies(&self, contact: Contact) -> bool {
        let flag = self.set.get(verified_name(contact));
        flag.is_some_and(|flag| flag == "true")
    }

    /// Leaves a contact as it is: its new value waits for proof.
    pub fn hold_back(&mut self, contact: Contact) {
        self.set.remove(contact.as_str());
        self.set.remove(verified_name(contact));
    }

    /// Makes the changes. A contact with a new value is not verified unless the same change says
    /// so; a contact that goes takes its flag with it.
    ///
    /// # Errors: InvalidParameter, when a flag would stand without its contact
    pub fn apply(&self, attributes: &mut Attributes) -> Result<()> {
        let before = attributes.clone();
        for name in &self.remove {
            attributes.remove(name);
        }
        attributes.extend(self.set.clone());
        for contact in CONTACTS {
            let (name, flag) = (contact.as_str(), verified_name(contact));
            if attributes.get(name) != before.get(name) && !self.set.contains_key(flag) {
                attributes.insert(flag.to_owned(), "false".to_owned());
            }
            if !attributes.contains_key(name) {
                attributes.remove(flag);
            }
        }
        self.check_flags(attributes)
    }

    /// The same attributes with the changes made.
    ///
    /// # Errors: those of [`Self::apply`]
    pub fn applied(&self, attributes: &Attributes) -> Result<Attributes> {
        let mut after = attributes.clone();
        self.apply(&mut after)?;
        Ok(after)
    }

    fn check_flags(&self, attributes: &Attributes) -> Result<()> {
        for contact in CONTACTS {
            if self.verifies(contact) && !attributes.contains_key(contact.as_str()) {
                return Err(verified_without(contact));
            }
        }
        Ok(())
    }
}

/// The refusal of a verified flag without its contact.
pub fn verified_without(contact: Contact) -> Error {
    Error::invalid_parameter(format!(
        "{} is required to set {}",
        contact.as_str(),
        verified_name(contact)
    ))
}

/// Makes the attributes of a new user from checked values: flags without contacts are refused.
pub fn of_new_user(values: BTreeMap<String, String>) -> Result<Attributes> {
    let update = Update {
        set: values,
        remove: BTreeSet::new(),
    };
    update.check_flags(&update.set)?;
    Ok(update.set)
}
