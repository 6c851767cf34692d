//! One operation, one file: request, response, translation to the domain and back.

pub mod pools;
