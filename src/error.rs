//! The error catalogue: every exception name and every message text, once.
//!
//! The texts are contract: clients match on them. Source: api.md section 5 of the project's
//! reference, collected from the Cognito documentation and from recorded answers.

use std::borrow::Cow;
use std::fmt;

/// What a fallible function of this crate gives back.
pub type Result<T, E = Error> = std::result::Result<T, E>;

macro_rules! codes {
    ($($name:ident => $wire:literal),+ $(,)?) => {
        /// The exception names of the Cognito model and those of KMS that we give, plus the generic ones of the AWS front end.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code { $(#[doc = $wire] $name),+ }

        impl Code {
            /// The name on the wire (`__type`).
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $wire),+ }
            }
        }
    };
}

codes! {
    AccessDenied => "AccessDeniedException",
    AliasExists => "AliasExistsException",
    CodeDeliveryFailure => "CodeDeliveryFailureException",
    InvalidEmailRoleAccessPolicy => "InvalidEmailRoleAccessPolicyException",
    InvalidSmsRoleAccessPolicy => "InvalidSmsRoleAccessPolicyException",
    CodeMismatch => "CodeMismatchException",
    ConcurrentModification => "ConcurrentModificationException",
    DeviceKeyExists => "DeviceKeyExistsException",
    DryRunOperation => "DryRunOperationException",
    EnableSoftwareTokenMfa => "EnableSoftwareTokenMFAException",
    ExpiredCode => "ExpiredCodeException",
    FeatureUnavailableInTier => "FeatureUnavailableInTierException",
    Forbidden => "ForbiddenException",
    GroupExists => "GroupExistsException",
    IncorrectKey => "IncorrectKeyException",
    Internal => "InternalErrorException",
    InternalServer => "InternalServerException",
    InvalidCiphertext => "InvalidCiphertextException",
    InvalidGrantToken => "InvalidGrantTokenException",
    InvalidKeyUsage => "InvalidKeyUsageException",
    InvalidLambdaResponse => "InvalidLambdaResponseException",
    InvalidOAuthFlow => "InvalidOAuthFlowException",
    InvalidParameter => "InvalidParameterException",
    InvalidPassword => "InvalidPasswordException",
    InvalidUserPoolConfiguration => "InvalidUserPoolConfigurationException",
    KmsInternal => "KMSInternalException",
    LimitExceeded => "LimitExceededException",
    ManagedLoginBrandingExists => "ManagedLoginBrandingExistsException",
    MfaMethodNotFound => "MFAMethodNotFoundException",
    MissingAuthenticationToken => "MissingAuthenticationTokenException",
    NotAuthorized => "NotAuthorizedException",
    NotFound => "NotFoundException",
    NotImplemented => "NotImplementedException",
    OperationNotEnabled => "OperationNotEnabledException",
    PasswordHistoryPolicyViolation => "PasswordHistoryPolicyViolationException",
    PasswordResetRequired => "PasswordResetRequiredException",
    RefreshTokenReuse => "RefreshTokenReuseException",
    ResourceNotFound => "ResourceNotFoundException",
    ScopeDoesNotExist => "ScopeDoesNotExistException",
    Serialization => "SerializationException",
    SoftwareTokenMfaNotFound => "SoftwareTokenMFANotFoundException",
    TermsExists => "TermsExistsException",
    TierChangeNotAllowed => "TierChangeNotAllowedException",
    TooManyFailedAttempts => "TooManyFailedAttemptsException",
    TooManyRequests => "TooManyRequestsException",
    Unauthorized => "UnauthorizedException",
    UnexpectedLambda => "UnexpectedLambdaException",
    UnknownOperation => "UnknownOperationException",
    UnsupportedOperation => "UnsupportedOperationException",
    UnsupportedTokenType => "UnsupportedTokenTypeException",
    UnsupportedUserState => "UnsupportedUserStateException",
    UserImportInProgress => "UserImportInProgressException",
    UserLambdaValidation => "UserLambdaValidationException",
    UserNotConfirmed => "UserNotConfirmedException",
    UserNotFound => "UserNotFoundException",
    UserPoolAddOnNotEnabled => "UserPoolAddOnNotEnabledException",
    UserPoolTagging => "UserPoolTaggingException",
    UsernameExists => "UsernameExistsException",
    Validation => "ValidationException",
    WebAuthnChallengeNotFound => "WebAuthnChallengeNotFoundException",
    WebAuthnClientMismatch => "WebAuthnClientMismatchException",
    WebAuthnConfigurationMissing => "WebAuthnConfigurationMissingException",
    WebAuthnCredentialNotSupported => "WebAuthnCredentialNotSupportedException",
    WebAuthnNotEnabled => "WebAuthnNotEnabledException",
    WebAuthnOriginNotAllowed => "WebAuthnOriginNotAllowedException",
    WebAuthnRelyingPartyMismatch => "WebAuthnRelyingPartyMismatchException",
}

impl Code {
    /// HTTP status of the API answer: 400 for every modelled client error, 500 for ours, 501 for
    /// what is not built (api.md 1.2).
    pub const fn status(self) -> u16 {
        match self {
            Self::Internal | Self::InternalServer | Self::KmsInternal => 500,
            Self::NotImplemented => 501,
            _ => 400,
        }
    }
}

/// Why a request was refused, for logs and audit only; the public answer may hide it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// No such user; the public answer may say "incorrect username or password".
    UnknownUser,
    /// The user exists but may not sign in.
    UserDisabled,
    /// The user never confirmed the account.
    UserNotConfirmed,
    /// The password (or its SRP proof) was wrong.
    WrongPassword,
    /// The proof of a device's secret was wrong.
    WrongDevice,
    /// The device is not the user's, or is not remembered any more.
    UnknownDevice,
    /// The user has no password.
    NoPassword,
    /// The user has a password hash but no SRP verifier.
    NoVerifier,
    /// Too many failures; still locked.
    LockedOut,
    /// An answer that no passkey of the user gave to this challenge, here.
    WrongPasskey,
    /// A passkey whose counter did not rise: a copy of it is in use.
    CopiedPasskey,
    /// A code that is not the one that was sent.
    WrongCode,
    /// A code that was never sent, has expired, was used, or was replaced by another.
    NoCode,
    /// Too many tries of one act in an hour.
    TooManyTries,
    /// The temporary password is past its date.
    TemporaryPasswordExpired,
    /// The secret hash or client secret was missing or wrong.
    BadClientSecret,
    /// The sealed session does not open, or is for another pool, client, user or step.
    ForeignSession,
    /// The sealed session or proof is too old.
    ExpiredSession,
    /// The sealed session or proof was already used.
    ReusedSession,
    /// The user's tokens and sign-ins in progress were ended after this attempt began.
    SignedOut,
    /// A token that does not parse, verify or belong here.
    BadToken,
    /// A revoked token.
    RevokedToken,
    /// An expired token.
    ExpiredToken,
    /// The database let another transaction go first; the same request may succeed when repeated.
    Conflict,
    /// A refresh token for which another was given before.
    ReusedToken,
    /// A Lambda trigger refused, or could not be asked.
    Trigger,
    /// A stored setting asks for behaviour that is not built.
    NotBuilt,
    /// Threat protection: the address, the risk, or a compromised password.
    Risk,
    /// The sign-in behind a change of the account is too long ago.
    StaleSignIn,
}

/// An error with its public face (`code`, `message`) and what only operators may see.
pub struct Error {
    /// The exception name.
    pub code: Code,
    /// The public text.
    pub message: Cow<'static, str>,
    /// The real reason where the public answer hides it.
    pub reason: Option<Reason>,
    source: Option<anyhow::Error>,
}

impl Error {
    /// An error of any kind; prefer the named constructors, which own the texts.
    pub fn new(code: Code, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            message: message.into(),
            reason: None,
            source: None,
        }
    }

    /// Adds the reason that logs and audit shall see.
    #[must_use]
    pub fn because(mut self, reason: Reason) -> Self {
        self.reason = Some(reason);
        self
    }

    /// Something that is our fault; the cause is logged once and never shown.
    pub fn internal(source: impl Into<anyhow::Error>) -> Self {
        Self {
            code: Code::Internal,
            message: Cow::Borrowed("Something went wrong"),
            reason: None,
            source: Some(source.into()),
        }
    }

    /// The same error under the name that a service has for what is its own fault.
    #[must_use]
    pub fn internal_as(mut self, name: Code) -> Self {
        if self.code == Code::Internal {
            self.code = name;
        }
        self
    }

    /// The hidden cause of an internal error.
    pub fn cause(&self) -> Option<&anyhow::Error> {
        self.source.as_ref()
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("code", &self.code)
            .field("message", &self.message)
            .field("reason", &self.reason)
            .field("source", &self.source)
            .finish()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.name(), self.message)
    }
}

impl std::error::Error for Error {}

impl From<anyhow::Error> for Error {
    fn from(source: anyhow::Error) -> Self {
        Self::internal(source)
    }
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident => $code:ident $text:literal;)+) => {
        /// Errors whose text never varies.
        impl Error {
            $($(#[$doc])* #[doc = concat!("`", $text, "`")] pub fn $name() -> Self {
                Self::new(Code::$code, $text)
            })+
        }
    };
}

texts! {
    incorrect_username_or_password => NotAuthorized "Incorrect username or password.";
    user_is_disabled => NotAuthorized "User is disabled.";
    password_attempts_exceeded => NotAuthorized "Password attempts exceeded";
    temporary_password_expired => NotAuthorized "Temporary password has expired and must be reset by an administrator.";
    invalid_session => NotAuthorized "Invalid session for the user.";
    session_expired => NotAuthorized "Invalid session for the user, session is expired.";
    session_used => NotAuthorized "Invalid session for the user, session can only be used once.";
    invalid_refresh_token => NotAuthorized "Invalid Refresh Token";
    refresh_token_revoked => NotAuthorized "Refresh Token has been revoked";
    refresh_token_expired => NotAuthorized "Refresh Token has expired";
    refresh_token_reused => RefreshTokenReuse "Refresh Token has been used already";
    client_secret_not_verified => NotAuthorized "Invalid client secret provided";
    invalid_access_token => NotAuthorized "Invalid Access Token";
    access_token_signature => NotAuthorized "Could not verify signature for Access Token";
    access_token_expired => NotAuthorized "Access Token has expired";
    access_token_revoked => NotAuthorized "Access Token has been revoked";
    access_token_scopes => NotAuthorized "Access Token does not have required scopes";
    step_up_user => NotAuthorized "Access Token is not of this user";
    step_up_without_target => InvalidParameter "ACCESS_TOKEN requires TARGET_ACR_VALUES.";
    max_age_no_number => InvalidParameter "MAX_AGE must be a number of seconds.";
    target_unknown => InvalidParameter "TARGET_ACR_VALUES names no level of this user pool.";
    target_reached => InvalidParameter "The access token meets the requested level already.";
    target_out_of_reach => InvalidParameter "The user has no factors for the requested levels.";
    target_with_session => InvalidParameter "TARGET_ACR_VALUES cannot be used with Session.";
    sign_in_stale => NotAuthorized "Sign in again to make this change.";
    client_secret_wrong => Unauthorized "Invalid client secret provided";
    revocation_disabled => UnsupportedOperation "Token revocation is not enabled for this client.";
    unsupported_token_type => UnsupportedTokenType "Unsupported token type";
    sign_up_not_permitted => NotAuthorized "SignUp is not permitted for this user pool";
    unauthorized_attribute => NotAuthorized "A client attempted to write unauthorized attribute";
    contact_administrator => NotAuthorized "Contact administrator to reset password.";
    password_cannot_be_reset => NotAuthorized "User password cannot be reset in the current state.";
    auth_method_not_supported => InvalidParameter "Initiate Auth method not supported.";
    auth_flow_not_enabled => InvalidParameter "Auth flow not enabled for this client";
    srp_timestamp => InvalidParameter "TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.";
    invalid_pagination_token => InvalidParameter "Invalid pagination token";
    user_already_confirmed => InvalidParameter "User is already confirmed.";
    cannot_resend => InvalidParameter "Cannot resend codes. Auto verification not turned on.";
    no_verified_contact => InvalidParameter "Cannot reset password for the user as there is no registered/verified email or phone_number";
    invalid_email => InvalidParameter "Invalid email address format.";
    invalid_phone => InvalidParameter "Invalid phone number format.";
    username_should_be_contact => InvalidParameter "Username should be either an email or a phone number.";
    username_should_be_email => InvalidParameter "Username should be an email.";
    username_should_be_phone => InvalidParameter "Username should be a phone number.";
    preferred_username_unconfirmed => InvalidParameter "Preferred username cannot be provided for unconfirmed account, since user pool is configured for preferred username alias.";
    username_email_format => InvalidParameter "Username cannot be of email format, since user pool is configured for email alias.";
    username_phone_format => InvalidParameter "Username cannot be of phone number format, since user pool is configured for phone number alias.";
    filter_syntax => InvalidParameter "Error while parsing filter.";
    filter_attribute => InvalidParameter "Input fails to satisfy the constraints.";
    no_such_attribute => InvalidParameter "One or more requested attributes do not exist.";
    deletion_protected => InvalidParameter "The user pool cannot be deleted because deletion protection is activated. Deletion protection must be inactivated first.";
    pool_has_domain => InvalidParameter "User pool cannot be deleted. It has a domain configured that should be deleted first.";
    domain_taken => InvalidParameter "Domain already associated with another user pool.";
    code_mismatch => CodeMismatch "Invalid verification code provided, please try again.";
    code_expired => ExpiredCode "Invalid code provided, please request a code again.";
    code_or_state => CodeMismatch "Invalid code or auth state for the user.";
    software_token_code => CodeMismatch "Invalid code received for user";
    software_token_used => ExpiredCode "Your software token has already been used once.";
    software_token_missing => InvalidParameter "User has not set up software token mfa";
    software_token_not_proven => EnableSoftwareTokenMfa "Code mismatch and fail enable Software Token MFA";
    software_token_not_offered => SoftwareTokenMfaNotFound "Software token MFA has not been enabled by the userPool";
    software_token_not_begun => SoftwareTokenMfaNotFound "Software token MFA is not associated with the user.";
    mfa_method_not_found => MfaMethodNotFound "The MFA method is not available for the user.";
    session_of_sign_up => InvalidParameter "Session is for the USER_AUTH flow only.";
    mfa_two_preferred => InvalidParameter "Only one MFA factor can be preferred.";
    mfa_preferred_not_enabled => InvalidParameter "The preferred MFA factor must be enabled.";
    mfa_options => InvalidParameter "MFAOptions can only have SMS with phone_number.";
    mfa_passkeys_single_factor => InvalidParameter "Passkey MFA requires the MULTI_FACTOR_WITH_USER_VERIFICATION factor configuration.";
    mfa_passkeys_alone => InvalidParameter "Passkey MFA requires another MFA method to be enabled.";
    webauthn_not_enabled => WebAuthnNotEnabled "WebAuthn is not enabled for the user pool.";
    webauthn_configuration => WebAuthnConfigurationMissing "The user pool has no relying party ID and no domain.";
    webauthn_challenge => WebAuthnChallengeNotFound "The WebAuthn registration challenge was not found or has expired.";
    webauthn_client => WebAuthnClientMismatch "The WebAuthn registration was started by another app client.";
    webauthn_origin => WebAuthnOriginNotAllowed "The origin is not allowed for the relying party.";
    webauthn_relying_party => WebAuthnRelyingPartyMismatch "The credential belongs to another relying party.";
    webauthn_not_supported => WebAuthnCredentialNotSupported "The credential is not supported.";
    webauthn_response => InvalidParameter "Invalid WebAuthn credential response.";
    webauthn_known => InvalidParameter "The WebAuthn credential is already registered.";
    webauthn_credential_not_found => ResourceNotFound "The WebAuthn credential does not exist.";
    token_or_session_missing => InvalidParameter "Either AccessToken or Session is required.";
    risk_blocked => NotAuthorized "Unable to login because of security reasons";
    password_compromised => PasswordResetRequired "Password reset required for the user due to security reasons";
    password_refused => InvalidPassword "Provided password cannot be used for security reasons.";
    add_on_not_enabled => UserPoolAddOnNotEnabled "Threat protection is not enabled for the user pool.";
    auth_event_not_found => ResourceNotFound "Auth event does not exist.";
    feedback_token => NotAuthorized "Invalid feedback token";
    tracking_not_enabled => OperationNotEnabled "Session tracking is not enabled for the user pool.";
    session_not_found => ResourceNotFound "Session does not exist.";
    session_is_current => InvalidParameter "The session of the access token cannot be revoked.";
    device_not_found => ResourceNotFound "Device does not exist.";
    device_key_invalid => InvalidParameter "Invalid device key given.";
    device_key_exists => DeviceKeyExists "Device key already exists.";
    device_verifier_invalid => InvalidParameter "Invalid device secret verifier config given.";
    devices_not_tracked => InvalidUserPoolConfiguration "User pool does not have device tracking enabled.";
    user_does_not_exist => UserNotFound "User does not exist.";
    user_resource_not_found => ResourceNotFound "User does not exist.";
    username_client_not_found => UserNotFound "Username/client id combination not found.";
    password_too_long => InvalidParameter "1 validation error detected: Value at 'password' failed to satisfy constraint: Member must have length less than or equal to 256";
    user_not_confirmed => UserNotConfirmed "User is not confirmed.";
    password_reset_required => PasswordResetRequired "Password reset required for the user";
    username_exists => UsernameExists "User already exists";
    user_account_exists => UsernameExists "User account already exists";
    attempt_limit_exceeded => LimitExceeded "Attempt limit exceeded, please try after some time.";
    rate_exceeded => TooManyRequests "Rate exceeded";
    group_not_found => ResourceNotFound "Group not found.";
    group_exists => GroupExists "A group with the name already exists.";
    concurrent_modification => ConcurrentModification "The resource was changed by another request. Try again.";
}

mod branding;
mod exchange;
mod kms;
mod lambda;
mod settings;

/// Errors whose text names something.
impl Error {
    /// InvalidParameterException with a text made by a rule.
    pub fn invalid_parameter(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Code::InvalidParameter, message)
    }

    /// `Missing required parameter {name}` (a key of AuthParameters or ChallengeResponses).
    pub fn missing_parameter(name: &str) -> Self {
        Self::invalid_parameter(format!("Missing required parameter {name}"))
    }

    /// `{challenge} is not available for this sign-in.`
    pub fn challenge_not_available(challenge: &str) -> Self {
        Self::invalid_parameter(format!("{challenge} is not available for this sign-in."))
    }

    /// `{flow} flow not enabled for this client`.
    pub fn flow_not_enabled(flow: &str) -> Self {
        Self::invalid_parameter(format!("{flow} flow not enabled for this client"))
    }

    /// `User pool {id} does not exist.`
    pub fn pool_not_found(id: &str) -> Self {
        Self::new(
            Code::ResourceNotFound,
            format!("User pool {id} does not exist."),
        )
    }

    /// `User pool client {id} does not exist.`
    pub fn client_not_found(id: &str) -> Self {
        Self::new(
            Code::ResourceNotFound,
            format!("User pool client {id} does not exist."),
        )
    }

    /// `Resource server {id} does not exist.`
    pub fn resource_server_not_found(id: &str) -> Self {
        Self::new(
            Code::ResourceNotFound,
            format!("Resource server {id} does not exist."),
        )
    }

    /// `Client {id} is configured with secret but SECRET_HASH was not received`.
    pub fn secret_hash_missing(client_id: &str) -> Self {
        Self::new(
            Code::NotAuthorized,
            format!(
                "Client {client_id} is configured with secret but SECRET_HASH was not received"
            ),
        )
        .because(Reason::BadClientSecret)
    }

    /// `Unable to verify secret hash for client {id}`.
    pub fn secret_hash_wrong(client_id: &str) -> Self {
        Self::new(
            Code::NotAuthorized,
            format!("Unable to verify secret hash for client {client_id}"),
        )
        .because(Reason::BadClientSecret)
    }

    /// `User cannot be confirmed. Current status is {status}`.
    pub fn cannot_be_confirmed(status: &str) -> Self {
        Self::new(
            Code::NotAuthorized,
            format!("User cannot be confirmed. Current status is {status}"),
        )
    }

    /// `An account with the given {attribute} already exists.` as the given code.
    pub fn contact_exists(code: Code, attribute: &str) -> Self {
        Self::new(
            code,
            format!("An account with the given {attribute} already exists."),
        )
    }

    /// `Password did not conform with policy: {rule}`.
    pub fn password_policy(rule: &str) -> Self {
        Self::new(
            Code::InvalidPassword,
            format!("Password did not conform with policy: {rule}"),
        )
    }

    /// `Cannot modify the non-mutable attribute {name}`.
    pub fn non_mutable(name: &str) -> Self {
        Self::invalid_parameter(format!("Cannot modify the non-mutable attribute {name}"))
    }

    /// `Invalid attributes given, {name} is missing` (NEW_PASSWORD_REQUIRED).
    pub fn attribute_missing(name: &str) -> Self {
        Self::invalid_parameter(format!("Invalid attributes given, {name} is missing"))
    }

    /// `User does not have delivery config set to turn on {factor}` (SetUserMFAPreference).
    pub fn mfa_not_deliverable(factor: &str) -> Self {
        Self::invalid_parameter(format!(
            "User does not have delivery config set to turn on {factor}"
        ))
    }

    /// `Cannot modify an already provided {name}` (NEW_PASSWORD_REQUIRED).
    pub fn attribute_provided(name: &str) -> Self {
        Self::invalid_parameter(format!("Cannot modify an already provided {name}"))
    }

    /// The honest answer of an operation, or a stored setting, that is not built yet.
    pub fn not_implemented(what: &str) -> Self {
        Self::new(
            Code::NotImplemented,
            format!("{what} is not implemented by Poolhouse yet"),
        )
        .because(Reason::NotBuilt)
    }

    /// `SerializationException`: the body is not JSON, or a member has the wrong JSON type.
    pub fn serialization(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Code::Serialization, message)
    }
}
