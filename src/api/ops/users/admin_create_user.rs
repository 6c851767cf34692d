//! AdminCreateUser: an administrator makes a user, or invites one again.

use serde::{Deserialize, Serialize};

use crate::api::shapes::{AttributeType, UserType, given};
use crate::domain::admin_users::{self, Invite, NewUser};
use crate::domain::delivery::Medium;
use crate::domain::hooks::Metadata;
use crate::error::Result;
use crate::ids::PoolId;
use crate::secret::Secret;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
    username: String,
    #[serde(default)]
    user_attributes: Vec<AttributeType>,
    #[serde(default)]
    validation_data: Vec<AttributeType>,
    temporary_password: Option<Secret<String>>,
    #[serde(default)]
    force_alias_creation: bool,
    message_action: Option<MessageAction>,
    desired_delivery_mediums: Option<Vec<Medium>>,
    #[serde(default)]
    client_metadata: Metadata,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum MessageAction {
    Resend,
    Suppress,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    user: UserType,
}

/// # Errors: those of [`admin_users::create`] and [`admin_users::resend`]
pub async fn admin_create_user(call: Call<Iam>, req: Request) -> Result<Response> {
    let invite = Invite {
        password: req.temporary_password,
        media: req.desired_delivery_mediums.as_deref(),
        metadata: &req.client_metadata,
    };
    let (app, actor, pool) = (&call.app, &call.actor, &req.user_pool_id);
    let user = if req.message_action == Some(MessageAction::Resend) {
        admin_users::resend(app, actor, pool, &req.username, invite).await?
    } else {
        let new = NewUser {
            username: req.username,
            attributes: given(req.user_attributes),
            validation_data: given(req.validation_data),
            force_alias_creation: req.force_alias_creation,
            suppress: req.message_action == Some(MessageAction::Suppress),
            invite,
        };
        admin_users::create(app, actor, pool, new).await?
    };
    Ok(Response { user: user.into() })
}
