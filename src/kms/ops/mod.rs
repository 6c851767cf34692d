//! One file per built operation.

pub mod decrypt;
pub mod describe_key;
pub mod encrypt;
pub mod generate_data_key;
pub mod generate_data_key_without_plaintext;
