//! OAuth2 and `OpenID` Connect endpoints: a face that translates and holds no rule.

mod authorize;
mod cors;
mod discovery;
mod form;
mod logout;
mod published;
mod revoke;
mod token;
mod userinfo;

use std::sync::Arc;

use axum::Router;
use axum::middleware;
use axum::routing::{get, post};

use crate::app::App;

/// The endpoints of a pool's domain, at their paths on it. `HEAD` and unknown methods answer as
/// the router does: 405.
pub fn routes(app: &Arc<App>) -> Router<Arc<App>> {
    let open = Router::new()
        .route("/oauth2/token", post(token::post).options(cors::preflight))
        .route("/oauth2/revoke", post(revoke::post).options(cors::preflight))
        .route(
            "/oauth2/userInfo",
            get(userinfo::get).post(userinfo::post).options(cors::preflight),
        )
        .merge(published::routes(app))
        .layer(middleware::map_response(cors::open));
    Router::new()
        .route("/oauth2/authorize", get(authorize::get).post(authorize::post))
        .route("/authorize", get(authorize::get).post(authorize::post))
        .route("/logout", get(logout::get))
        .merge(open)
}
