//! Threat protection.

pub mod admin_list_user_auth_events;
pub mod admin_update_auth_event_feedback;
pub mod describe_risk_configuration;
pub mod set_risk_configuration;
mod shape;
pub mod update_auth_event_feedback;
