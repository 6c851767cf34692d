//! Threat protection (SetRiskConfiguration).

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;
use crate::{names, shape};

names! {
    /// When a password is compared with the compromised ones.
    pub enum PasswordEvent { SignIn = "SIGN_IN", PasswordChange = "PASSWORD_CHANGE", SignUp = "SIGN_UP" }

    /// What a compromised password leads to.
    pub enum CompromisedAction { Block = "BLOCK", Nothing = "NO_ACTION" }

    /// What a risk leads to.
    pub enum TakeoverResponse {
        Block = "BLOCK", MfaIfConfigured = "MFA_IF_CONFIGURED", MfaRequired = "MFA_REQUIRED", Nothing = "NO_ACTION",
    }
}

shape! {
    /// What SetRiskConfiguration sets for a pool or a client.
    pub struct RiskConfiguration {
        compromised_credentials_risk_configuration: CompromisedCredentials,
        account_takeover_risk_configuration: AccountTakeover,
        risk_exception_configuration: RiskException,
    }

    /// `CompromisedCredentialsRiskConfiguration`.
    pub struct CompromisedCredentials {
        event_filter: Vec<PasswordEvent>,
        actions: CompromisedActions,
    }

    /// `CompromisedCredentialsRiskConfiguration.Actions`.
    pub struct CompromisedActions {
        event_action: CompromisedAction,
    }

    /// `AccountTakeoverRiskConfiguration`.
    pub struct AccountTakeover {
        notify_configuration: NotifyConfiguration,
        actions: TakeoverActions,
    }

    /// `AccountTakeoverRiskConfiguration.Actions`.
    pub struct TakeoverActions {
        low_action: TakeoverAction,
        medium_action: TakeoverAction,
        high_action: TakeoverAction,
    }

    /// What one level of risk leads to.
    pub struct TakeoverAction {
        notify: bool,
        event_action: TakeoverResponse,
    }

    /// `AccountTakeoverRiskConfiguration.NotifyConfiguration`.
    pub struct NotifyConfiguration {
        from: String,
        reply_to: String,
        source_arn: String,
        block_email: NotifyEmail,
        no_action_email: NotifyEmail,
        mfa_email: NotifyEmail,
    }

    /// The template of a notification.
    pub struct NotifyEmail {
        subject: String,
        html_body: String,
        text_body: String,
    }

    /// `RiskExceptionConfiguration`.
    pub struct RiskException {
        #[serde(rename = "BlockedIPRangeList")]
        blocked_ip_range_list: Vec<String>,
        #[serde(rename = "SkippedIPRangeList")]
        skipped_ip_range_list: Vec<String>,
    }
}

/// A risk configuration with the time of its last change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoredRisk {
    /// What was set.
    pub configuration: RiskConfiguration,
    /// When.
    pub modified: Timestamp,
}
