//! A user pool's settings (CreateUserPool, UpdateUserPool, SetUserPoolMfaConfig).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::risk::StoredRisk;
use super::sessions::PoolSessions;
use crate::{names, shape};

names! {
    /// A contact that can be verified, be a login or carry a code.
    pub enum Contact { PhoneNumber = "phone_number", Email = "email" }

    /// An attribute that can stand in for the user name.
    pub enum Alias {
        PhoneNumber = "phone_number", Email = "email", PreferredUsername = "preferred_username",
    }

    /// Whether multi-factor authentication is required.
    pub enum Mfa { Off = "OFF", On = "ON", Optional = "OPTIONAL" }

    /// What a user may begin a choice-based sign-in with.
    pub enum FirstFactor {
        Password = "PASSWORD", EmailOtp = "EMAIL_OTP", SmsOtp = "SMS_OTP",
        WebAuthn = "WEB_AUTHN", SoftwareToken = "SOFTWARE_TOKEN",
    }

    /// The type of an attribute's value.
    pub enum DataType { String = "String", Number = "Number", DateTime = "DateTime", Boolean = "Boolean" }

    /// ACTIVE refuses DeleteUserPool.
    pub enum DeletionProtection { Active = "ACTIVE", Inactive = "INACTIVE" }

    /// A way back into an account.
    pub enum Recovery {
        VerifiedEmail = "verified_email", VerifiedPhoneNumber = "verified_phone_number",
        AdminOnly = "admin_only",
    }

    /// The feature plan.
    pub enum Tier { Lite = "LITE", Essentials = "ESSENTIALS", Plus = "PLUS" }

    /// Which of AWS's two names an issuer has.
    pub enum IssuerType { Original = "ORIGINAL", Updated = "UPDATED" }

    /// Whether passkeys must recognise their person.
    pub enum UserVerification { Required = "required", Preferred = "preferred" }

    /// What a passkey proves.
    pub enum FactorConfiguration {
        SingleFactor = "SINGLE_FACTOR",
        MultiFactor = "MULTI_FACTOR_WITH_USER_VERIFICATION",
    }

    /// How a sign-up e-mail lets the user confirm.
    pub enum EmailOption { Link = "CONFIRM_WITH_LINK", Code = "CONFIRM_WITH_CODE" }
}

shape! {
    /// `Policies`.
    pub struct Policies {
        password_policy: PasswordPolicy,
        sign_in_policy: SignInPolicy,
    }

    /// `Policies.PasswordPolicy`.
    pub struct PasswordPolicy {
        minimum_length: i64,
        require_uppercase: bool,
        require_lowercase: bool,
        require_numbers: bool,
        require_symbols: bool,
        password_history_size: i64,
        temporary_password_validity_days: i64,
    }

    /// `Policies.SignInPolicy`.
    pub struct SignInPolicy {
        allowed_first_auth_factors: Vec<FirstFactor>,
    }

    /// `LambdaConfig`: ARNs are kept verbatim.
    pub struct LambdaConfig {
        pre_sign_up: String,
        custom_message: String,
        post_confirmation: String,
        pre_authentication: String,
        post_authentication: String,
        define_auth_challenge: String,
        create_auth_challenge: String,
        verify_auth_challenge_response: String,
        pre_token_generation: String,
        user_migration: String,
        pre_token_generation_config: VersionedLambda,
        #[serde(rename = "CustomSMSSender")]
        custom_sms_sender: VersionedLambda,
        custom_email_sender: VersionedLambda,
        #[serde(rename = "KMSKeyID")]
        kms_key_id: String,
        inbound_federation: VersionedLambda,
    }

    /// A trigger with the version of its event.
    pub struct VersionedLambda {
        lambda_version: String,
        lambda_arn: String,
    }

    /// `VerificationMessageTemplate`.
    pub struct VerificationMessageTemplate {
        sms_message: String,
        email_message: String,
        email_subject: String,
        email_message_by_link: String,
        email_subject_by_link: String,
        default_email_option: EmailOption,
    }

    /// `UserAttributeUpdateSettings`.
    pub struct UserAttributeUpdateSettings {
        attributes_require_verification_before_update: Vec<Contact>,
    }

    /// `DeviceConfiguration`; its presence alone turns device tracking on.
    pub struct DeviceConfiguration {
        challenge_required_on_new_device: bool,
        device_only_remembered_on_user_prompt: bool,
    }

    /// `EmailConfiguration`.
    pub struct EmailConfiguration {
        source_arn: String,
        reply_to_email_address: String,
        email_sending_account: String,
        from: String,
        configuration_set: String,
    }

    /// `SmsConfiguration`.
    pub struct SmsConfiguration {
        sns_caller_arn: String,
        external_id: String,
        sns_region: String,
        eums_sms: EumsSms,
    }

    /// `SmsConfiguration.EumsSms`.
    pub struct EumsSms {
        caller_arn: String,
        external_id: String,
        origination_identity: String,
        configuration_set_name: String,
        in_entity_id: String,
        in_template_id: String,
        region: String,
    }

    /// `AdminCreateUserConfig`.
    pub struct AdminCreateUserConfig {
        allow_admin_create_user_only: bool,
        unused_account_validity_days: i64,
        invite_message_template: InviteMessageTemplate,
    }

    /// `AdminCreateUserConfig.InviteMessageTemplate`.
    pub struct InviteMessageTemplate {
        #[serde(rename = "SMSMessage")]
        sms_message: String,
        email_message: String,
        email_subject: String,
    }

    /// One entry of `Schema`.
    pub struct SchemaAttribute {
        name: String,
        attribute_data_type: DataType,
        developer_only_attribute: bool,
        mutable: bool,
        required: bool,
        number_attribute_constraints: NumberConstraints,
        string_attribute_constraints: StringConstraints,
    }

    /// Bounds of a number; AWS writes them as strings.
    pub struct NumberConstraints {
        min_value: String,
        max_value: String,
    }

    /// Bounds of a text's length; AWS writes them as strings.
    pub struct StringConstraints {
        min_length: String,
        max_length: String,
    }

    /// `UserPoolAddOns`.
    pub struct UserPoolAddOns {
        advanced_security_mode: String,
        advanced_security_additional_flows: AdditionalFlows,
    }

    /// `UserPoolAddOns.AdvancedSecurityAdditionalFlows`.
    pub struct AdditionalFlows {
        custom_auth_mode: String,
    }

    /// `DcrConfiguration`: dynamic client registration (`domain::oauth::registration`).
    pub struct DcrConfiguration {
        enable_status: String,
        open_dcr_enabled: bool,
        authenticated_grant_types: Vec<String>,
        open_dcr_grant_types: Vec<String>,
        allowed_scopes: Vec<String>,
    }

    /// `UsernameConfiguration`.
    pub struct UsernameConfiguration {
        case_sensitive: bool,
    }

    /// `AccountRecoverySetting`.
    pub struct AccountRecoverySetting {
        recovery_mechanisms: Vec<RecoveryOption>,
    }

    /// One entry of `AccountRecoverySetting.RecoveryMechanisms`.
    pub struct RecoveryOption {
        priority: i64,
        name: Recovery,
    }

    /// `KeyConfiguration`.
    pub struct KeyConfiguration {
        key_type: String,
        kms_key_arn: String,
    }

    /// `IssuerConfiguration`.
    pub struct IssuerConfiguration {
        #[serde(rename = "Type")]
        kind: IssuerType,
    }

    /// One level of `AcrConfiguration`.
    pub struct AcrLevel {
        acr_value: String,
    }

    /// `SmsMfaConfiguration`.
    pub struct SmsMfa {
        sms_authentication_message: String,
        sms_configuration: SmsConfiguration,
    }

    /// `SoftwareTokenMfaConfiguration`.
    pub struct SoftwareTokenMfa {
        enabled: bool,
    }

    /// `EmailMfaConfiguration`.
    pub struct EmailMfa {
        message: String,
        subject: String,
    }

    /// `WebAuthnConfiguration`.
    pub struct WebAuthn {
        relying_party_id: String,
        user_verification: UserVerification,
        factor_configuration: FactorConfiguration,
    }

    /// What SetUserPoolMfaConfig sets beside `MfaConfiguration` itself.
    pub struct MfaSettings {
        sms_mfa_configuration: SmsMfa,
        software_token_mfa_configuration: SoftwareTokenMfa,
        email_mfa_configuration: EmailMfa,
        web_authn_configuration: WebAuthn,
    }

    /// Everything CreateUserPool and UpdateUserPool set, except name, schema and tags.
    pub struct PoolSettings {
        policies: Policies,
        deletion_protection: DeletionProtection,
        lambda_config: LambdaConfig,
        auto_verified_attributes: Vec<Contact>,
        alias_attributes: Vec<Alias>,
        username_attributes: Vec<Contact>,
        sms_verification_message: String,
        email_verification_message: String,
        email_verification_subject: String,
        verification_message_template: VerificationMessageTemplate,
        sms_authentication_message: String,
        user_attribute_update_settings: UserAttributeUpdateSettings,
        mfa_configuration: Mfa,
        device_configuration: DeviceConfiguration,
        email_configuration: EmailConfiguration,
        sms_configuration: SmsConfiguration,
        admin_create_user_config: AdminCreateUserConfig,
        user_pool_add_ons: UserPoolAddOns,
        dcr_configuration: DcrConfiguration,
        username_configuration: UsernameConfiguration,
        account_recovery_setting: AccountRecoverySetting,
        user_pool_tier: Tier,
        key_configuration: KeyConfiguration,
        issuer_configuration: IssuerConfiguration,
        acr_configuration: BTreeMap<String, AcrLevel>,
    }
}

/// The JSON document of a pool's row.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PoolDocument {
    /// What Create and Update set.
    pub settings: PoolSettings,
    /// The 20 standard attributes in AWS's order, then the custom ones with their prefix.
    pub schema: Vec<SchemaAttribute>,
    /// What SetUserPoolMfaConfig sets.
    #[serde(default)]
    pub mfa: MfaSettings,
    /// Tags.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// What SetUserPoolSessionConfiguration sets.
    #[serde(default)]
    pub sessions: PoolSessions,
    /// What SetRiskConfiguration sets for the pool.
    #[serde(default)]
    pub risk: Option<StoredRisk>,
}

impl PoolSettings {
    /// Whether `admin` and `Admin` are two users. Unset means yes (api.md 3.1).
    pub fn case_sensitive(&self) -> bool {
        self.username_configuration
            .as_ref()
            .and_then(|c| c.case_sensitive)
            .unwrap_or(true)
    }

    /// Whether users sign in with an e-mail or phone number that is not a user name
    /// (`UsernameAttributes`).
    pub fn username_attributes(&self) -> &[Contact] {
        self.username_attributes.as_deref().unwrap_or_default()
    }

    /// `AliasAttributes`.
    pub fn alias_attributes(&self) -> &[Alias] {
        self.alias_attributes.as_deref().unwrap_or_default()
    }

    /// `AutoVerifiedAttributes`.
    pub fn auto_verified(&self, contact: Contact) -> bool {
        self.auto_verified_attributes
            .as_deref()
            .unwrap_or_default()
            .contains(&contact)
    }

    /// The password policy in force. A pool made without one gets the strict default; in one that
    /// was given, what it does not require is not required (api.md 3.1).
    pub fn password_policy(&self) -> PasswordPolicy {
        let given = self
            .policies
            .as_ref()
            .and_then(|p| p.password_policy.clone());
        let strict = given.is_none();
        let given = given.unwrap_or_default();
        PasswordPolicy {
            minimum_length: given.minimum_length.or(Some(8)),
            require_uppercase: given.require_uppercase.or(Some(strict)),
            require_lowercase: given.require_lowercase.or(Some(strict)),
            require_numbers: given.require_numbers.or(Some(strict)),
            require_symbols: given.require_symbols.or(Some(strict)),
            password_history_size: given.password_history_size,
            temporary_password_validity_days: Some(self.temporary_password_days()),
        }
    }

    /// What a choice-based sign-in may begin with; nothing in the Lite plan.
    pub fn first_factors(&self) -> Vec<FirstFactor> {
        let given = self.policies.as_ref().and_then(|p| {
            p.sign_in_policy
                .as_ref()?
                .allowed_first_auth_factors
                .clone()
        });
        match given {
            Some(factors) => factors,
            None if self.tier() == Tier::Lite => Vec::new(),
            None => vec![FirstFactor::Password],
        }
    }

    /// The feature plan, Essentials unless set.
    pub fn tier(&self) -> Tier {
        self.user_pool_tier.unwrap_or(Tier::Essentials)
    }

    /// `MfaConfiguration`, OFF unless set.
    pub fn mfa(&self) -> Mfa {
        self.mfa_configuration.unwrap_or(Mfa::Off)
    }

    /// Whether only administrators make accounts.
    pub fn admin_creates_users_only(&self) -> bool {
        self.admin_create_user_config
            .as_ref()
            .and_then(|c| c.allow_admin_create_user_only)
            .unwrap_or(false)
    }

    /// How long a temporary password works, in days: `TemporaryPasswordValidityDays`, else the
    /// legacy `UnusedAccountValidityDays`, else 7. Zero is the same as absent.
    pub fn temporary_password_days(&self) -> i64 {
        let policy = self
            .policies
            .as_ref()
            .and_then(|p| p.password_policy.as_ref()?.temporary_password_validity_days);
        let legacy = self
            .admin_create_user_config
            .as_ref()
            .and_then(|c| c.unused_account_validity_days);
        let set = |days: &i64| *days > 0;
        policy.filter(set).or(legacy.filter(set)).unwrap_or(7)
    }
}
