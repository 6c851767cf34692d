//! Signing in with a passkey: who may, what a browser needs for it, and whether its answer is right
//! (api-auth.md 8; WebAuthn level 3, 7.2).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::authenticator::AuthenticatorData;
use super::cbor::Cbor;
use super::client_data::{self, Ceremony, ClientData};
use super::cose::PublicKey;
use super::response::{Assertion, Credential};
use super::{TIMEOUT_MS, is_offered, relying_party, user_handle};
use crate::app::App;
use crate::domain::mfa::{self, Asked};
use crate::error::{Error, Reason, Result};
use crate::ids::{PoolId, Sub};
use crate::store::db::Tx;
use crate::store::passkeys::{self, Passkey};
use crate::store::pools::Pool;
use crate::store::sessions;
use crate::store::users::{Status, User};

/// A sign-in that a user could make with a passkey.
pub(in crate::domain) struct Offer {
    rp_id: String,
    /// Whether the authenticator must recognise its person.
    insists: bool,
    passkeys: Vec<Passkey>,
}

/// A right answer, before it is used up.
pub(in crate::domain) struct Asserted {
    pool: PoolId,
    sub: Sub,
    id: String,
    count: i64,
}

/// What a user could sign in with; none where the pool does not offer it, where the user has no
/// passkey of the pool's relying party, has to choose a password first, or has to prove more than a
/// passkey does.
pub(in crate::domain) async fn offer(app: &App, pool: &Pool, user: &User) -> Result<Option<Offer>> {
    let proves_enough =
        mfa::asked(pool, user) == Asked::Nothing || mfa::passkeys_suffice(pool, user);
    if !is_offered(pool) || user.status == Status::ForceChangePassword || !proves_enough {
        return Ok(None);
    }
    let mut db = app.store.read().await?;
    let Some(rp_id) = relying_party::of(app, &mut db, pool).await? else {
        return Ok(None);
    };
    let mut passkeys = passkeys::of_user(&mut db, &pool.id, &user.sub).await?;
    passkeys.retain(|passkey| passkey.rp_id == rp_id);
    Ok((!passkeys.is_empty()).then(|| Offer {
        rp_id,
        insists: relying_party::insists(pool) || user.mfa.passkeys,
        passkeys,
    }))
}

impl Offer {
    /// `CREDENTIAL_REQUEST_OPTIONS`: PublicKeyCredentialRequestOptionsJSON in a text.
    pub(in crate::domain) fn options(&self, challenge: &str) -> String {
        let passkeys = self.passkeys.iter().map(|passkey| {
            json!({ "type": "public-key", "id": passkey.id, "transports": passkey.transports })
        });
        json!({
            "challenge": challenge,
            "timeout": TIMEOUT_MS,
            "rpId": self.rp_id,
            "allowCredentials": passkeys.collect::<Vec<_>>(),
            "userVerification": super::verification(self.insists),
        })
        .to_string()
    }

    /// Judges an AuthenticationResponseJSON. What a passkey of this user did not sign, here and now,
    /// is wrong as a whole: the answer does not say which part.
    ///
    /// # Errors: InvalidParameter (not such a response), NotAuthorized `Incorrect username or
    /// password.`
    pub(in crate::domain) fn judge(
        &self,
        app: &App,
        user: &User,
        (challenge, document): (&str, &str),
    ) -> Result<Asserted> {
        let document = serde_json::from_str(document).map_err(|_| Error::webauthn_response())?;
        let credential: Credential<Assertion> = Credential::of(document)?;
        let response = &credential.response;
        let (client_data, data) = (response.client_data()?, response.authenticator_data()?);
        let signature = response.signature()?;
        let wrong = || Error::incorrect_username_or_password().because(Reason::WrongPasskey);
        let mut passkeys = self.passkeys.iter();
        let passkey = passkeys.find(|passkey| passkey.id == credential.id());
        let passkey = passkey.ok_or_else(wrong)?;
        let theirs = user_handle(&user.sub);
        let said = ClientData::parse(&client_data, Ceremony::Get).ok_or_else(wrong)?;
        let parsed = AuthenticatorData::parse(&data).ok_or_else(wrong)?;
        let about_this = response.user_handle().is_none_or(|handle| handle == theirs)
            && said.challenge == challenge
            && !said.is_framed()
            && relying_party::allows(app, &self.rp_id, &said.origin)
            && relying_party::is_hash_of(parsed.rp_id_hash, &self.rp_id);
        let by_a_person = parsed.is_present() && (parsed.is_verified() || !self.insists);
        let key = public_key(passkey)?;
        let message = client_data::signed(&data, &client_data);
        if !(about_this && by_a_person && key.verifies(&message, &signature)) {
            return Err(wrong());
        }
        Ok(Asserted {
            pool: user.pool.clone(),
            sub: user.sub.clone(),
            id: passkey.id.clone(),
            count: parsed.sign_count.into(),
        })
    }
}

impl Asserted {
    /// Remembers the counter of the signature. One that did not rise was made by a copy of the
    /// passkey, or comes a second time (7.2, step 22).
    ///
    /// # Errors: NotAuthorized `Incorrect username or password.`
    pub(in crate::domain) async fn use_in(&self, tx: &mut Tx) -> Result<()> {
        // Users are taken before what is theirs (domain::records).
        sessions::hold_user(tx, &self.pool, &self.sub).await?;
        let used = (self.id.as_str(), self.count);
        if passkeys::use_count(tx, &self.pool, &self.sub, used).await? {
            return Ok(());
        }
        Err(Error::incorrect_username_or_password().because(Reason::CopiedPasskey))
    }
}

fn public_key(passkey: &Passkey) -> Result<PublicKey> {
    let broken = || Error::internal(anyhow::anyhow!("a stored public key does not parse"));
    let bytes = URL_SAFE_NO_PAD.decode(&passkey.public_key);
    let key = Cbor::read_whole(&bytes.map_err(Error::internal)?);
    key.and_then(|key| PublicKey::parse(&key)).ok_or_else(broken)
}
