//! Pages: hosted sign-in, the mailbox, and the plumbing they share.

pub mod dev;
