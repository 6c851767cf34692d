//! The look of the mailbox.

mod list;
mod message;
mod shown;

pub use list::{AppLink, MailboxPage, PoolLinks};
pub use message::MessagePage;
