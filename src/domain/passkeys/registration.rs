//! StartWebAuthnRegistration and CompleteWebAuthnRegistration (api-auth.md 8; WebAuthn level 3, 7.1).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use data_encoding::HEXLOWER;
use serde_json::{Value, json};

use super::attestation::Attestation;
use super::authenticator::AuthenticatorData;
use super::client_data::{Ceremony, ClientData};
use super::cose::{ES256, PublicKey, RS256};
use super::response::{Creation, Credential};
use super::{MOST, Owner, TIMEOUT_MS, is_offered, relying_party, user_handle};
use crate::app::App;
use crate::domain::changes::{self, What};
use crate::domain::records;
use crate::error::{Error, Result};
use crate::store::audit::{Actor, Event};
use crate::store::db::OnUnique;
use crate::store::passkeys::{self, Passkey, Registration};
use crate::time::Span;

/// How long an authenticator may take. The browser gives up after [`TIMEOUT_MS`]; the rest is for
/// people who are asked again, and for slow ways.
const VALIDITY: Span = Span::minutes(5);

/// Begins a registration: what a browser needs for `navigator.credentials.create()`.
///
/// # Errors: WebAuthnNotEnabled, NotAuthorized (stale sign-in), WebAuthnConfigurationMissing,
/// LimitExceeded
pub async fn start(app: &App, actor: &Actor, who: Owner<'_>) -> Result<Value> {
    let (pool, user) = (who.pool, who.user);
    check_enabled(who)?;
    who.asker().check_fresh(app, &pool.id)?;
    let (rp_id, existing) = {
        let mut db = app.store.read().await?;
        let rp_id = relying_party::of(app, &mut db, pool).await?;
        let existing = passkeys::of_user(&mut db, &pool.id, &user.sub).await?;
        (rp_id.ok_or_else(Error::webauthn_configuration)?, existing)
    };
    if existing.len() >= MOST {
        return Err(Error::limit_exceeded("Passkeys per user"));
    }
    let challenge = URL_SAFE_NO_PAD.encode(app.rng.bytes::<32>()?);
    let now = app.clock.now(&pool.id);
    let begun = Registration {
        challenge: challenge.clone(),
        client: who.client.clone(),
        rp_id: rp_id.clone(),
        expires: now.plus(VALIDITY),
    };
    let mut tx = app.store.write(actor).await?;
    passkeys::begin(&mut tx, &pool.id, &user.sub, &begun)
        .await
        .on_orphan(Error::invalid_access_token)??;
    tx.audit(Event {
        at: now,
        pool: Some(&pool.id),
        act: "StartWebAuthnRegistration",
        target: Some(user.sub.as_str()),
        refused: None,
    })
    .await?;
    tx.commit().await?;
    let known = existing.iter().filter(|passkey| passkey.rp_id == rp_id);
    let known = known.map(|passkey| json!({ "type": "public-key", "id": passkey.id }));
    Ok(json!({
        "rp": { "id": rp_id, "name": rp_id },
        "user": {
            "id": user_handle(&user.sub), "name": user.username, "displayName": user.username,
        },
        "challenge": challenge,
        "pubKeyCredParams": [
            { "type": "public-key", "alg": ES256 },
            { "type": "public-key", "alg": RS256 },
        ],
        "timeout": TIMEOUT_MS,
        "excludeCredentials": known.collect::<Vec<_>>(),
        "authenticatorSelection": {
            "requireResidentKey": true,
            "residentKey": "required",
            "userVerification": super::verification(relying_party::insists(pool)),
        },
    }))
}

/// Completes a registration with the browser's RegistrationResponseJSON.
///
/// # Errors: WebAuthnNotEnabled, NotAuthorized (stale sign-in), WebAuthnChallengeNotFound, WebAuthnClientMismatch,
/// WebAuthnOriginNotAllowed, WebAuthnRelyingPartyMismatch, WebAuthnCredentialNotSupported,
/// InvalidParameter, LimitExceeded
pub async fn complete(app: &App, actor: &Actor, who: Owner<'_>, document: Value) -> Result<()> {
    let (pool, sub) = (who.pool, &who.user.sub);
    check_enabled(who)?;
    who.asker().check_fresh(app, &pool.id)?;
    let credential: Credential<Creation> = Credential::of(document)?;
    let client_data = credential.response.client_data()?;
    let said = ClientData::parse(&client_data, Ceremony::Create);
    let said = said.ok_or_else(Error::webauthn_response)?;
    let begun = begun(app, who, &said).await?;
    if said.is_framed() || !relying_party::allows(app, &begun.rp_id, &said.origin) {
        return Err(Error::webauthn_origin());
    }
    let passkey = judge(app, who, (&credential, &client_data), &begun)?;
    let mut tx = app.store.write(actor).await?;
    // Registrations of one user wait for each other here, so that none counts past the limit.
    let before = records::lock(&mut tx, pool, sub).await?;
    if !passkeys::end(&mut tx, &pool.id, sub, &begun.challenge).await? {
        return Err(Error::webauthn_challenge());
    }
    let most = i64::try_from(MOST).map_err(Error::internal)?;
    let added = passkeys::insert(&mut tx, &pool.id, &passkey, most)
        .await
        .on_unique(Error::webauthn_known)?;
    if !added {
        return Err(Error::limit_exceeded("Passkeys per user"));
    }
    let changed = [What::PasskeyAdded];
    changes::made(app, &mut tx, (pool, &before), who.asker(), &changed).await?;
    tx.audit(Event {
        at: passkey.created,
        pool: Some(&pool.id),
        act: "CompleteWebAuthnRegistration",
        target: Some(sub.as_str()),
        refused: None,
    })
    .await?;
    Ok(tx.commit().await?)
}

/// The registration that the answer belongs to.
async fn begun(app: &App, who: Owner<'_>, said: &ClientData) -> Result<Registration> {
    let (begun, rp_id) = {
        let mut db = app.store.read().await?;
        let begun = passkeys::begun(&mut db, &who.pool.id, &who.user.sub).await?;
        (begun, relying_party::of(app, &mut db, who.pool).await?)
    };
    let now = app.clock.now(&who.pool.id);
    let begun = begun
        .filter(|begun| begun.challenge == said.challenge && now <= begun.expires)
        .ok_or_else(Error::webauthn_challenge)?;
    if begun.client != *who.client {
        return Err(Error::webauthn_client());
    }
    if rp_id.as_ref() != Some(&begun.rp_id) {
        return Err(Error::webauthn_relying_party());
    }
    Ok(begun)
}

/// Judges what the authenticator made.
fn judge(
    app: &App,
    who: Owner<'_>,
    (credential, client_data): (&Credential<Creation>, &[u8]),
    begun: &Registration,
) -> Result<Passkey> {
    let attestation = Attestation::parse(&credential.response.attestation_object()?);
    let attestation = attestation.ok_or_else(Error::webauthn_response)?;
    let data = AuthenticatorData::parse(&attestation.data);
    let data = data.ok_or_else(Error::webauthn_response)?;
    if !relying_party::is_hash_of(data.rp_id_hash, &begun.rp_id) {
        return Err(Error::webauthn_relying_party());
    }
    let made = data.attested.as_ref().filter(|_| data.is_present());
    let made = made.ok_or_else(Error::webauthn_response)?;
    if URL_SAFE_NO_PAD.encode(made.id) != credential.id() {
        return Err(Error::webauthn_response());
    }
    if relying_party::insists(who.pool) && !data.is_verified() {
        return Err(Error::webauthn_not_supported());
    }
    let key = PublicKey::parse(&made.key).ok_or_else(Error::webauthn_not_supported)?;
    attestation.check(&key, client_data)?;
    Ok(Passkey {
        id: credential.id().to_owned(),
        sub: who.user.sub.clone(),
        rp_id: begun.rp_id.clone(),
        public_key: URL_SAFE_NO_PAD.encode(made.encoded_key),
        sign_count: data.sign_count.into(),
        aaguid: HEXLOWER.encode(made.aaguid),
        attachment: credential.attachment().map(str::to_owned),
        transports: credential.response.transports(),
        created: app.clock.now(&who.pool.id),
    })
}

fn check_enabled(who: Owner<'_>) -> Result<()> {
    if is_offered(who.pool) {
        return Ok(());
    }
    Err(Error::webauthn_not_enabled())
}
