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
use crate::domain::assurance::Method;
use crate::domain::mfa::{self, Asked};
use crate::error::{Error, Reason, Result};
use crate::ids::{PoolId, Sub};
use crate::settings::pool::Mfa;
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
    kind: Method,
    count: i64,
}

/// A public key that is of use to nobody: the generator of P-256, in COSE.
const NOBODYS_KEY: &str = "pQECAyYgASFYIGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWIlggT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU";

/// What a user could sign in with; none where the pool does not offer it, where the user has no
/// passkey of the pool's relying party, has to choose a password first, or has to prove more than a
/// passkey does.
pub(in crate::domain) async fn offer(app: &App, pool: &Pool, user: &User) -> Result<Option<Offer>> {
    let Some(mut offer) = registered(app, pool, &user.sub).await? else {
        return Ok(None);
    };
    let proves_enough =
        mfa::asked(pool, user) == Asked::Nothing || mfa::passkeys_suffice(pool, user);
    let standing = matches!(user.status, Status::Confirmed | Status::Unconfirmed);
    offer.insists |= user.mfa.passkeys;
    let offered = !offer.passkeys.is_empty() && proves_enough && standing;
    Ok(offered.then_some(offer))
}

/// What a name that is nobody's seems to be able to sign in with: half of them have a passkey, so
/// that one which is offered does not tell that somebody is there.
pub(in crate::domain) async fn offer_phantom(
    app: &App,
    pool: &Pool,
    sub: &Sub,
) -> Result<Option<Offer>> {
    let Some(mut offer) = registered(app, pool, sub).await? else {
        return Ok(None);
    };
    let drawn = app
        .vault
        .derive("phantom passkey", &format!("{}/{sub}", pool.id))?;
    offer.passkeys.push(Passkey {
        id: URL_SAFE_NO_PAD.encode(drawn),
        sub: sub.clone(),
        rp_id: offer.rp_id.clone(),
        public_key: NOBODYS_KEY.to_owned(),
        sign_count: 0,
        aaguid: String::new(),
        attachment: None,
        transports: vec!["hybrid".to_owned(), "internal".to_owned()],
        created: app.clock.now(&pool.id),
    });
    let has_one = drawn.first().is_some_and(|byte| byte % 2 == 0);
    Ok((has_one && pool.settings().mfa() != Mfa::On).then_some(offer))
}

/// The passkeys of the pool's relying party, if it has one and lets users sign in with them.
async fn registered(app: &App, pool: &Pool, sub: &Sub) -> Result<Option<Offer>> {
    if !is_offered(pool) {
        return Ok(None);
    }
    let mut db = app.store.read().await?;
    let rp_id = relying_party::of(app, &mut db, pool).await?;
    let mut passkeys = passkeys::of_user(&mut db, &pool.id, sub).await?;
    passkeys.retain(|passkey| rp_id.as_ref() == Some(&passkey.rp_id));
    Ok(rp_id.map(|rp_id| Offer {
        rp_id,
        insists: relying_party::insists(pool),
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
        (pool, sub): (&PoolId, &Sub),
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
        let theirs = user_handle(sub);
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
            pool: pool.clone(),
            sub: sub.clone(),
            id: passkey.id.clone(),
            kind: Method::passkey(passkey.attachment.as_deref()),
            count: parsed.sign_count.into(),
        })
    }
}

impl Asserted {
    /// Of which kind the passkey is.
    pub(in crate::domain) const fn kind(&self) -> Method {
        self.kind
    }

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
    key.and_then(|key| PublicKey::parse(&key))
        .ok_or_else(broken)
}
