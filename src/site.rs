//! Which site a request is for: the API, one pool's domain, or the bare host. One middleware
//! decides; handlers never read `Host`.

use crate::ids::PoolId;

/// The site of a request (oauth.md 7.2), put into its extensions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Site {
    /// The AWS JSON API, and everything that belongs to no pool.
    Api,
    /// One pool's domain.
    Domain {
        /// The pool.
        pool: PoolId,
        /// What stands before the paths of its pages and cookies: `/{poolId}`, or empty.
        base: String,
    },
    /// No pool in host or path: the client id of the request decides.
    Bare,
}
