//! What the outside world is: time, randomness, mail, SMS, HTTP, functions and key generation. Each port is a
//! trait, its real form and its fake, in one file.

pub mod clock;
pub mod http;
pub mod keys;
pub mod lambda;
pub mod mailbox;
pub mod mailer;
pub mod rng;
pub mod sms;
pub mod smtp;
