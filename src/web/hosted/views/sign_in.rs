//! `/login`: user name and password.

use std::borrow::Cow;

use askama::Template;

use crate::text::Text;
use crate::web::assets;
use crate::web::chrome::Chrome;
use crate::web::form::{Field, Form};
use crate::web::parts::{Alert, Idp, IdpButtons, Input, Notice, Person};
use crate::web::samples::Words;

/// The fields of `cognitoSignInForm`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInField {
    /// `username`.
    Username,
    /// `password`.
    Password,
}

impl Field for SignInField {
    fn parse(name: &str) -> Option<Self> {
        match name {
            "username" => Some(Self::Username),
            "password" => Some(Self::Password),
            _ => None,
        }
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Username => "username",
            Self::Password => "password",
        })
    }

    fn is_secret(&self) -> bool {
        matches!(self, Self::Password)
    }
}

/// The button to sign in with a passkey.
#[derive(Clone, Debug)]
pub struct PasskeyButton {
    /// Where it sends the form.
    pub action: String,
    /// The relying party: pages elsewhere cannot use its passkeys.
    pub party: String,
    /// The path of the site's cookies.
    pub path: String,
}

/// The sign-in page.
#[derive(Clone, Debug, Template)]
#[template(path = "hosted/sign_in.html")]
pub struct SignInPage {
    /// What surrounds it.
    pub chrome: Chrome,
    /// Where the form goes: the same path and query.
    pub action: String,
    /// The token of the form.
    pub csrf: String,
    /// Values and complaints.
    pub form: Form<SignInField>,
    /// What users of the pool sign in with.
    pub person: Person,
    /// Whether the user name comes first, and then the choice what to sign in with.
    pub chooses: bool,
    /// What went well before: the password was changed, the account confirmed.
    pub notice: Option<String>,
    /// The forgot-password page, if users of the pool can recover accounts.
    pub forgot_href: Option<String>,
    /// The sign-up page, if people may sign up themselves.
    pub sign_up_href: Option<String>,
    /// Other ways to sign in.
    pub idps: Vec<Idp>,
    /// Signing in with a passkey, where the pool lets users do so. The script shows it.
    pub passkey: Option<PasskeyButton>,
}

impl SignInPage {
    fn idp_buttons(&self) -> IdpButtons<'_> {
        IdpButtons::of(self.chrome.locale, &self.idps)
    }

    const fn heading(&self) -> Text {
        if self.chooses {
            return Text::SignIn;
        }
        match self.person {
            Person::Username => Text::SignInWithUsername,
            Person::Email => Text::SignInWithEmail,
            Person::Phone => Text::SignInWithPhone,
            Person::EmailOrPhone => Text::SignInWithEmailOrPhone,
        }
    }

    fn username(&self) -> Input {
        self.person
            .input(self.chrome.locale, &self.form, &SignInField::Username)
            .id("signInFormUsername")
            .first(&self.form)
    }

    fn password(&self) -> Input {
        Input::of(
            &self.form,
            &SignInField::Password,
            self.chrome.say(Text::Password),
        )
        .id("signInFormPassword")
        .autocomplete("current-password")
    }
}

impl SignInPage {
    /// The page in its states, with these words in every text.
    pub(in crate::web) fn samples(words: &Words) -> Vec<(&'static str, Self)> {
        use crate::web::parts::Idp;

        let plain = Self {
            chrome: words.chrome(),
            action: words.say("/login?client_id=1&state=a%26b"),
            csrf: words.say("csrf-token"),
            form: words.form(),
            person: Person::Username,
            chooses: false,
            notice: None,
            forgot_href: Some(words.say("/forgotPassword?client_id=1&state=a%26b")),
            sign_up_href: Some(words.say("/signup?client_id=1&state=a%26b")),
            idps: Vec::new(),
            passkey: None,
        };
        let passkey = Self {
            passkey: Some(PasskeyButton {
                action: words.say("/passkey/begin?client_id=1&state=a%26b"),
                party: words.say("auth.example.com"),
                path: words.say("/us-east-1_abc"),
            }),
            ..plain.clone()
        };
        let idp = |name: &str, social| Idp {
            name: words.say(name),
            href: words.say("/oauth2/authorize?identity_provider=x&client_id=1"),
            social,
        };
        let refused = Self {
            form: words
                .form()
                .with(SignInField::Username, words.say("jane"))
                .with(SignInField::Password, words.say("not to be shown"))
                .refused(words.say("Incorrect username or password.")),
            ..plain.clone()
        };
        let federated = Self {
            person: Person::Email,
            idps: vec![
                idp("Google", true),
                idp("Apple", true),
                idp("Example Works", false),
            ],
            ..plain.clone()
        };
        let noticed = Self {
            person: Person::EmailOrPhone,
            notice: Some(words.say("Your password has been changed. You can sign in with it now.")),
            chrome: words.chrome_with_logo(),
            forgot_href: None,
            sign_up_href: None,
            ..plain.clone()
        };
        let phone = Self {
            person: Person::Phone,
            ..plain.clone()
        };
        let chooses = Self {
            chooses: true,
            ..plain.clone()
        };
        vec![
            ("sign_in_chooses", chooses),
            ("sign_in", plain),
            ("sign_in_refused", refused),
            ("sign_in_federated", federated),
            ("sign_in_noticed", noticed),
            ("sign_in_phone", phone),
            ("sign_in_passkey", passkey),
        ]
    }
}
