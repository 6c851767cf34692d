//! Sign-in, refresh and sign-out.

mod auth_factors;
mod built;
mod choice;
mod choice_codes;
mod choice_sign_up;
pub mod device;
mod device_keys;
mod device_lists;
mod device_mfa;
mod device_proofs;
mod device_races;
mod device_refresh;
mod flows;
mod lockout;
pub mod mfa;
mod mfa_codes;
mod mfa_preference;
mod new_password;
mod password;
mod refresh;
mod rotation;
mod same_work;
mod sign_out;
mod srp;
pub mod stage;
mod tokens;
mod traces;
