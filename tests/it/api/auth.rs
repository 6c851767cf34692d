//! Sign-in, refresh and sign-out.

mod built;
mod flows;
mod lockout;
pub mod mfa;
mod mfa_codes;
mod mfa_preference;
mod new_password;
pub mod passkeys;
mod password;
mod refresh;
mod rotation;
mod same_work;
mod sign_out;
mod srp;
pub mod stage;
mod tokens;
mod traces;
mod web_authn;
