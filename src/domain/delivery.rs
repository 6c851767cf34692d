//! Where a code goes: which contact, by which medium, and what the answer tells of it.

use crate::domain::attributes::CONTACTS;
use crate::domain::codes::Sent;
use crate::domain::contacts;
use crate::domain::records;
use crate::error::{Error, Result};
use crate::names;
use crate::settings::pool::{Contact, Recovery, RecoveryOption};
use crate::store::pools::Pool;
use crate::store::users::User;

names! {
    /// How a message travels.
    pub enum Medium { Sms = "SMS", Email = "EMAIL" }
}

/// `CodeDeliveryDetails`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Details {
    /// The contact, masked.
    pub destination: String,
    /// By which medium.
    pub medium: Medium,
    /// Which contact.
    pub attribute: Contact,
}

impl From<&Sent> for Details {
    fn from(sent: &Sent) -> Self {
        Self {
            destination: contacts::mask(sent.contact, &sent.address),
            medium: medium(sent.contact),
            attribute: sent.contact,
        }
    }
}

/// The medium that reaches a contact.
pub const fn medium(contact: Contact) -> Medium {
    match contact {
        Contact::Email => Medium::Email,
        Contact::PhoneNumber => Medium::Sms,
    }
}

/// A user's contact, if the user has it.
pub fn contact(user: &User, contact: Contact) -> Option<Sent> {
    let address = user.attributes.get(contact.as_str())?.clone();
    Some(Sent { contact, address })
}

/// Where a sign-up code goes: to a contact that the pool verifies by itself, that the user gave and
/// that is not verified yet; the phone wins (api.md 4.2).
pub fn for_sign_up(pool: &Pool, user: &User) -> Option<Sent> {
    let wanted = |c: &Contact| pool.settings().auto_verified(*c) && !records::is_verified(user, *c);
    let mut contacts = CONTACTS.into_iter().filter(wanted);
    contacts.find_map(|c| contact(user, c))
}

/// Where a reset code goes: by AccountRecoverySetting among the verified contacts; without that
/// setting the phone first, then e-mail (api.md 4.5).
///
/// # Errors: NotAuthorized `Contact administrator to reset password.`; InvalidParameter, when no
/// contact is verified
pub fn for_recovery(pool: &Pool, user: &User) -> Result<Sent> {
    let setting = pool.settings().account_recovery_setting.as_ref();
    let options = setting.and_then(|s| s.recovery_mechanisms.clone());
    let mut options = options.filter(|options| !options.is_empty());
    if let Some(options) = &mut options {
        options.sort_by_key(|option| option.priority);
    }
    let only_admin = |o: &RecoveryOption| o.name == Some(Recovery::AdminOnly);
    if options.as_ref().is_some_and(|o| o.iter().all(only_admin)) {
        return Err(Error::contact_administrator());
    }
    let order: Vec<Contact> = match options {
        Some(options) => options.iter().filter_map(recovered).collect(),
        None => CONTACTS.to_vec(),
    };
    let verified = |c: &Contact| records::is_verified(user, *c);
    let mut usable = order.into_iter().filter(verified);
    usable
        .find_map(|c| contact(user, c))
        .ok_or_else(Error::no_verified_contact)
}

fn recovered(option: &RecoveryOption) -> Option<Contact> {
    match option.name? {
        Recovery::VerifiedEmail => Some(Contact::Email),
        Recovery::VerifiedPhoneNumber => Some(Contact::PhoneNumber),
        Recovery::AdminOnly => None,
    }
}
