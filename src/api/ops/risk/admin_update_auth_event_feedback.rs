//! AdminUpdateAuthEventFeedback: an administrator says what an event was.

use serde::Deserialize;

use crate::api::shapes::Empty;
use crate::domain::risk;
use crate::error::Result;
use crate::ids::PoolId;
use crate::store::auth_events::Feedback;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
    username: String,
    event_id: String,
    feedback_value: Feedback,
}

/// # Errors: ResourceNotFound (pool, event), UserNotFound, UserPoolAddOnNotEnabled
pub async fn admin_update_auth_event_feedback(call: Call<Iam>, req: Request) -> Result<Empty> {
    let owner = (&req.user_pool_id, req.username.as_str());
    let said = (req.event_id.as_str(), req.feedback_value);
    risk::admin_feedback(&call.app, &call.actor, owner, said).await?;
    Ok(Empty {})
}
