//! Lambda triggers: what functions are told, what they decide, and what happens when they fail
//! (docs/triggers.md).

mod controls;
pub mod custom;
mod events;
mod factors;
mod failures;
pub mod host;
mod hosted;
mod machines;
mod messages;
mod migration;
mod scene;
mod sign_up;
mod table;
mod tokens;
mod transports;
