//! Who a client is at the token and revocation endpoints (oauth.md 4.1; security.md D6).

use super::refusal::Refused;
use super::sites;
use crate::app::App;
use crate::domain::clients;
use crate::ids::{ClientId, PoolId};
use crate::secret::Secret;
use crate::store::clients::Client;
use crate::store::pools::Pool;

/// What a request says about its client.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    /// The readings of the `Authorization: Basic` header, the likeliest first: clients send id and
    /// secret raw or form-encoded. Empty: no header.
    pub basic: Vec<Pair>,
    /// `client_id` of the body.
    pub client_id: Option<String>,
    /// `client_secret` of the body.
    pub client_secret: Option<Secret<String>>,
}

/// A client id and a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The id.
    pub id: String,
    /// The secret; none when it is empty.
    pub secret: Option<Secret<String>>,
}

/// The client of a request, proven. The same credentials in header and body are one proof, as on
/// Cognito; different ones are refused. The standards allow one method (RFC 6749 2.3).
pub async fn authenticate(
    app: &App,
    pool: Option<&PoolId>,
    credentials: &Credentials,
) -> Result<(Pool, Client), Refused> {
    let twice = !credentials.basic.is_empty() && credentials.client_secret.is_some();
    if twice && app.profile(pool).is_strict() {
        return Err(Refused::invalid_request(
            "The client authenticates in the Authorization header and in the body",
        ));
    }
    let mut readings = readings(credentials)?.into_iter();
    let mut last = match readings.next() {
        Some(pair) => prove(app, pool, pair).await,
        None => return Err(Refused::invalid_request("client_id is required")),
    };
    for pair in readings {
        if last.is_ok() {
            break;
        }
        let next = prove(app, pool, pair).await;
        // A later reading that knows the client tells more than an earlier one that does not.
        if next
            .as_ref()
            .err()
            .is_none_or(|refused| refused.description.is_some())
        {
            last = next;
        }
    }
    last
}

/// The pairs that the credentials may mean.
fn readings(credentials: &Credentials) -> Result<Vec<Pair>, Refused> {
    let in_body = credentials.client_id.as_ref();
    if credentials.basic.is_empty() {
        let pair = in_body.map(|id| Pair {
            id: id.clone(),
            secret: credentials.client_secret.clone(),
        });
        return Ok(pair.into_iter().collect());
    }
    let agrees = |pair: &&Pair| {
        let secret = credentials.client_secret.as_ref();
        in_body.is_none_or(|id| *id == pair.id)
            && secret.is_none_or(|secret| pair.secret.as_ref() == Some(secret))
    };
    let agreeing: Vec<Pair> = credentials.basic.iter().filter(agrees).cloned().collect();
    if agreeing.is_empty() {
        return Err(Refused::invalid_request(
            "The Authorization header and the body name different clients",
        ));
    }
    Ok(agreeing)
}

async fn prove(app: &App, pool: Option<&PoolId>, pair: Pair) -> Result<(Pool, Client), Refused> {
    let id = ClientId::parse(pair.id).map_err(|_| Refused::unknown_client())?;
    let found = sites::client(app, pool, &id).await?;
    let (pool, client) = found.ok_or_else(Refused::unknown_client)?;
    let secret = pair.secret.as_ref().map(|secret| secret.expose().as_str());
    if !clients::check_secret(app, &client, secret)? {
        return Err(Refused::wrong_secret());
    }
    Ok((pool, client))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(id: &str, secret: &str) -> Pair {
        Pair {
            id: id.to_owned(),
            secret: (!secret.is_empty()).then(|| Secret::new(secret.to_owned())),
        }
    }

    fn body(id: Option<&str>, secret: Option<&str>, basic: Vec<Pair>) -> Credentials {
        Credentials {
            basic,
            client_id: id.map(str::to_owned),
            client_secret: secret.map(|s| Secret::new(s.to_owned())),
        }
    }

    #[test]
    fn header_and_body_agree_or_are_refused() {
        let read = |c: &Credentials| readings(c).map_err(|r| r.code.as_str());
        let basic = || vec![pair("a+", "s"), pair("a ", "s")];
        assert_eq!(
            read(&body(Some("a"), Some("s"), vec![])),
            Ok(vec![pair("a", "s")])
        );
        assert_eq!(
            read(&body(Some("a"), None, vec![])),
            Ok(vec![pair("a", "")])
        );
        assert_eq!(read(&body(None, None, vec![])), Ok(vec![]));
        assert_eq!(read(&body(None, None, basic())), Ok(basic()));
        assert_eq!(
            read(&body(Some("a+"), None, basic())),
            Ok(vec![pair("a+", "s")])
        );
        assert_eq!(
            read(&body(Some("a+"), Some("s"), basic())),
            Ok(vec![pair("a+", "s")])
        );
        assert_eq!(
            read(&body(Some("b"), None, basic())),
            Err("invalid_request")
        );
        assert_eq!(
            read(&body(Some("a+"), Some("t"), basic())),
            Err("invalid_request")
        );
        assert_eq!(
            read(&body(None, Some("t"), basic())),
            Err("invalid_request")
        );
    }
}
