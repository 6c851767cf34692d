//! `/signup`: a new account.

use std::borrow::Cow;

use askama::Template;

use crate::text::Text;
use crate::web::assets;
use crate::web::chrome::Chrome;
use crate::web::form::{Field, Form};
use crate::web::parts::{Alert, Attribute, Input, PasswordRules, Person, Reveal, RuleList};
use crate::web::samples::Words;

/// The fields of `signupform`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignUpField {
    /// `username`.
    Username,
    /// `password`.
    Password,
    /// `confirm_password`: the same again, on managed login.
    Again,
    /// `requiredAttributes[{name}]`.
    Attribute(Attribute),
}

impl Field for SignUpField {
    fn parse(name: &str) -> Option<Self> {
        match name {
            "username" => Some(Self::Username),
            "password" => Some(Self::Password),
            "confirm_password" => Some(Self::Again),
            _ => Attribute::from_field_name(name).map(Self::Attribute),
        }
    }

    fn name(&self) -> Cow<'static, str> {
        match self {
            Self::Username => Cow::Borrowed("username"),
            Self::Password => Cow::Borrowed("password"),
            Self::Again => Cow::Borrowed("confirm_password"),
            Self::Attribute(attribute) => Cow::Owned(attribute.field_name()),
        }
    }

    fn is_secret(&self) -> bool {
        matches!(self, Self::Password | Self::Again)
    }
}

/// The sign-up page.
#[derive(Clone, Debug, Template)]
#[template(path = "hosted/sign_up.html")]
pub struct SignUpPage {
    /// What surrounds it.
    pub chrome: Chrome,
    /// Where the form goes: the same path and query.
    pub action: String,
    /// The token of the form.
    pub csrf: String,
    /// Values and complaints.
    pub form: Form<SignUpField>,
    /// What the user name is, unless it is generated.
    pub person: Option<Person>,
    /// The attributes that the pool requires, in the order of its schema.
    pub attributes: Vec<Attribute>,
    /// What the pool asks of a password.
    pub rules: PasswordRules,
    /// Whether it is managed login: fields of their types, and the password twice.
    pub managed: bool,
    /// Whether one may go without a password.
    pub spares_password: bool,
    /// The sign-in page.
    pub sign_in_href: String,
    /// What one agrees to by signing up.
    pub terms: Option<TermsLinks>,
}

/// Where the documents are that one agrees to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TermsLinks {
    /// The terms of use.
    pub terms: String,
    /// The privacy policy.
    pub privacy: String,
}

/// A piece of a sentence: words, or words that lead somewhere.
struct Piece<'a> {
    words: &'a str,
    href: Option<&'a str>,
}

impl SignUpPage {
    fn rule_list(&self) -> RuleList {
        self.rules.list(self.chrome.locale, "password")
    }

    /// The sentence about terms, with its links where the language wants them.
    fn agreement<'a>(&'a self, links: &'a TermsLinks) -> Vec<Piece<'a>> {
        let mut pieces = Vec::new();
        let mut rest = self.chrome.say(Text::AgreeToTerms);
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, tail)) = after.split_once('}') else {
                break;
            };
            let (key, href) = match name {
                "privacy" => (Text::PrivacyPolicy, links.privacy.as_str()),
                _ => (Text::TermsOfUse, links.terms.as_str()),
            };
            pieces.push(Piece {
                words: before,
                href: None,
            });
            pieces.push(Piece {
                words: self.chrome.say(key),
                href: Some(href),
            });
            rest = tail;
        }
        pieces.push(Piece {
            words: rest,
            href: None,
        });
        pieces
    }

    fn reveal(&self) -> Reveal {
        let fields = if self.managed {
            "password confirm_password"
        } else {
            "password"
        };
        Reveal::of(self.chrome.locale, fields)
    }

    /// The fields down to the password, in the order of the page: user name, attributes, password.
    fn inputs(&self) -> Vec<Input> {
        let locale = self.chrome.locale;
        let username = self
            .person
            .map(|person| person.input(locale, &self.form, &SignUpField::Username));
        let attributes = self.attributes.iter().map(|attribute| {
            let field = SignUpField::Attribute(attribute.clone());
            if self.managed {
                attribute.typed_input(locale, &self.form, &field)
            } else {
                attribute.input(locale, &self.form, &field)
            }
        });
        let password = self
            .new_password(&SignUpField::Password, Text::Password)
            .described_by(RuleList::ID);
        let password = if self.spares_password {
            password.hint(self.chrome.say(Text::PasswordOptional))
        } else {
            password
        };
        let mut inputs: Vec<_> = username
            .into_iter()
            .chain(attributes)
            .chain([password])
            .collect();
        if let Some(input) = inputs.first_mut() {
            input.focus_first(&self.form);
        }
        inputs
    }

    fn again(&self) -> Input {
        self.new_password(&SignUpField::Again, Text::PasswordAgain)
    }

    fn new_password(&self, field: &SignUpField, label: Text) -> Input {
        let input = Input::of(&self.form, field, self.chrome.say(label));
        let input = input.autocomplete("new-password");
        if self.spares_password {
            input.optional()
        } else {
            input
        }
    }
}

impl SignUpPage {
    /// The page in its states, with these words in every text.
    pub(in crate::web) fn samples(words: &Words) -> Vec<(&'static str, Self)> {
        let plain = Self {
            chrome: words.chrome(),
            action: words.say("/signup?client_id=1"),
            csrf: words.say("csrf-token"),
            form: words.form(),
            person: Some(Person::Username),
            attributes: named(&["email"]),
            rules: Words::rules(),
            managed: false,
            spares_password: false,
            sign_in_href: words.say("/login?client_id=1"),
            terms: words.terms(),
        };
        let managed = Self {
            attributes: named(&STANDARD),
            managed: true,
            ..plain.clone()
        };
        let mut form = words.form();
        form.complain(SignUpField::Again, words.say("The passwords do not match."));
        let passwordless = Self {
            person: Some(Person::Email),
            attributes: Vec::new(),
            managed: true,
            spares_password: true,
            form,
            ..plain.clone()
        };
        vec![
            ("sign_up_refused", plain.clone().refused(words)),
            ("sign_up", plain),
            ("sign_up_managed", managed),
            ("sign_up_passwordless", passwordless),
        ]
    }

    fn refused(self, words: &Words) -> Self {
        let tier = Attribute(words.say("custom:tier"));
        let of = |name: &str| SignUpField::Attribute(Attribute(name.to_owned()));
        let mut form = words
            .form()
            .with(of("email"), words.say("jane@example.com"))
            .with(of("given_name"), words.say("Jane"))
            .with(SignUpField::Attribute(tier.clone()), words.say("gold"))
            .with(SignUpField::Password, words.say("not to be shown"));
        form.complain(
            of("phone_number"),
            words.say("Invalid phone number format."),
        );
        form.complain(
            SignUpField::Password,
            words.say("Password did not conform with policy: Password not long enough"),
        );
        let mut attributes = named(&[
            "email",
            "phone_number",
            "given_name",
            "family_name",
            "birthdate",
        ]);
        attributes.push(tier);
        Self {
            person: None,
            attributes,
            form,
            terms: Some(TermsLinks {
                terms: words.say("https://example.com/terms"),
                privacy: words.say("https://example.com/privacy"),
            }),
            ..self
        }
    }
}

/// The attributes that every pool has.
const STANDARD: [&str; 17] = [
    "name",
    "given_name",
    "family_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "email",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "phone_number",
    "address",
    "updated_at",
];

fn named(names: &[&str]) -> Vec<Attribute> {
    let names = names.iter();
    names.map(|name| Attribute((*name).to_owned())).collect()
}
