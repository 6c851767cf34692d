//! Lambda triggers: what functions are told, what they decide, and what happens when they fail
//! (docs/triggers.md).

mod controls;
mod events;
mod failures;
mod host;
mod hosted;
mod messages;
mod migration;
mod scene;
mod sign_up;
mod tokens;
mod transports;
