//! The keys of the catalogue with their English texts.
//!
//! The wording of the classic hosted pages is kept where it is known: browser tests look for it.

macro_rules! catalogue {
    ($($key:ident = $english:literal;)+) => {
        /// A text of a page or a mail.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Text { $(#[doc = concat!("“", $english, "”")] $key),+ }

        impl Text {
            /// Every key.
            pub const ALL: &[Self] = &[$(Self::$key),+];

            /// The name of the key, by which a test tells what is for whom.
            #[cfg(test)]
            pub(super) const fn key(self) -> &'static str {
                match self { $(Self::$key => stringify!($key)),+ }
            }

            /// The English text.
            pub(super) const fn english(self) -> &'static str {
                match self { $(Self::$key => $english),+ }
            }
        }
    };
}

catalogue! {
    // Sign in
    SignInTitle = "Signin";
    SignInWithUsername = "Sign in with your username and password";
    SignInWithEmail = "Sign in with your email and password";
    SignInWithPhone = "Sign in with your phone number and password";
    SignInWithEmailOrPhone = "Sign in with your email or phone number and password";
    SignIn = "Sign in";
    ForgotLink = "Forgot your password?";
    NeedAccount = "Need an account?";
    SignUp = "Sign up";
    Or = "or";
    CorporateSignIn = "Sign in with your corporate ID";
    ContinueWith = "Continue with {provider}";
    SocialLegal = "We won't post to any of your accounts without asking first";

    // Passkeys
    PasskeySignIn = "Sign in with a passkey";
    PasskeyNone = "There is no passkey for this sign-in. Use your password.";
    PasskeyTitle = "Use your passkey";
    PasskeyHeading = "Use your passkey";
    PasskeyText = "Your browser asks for it now: confirm with your fingerprint, face or PIN.";
    PasskeyButton = "Ask again";
    PasskeyProblem = "That did not work. Try again, or go back and use your password.";
    PasskeyNeedsScript = "Passkeys need JavaScript, which is off in this browser.";
    AddPasskeyTitle = "Create a passkey";
    AddPasskeyHeading = "Sign in faster next time";
    AddPasskeyText = "With a passkey you sign in by fingerprint, face or PIN of this device, without your password.";
    AddPasskeyButton = "Create a passkey";
    AddPasskeyLater = "Not now";
    AddPasskeyProblem = "No passkey was created. You can try again.";

    // Sign up
    SignUpTitle = "Signup";
    SignUpHeading = "Sign up with a new account";
    HaveAccount = "Already have an account?";
    AgreeToTerms = "By signing up, you agree to our {terms} and {privacy}";
    TermsOfUse = "Terms of use";
    PrivacyPolicy = "Privacy policy";

    // Confirm
    ConfirmTitle = "Confirm your account";
    ConfirmHeading = "Confirm your account";
    ConfirmSent = "We have sent a code by {medium} to {destination}. Enter it below to confirm your account.";
    ConfirmSentSomewhere = "We have sent you a code. Enter it below to confirm your account.";
    ConfirmLinkSent = "We have sent a link by {medium} to {destination}. Open it to confirm your account.";
    ConfirmLinkSentSomewhere = "We have sent you a link. Open it to confirm your account.";
    FeedbackHeading = "A sign-in to your account";
    FeedbackWasMe = "Press the button if this sign-in was yours.";
    FeedbackWasNotMe = "Press the button if this sign-in was not yours.";
    FeedbackValid = "It was me";
    FeedbackInvalid = "It was not me";
    FeedbackThanks = "Thank you for telling us";
    FeedbackNext = "If the sign-in was not yours, choose another password.";
    ConfirmButton = "Confirm Account";
    ResendQuestion = "Didn't receive a code?";
    ResendLinkQuestion = "Didn't receive a link?";
    ResendButton = "Resend it";
    Resent = "We have sent a new code.";
    ResentLink = "We have sent a new link.";
    MediumEmail = "email";
    MediumSms = "SMS";

    // Forgot and reset
    ForgotTitle = "Forgot your password?";
    ForgotHeading = "Forgot your password?";
    ForgotByUsername = "Enter your Username below and we will send a message to reset your password";
    ForgotByEmail = "Enter your Email below and we will send a message to reset your password";
    ForgotByPhone = "Enter your Phone number below and we will send a message to reset your password";
    ForgotByEmailOrPhone = "Enter your Email or Phone number below and we will send a message to reset your password";
    ForgotButton = "Reset my password";
    BackToSignIn = "Back to sign in";
    ResetTitle = "Reset your password";
    ResetHeading = "Reset your password";
    ResetSent = "We have sent a password reset code by {medium} to {destination}. Enter it below to reset your password.";
    ResetSentSomewhere = "We have sent you a password reset code. Enter it below to reset your password.";
    ChangePassword = "Change Password";
    PasswordChanged = "Your password has been changed. You can sign in with it now.";

    // New password required
    NewPasswordTitle = "Change Password";
    NewPasswordHeading = "Change Password";
    NewPasswordText = "Please enter your new password below.";
    NewPasswordAttributes = "We also need the following from you.";

    // Choosing the first factor
    Next = "Next";
    ChooseAccountTitle = "Choose an account";
    ChooseAccountHeading = "Choose an account";
    AccountSignedIn = "Signed in";
    UseAnotherAccount = "Use another account";
    ChooseWayTitle = "Choose how to sign in";
    ChooseWayHeading = "Choose how to sign in";
    ByPasswordHint = "The password of your account";
    ByPasskey = "Passkey";
    ByPasskeyHint = "Your fingerprint, face or PIN";
    EnterPasswordTitle = "Enter your password";
    EnterPasswordHeading = "Enter your password";
    OtherWays = "Sign in another way";

    // Second factors
    MfaTitle = "Confirm it's you";
    MfaHeading = "Confirm it's you";
    MfaSent = "We have sent a code by {medium} to {destination}. Enter it below to sign in.";
    MfaSentSomewhere = "We have sent you a code. Enter it below to sign in.";
    MfaApp = "Enter the code that your authenticator app shows.";
    MfaAnother = "Send a new code";
    ChooseFactorTitle = "Choose how to confirm";
    ChooseFactorHeading = "Choose how to confirm it's you";
    ChooseFactorText = "You have more than one way to confirm a sign-in.";
    SetUpFactorTitle = "Set up a second step";
    SetUpFactorHeading = "Set up a second step";
    SetUpFactorText = "Signing in here takes more than a password. Choose what to confirm your sign-ins with.";
    FactorSms = "Text message";
    FactorSmsHint = "A code sent to your phone";
    FactorEmail = "Email";
    FactorEmailHint = "A code sent to your email address";
    FactorApp = "Authenticator app";
    FactorAppHint = "A code that an app on your phone shows";
    SetUpAppTitle = "Set up your authenticator app";
    SetUpAppHeading = "Set up your authenticator app";
    SetUpAppText = "Scan this picture with your authenticator app, then enter the code that the app shows.";
    SetUpAppPicture = "QR code with the secret key";
    SetUpAppByHand = "No camera? Enter this secret key in the app:";
    SetUpAppName = "Name of this device";
    SetUpAppNameHint = "Optional, for example My phone";
    SetUpEmailTitle = "Set up codes by email";
    SetUpEmailHeading = "Set up codes by email";
    SetUpEmailText = "Enter the address that your codes shall go to. We send the first one right away.";
    SetUpEmailButton = "Send code";
    SetUpPhoneTitle = "Set up codes by text message";
    SetUpPhoneHeading = "Set up codes by text message";
    SetUpPhoneText = "Enter the phone number that your codes shall go to. We send the first one right away.";
    RememberDevice = "Remember this device";
    RememberDeviceHint = "Only on a device that you alone use.";
    RememberHeading = "Remember this device?";
    RememberText = "Then your account knows this browser at your next sign-in. Do this only on a device that you alone use.";

    // Signed out, errors, notices
    SignOut = "Sign out";
    SignOutHeading = "Sign out?";
    SignOutText = "An app asks to sign you out here.";
    SignedOutTitle = "Signed out";
    SignedOutHeading = "You are signed out";
    SignedOutText = "You can close this window now.";
    SignInAgain = "Sign in again";
    ErrorTitle = "Error";
    ErrorHeading = "An error was encountered with the requested page.";
    ErrorMissing = "Required String parameter '{name}' is not present";
    ErrorInvalidRequest = "The app client is not known here, or the request cannot be read.";
    ErrorRedirectMismatch = "The redirect URI is not registered for this app.";
    ErrorUnauthorizedClient = "This app may not use these pages.";
    ErrorNoSuchProvider = "Login option is not available. Please try another one";
    UnavailableHeading = "Login pages unavailable";
    Unavailable = "Please contact an administrator.";
    ErrorForeignForm = "This page is out of date. Go back to the app and start again.";
    ErrorBadForm = "The form could not be read.";
    ErrorTooMany = "Too much is going on at the moment. Please try again.";
    ErrorInternal = "Something went wrong";
    AwaitsAdministratorHeading = "Your account has been created";
    AwaitsAdministrator = "An administrator has to confirm it before you can sign in.";
    Confirmed = "Your registration has been confirmed!";
    ConfirmFromLink = "Press the button to confirm your account.";

    // Labels and hints of fields
    Username = "Username";
    Email = "Email";
    Phone = "Phone number";
    EmailOrPhone = "Email or phone number";
    Password = "Password";
    NewPassword = "New password";
    NewPasswordAgain = "Enter new password again";
    Code = "Verification code";
    EmailExample = "name@host.com";
    PhoneExample = "+12223334444";
    PhoneHint = "With country code, for example +12223334444";
    DateHint = "Year-month-day, for example 1990-12-31";
    PasswordsDiffer = "The passwords do not match.";
    FieldMissing = "This field is required.";

    // Help with fields
    RuleMet = "met";
    RuleNotMet = "not met yet";
    ShowPassword = "Show password";
    LocaleHint = "A language tag, for example en-US";
    ZoneHint = "For example Europe/Berlin";
    PasswordOptional = "Optional: without a password you sign in with codes.";
    PasswordAgain = "Enter password again";

    // Standard attributes
    Address = "Address";
    Birthdate = "Birthdate";
    FamilyName = "Family name";
    Gender = "Gender";
    GivenName = "Given name";
    Language = "Locale";
    MiddleName = "Middle name";
    Name = "Name";
    Nickname = "Nickname";
    Picture = "Picture URL";
    PreferredUsername = "Preferred username";
    Profile = "Profile URL";
    UpdatedAt = "Updated at";
    Website = "Website";
    TimeZone = "Time zone";

    // Password rules
    PasswordLower = "Password must contain a lower case letter";
    PasswordUpper = "Password must contain an upper case letter";
    PasswordNumber = "Password must contain a number";
    PasswordSymbol = "Password must contain a special character or a space";
    PasswordLength = "Password must contain at least {length} characters";
    PasswordSpaces = "Password must not contain a leading or trailing space";

    // What rules refuse with, as the API says it; a page in another language translates it.
    RefusedCredentials = "Incorrect username or password.";
    RefusedDisabled = "User is disabled.";
    RefusedAttempts = "Password attempts exceeded";
    RefusedTemporary = "Temporary password has expired and must be reset by an administrator.";
    RefusedSession = "Invalid session for the user.";
    RefusedSessionExpired = "Invalid session for the user, session is expired.";
    RefusedSessionUsed = "Invalid session for the user, session can only be used once.";
    RefusedSignUp = "SignUp is not permitted for this user pool";
    RefusedNotRecoverable = "Cannot reset password for the user as there is no registered/verified email or phone_number";
    RefusedEmail = "Invalid email address format.";
    RefusedPhone = "Invalid phone number format.";
    RefusedNotContact = "Username should be either an email or a phone number.";
    RefusedNotEmail = "Username should be an email.";
    RefusedNotPhone = "Username should be a phone number.";
    RefusedEmailName = "Username cannot be of email format, since user pool is configured for email alias.";
    RefusedPhoneName = "Username cannot be of phone number format, since user pool is configured for phone number alias.";
    RefusedCode = "Invalid verification code provided, please try again.";
    RefusedCodeExpired = "Invalid code provided, please request a code again.";
    RefusedCodeState = "Invalid code or auth state for the user.";
    RefusedAppCode = "Invalid code received for user";
    RefusedAppCodeUsed = "Your software token has already been used once.";
    RefusedAppSetUp = "Code mismatch and fail enable Software Token MFA";
    RefusedUserExists = "User already exists";
    RefusedEmailExists = "An account with the given email already exists.";
    RefusedPhoneExists = "An account with the given phone_number already exists.";
    RefusedLimit = "Attempt limit exceeded, please try after some time.";
    RefusedUserUnknown = "User does not exist.";
    RefusedShort = "Password did not conform with policy: Password not long enough";
    RefusedNoUpper = "Password did not conform with policy: Password must have uppercase characters";
    RefusedNoLower = "Password did not conform with policy: Password must have lowercase characters";
    RefusedNoNumber = "Password did not conform with policy: Password must have numeric characters";
    RefusedConfirmed = "User is already confirmed.";
    RefusedNoResend = "Cannot resend codes. Auto verification not turned on.";
    RefusedAskAdministrator = "Contact administrator to reset password.";
    RefusedNoReset = "User password cannot be reset in the current state.";
    RefusedAttribute = "A client attempted to write unauthorized attribute";
    RefusedMethod = "The MFA method is not available for the user.";
    RefusedPasskey = "The credential is not supported.";
    RefusedPasskeyKnown = "The WebAuthn credential is already registered.";
    RefusedPasskeyLate = "The WebAuthn registration challenge was not found or has expired.";
    RefusedRisk = "Unable to login because of security reasons";
    RefusedResetFirst = "Password reset required for the user";
    RefusedPassword = "Provided password cannot be used for security reasons.";
    RefusedPasswordUsed = "Password has previously been used.";
    RefusedNotConfirmed = "User is not confirmed.";
    RefusedFeedback = "Invalid feedback token";
    RefusedPreferred = "Preferred username cannot be provided for unconfirmed account, since user pool is configured for preferred username alias.";
    RefusedUndelivered = "The message with the code could not be delivered.";
    RefusedNotSame = "Username and {name} must be the same.";
    NumberTooSmall = "Number must be no less than {least}";
    NumberTooLarge = "Number must be no greater than {most}";
    NotANumber = "Value is not a number";
    RefusedNoSymbol = "Password did not conform with policy: Password must have symbol characters";
    RefusedStale = "Sign in again to make this change.";

    // The same in our words, for pages that are not in English (text/said.rs)
    RefusedByApp = "Refused: {message}";
    TooLong = "At most {most} characters, please.";
    TooShort = "At least {least} characters, please.";
    NotAllowedHere = "This has characters that are not allowed here.";

    // Mails about changes of an account, in the language of the user
    NoticeSubject = "Your account was changed";
    NoticePassword = "The password of your account {username} was changed: {time}.";
    NoticeEmail = "The email address of your account {username} was changed: {time}.";
    NoticePhone = "The phone number of your account {username} was changed: {time}.";
    NoticeName = "The preferred username of your account {username} was changed: {time}.";
    NoticeApp = "An authenticator app was set up for your account {username}: {time}.";
    NoticeFactors = "The second step of signing in to your account {username} was changed: {time}.";
    NoticePasskeyAdded = "A passkey was added to your account {username}: {time}.";
    NoticePasskeyRemoved = "A passkey of your account {username} was removed: {time}.";
    NoticeNotYou = "If this was not you, reset your password and tell whoever runs this app.";

    // Mail and SMS; what stands in braces is replaced when the message is made (api.md 3.1)
    MailVerificationSubject = "Your verification code";
    MailVerification = "Your verification code is {####}. ";
    MailLinkSubject = "Your verification link";
    MailLink = "Please click the link below to verify your email address. {##Verify Email##} ";
    MailInvitationSubject = "Your temporary password";
    MailInvitation = "Your username is {username} and temporary password is {####}. ";
    SmsVerification = "Your verification code is {####}. ";
    MailAuthenticationSubject = "Your authentication code";
    MailAuthentication = "Your authentication code is {####}. ";
    SmsAuthentication = "Your authentication code is {####}. ";
    MailRiskSubject = "A sign-in to your account";
    MailRisk = "There was a sign-in to your account {username} at {login-time}, from {ip-address} with {device-name}. It was me: {one-click-link-valid} It was not me: {one-click-link-invalid} ";
    MailRiskBlocked = "A sign-in to your account {username} at {login-time}, from {ip-address} with {device-name}, was refused. It was me: {one-click-link-valid} It was not me: {one-click-link-invalid} ";
    SmsInvitation = "Your username is {username} and temporary password is {####}. ";

    // The mailbox of the development server
    MailboxTitle = "Mailbox";
    MailboxIntro = "Every message this server sends appears here, with its code.";
    MailboxEmpty = "No messages yet";
    MailboxEmptyText = "Sign up or reset a password: the code appears here by itself.";
    MailboxMode = "Development";
    MailboxMessages = "Messages";
    MailboxPools = "User pools";
    MailboxNoPools = "There are no user pools yet.";
    MailboxNoApps = "No sign-in page: it needs a domain, and an app client with the code flow and a callback URL.";
    MailboxOpenSignIn = "Open the sign-in page of {app}";
    MailboxLook = "Look";
    PreviewHeading = "Look of {app}";
    PreviewIntro = "The pages with made-up content. What you set shows here by itself.";
    PreviewPages = "Pages";
    PreviewPhone = "On a phone";
    PreviewDesk = "On a desk";
    PreviewUnavailable = "Managed login has no pages for this app client: it needs a branding style.";
    MailboxBack = "All messages";
    MailboxTo = "To";
    MailboxUser = "User";
    MailboxPool = "User pool";
    MailboxSent = "Sent";
    MailboxChannel = "Channel";
    MailboxKind = "Purpose";
    MailboxCode = "Code";
    MailboxLink = "Link";
    MailboxText = "Text";
    MailboxHtml = "HTML";
    MailboxNoSubject = "(no subject)";
    MailboxCopy = "Copy";
    MailboxCopied = "Copied";
    KindSignUp = "Sign-up";
    KindResend = "Code again";
    KindForgot = "Password reset";
    KindAttribute = "Attribute check";
    KindInvitation = "Invitation";
    KindChange = "Account change";
}
