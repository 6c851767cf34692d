//! What Describe shows of a client's settings: the few defaults that AWS fills in (api.md 3.3).

use crate::settings::client::ClientSettings;

/// The settings as answers show them.
pub fn shown(settings: &ClientSettings) -> ClientSettings {
    let mut shown = settings.clone();
    shown.refresh_token_validity = Some(refresh_validity(settings));
    shown.token_validity_units.get_or_insert_default();
    shown
        .allowed_oauth_flows_user_pool_client
        .get_or_insert(false);
    shown.enable_token_revocation.get_or_insert(true);
    shown
        .enable_propagate_additional_user_context_data
        .get_or_insert(false);
    shown.auth_session_validity.get_or_insert(3);
    shown
}

/// The refresh token's lifetime in its own unit.
fn refresh_validity(settings: &ClientSettings) -> i64 {
    let unit = settings.refresh_token_unit().span(1).as_ms();
    settings.refresh_token_lifetime().as_ms() / unit
}
