//! An app client's settings (CreateUserPoolClient, UpdateUserPoolClient).

use serde::{Deserialize, Serialize};

use super::risk::StoredRisk;
use super::sessions::SsoSession;
use crate::time::Span;
use crate::{names, shape};

names! {
    /// A sign-in flow that a client allows. The first three are the legacy names.
    pub enum AuthFlowSetting {
        AdminNoSrp = "ADMIN_NO_SRP_AUTH",
        CustomOnly = "CUSTOM_AUTH_FLOW_ONLY",
        UserPassword = "USER_PASSWORD_AUTH",
        AllowAdminUserPassword = "ALLOW_ADMIN_USER_PASSWORD_AUTH",
        AllowCustom = "ALLOW_CUSTOM_AUTH",
        AllowUserPassword = "ALLOW_USER_PASSWORD_AUTH",
        AllowUserSrp = "ALLOW_USER_SRP_AUTH",
        AllowRefreshToken = "ALLOW_REFRESH_TOKEN_AUTH",
        AllowUserAuth = "ALLOW_USER_AUTH",
        AllowTokenExchangeDelegation = "ALLOW_TOKEN_EXCHANGE_DELEGATION",
        AllowTokenExchangeImpersonation = "ALLOW_TOKEN_EXCHANGE_IMPERSONATION",
        AllowClientToken = "ALLOW_CLIENT_TOKEN_AUTH",
    }

    /// An OAuth grant that a client allows.
    pub enum OAuthFlow { Code = "code", Implicit = "implicit", ClientCredentials = "client_credentials" }

    /// The unit of a token's validity.
    pub enum TimeUnit { Seconds = "seconds", Minutes = "minutes", Hours = "hours", Days = "days" }

    /// Whether answers hide that a user does not exist.
    pub enum ExistenceErrors { Legacy = "LEGACY", Enabled = "ENABLED" }

    /// On or off.
    pub enum Feature { Enabled = "ENABLED", Disabled = "DISABLED" }
}

shape! {
    /// `TokenValidityUnits`.
    pub struct TokenValidityUnits {
        access_token: TimeUnit,
        id_token: TimeUnit,
        refresh_token: TimeUnit,
    }

    /// `AnalyticsConfiguration`.
    pub struct AnalyticsConfiguration {
        application_id: String,
        application_arn: String,
        role_arn: String,
        external_id: String,
        user_data_shared: bool,
    }

    /// `RefreshTokenRotation`.
    pub struct RefreshTokenRotation {
        feature: Feature,
        retry_grace_period_seconds: i64,
    }

    /// Everything CreateUserPoolClient and UpdateUserPoolClient set, except name and secret.
    pub struct ClientSettings {
        refresh_token_validity: i64,
        access_token_validity: i64,
        id_token_validity: i64,
        token_validity_units: TokenValidityUnits,
        read_attributes: Vec<String>,
        write_attributes: Vec<String>,
        explicit_auth_flows: Vec<AuthFlowSetting>,
        supported_identity_providers: Vec<String>,
        #[serde(rename = "CallbackURLs")]
        callback_urls: Vec<String>,
        #[serde(rename = "LogoutURLs")]
        logout_urls: Vec<String>,
        #[serde(rename = "DefaultRedirectURI")]
        default_redirect_uri: String,
        #[serde(rename = "AllowedOAuthFlows")]
        allowed_oauth_flows: Vec<OAuthFlow>,
        #[serde(rename = "AllowedOAuthScopes")]
        allowed_oauth_scopes: Vec<String>,
        #[serde(rename = "AllowedOAuthFlowsUserPoolClient")]
        allowed_oauth_flows_user_pool_client: bool,
        analytics_configuration: AnalyticsConfiguration,
        prevent_user_existence_errors: ExistenceErrors,
        enable_token_revocation: bool,
        enable_propagate_additional_user_context_data: bool,
        auth_session_validity: i64,
        refresh_token_rotation: RefreshTokenRotation,
    }
}

/// What operations of their own set for a client: UpdateUserPoolClient leaves it alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClientExtras {
    /// What SetUserPoolClientSessionConfiguration sets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sso_session: Option<SsoSession>,
    /// What SetRiskConfiguration sets for the client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk: Option<StoredRisk>,
}

impl ClientExtras {
    /// How long after a sign-in this client takes a browser's session without asking again.
    pub fn sso_minutes(&self) -> i64 {
        let set = self
            .sso_session
            .as_ref()
            .and_then(|s| s.max_validity_minutes);
        set.unwrap_or(super::sessions::DEFAULT_VALIDITY_MINUTES)
    }
}

impl TimeUnit {
    /// So many of this unit.
    pub const fn span(self, count: i64) -> Span {
        match self {
            Self::Seconds => Span::seconds(count),
            Self::Minutes => Span::minutes(count),
            Self::Hours => Span::hours(count),
            Self::Days => Span::days(count),
        }
    }
}

impl ClientSettings {
    /// Lifetime of an access token: an hour unless set.
    pub fn access_token_lifetime(&self) -> Span {
        let unit = self.unit(|units| units.access_token, TimeUnit::Hours);
        self.access_token_validity
            .map_or(Span::hours(1), |count| unit.span(count))
    }

    /// Lifetime of an ID token: an hour unless set.
    pub fn id_token_lifetime(&self) -> Span {
        let unit = self.unit(|units| units.id_token, TimeUnit::Hours);
        self.id_token_validity
            .map_or(Span::hours(1), |count| unit.span(count))
    }

    /// Lifetime of a refresh token: 30 days unless set to more than 0.
    pub fn refresh_token_lifetime(&self) -> Span {
        let count = self.refresh_token_validity.filter(|count| *count > 0);
        count.map_or(Span::days(30), |count| {
            self.refresh_token_unit().span(count)
        })
    }

    /// The unit of `RefreshTokenValidity`: days unless set.
    pub fn refresh_token_unit(&self) -> TimeUnit {
        self.unit(|units| units.refresh_token, TimeUnit::Days)
    }

    fn unit(
        &self,
        of: impl Fn(&TokenValidityUnits) -> Option<TimeUnit>,
        unset: TimeUnit,
    ) -> TimeUnit {
        let units = self.token_validity_units.as_ref();
        units.and_then(of).unwrap_or(unset)
    }

    /// Lifetime of a sign-in in progress: 3 minutes unless set.
    pub fn auth_session_lifetime(&self) -> Span {
        Span::minutes(self.auth_session_validity.unwrap_or(3))
    }

    /// Whether answers hide that a user does not exist; LEGACY unless set.
    pub fn hides_user_existence(&self) -> bool {
        self.prevent_user_existence_errors == Some(ExistenceErrors::Enabled)
    }

    /// Whether tokens can be revoked (and carry `jti`, `origin_jti`); yes unless set.
    pub fn token_revocation(&self) -> bool {
        self.enable_token_revocation.unwrap_or(true)
    }

    /// Whether a flow setting is listed.
    pub fn lists_flow(&self, flow: AuthFlowSetting) -> bool {
        self.explicit_auth_flows
            .as_deref()
            .unwrap_or_default()
            .contains(&flow)
    }

    /// Whether an OAuth grant counts: it is listed and OAuth is switched on.
    pub fn allows_oauth(&self, flow: OAuthFlow) -> bool {
        self.allowed_oauth_flows_user_pool_client.unwrap_or(false)
            && self
                .allowed_oauth_flows
                .as_deref()
                .unwrap_or_default()
                .contains(&flow)
    }

    /// How long a refresh token still works after another was given for it; not at all unless set.
    pub fn rotation_grace(&self) -> Span {
        let rotation = self.refresh_token_rotation.as_ref();
        let seconds = rotation.and_then(|r| r.retry_grace_period_seconds);
        Span::seconds(seconds.filter(|_| self.rotates()).unwrap_or(0))
    }

    /// Whether refresh tokens rotate.
    pub fn rotates(&self) -> bool {
        self.refresh_token_rotation
            .as_ref()
            .is_some_and(|r| r.feature == Some(Feature::Enabled))
    }
}
