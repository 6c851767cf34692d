//! The table of ways to the tokens of a user.

/// The API's two doors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    /// InitiateAuth, RespondToAuthChallenge.
    Public,
    /// AdminInitiateAuth, AdminRespondToAuthChallenge.
    Admin,
}

/// How a second factor is proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Factor {
    Sms,
    Email,
    App,
    /// Two factors and no preference: one is chosen first.
    Chosen,
    /// None yet: an authenticator app is set up inside the sign-in.
    SetUp,
}

/// How the first factor is proven that was chosen (USER_AUTH).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum First {
    /// PASSWORD, with the choice.
    Password,
    /// PASSWORD_VERIFIER after PASSWORD_SRP.
    Srp,
    /// EMAIL_OTP.
    Email,
    /// SMS_OTP.
    Sms,
    /// WEB_AUTHN.
    Passkey,
}

/// What brings the browser's answer to the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grant {
    Code,
    Implicit,
}

/// A way to tokens; its last step is what the name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Path {
    /// USER_PASSWORD_AUTH, ADMIN_USER_PASSWORD_AUTH.
    Password(Face),
    /// PASSWORD_VERIFIER after USER_SRP_AUTH.
    Srp(Face),
    /// A first factor after SELECT_CHALLENGE.
    Chosen(Face, First),
    /// USER_AUTH with the session of ConfirmSignUp.
    SignedUp(Face),
    /// CUSTOM_CHALLENGE after CUSTOM_AUTH.
    Custom(Face),
    /// SMS_MFA, which the functions ask for after their challenge.
    CustomFactor(Face),
    /// NEW_PASSWORD_REQUIRED.
    NewPassword(Face),
    /// SMS_MFA, EMAIL_OTP, SOFTWARE_TOKEN_MFA, the first after SELECT_MFA_TYPE, MFA_SETUP.
    SecondFactor(Face, Factor),
    /// EMAIL_OTP, to a higher level than that of an access token.
    StepUp(Face),
    /// DEVICE_PASSWORD_VERIFIER, in place of a second factor.
    Device(Face),
    /// REFRESH_TOKEN_AUTH.
    RefreshFlow(Face),
    /// GetTokensFromRefreshToken.
    GetTokens { rotating: bool },
    /// GetDerivedToken.
    Exchange,
    /// `grant_type=refresh_token`.
    RefreshGrant { rotating: bool },
    /// The sign-in page.
    LoginPage(Grant),
    /// What was chosen at `/login/choose`: `/login/password`, `/login/code`, `/passkey`.
    FirstPage(First),
    /// The passkey of the sign-in page's button.
    PasskeyPage,
    /// `/passkey/add`: the offer of a passkey, put off.
    AddPasskeyPage,
    /// The sign-up page's code of confirmation; on managed login an account may have no password.
    SignUpPage { password: bool },
    /// The sign-in page, in a browser that is remembered and stands for the second factor.
    RememberedPage,
    /// The page for a new password.
    NewPasswordPage,
    /// The page of a second factor.
    FactorPage(Factor),
    /// `/oauth2/authorize` in a browser that is signed in.
    Sso(Grant),
    /// The account chooser, in a browser that is signed in.
    Chooser,
    /// `grant_type=authorization_code`.
    CodeGrant { pkce: bool },
}

/// Which test walks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    First,
    Choice,
    Challenge,
    Refresh,
    FirstPage,
    Page,
    Browser,
}

use Face::{Admin, Public};

pub const PATHS: &[Path] = &[
    Path::Password(Public),
    Path::Password(Admin),
    Path::Srp(Public),
    Path::Srp(Admin),
    Path::Chosen(Public, First::Password),
    Path::Chosen(Admin, First::Password),
    Path::Chosen(Public, First::Srp),
    Path::Chosen(Admin, First::Srp),
    Path::Chosen(Public, First::Email),
    Path::Chosen(Admin, First::Email),
    Path::Chosen(Public, First::Sms),
    Path::Chosen(Admin, First::Sms),
    Path::Chosen(Public, First::Passkey),
    Path::Chosen(Admin, First::Passkey),
    Path::SignedUp(Public),
    Path::SignedUp(Admin),
    Path::Custom(Public),
    Path::Custom(Admin),
    Path::CustomFactor(Public),
    Path::CustomFactor(Admin),
    Path::NewPassword(Public),
    Path::NewPassword(Admin),
    Path::SecondFactor(Public, Factor::Sms),
    Path::SecondFactor(Admin, Factor::Sms),
    Path::SecondFactor(Public, Factor::Email),
    Path::SecondFactor(Admin, Factor::Email),
    Path::SecondFactor(Public, Factor::App),
    Path::SecondFactor(Admin, Factor::App),
    Path::SecondFactor(Public, Factor::Chosen),
    Path::SecondFactor(Admin, Factor::Chosen),
    Path::SecondFactor(Public, Factor::SetUp),
    Path::SecondFactor(Admin, Factor::SetUp),
    Path::StepUp(Public),
    Path::StepUp(Admin),
    Path::Device(Public),
    Path::Device(Admin),
    Path::RefreshFlow(Public),
    Path::RefreshFlow(Admin),
    Path::GetTokens { rotating: false },
    Path::GetTokens { rotating: true },
    Path::Exchange,
    Path::RefreshGrant { rotating: false },
    Path::RefreshGrant { rotating: true },
    Path::LoginPage(Grant::Code),
    Path::LoginPage(Grant::Implicit),
    Path::FirstPage(First::Password),
    Path::FirstPage(First::Email),
    Path::FirstPage(First::Sms),
    Path::FirstPage(First::Passkey),
    Path::PasskeyPage,
    Path::AddPasskeyPage,
    Path::SignUpPage { password: true },
    Path::SignUpPage { password: false },
    Path::RememberedPage,
    Path::NewPasswordPage,
    Path::FactorPage(Factor::Sms),
    Path::FactorPage(Factor::Email),
    Path::FactorPage(Factor::App),
    Path::FactorPage(Factor::Chosen),
    Path::FactorPage(Factor::SetUp),
    Path::Sso(Grant::Code),
    Path::Sso(Grant::Implicit),
    Path::Chooser,
    Path::CodeGrant { pkce: false },
    Path::CodeGrant { pkce: true },
];

impl Path {
    pub const fn part(self) -> Part {
        match self {
            Self::Password(_) | Self::Srp(_) => Part::First,
            Self::Chosen(..) | Self::SignedUp(_) => Part::Choice,
            Self::Custom(_) | Self::CustomFactor(_) => Part::Challenge,
            Self::NewPassword(_) | Self::SecondFactor(..) => Part::Challenge,
            Self::StepUp(_) | Self::Device(_) => Part::Challenge,
            Self::RefreshFlow(_)
            | Self::GetTokens { .. }
            | Self::Exchange
            | Self::RefreshGrant { .. } => Part::Refresh,
            Self::LoginPage(_) | Self::SignUpPage { password: true } => Part::Page,
            Self::NewPasswordPage | Self::FactorPage(_) => Part::Page,
            Self::SignUpPage { password: false } | Self::RememberedPage => Part::FirstPage,
            Self::FirstPage(_) | Self::PasskeyPage | Self::AddPasskeyPage => Part::FirstPage,
            Self::Sso(_) | Self::Chooser | Self::CodeGrant { .. } => Part::Browser,
        }
    }

    /// The API's door, where the way goes through one.
    pub const fn face(self) -> Option<Face> {
        match self {
            Self::Password(face)
            | Self::Srp(face)
            | Self::Chosen(face, _)
            | Self::SignedUp(face)
            | Self::Custom(face)
            | Self::CustomFactor(face)
            | Self::NewPassword(face)
            | Self::SecondFactor(face, _)
            | Self::StepUp(face)
            | Self::Device(face)
            | Self::RefreshFlow(face) => Some(face),
            Self::GetTokens { .. } | Self::Exchange => Some(Face::Public),
            _ => None,
        }
    }

    /// Whether it begins at the domain.
    pub const fn is_hosted(self) -> bool {
        self.face().is_none()
    }

    pub const fn rotates(self) -> bool {
        matches!(
            self,
            Self::GetTokens { rotating: true } | Self::RefreshGrant { rotating: true }
        )
    }

    pub const fn factor(self) -> Option<Factor> {
        match self {
            Self::SecondFactor(_, factor) | Self::FactorPage(factor) => Some(factor),
            Self::Device(_) | Self::RememberedPage => Some(Factor::Sms),
            _ => None,
        }
    }

    /// Whether its user has a temporary password.
    pub const fn is_invited(self) -> bool {
        matches!(self, Self::NewPassword(_) | Self::NewPasswordPage)
    }

    /// Whether its user signs up inside the way.
    pub const fn signs_up(self) -> bool {
        matches!(self, Self::SignUpPage { .. } | Self::SignedUp(_))
    }

    /// Whether it begins with USER_AUTH.
    pub const fn is_chosen(self) -> bool {
        matches!(self, Self::Chosen(..) | Self::SignedUp(_) | Self::StepUp(_)) || self.is_managed()
    }

    /// Whether its pages are those of managed login.
    pub const fn is_managed(self) -> bool {
        matches!(
            self,
            Self::FirstPage(_) | Self::SignUpPage { password: false }
        )
    }

    /// Whether it depends on a remembered device.
    pub const fn needs_device(self) -> bool {
        matches!(self, Self::Device(_) | Self::RememberedPage)
    }

    /// Whether its user has a passkey.
    pub const fn has_passkey(self) -> bool {
        matches!(
            self,
            Self::Chosen(_, First::Passkey) | Self::FirstPage(First::Passkey) | Self::PasskeyPage
        )
    }

    /// What its tokens say of how the user signed in: the level, and the methods.
    pub const fn worth(self) -> (Option<&'static str>, &'static [&'static str]) {
        const ONE: Option<&str> = Some("urn:cognito:loa:1");
        const TWO: Option<&str> = Some("urn:cognito:loa:2");
        const THREE: Option<&str> = Some("urn:cognito:loa:3");
        const FOUR: Option<&str> = Some("urn:cognito:loa:4");
        match self {
            Self::Chosen(_, First::Email) | Self::FirstPage(First::Email) => (TWO, &["email_otp"]),
            Self::Chosen(_, First::Sms) | Self::FirstPage(First::Sms) => (TWO, &["sms"]),
            Self::Chosen(_, First::Passkey) | Self::FirstPage(First::Passkey) => (THREE, &["swk"]),
            Self::PasskeyPage => (THREE, &["swk"]),
            // The code of the confirmation; a password that was only chosen is no proof.
            Self::SignedUp(_) | Self::SignUpPage { .. } => (TWO, &["email_otp"]),
            // The functions' own questions are worth nothing.
            Self::Custom(_) => (None, &[]),
            Self::CustomFactor(_) => (TWO, &["sms"]),
            Self::SecondFactor(_, factor) | Self::FactorPage(factor) => match factor {
                Factor::Sms | Factor::Chosen => (THREE, &["pwd", "sms", "mfa"]),
                Factor::Email => (THREE, &["pwd", "email_otp", "mfa"]),
                Factor::App | Factor::SetUp => (FOUR, &["pwd", "otp", "mfa"]),
            },
            Self::StepUp(_) => (THREE, &["pwd", "email_otp", "mfa"]),
            // A device takes the place of a factor and is none.
            _ => (ONE, &["pwd"]),
        }
    }

    pub const fn grant(self) -> Grant {
        match self {
            Self::LoginPage(grant) | Self::Sso(grant) => grant,
            _ => Grant::Code,
        }
    }
}
