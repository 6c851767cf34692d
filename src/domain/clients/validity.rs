//! How long a client's tokens may live.

use crate::error::{Error, Result};
use crate::settings::client::ClientSettings;
use crate::time::Span;

/// The longest life of an access or ID token.
pub(in crate::domain) const LONGEST_TOKEN: Span = Span::days(1);

/// Checks the ranges after conversion from their units: 5 minutes to a day for access and ID
/// tokens, an hour to ten years for refresh tokens, which may not end before the other two.
pub(super) fn check(settings: &ClientSettings) -> Result<()> {
    let (access, id, refresh) = (
        settings.access_token_lifetime(),
        settings.id_token_lifetime(),
        settings.refresh_token_lifetime(),
    );
    let short = Span::minutes(5)..=LONGEST_TOKEN;
    let long = Span::hours(1)..=Span::days(3650);
    if !short.contains(&access) || !short.contains(&id) || !long.contains(&refresh) {
        return Err(Error::token_validity_range());
    }
    if refresh < access || refresh < id {
        return Err(Error::refresh_validity_short());
    }
    Ok(())
}
