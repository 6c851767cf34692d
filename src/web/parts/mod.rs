//! The pieces pages are made of. Each is a template of its own that a page prints as it is: its
//! values were escaped when the piece was rendered.

mod attribute;
mod check;
mod idps;
mod input;
mod message;
mod password_rules;
mod person;
mod qr;
mod reveal;

pub use attribute::Attribute;
pub(in crate::web) use check::{Check, TICKED};
pub use idps::Idp;
pub(in crate::web) use idps::IdpButtons;
pub use input::Input;
pub use message::{Alert, Notice};
pub use password_rules::PasswordRules;
pub(in crate::web) use password_rules::RuleList;
pub use person::{Delivery, Medium, Person};
pub use qr::Qr;
pub(in crate::web) use reveal::Reveal;
