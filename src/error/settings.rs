//! Texts about the settings of pools, clients, domains, resource servers and groups.
//!
//! Where AWS's own text is not known the text is ours (docs/differences.md).

use super::{Code, Error};

texts! {
    alias_and_username_attributes => InvalidParameter "Only one of the aliasAttributes or usernameAttributes can be set in a user pool.";
    temporary_password_days_twice => InvalidParameter "Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays";
    first_factor_password => InvalidParameter "AllowedFirstAuthFactors must contain PASSWORD.";
    first_factor_software_token => InvalidParameter "SOFTWARE_TOKEN is not supported in AllowedFirstAuthFactors.";
    pre_token_generation_twice => InvalidParameter "PreTokenGeneration and PreTokenGenerationConfig.LambdaArn must be the same.";
    custom_sender_key => InvalidParameter "A custom sender trigger requires KMSKeyID.";
    kms_key_id => InvalidParameter "KMSKeyID must be the ARN of a KMS key or alias.";
    developer_email_source => InvalidParameter "EmailSendingAccount DEVELOPER requires SourceArn.";
    sms_configuration_one_way => InvalidParameter "SmsConfiguration must have either SnsCallerArn or EumsSms.";
    eums_region => InvalidParameter "EumsSms.Region must be the region of the user pool.";
    sms_configuration_required => InvalidParameter "SMS configuration and Auto verification for phone_number are required when MFA is required/optional";
    auto_verified_phone => InvalidParameter "SMS configuration is required when phone_number is selected for auto verification";
    verification_before_update => InvalidParameter "All attributes in AttributesRequireVerificationBeforeUpdate must exist in AutoVerifiedAttributes";
    recovery_admin_only => InvalidParameter "admin_only must be the only recovery mechanism.";
    recovery_twice => InvalidParameter "Recovery mechanisms must differ in name and priority.";
    acr_twice => InvalidParameter "ACR names must be unique across all levels, default names included.";
    kms_key => InvalidParameter "KmsKeyArn is required with CUSTOMER_MANAGED_KEY, and only there.";
    custom_id => InvalidParameter "The _custom_id_ tag must be a user pool id.";
    custom_id_taken => InvalidParameter "A user pool with this _custom_id_ already exists.";
    too_many_custom_attributes => InvalidParameter "A user pool can have at most 50 custom attributes.";
    resource_arn => InvalidParameter "ResourceArn must be the ARN of a user pool.";
    resource_tags_over_limit => InvalidParameter "A user pool can have at most 50 tags.";
    resource_tag_reserved => InvalidParameter "Tag keys cannot begin with aws:.";
    data_type => InvalidParameter "Invalid AttributeDataType input, consider using the provided AttributeDataType enum.";
    required_custom_attribute => InvalidParameter "Required custom attributes are not supported currently.";
    schema_name => InvalidParameter "A schema attribute requires Name.";
    mfa_factor_required => InvalidParameter "Invalid MFA configuration given, can't disable all MFAs with a required or optional configuration.";
    mfa_off_with_factors => InvalidParameter "Invalid MFA configuration given, can't turn off MFA and configure an MFA together.";
    mfa_sms_configuration => InvalidParameter "[SmsConfiguration] is a required member of [SoftwareTokenMfaConfiguration].";
    relying_party => InvalidParameter "RelyingPartyId must be a domain name.";
    token_validity_range => InvalidParameter "Invalid range for token validity.";
    refresh_validity_short => InvalidParameter "RefreshTokenValidity must not be shorter than AccessTokenValidity and IdTokenValidity.";
    mixed_auth_flows => InvalidParameter "ExplicitAuthFlows cannot mix legacy values with values that start with ALLOW_.";
    rotation_and_refresh_flow => InvalidParameter "ALLOW_REFRESH_TOKEN_AUTH cannot be used with refresh token rotation.";
    secret_twice => InvalidParameter "GenerateSecret and ClientSecret cannot be used together.";
    client_without_secret => InvalidParameter "The app client does not have a client secret.";
    client_secret_known => InvalidParameter "The app client has this client secret already.";
    last_client_secret => InvalidParameter "The last client secret of an app client cannot be deleted.";
    user_context_secret => InvalidParameter "EnablePropagateAdditionalUserContextData requires a client secret.";
    default_redirect => InvalidParameter "DefaultRedirectURI must be one of CallbackURLs.";
    client_custom_id => InvalidParameter "The name after _custom_id_: must be a client id.";
    registered_registrar => InvalidOAuthFlow "The scope aws.cognito/dcr/register is not for app clients that were registered dynamically.";
    registrar_in_browser => InvalidOAuthFlow "The scope aws.cognito/dcr/register is only for the client_credentials flow.";
    registered_client_secrets => InvalidParameter "Client secret operations are not available for app clients that were registered dynamically.";
    resource_server_reserved => InvalidParameter "The identifier of a resource server cannot begin with aws.cognito.";
    client_token_alone => InvalidParameter "ALLOW_CLIENT_TOKEN_AUTH can not be selected along with other authentication flows.";
    client_token_secret => InvalidParameter "ALLOW_CLIENT_TOKEN_AUTH can not be selected if client does not have a client secret.";
    client_id_taken => InvalidParameter "A client with this id already exists.";
    oauth_incomplete => InvalidOAuthFlow "AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows.";
    client_credentials_alone => InvalidOAuthFlow "client_credentials flow can not be selected along with code flow or implicit flow.";
    client_credentials_secret => InvalidOAuthFlow "client_credentials flow can not be selected if client does not have a client secret.";
    callback_urls_required => InvalidOAuthFlow "CallbackURLs can not be empty when code flow or implicit flow is selected.";
    domain_exists => InvalidParameter "User pool already has a domain configured.";
    link_without_domain => InvalidParameter "User pool must have a domain to confirm accounts by link.";
    custom_domain_name => InvalidParameter "A custom domain must be a full domain name, such as auth.example.com.";
    domain_not_found => InvalidParameter "No such domain or user pool exists.";
    managed_login_version => InvalidParameter "ManagedLoginVersion must be 1 or 2.";
    prefix_domain_certificate => InvalidParameter "CustomDomainConfig is for custom domains only.";
    scope_twice => InvalidParameter "The scopes of a resource server must have different names.";
    too_many_groups => InvalidParameter "A user can be in at most 100 groups.";
    notify_configuration_required => InvalidParameter "NotifyConfiguration is required where Notify is true.";
    lower_tier => TierChangeNotAllowed "The user pool has features that the requested tier does not include.";
    tags_over_limit => UserPoolTagging "A user pool can have at most 50 tags.";
    tag_reserved => UserPoolTagging "Tag keys cannot begin with aws:.";
}

impl Error {
    /// `{feature} is not available in the {tier} tier.`
    pub fn feature_unavailable(feature: &str, tier: &str) -> Self {
        Self::new(
            Code::FeatureUnavailableInTier,
            format!("{feature} is not available in the {tier} tier."),
        )
    }

    /// A quota of the service: `{what} limit exceeded.`
    pub fn limit_exceeded(what: &str) -> Self {
        Self::new(Code::LimitExceeded, format!("{what} limit exceeded."))
    }

    /// `Invalid IP range: {range}`.
    pub fn ip_range(range: &str) -> Self {
        Self::invalid_parameter(format!("Invalid IP range: {range}"))
    }

    /// `Client secret {id} does not exist.`
    pub fn client_secret_not_found(id: &str) -> Self {
        Self::new(
            Code::ResourceNotFound,
            format!("Client secret {id} does not exist."),
        )
    }

    /// `Resource {arn} does not exist.`
    pub fn resource_not_found(arn: &str) -> Self {
        Self::new(
            Code::ResourceNotFound,
            format!("Resource {arn} does not exist."),
        )
    }

    /// A standard attribute's entry in `Schema` changes what cannot change.
    pub fn standard_attribute(name: &str) -> Self {
        Self::invalid_parameter(format!(
            "You can not change AttributeDataType or set developerOnlyAttribute for standard schema attribute {name}"
        ))
    }

    /// `Invalid {kind}AttributeConstraints for schema attribute {name}`.
    pub fn attribute_constraints(kind: &str, name: &str) -> Self {
        Self::invalid_parameter(format!(
            "Invalid {kind}AttributeConstraints for schema attribute {name}"
        ))
    }

    /// `user.{name}: String attributes cannot have a length of more than 2048`.
    pub fn attribute_too_long(name: &str) -> Self {
        Self::invalid_parameter(format!(
            "user.{name}: String attributes cannot have a length of more than 2048"
        ))
    }

    /// `user.{name}: Max {what} cannot be less than min {what}.`
    pub fn attribute_bounds(name: &str, what: &str) -> Self {
        Self::invalid_parameter(format!(
            "user.{name}: Max {what} cannot be less than min {what}."
        ))
    }

    /// `{name}: Existing attribute already has name {name}.`
    pub fn attribute_exists(name: &str) -> Self {
        Self::invalid_parameter(format!(
            "{name}: Existing attribute already has name {name}."
        ))
    }

    /// `Invalid {access} attributes specified while {verb} a client`.
    pub fn client_attributes(access: &str, verb: &str) -> Self {
        Self::invalid_parameter(format!(
            "Invalid {access} attributes specified while {verb} a client"
        ))
    }

    /// `The provider {name} does not exist for User Pool {pool}.`
    pub fn provider_not_found(name: &str, pool: &str) -> Self {
        Self::invalid_parameter(format!(
            "The provider {name} does not exist for User Pool {pool}."
        ))
    }

    /// `{url} cannot use the HTTP protocol.`
    pub fn url_over_http(url: &str) -> Self {
        Self::invalid_parameter(format!("{url} cannot use the HTTP protocol."))
    }

    /// `{url} is not a valid {kind} URL.`
    pub fn url_invalid(url: &str, kind: &str) -> Self {
        Self::invalid_parameter(format!("{url} is not a valid {kind} URL."))
    }

    /// `Invalid scope requested: {scope}`.
    pub fn scope_does_not_exist(scope: &str) -> Self {
        Self::new(
            Code::ScopeDoesNotExist,
            format!("Invalid scope requested: {scope}"),
        )
    }

    /// `{scope} is not supported with client_credentials flow`.
    pub fn scope_of_persons(scope: &str) -> Self {
        Self::new(
            Code::InvalidOAuthFlow,
            format!("{scope} is not supported with client_credentials flow"),
        )
    }

    /// A prefix domain that does not have the form that the model gives it.
    pub fn domain_pattern(domain: &str) -> Self {
        Self::invalid_parameter(format!(
            "1 validation error detected: Value '{domain}' at 'domain' failed to satisfy constraint: \
             Member must satisfy regular expression pattern: ^[a-z0-9](?:[a-z0-9\\-]{{0,61}}[a-z0-9])?$"
        ))
    }

    /// `Domain cannot contain reserved word: {word}`.
    pub fn domain_reserved(word: &str) -> Self {
        Self::invalid_parameter(format!("Domain cannot contain reserved word: {word}"))
    }

    /// `{identifier} already exists in user pool {pool}.`
    pub fn resource_server_exists(identifier: &str, pool: &str) -> Self {
        Self::invalid_parameter(format!("{identifier} already exists in user pool {pool}."))
    }
}
