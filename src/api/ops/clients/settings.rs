//! The members that CreateUserPoolClient and UpdateUserPoolClient have in common.

/// Declares a request of its own members and the common ones, and reads the latter as settings.
macro_rules! client_request {
    (pub struct Request { $($own:ident: $type:ty,)* }) => {
        #[derive(serde::Deserialize)]
        #[serde(rename_all = "PascalCase")]
        pub struct Request {
            $($own: $type,)*
            refresh_token_validity: Option<i64>,
            access_token_validity: Option<i64>,
            id_token_validity: Option<i64>,
            token_validity_units: Option<$crate::settings::client::TokenValidityUnits>,
            read_attributes: Option<Vec<String>>,
            write_attributes: Option<Vec<String>>,
            explicit_auth_flows: Option<Vec<$crate::settings::client::AuthFlowSetting>>,
            supported_identity_providers: Option<Vec<String>>,
            #[serde(rename = "CallbackURLs")]
            callback_urls: Option<Vec<String>>,
            #[serde(rename = "LogoutURLs")]
            logout_urls: Option<Vec<String>>,
            #[serde(rename = "DefaultRedirectURI")]
            default_redirect_uri: Option<String>,
            #[serde(rename = "AllowedOAuthFlows")]
            allowed_oauth_flows: Option<Vec<$crate::settings::client::OAuthFlow>>,
            #[serde(rename = "AllowedOAuthScopes")]
            allowed_oauth_scopes: Option<Vec<String>>,
            #[serde(rename = "AllowedOAuthFlowsUserPoolClient")]
            allowed_oauth_flows_user_pool_client: Option<bool>,
            analytics_configuration: Option<$crate::settings::client::AnalyticsConfiguration>,
            prevent_user_existence_errors: Option<$crate::settings::client::ExistenceErrors>,
            enable_token_revocation: Option<bool>,
            enable_propagate_additional_user_context_data: Option<bool>,
            auth_session_validity: Option<i64>,
            refresh_token_rotation: Option<$crate::settings::client::RefreshTokenRotation>,
        }

        impl Request {
            /// The common members.
            fn settings(&mut self) -> $crate::settings::client::ClientSettings {
                $crate::settings::client::ClientSettings {
                    refresh_token_validity: self.refresh_token_validity.take(),
                    access_token_validity: self.access_token_validity.take(),
                    id_token_validity: self.id_token_validity.take(),
                    token_validity_units: self.token_validity_units.take(),
                    read_attributes: self.read_attributes.take(),
                    write_attributes: self.write_attributes.take(),
                    explicit_auth_flows: self.explicit_auth_flows.take(),
                    supported_identity_providers: self.supported_identity_providers.take(),
                    callback_urls: self.callback_urls.take(),
                    logout_urls: self.logout_urls.take(),
                    default_redirect_uri: self.default_redirect_uri.take(),
                    allowed_oauth_flows: self.allowed_oauth_flows.take(),
                    allowed_oauth_scopes: self.allowed_oauth_scopes.take(),
                    allowed_oauth_flows_user_pool_client: self
                        .allowed_oauth_flows_user_pool_client
                        .take(),
                    analytics_configuration: self.analytics_configuration.take(),
                    prevent_user_existence_errors: self.prevent_user_existence_errors.take(),
                    enable_token_revocation: self.enable_token_revocation.take(),
                    enable_propagate_additional_user_context_data: self
                        .enable_propagate_additional_user_context_data
                        .take(),
                    auth_session_validity: self.auth_session_validity.take(),
                    refresh_token_rotation: self.refresh_token_rotation.take(),
                }
            }
        }
    };
}

pub(super) use client_request;
