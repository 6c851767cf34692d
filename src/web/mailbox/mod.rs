//! The mailbox of the development server, at `/_poolhouse/`.

pub mod views;

/// The list of messages.
pub const HOME: &str = "/_poolhouse/";

/// The page of one message.
pub fn message_path(id: u64) -> String {
    format!("/_poolhouse/mail/{id}")
}

/// The HTML of one message, bare, for the frame on its page; it goes out with
/// [`crate::web::csp::MAIL`].
pub fn html_path(id: u64) -> String {
    format!("/_poolhouse/mail/{id}/html")
}
