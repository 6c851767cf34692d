//! The modules of the OpenID Foundation's conformance suite for providers, made again as tests of
//! the same names, in the strict profile (security.md L1; docs/conformance.md).
//!
//! Plans: oidcc-basic-certification-test-plan, oidcc-config-certification-test-plan and
//! oidcc-rp-initiated-logout-certification-test-plan. Written from what the modules are documented to
//! check; the suite's code is not here.

mod basic;
mod code;
mod config;
mod listed;
mod logout;
mod objects;
mod parameters;
mod rp;
mod session;
mod userinfo;
