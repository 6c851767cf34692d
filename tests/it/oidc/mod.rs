//! OAuth2 and OpenID Connect endpoints.

mod authorize;
mod client_auth;
mod code;
mod conformance;
mod cors;
mod domains;
mod faults;
mod forged;
mod hint;
mod implicit;
mod issuer;
mod logout;
mod machine;
mod opaque;
mod published;
mod redirects;
mod refresh;
mod register;
mod resource;
mod revoke;
mod rotation;
mod sites;
mod strict;
mod userinfo;
