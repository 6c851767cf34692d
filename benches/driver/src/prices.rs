//! What the two dearest primitives cost here and now. The ideals of the table are sums of primitives on
//! the machine of the price list; machines differ, and a shared one from hour to hour.

use std::hint::black_box;
use std::time::Instant;

use argon2::{Algorithm, Argon2, Block, Params, Version};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::RSA_PKCS1_SHA256;

use crate::world::Result;

/// Milliseconds of one in the price list: an RS256 signature, and an argon2id hash of 19 MiB in two passes.
const LISTED_SIGNATURE: f64 = 0.25;
const LISTED_HASH: f64 = 16.0;

/// How much dearer they are here: 1 is the price list.
pub struct Prices {
    pub signature: f64,
    pub hash: f64,
}

impl Prices {
    /// Measures for about a second.
    pub fn here() -> Result<Self> {
        let signature = signature()? / LISTED_SIGNATURE;
        let hash = hash()? / LISTED_HASH;
        Ok(Self { signature, hash })
    }

    /// What would be possible here: everything but a hash is priced like a signature.
    pub fn ideal(&self, listed: f64, hashes: bool) -> f64 {
        let hash = if hashes { LISTED_HASH } else { 0.0 };
        hash * self.hash + (listed - hash) * self.signature
    }
}

fn signature() -> Result<f64> {
    let key = KeyPair::generate(KeySize::Rsa2048).map_err(|error| error.to_string())?;
    let mut signature = vec![0; key.public_modulus_len()];
    let rng = SystemRandom::new();
    quickest(5, 200, || {
        key.sign(&RSA_PKCS1_SHA256, &rng, b"header.payload", &mut signature).map_err(|error| error.to_string())?;
        black_box(&signature);
        Ok(())
    })
}

fn hash() -> Result<f64> {
    let params = Params::new(19 * 1024, 2, 1, Some(32)).map_err(|error| error.to_string())?;
    let mut memory = vec![Block::default(); params.block_count()];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut out = [0; 32];
    quickest(5, 4, || {
        let hashed = argon2.hash_password_into_with_memory(b"password", &[7; 16], &mut out, &mut memory);
        hashed.map_err(|error| error.to_string())?;
        black_box(&out);
        Ok(())
    })
}

/// Milliseconds of one: the quickest of some rounds, for what disturbs a round only makes it slower.
fn quickest(rounds: usize, each: u32, mut one: impl FnMut() -> Result<()>) -> Result<f64> {
    let mut best = f64::INFINITY;
    for _ in 0..rounds {
        let begun = Instant::now();
        for _ in 0..each {
            one()?;
        }
        best = best.min(begun.elapsed().as_secs_f64() * 1000.0 / f64::from(each));
    }
    Ok(best)
}
