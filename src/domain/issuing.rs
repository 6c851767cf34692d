//! What a user's tokens say: their claims, after the trigger's changes, signed.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::app::App;
use crate::domain::attributes;
use crate::domain::claims::{self, AccessClaims, AssuranceClaims, GroupClaims, IdClaims};
use crate::domain::complete::{Completion, Derived};
use crate::domain::issuer;
use crate::domain::overrides::Overrides;
use crate::domain::tokens::Issued;
use crate::error::{Error, Result};
use crate::signing::{PoolKeys, SigningKey, TokenUse};
use crate::store::groups::Group;
use crate::time::{Span, Timestamp};

/// What tokens are made of.
pub(super) struct Issuing<'a> {
    pub(super) completion: &'a Completion<'a>,
    pub(super) groups: &'a [Group],
    pub(super) overrides: &'a Overrides,
    pub(super) now: Timestamp,
}

impl Issuing<'_> {
    /// Makes and signs the access token and, where it is wanted, the ID token.
    pub(super) fn sign(&self, app: &App, keys: &PoolKeys) -> Result<Issued> {
        let Completion {
            client, session, ..
        } = self.completion;
        let derived = self.completion.derived;
        let access_token = self.access_token(app, &keys.access)?;
        let wanted = match derived {
            Some(derived) => derived.wanted == TokenUse::Id,
            None => !self.hosted() || self.scopes().any(|scope| scope == claims::OPENID),
        };
        let mut ends = self.until(client.settings.access_token_lifetime());
        let mut id_token = None;
        if wanted {
            id_token = Some(self.id_token(app, &keys.id, &access_token)?);
            if derived.is_some() {
                ends = self.until(client.settings.id_token_lifetime());
            }
        }
        Ok(Issued {
            access_token,
            id_token,
            refresh_token: None,
            lifetime: Span::seconds(ends - self.now.seconds()),
            scope: self.overrides.scope_of(&session.scope),
            new_device: None,
        })
    }

    fn access_token(&self, app: &App, key: &SigningKey) -> Result<String> {
        let Completion {
            pool,
            client,
            user,
            session,
            derived,
            ..
        } = *self.completion;
        let audience = derived.and_then(|derived| derived.audience.as_deref());
        let jti = self.jti(app)?;
        let claims = AccessClaims {
            sub: user.sub.as_str(),
            groups: claims::names(self.groups),
            iss: &issuer::of(app, pool),
            version: self.hosted().then_some(2),
            client_id: client.id.as_str(),
            aud: audience.or(session.resource.as_deref()),
            origin_jti: self.origin_jti(),
            event_id: session.event_id.as_str(),
            token_use: TokenUse::Access,
            device_key: session.device_key.as_deref(),
            scope: &session.scope,
            auth_time: session.auth_at.seconds(),
            assurance: AssuranceClaims::of(&session.assurance),
            exp: self.until(client.settings.access_token_lifetime()),
            iat: self.now.seconds(),
            jti: jti.as_deref(),
            username: &user.username,
            act: derived.and_then(|derived| derived.act.as_ref()),
        };
        let change = |token: &mut _| {
            self.overrides.change_access(token, client.id.as_str());
            told_by(derived, token);
        };
        changed(key, &claims, (self.overrides, change))
    }

    fn id_token(&self, app: &App, key: &SigningKey, access_token: &str) -> Result<String> {
        let Completion {
            pool,
            client,
            user,
            session,
            derived,
            ..
        } = *self.completion;
        let hosted = self.hosted();
        let scopes: Vec<String> = self.scopes().map(str::to_owned).collect();
        let attributes = user.attributes.iter();
        let attributes = attributes
            .filter(|(name, _)| !name.starts_with("dev:") && attributes::may_read(client, name))
            .filter(|(name, _)| !hosted || claims::released(&scopes, name))
            .map(|(name, text)| (name.as_str(), claims::value(name, text)))
            .collect();
        let jti = self.jti(app)?;
        let claims = IdClaims {
            sub: user.sub.as_str(),
            groups: GroupClaims::of(self.groups),
            attributes,
            iss: &issuer::of(app, pool),
            username: &user.username,
            nonce: self.completion.nonce,
            at_hash: (hosted && derived.is_none()).then(|| claims::at_hash(access_token)),
            origin_jti: self.origin_jti(),
            aud: client.id.as_str(),
            event_id: session.event_id.as_str(),
            token_use: TokenUse::Id,
            auth_time: session.auth_at.seconds(),
            assurance: AssuranceClaims::of(&session.assurance),
            exp: self.until(client.settings.id_token_lifetime()),
            iat: self.now.seconds(),
            jti: jti.as_deref(),
            act: derived.and_then(|derived| derived.act.as_ref()),
        };
        let change = |token: &mut _| {
            self.overrides.change_id(token);
            told_by(derived, token);
        };
        changed(key, &claims, (self.overrides, change))
    }

    /// Whether the sign-in was made in a browser.
    const fn hosted(&self) -> bool {
        self.completion.session.origin.is_some()
    }

    fn scopes(&self) -> impl Iterator<Item = &str> {
        self.completion.session.scope.split(' ')
    }

    /// When a token ends, in seconds: one that is made from another not after it.
    fn until(&self, lifetime: Span) -> i64 {
        let ends = self.now.plus(lifetime).seconds();
        let derived = self.completion.derived;
        derived.map_or(ends, |derived| ends.min(derived.ends))
    }

    /// A new id, where the client's tokens can be revoked.
    fn jti(&self, app: &App) -> Result<Option<String>> {
        let revocable = self.completion.client.settings.token_revocation();
        let id = app.rng.uuid()?;
        Ok(revocable.then(|| id.to_string()))
    }

    fn origin_jti(&self) -> Option<&str> {
        let Completion {
            client, session, ..
        } = self.completion;
        let revocable = client.settings.token_revocation();
        revocable.then_some(session.origin_jti.as_str())
    }
}

/// Who acts, and for whom a token is, is not the trigger's to say.
fn told_by(derived: Option<&Derived>, token: &mut Map<String, Value>) {
    let Some(derived) = derived else { return };
    token.remove("act");
    let audience = derived
        .audience
        .as_ref()
        .map(|name| Value::from(name.as_str()));
    for (name, value) in [("act", derived.act.clone()), ("aud", audience)] {
        if let Some(value) = value {
            token.insert(name.to_owned(), value);
        }
    }
}

/// Signs claims, after the trigger's changes, if there are any.
pub(super) fn changed(
    key: &SigningKey,
    claims: &impl Serialize,
    (overrides, change): (&Overrides, impl FnOnce(&mut Map<String, Value>)),
) -> Result<String> {
    if overrides.is_none() {
        return key.sign(claims);
    }
    let Value::Object(mut claims) = serde_json::to_value(claims).map_err(Error::internal)? else {
        return Err(Error::internal(anyhow::anyhow!("claims are an object")));
    };
    change(&mut claims);
    key.sign(&claims)
}
