//! The members that CreateUserPool and UpdateUserPool have in common.

/// Declares a request of its own members and the common ones, and reads the latter as settings.
macro_rules! pool_request {
    ($(#[$meta:meta])* pub struct Request { $($own:ident: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(serde::Deserialize)]
        #[serde(rename_all = "PascalCase")]
        pub struct Request {
            $($own: $type,)*
            policies: Option<$crate::settings::pool::Policies>,
            deletion_protection: Option<$crate::settings::pool::DeletionProtection>,
            lambda_config: Option<$crate::settings::pool::LambdaConfig>,
            auto_verified_attributes: Option<Vec<$crate::settings::pool::Contact>>,
            sms_verification_message: Option<String>,
            email_verification_message: Option<String>,
            email_verification_subject: Option<String>,
            verification_message_template:
                Option<$crate::settings::pool::VerificationMessageTemplate>,
            sms_authentication_message: Option<String>,
            user_attribute_update_settings:
                Option<$crate::settings::pool::UserAttributeUpdateSettings>,
            mfa_configuration: Option<$crate::settings::pool::Mfa>,
            device_configuration: Option<$crate::settings::pool::DeviceConfiguration>,
            email_configuration: Option<$crate::settings::pool::EmailConfiguration>,
            sms_configuration: Option<$crate::settings::pool::SmsConfiguration>,
            user_pool_tags: Option<std::collections::BTreeMap<String, String>>,
            admin_create_user_config: Option<$crate::settings::pool::AdminCreateUserConfig>,
            user_pool_add_ons: Option<$crate::settings::pool::UserPoolAddOns>,
            dcr_configuration: Option<$crate::settings::pool::DcrConfiguration>,
            account_recovery_setting: Option<$crate::settings::pool::AccountRecoverySetting>,
            user_pool_tier: Option<$crate::settings::pool::Tier>,
            key_configuration: Option<$crate::settings::pool::KeyConfiguration>,
            issuer_configuration: Option<$crate::settings::pool::IssuerConfiguration>,
            acr_configuration:
                Option<std::collections::BTreeMap<String, $crate::settings::pool::AcrLevel>>,
        }

        impl Request {
            /// The common members; those that only CreateUserPool has are left unset.
            fn settings(&mut self) -> $crate::settings::pool::PoolSettings {
                $crate::settings::pool::PoolSettings {
                    policies: self.policies.take(),
                    deletion_protection: self.deletion_protection.take(),
                    lambda_config: self.lambda_config.take(),
                    auto_verified_attributes: self.auto_verified_attributes.take(),
                    alias_attributes: None,
                    username_attributes: None,
                    sms_verification_message: self.sms_verification_message.take(),
                    email_verification_message: self.email_verification_message.take(),
                    email_verification_subject: self.email_verification_subject.take(),
                    verification_message_template: self.verification_message_template.take(),
                    sms_authentication_message: self.sms_authentication_message.take(),
                    user_attribute_update_settings: self.user_attribute_update_settings.take(),
                    mfa_configuration: self.mfa_configuration.take(),
                    device_configuration: self.device_configuration.take(),
                    email_configuration: self.email_configuration.take(),
                    sms_configuration: self.sms_configuration.take(),
                    admin_create_user_config: self.admin_create_user_config.take(),
                    user_pool_add_ons: self.user_pool_add_ons.take(),
                    dcr_configuration: self.dcr_configuration.take(),
                    username_configuration: None,
                    account_recovery_setting: self.account_recovery_setting.take(),
                    user_pool_tier: self.user_pool_tier.take(),
                    key_configuration: self.key_configuration.take(),
                    issuer_configuration: self.issuer_configuration.take(),
                    acr_configuration: self.acr_configuration.take(),
                }
            }
        }
    };
}

pub(super) use pool_request;
