//! The `openidconnect` crate against a pool's domain: discovery, a code with PKCE and nonce, the ID token, userInfo and
//! refreshing. Cognito's userInfo tells `email_verified` as a text, which the crate takes with its feature
//! `accept-string-booleans`. It revokes over https only.

mod web;

use aws_sdk_cognitoidentityprovider::types::OAuthFlowType;
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreProviderMetadata, CoreUserInfoClaims,
};
use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClientId, ClientSecret, CsrfToken, IssuerUrl, Nonce,
    OAuth2TokenResponse, PkceCodeChallenge, RedirectUrl, Scope, TokenResponse,
};
use poolhouse_client_rust::{Pool, fresh, url};

const CALLBACK: &str = "https://app.example.com/back";

async fn web_client(pool: &Pool, secret: bool) -> (String, Option<String>) {
    let domain = pool.idp.create_user_pool_domain().user_pool_id(&pool.id);
    domain.domain(fresh("door")).send().await.unwrap();
    let make = pool
        .idp
        .create_user_pool_client()
        .user_pool_id(&pool.id)
        .client_name(fresh("app"))
        .generate_secret(secret)
        .supported_identity_providers("COGNITO")
        .callback_urls(CALLBACK)
        .allowed_o_auth_flows(OAuthFlowType::Code)
        .allowed_o_auth_scopes("openid")
        .allowed_o_auth_scopes("email")
        .allowed_o_auth_flows_user_pool_client(true);
    let made = make.send().await.unwrap().user_pool_client.unwrap();
    (made.client_id.unwrap(), made.client_secret)
}

async fn signs_in(secret: bool) {
    let pool = Pool::new().await;
    let (id, secret) = web_client(&pool, secret).await;
    let (username, email) = pool.person().await;

    let issuer = IssuerUrl::new(format!("{}/{}", url().trim_end_matches('/'), pool.id)).unwrap();
    let provider = CoreProviderMetadata::discover_async(issuer.clone(), &web::send)
        .await
        .unwrap();
    assert_eq!(provider.issuer(), &issuer);
    let client = CoreClient::from_provider_metadata(
        provider,
        ClientId::new(id),
        secret.map(ClientSecret::new),
    )
    .set_redirect_uri(RedirectUrl::new(CALLBACK.to_owned()).unwrap());

    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let flow = CoreAuthenticationFlow::AuthorizationCode;
    let (address, state, nonce) = client
        .authorize_url(flow, CsrfToken::new_random, Nonce::new_random)
        .add_scope(Scope::new("email".to_owned()))
        .set_pkce_challenge(challenge)
        .url();
    let back = web::through_the_page(&address, &username).await;
    let answer = |name: &str| {
        let found = back.query_pairs().find(|(key, _)| key == name);
        found
            .unwrap_or_else(|| panic!("no {name} in {back}"))
            .1
            .into_owned()
    };
    assert_eq!(&answer("state"), state.secret());

    let code = AuthorizationCode::new(answer("code"));
    let exchange = client
        .exchange_code(code)
        .unwrap()
        .set_pkce_verifier(verifier);
    let tokens = exchange.request_async(&web::send).await.unwrap();
    let id_token = tokens.id_token().unwrap();
    let verifier = client.id_token_verifier();
    let claims = id_token.claims(&verifier, &nonce).unwrap();
    assert_eq!(
        claims.email().map(|found| found.as_str()),
        Some(email.as_str())
    );
    assert_eq!(claims.email_verified(), Some(true));
    let hash = AccessTokenHash::from_token(
        tokens.access_token(),
        id_token.signing_alg().unwrap(),
        id_token.signing_key(&verifier).unwrap(),
    );
    assert_eq!(claims.access_token_hash(), Some(&hash.unwrap()));
    assert!(id_token.claims(&verifier, &Nonce::new_random()).is_err());

    let subject = claims.subject().clone();
    let info = client
        .user_info(tokens.access_token().clone(), Some(subject.clone()))
        .unwrap();
    let info: CoreUserInfoClaims = info.request_async(&web::send).await.unwrap();
    assert_eq!(info.email_verified(), Some(true));

    let refresh_token = tokens.refresh_token().unwrap();
    let refresh = client.exchange_refresh_token(refresh_token).unwrap();
    let renewed = refresh.request_async(&web::send).await.unwrap();
    let renewed = renewed.id_token().unwrap();
    // A refreshed ID token has no nonce.
    let claims = renewed
        .claims(&verifier, |_: Option<&Nonce>| Ok(()))
        .unwrap();
    assert_eq!(claims.subject(), &subject);
}

#[tokio::test]
async fn a_public_client_signs_in() {
    signs_in(false).await;
}

#[tokio::test]
async fn a_client_with_a_secret_signs_in() {
    signs_in(true).await;
}
