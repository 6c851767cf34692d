//! Where a code goes: which contact, by which medium, and what the answer tells of it.

use crate::domain::attributes::CONTACTS;
use crate::domain::codes::Sent;
use crate::domain::contacts;
use crate::domain::mfa;
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

/// The contact that a medium reaches.
pub const fn contact_of(medium: Medium) -> Contact {
    match medium {
        Medium::Email => Contact::Email,
        Medium::Sms => Contact::PhoneNumber,
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

/// Where a reset code goes that a person asks for: by AccountRecoverySetting among the verified
/// contacts; without that setting the phone first, then e-mail (api.md 4.5). A contact that receives
/// codes of a second factor is no way around the first one.
///
/// # Errors: NotAuthorized `Contact administrator to reset password.`; InvalidParameter, when no
/// contact is verified
pub fn for_recovery(pool: &Pool, user: &User) -> Result<Sent> {
    match recovery_order(pool) {
        Some(order) if order.is_empty() => Err(Error::contact_administrator()),
        order => {
            let order = order.unwrap_or_else(|| CONTACTS.to_vec());
            let free = |contact: &Contact| !mfa::takes_codes(pool, user, *contact);
            verified(user, Some(order.into_iter().filter(free).collect()))
        }
    }
}

/// Whether people may reset their passwords themselves: not where only administrators do.
pub fn recovers(pool: &Pool) -> bool {
    recovery_order(pool).is_none_or(|order| !order.is_empty())
}

/// Where a reset code goes that an administrator sends; that only administrators reset is no
/// hindrance.
///
/// # Errors: InvalidParameter, when no contact is verified
pub fn for_reset(pool: &Pool, user: &User) -> Result<Sent> {
    let order = recovery_order(pool).filter(|order| !order.is_empty());
    verified(user, order)
}

fn verified(user: &User, order: Option<Vec<Contact>>) -> Result<Sent> {
    let order = order.unwrap_or_else(|| CONTACTS.to_vec());
    let mut usable = order.into_iter().filter(|c| records::is_verified(user, *c));
    usable
        .find_map(|c| contact(user, c))
        .ok_or_else(Error::no_verified_contact)
}

/// The contacts of AccountRecoverySetting by priority: empty when only administrators reset, none
/// without the setting.
fn recovery_order(pool: &Pool) -> Option<Vec<Contact>> {
    let setting = pool.settings().account_recovery_setting.as_ref()?;
    let mut options = setting.recovery_mechanisms.clone()?;
    if options.is_empty() {
        return None;
    }
    options.sort_by_key(|option| option.priority);
    Some(options.iter().filter_map(recovered).collect())
}

fn recovered(option: &RecoveryOption) -> Option<Contact> {
    match option.name? {
        Recovery::VerifiedEmail => Some(Contact::Email),
        Recovery::VerifiedPhoneNumber => Some(Contact::PhoneNumber),
        Recovery::AdminOnly => None,
    }
}
