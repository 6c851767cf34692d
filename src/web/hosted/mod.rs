//! The hosted pages of a pool's domain.

pub mod views;
