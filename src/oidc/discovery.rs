//! The discovery document (OpenID Connect Discovery 1.0 3; oauth.md 6): it names what this server
//! does and nothing else. The endpoints are there once the pool has a domain. Whatever the issuer is
//! called, the addresses are those where the server answers.

use serde::Serialize;

use crate::app::App;
use crate::domain::assurance::Level;
use crate::domain::oauth::{registration, sites};
use crate::domain::{issuer, pools};
use crate::error::{Error, Result};
use crate::ids::PoolId;

#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "the names of the standard")]
struct Endpoints {
    authorization_endpoint: String,
    end_session_endpoint: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    registration_endpoint: Option<String>,
    revocation_endpoint: String,
    token_endpoint: String,
    userinfo_endpoint: String,
}

/// Cognito's members first, then those that say what is true anyway. The defaults of
/// `request_uri_parameter_supported` and `claims_parameter_supported` would not be. What differs
/// between the profiles is told as it is in the pool's.
#[derive(Serialize)]
struct Document {
    #[serde(flatten)]
    endpoints: Option<Endpoints>,
    issuer: String,
    jwks_uri: String,
    id_token_signing_alg_values_supported: &'static [&'static str],
    response_types_supported: &'static [&'static str],
    scopes_supported: &'static [&'static str],
    subject_types_supported: &'static [&'static str],
    token_endpoint_auth_methods_supported: &'static [&'static str],
    revocation_endpoint_auth_methods_supported: &'static [&'static str],
    response_modes_supported: &'static [&'static str],
    grant_types_supported: &'static [&'static str],
    code_challenge_methods_supported: &'static [&'static str],
    prompt_values_supported: &'static [&'static str],
    claims_supported: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acr_values_supported: Option<Vec<String>>,
    claims_parameter_supported: bool,
    request_parameter_supported: bool,
    request_uri_parameter_supported: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    authorization_response_iss_parameter_supported: Option<bool>,
}

const CLIENT_AUTH: &[&str] = &["client_secret_basic", "client_secret_post", "none"];

const CLAIMS: &[&str] = &[
    "sub",
    "iss",
    "aud",
    "exp",
    "iat",
    "auth_time",
    "nonce",
    "cognito:username",
    "cognito:groups",
    "email",
    "email_verified",
    "phone_number",
    "phone_number_verified",
    "name",
    "family_name",
    "given_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "updated_at",
];

/// Cognito's document does not tell of them.
const LEVELS: &[&str] = &["acr", "amr"];

/// The document of a pool.
///
/// # Errors: ResourceNotFound `User pool {id} does not exist.`
pub(super) async fn document(app: &App, pool: &PoolId) -> Result<Vec<u8>> {
    let pool = pools::get(app, pool).await?;
    let base = app.site(&pool.id);
    let endpoints = sites::is_open(app, &pool.id).await?.then(|| Endpoints {
        authorization_endpoint: format!("{base}/oauth2/authorize"),
        end_session_endpoint: format!("{base}/logout"),
        registration_endpoint: registration::configuration(&pool)
            .map(|_| format!("{base}/oauth2/register")),
        revocation_endpoint: format!("{base}/oauth2/revoke"),
        token_endpoint: format!("{base}/oauth2/token"),
        userinfo_endpoint: format!("{base}/oauth2/userInfo"),
    });
    let strict = app.profile(Some(&pool.id)).is_strict();
    let more = if strict { LEVELS } else { &[] };
    let claims = CLAIMS.iter().chain(more).copied();
    let name = |level: Level| level.name_in(pool.settings()).into_owned();
    let levels = strict.then(|| Level::ALL.map(name).into());
    let document = Document {
        endpoints,
        jwks_uri: format!("{base}/.well-known/jwks.json"),
        issuer: issuer::of(app, &pool),
        id_token_signing_alg_values_supported: &["RS256"],
        response_types_supported: &["code", "token"],
        scopes_supported: &["openid", "email", "phone", "profile"],
        subject_types_supported: &["public"],
        token_endpoint_auth_methods_supported: CLIENT_AUTH,
        revocation_endpoint_auth_methods_supported: CLIENT_AUTH,
        response_modes_supported: &["query", "fragment"],
        grant_types_supported: &[
            "authorization_code",
            "implicit",
            "refresh_token",
            "client_credentials",
        ],
        code_challenge_methods_supported: &["S256"],
        prompt_values_supported: &["none", "login", "select_account"],
        claims_supported: claims.collect(),
        acr_values_supported: levels,
        claims_parameter_supported: false,
        request_parameter_supported: false,
        request_uri_parameter_supported: false,
        authorization_response_iss_parameter_supported: strict.then_some(true),
    };
    serde_json::to_vec(&document).map_err(Error::internal)
}
