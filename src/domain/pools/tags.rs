//! Tags of user pools, by the pool's ARN.

use std::collections::BTreeMap;

use super::{change_in_turn, check, get};
use crate::app::App;
use crate::error::{Code, Error, Result};
use crate::ids::PoolId;
use crate::store::audit::Actor;
use crate::store::pools::Pool;

/// The pool of an ARN: partition, region and account must be the pool's too.
async fn of_arn(app: &App, arn: &str) -> Result<Pool> {
    let mut parts = arn.splitn(6, ':').skip(2);
    let (service, resource) = (parts.next(), parts.nth(2));
    let id = resource.and_then(|resource| resource.strip_prefix("userpool/"));
    let id = id.filter(|_| service == Some("cognito-idp"));
    let id = id.and_then(|id| PoolId::parse(id).ok());
    let found = get(app, &id.ok_or_else(Error::resource_arn)?).await;
    match found {
        Ok(pool) if app.pool_arn(&pool) == arn => Ok(pool),
        Err(error) if error.code != Code::ResourceNotFound => Err(error),
        _ => Err(Error::resource_not_found(arn)),
    }
}

/// Gives a pool tags; a tag of the same key gets the new value.
///
/// # Errors: InvalidParameter (ARN, reserved key, more than 50), ResourceNotFound.
pub async fn tag(
    app: &App,
    actor: &Actor,
    arn: &str,
    tags: BTreeMap<String, String>,
) -> Result<()> {
    let pool = of_arn(app, arn).await?;
    if tags.keys().any(|key| check::is_reserved(key)) {
        return Err(Error::resource_tag_reserved());
    }
    let apply = |pool: &mut Pool| {
        pool.document.tags.extend(tags);
        if check::are_too_many(&pool.document.tags) {
            return Err(Error::resource_tags_over_limit());
        }
        Ok(())
    };
    change_in_turn(app, actor, &pool.id, "TagResource", apply).await
}

/// Takes tags away; a key that is not there is no error.
///
/// # Errors: InvalidParameter (ARN), ResourceNotFound.
pub async fn untag(app: &App, actor: &Actor, arn: &str, keys: &[String]) -> Result<()> {
    let pool = of_arn(app, arn).await?;
    let apply = |pool: &mut Pool| {
        pool.document.tags.retain(|key, _| !keys.contains(key));
        Ok(())
    };
    change_in_turn(app, actor, &pool.id, "UntagResource", apply).await
}

/// The tags of a pool.
///
/// # Errors: InvalidParameter (ARN), ResourceNotFound.
pub async fn list_tags(app: &App, arn: &str) -> Result<BTreeMap<String, String>> {
    Ok(of_arn(app, arn).await?.document.tags)
}
