//! ListDevices: the devices of the signed-in user.

use serde::Deserialize;

use super::shape::Many;
use crate::domain::devices;
use crate::domain::paging::Ask;
use crate::error::Result;
use crate::secret::Secret;
use crate::wire::call::{Call, Token};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    #[expect(dead_code, reason = "the caller was admitted by it")]
    access_token: Secret<String>,
    limit: Option<i64>,
    pagination_token: Option<String>,
}

/// # Errors: those of an access token, InvalidUserPoolConfiguration, InvalidParameter (token)
pub async fn list_devices(call: Call<Token>, req: Request) -> Result<Many> {
    let ask = Ask {
        limit: req.limit,
        token: req.pagination_token,
    };
    let who = &call.caller.0;
    let owner = (&who.pool, &who.user.sub);
    let page = devices::list(&call.app, owner, call.act, &ask).await?;
    Ok(Many::listed(page))
}
