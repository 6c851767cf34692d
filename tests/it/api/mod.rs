//! The user pools API, operation by operation.

mod pools;
