//! The issuer of a pool's tokens: `iss`, and what discovery calls it (oauth.md 6, 7.2).
//!
//! It comes from configuration and never from a request (security.md F1, E8). A pool's
//! `IssuerConfiguration` chooses between the two names that AWS has for it; where the server has a
//! name of its own for the pool, there is nothing to choose.

use crate::app::App;
use crate::settings::issuer::IssuerMode;
use crate::settings::pool::IssuerType;
use crate::store::pools::Pool;

/// The issuer of a pool. Tokens, discovery and every check of a token ask here.
pub fn of(app: &App, pool: &Pool) -> String {
    let id = &pool.id;
    match &app.config.issuer {
        IssuerMode::Public => app.site(id),
        IssuerMode::Aws => on_aws(pool, IssuerType::Original),
        IssuerMode::AwsUpdated => on_aws(pool, IssuerType::Updated),
        IssuerMode::Custom(template) => template.fill(id.region(), id.as_str()),
    }
}

/// What AWS would call it. Verifiers build it from the pool's id, so its region is the id's.
fn on_aws(pool: &Pool, usual: IssuerType) -> String {
    let configured = pool.settings().issuer_configuration.as_ref();
    let service = match configured.and_then(|c| c.kind).unwrap_or(usual) {
        IssuerType::Original => "cognito-idp",
        IssuerType::Updated => "issuer-cognito-idp",
    };
    let id = &pool.id;
    format!("https://{service}.{}.amazonaws.com/{id}", id.region())
}
