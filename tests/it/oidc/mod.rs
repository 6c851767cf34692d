//! OAuth2 and OpenID Connect endpoints.

mod authorize;
mod client_auth;
mod code;
mod conformance;
mod cors;
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
mod resource;
mod revoke;
mod sites;
mod strict;
mod userinfo;
