//! Pages: hosted sign-in, the mailbox, and the plumbing they share.
//!
//! A page is a plain struct and one template of the same name. It takes ready data and links and
//! decides nothing; handlers fill it and render it. Nothing here needs JavaScript.

pub mod assets;
pub mod brand;
pub mod chrome;
pub mod csp;
pub mod dev;
pub mod form;
pub mod hosted;
pub mod mailbox;
pub mod parts;
pub mod preview;
pub mod samples;

#[cfg(test)]
mod proof;
