//! OAuth2 and OpenID Connect endpoints.

mod authorize;
mod client_auth;
mod code;
mod cors;
mod logout;
mod machine;
mod published;
mod redirects;
mod refresh;
mod revoke;
mod sites;
mod userinfo;
