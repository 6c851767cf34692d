//! The OAuth 2.0 and OpenID Connect rules of a pool's domain.
//!
//! A browser's way: [`authorize`] checks the request, the sign-in machine proves the person,
//! [`answers`] gives a code or tokens for it. A client's way: [`client_auth`] and [`grants`] turn a code, a
//! refresh token or the client itself into tokens; [`registration`] makes clients that register
//! themselves. [`refusal`] is how all of it says no.

pub mod answers;
mod asked;
pub mod authorize;
pub mod client_auth;
pub mod codes;
pub mod grants;
pub mod hint;
pub mod links;
pub mod logout;
pub mod made;
pub mod pkce;
pub mod redirects;
pub mod refusal;
pub mod registration;
mod resource;
pub mod revoke;
pub mod scopes;
pub mod sites;
pub mod userinfo;
