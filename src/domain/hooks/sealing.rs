//! How a code travels to a custom sender: the one place that seals it for the pool's `KMSKeyID`.

use crate::app::App;
use crate::error::Result;
use crate::secret::Secret;
use crate::store::pools::Pool;

/// A code as the event has it.
pub(super) struct Sealed {
    /// `code`.
    pub text: String,
    /// `codeEncoding`, which AWS's event does not have: said where the code is not sealed.
    pub encoding: Option<&'static str>,
}

/// Seals a code for a pool.
#[expect(
    clippy::unnecessary_wraps,
    reason = "sealing can fail; leaving a code as it is cannot"
)]
pub(super) fn seal(_app: &App, _pool: &Pool, code: &Secret<String>) -> Result<Sealed> {
    Ok(Sealed {
        text: code.expose().clone(),
        encoding: Some("plaintext"),
    })
}
