//! UpdateAuthEventFeedback: a user says what an event was, with the token of the notification.

use serde::Deserialize;

use crate::api::shapes::Empty;
use crate::domain::risk;
use crate::error::Result;
use crate::ids::PoolId;
use crate::secret::Secret;
use crate::store::auth_events::Feedback;
use crate::wire::call::{Call, Public};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
    username: String,
    event_id: String,
    feedback_token: Secret<String>,
    feedback_value: Feedback,
}

/// # Errors: ResourceNotFound (pool, event), UserNotFound, UserPoolAddOnNotEnabled, NotAuthorized
/// (token)
pub async fn update_auth_event_feedback(call: Call<Public>, req: Request) -> Result<Empty> {
    let owner = (&req.user_pool_id, req.username.as_str());
    let said = (req.event_id.as_str(), req.feedback_value);
    risk::feedback(&call.app, &call.actor, owner, said, &req.feedback_token).await?;
    Ok(Empty {})
}
