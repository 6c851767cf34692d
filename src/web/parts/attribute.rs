//! A user attribute that a page asks for.

use std::borrow::Cow;

use crate::text::{Locale, Text, text};
use crate::web::form::{Field, Form};

use super::Input;

/// A required attribute of the pool, by its name: `email`, `given_name`, `custom:tier`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute(pub String);

impl Attribute {
    /// `requiredAttributes[{name}]`, as the classic forms name it.
    pub(in crate::web) fn field_name(&self) -> String {
        format!("requiredAttributes[{}]", self.0)
    }

    /// The attribute of a field called `requiredAttributes[{name}]`.
    pub(in crate::web) fn from_field_name(name: &str) -> Option<Self> {
        let name = name
            .strip_prefix("requiredAttributes[")?
            .strip_suffix(']')?;
        (!name.is_empty()).then(|| Self(name.to_owned()))
    }

    /// What it is called on a page; an attribute without a text of its own is called by its name.
    fn label(&self, locale: Locale) -> Cow<'static, str> {
        let key = match self.0.as_str() {
            "address" => Text::Address,
            "birthdate" => Text::Birthdate,
            "email" => Text::Email,
            "family_name" => Text::FamilyName,
            "gender" => Text::Gender,
            "given_name" => Text::GivenName,
            "locale" => Text::Language,
            "middle_name" => Text::MiddleName,
            "name" => Text::Name,
            "nickname" => Text::Nickname,
            "phone_number" => Text::Phone,
            "picture" => Text::Picture,
            "preferred_username" => Text::PreferredUsername,
            "profile" => Text::Profile,
            "updated_at" => Text::UpdatedAt,
            "website" => Text::Website,
            "zoneinfo" => Text::TimeZone,
            custom => {
                let bare = custom.strip_prefix("custom:").unwrap_or(custom);
                return Cow::Owned(bare.to_owned());
            }
        };
        Cow::Borrowed(text(locale, key))
    }

    /// The field that asks for it, as on the classic page: its types are e-mail, phone and text only,
    /// for the format is the pool's rule and not the browser's.
    pub(in crate::web) fn input<F: Field>(
        &self,
        locale: Locale,
        form: &Form<F>,
        field: &F,
    ) -> Input {
        let input = Input::of(form, field, self.label(locale));
        match self.0.as_str() {
            "address" => input.autocomplete("street-address").prose(),
            "birthdate" => input
                .autocomplete("bday")
                .kind("text", "numeric")
                .hint(text(locale, Text::DateHint)),
            "email" => input
                .autocomplete("email")
                .kind("email", "")
                .placeholder(text(locale, Text::EmailExample)),
            "family_name" => input.autocomplete("family-name").prose(),
            "gender" => input.autocomplete("sex").prose(),
            "given_name" => input.autocomplete("given-name").prose(),
            "locale" => input
                .autocomplete("language")
                .hint(text(locale, Text::LocaleHint)),
            "middle_name" => input.autocomplete("additional-name").prose(),
            "name" => input.autocomplete("name").prose(),
            "nickname" => input.autocomplete("nickname").prose(),
            "phone_number" => input
                .autocomplete("tel")
                .kind("tel", "")
                .placeholder(text(locale, Text::PhoneExample))
                .hint(text(locale, Text::PhoneHint)),
            "picture" => input.autocomplete("photo").kind("text", "url"),
            "profile" | "website" => input.autocomplete("url").kind("text", "url"),
            "updated_at" => input.kind("text", "numeric"),
            "zoneinfo" => input.hint(text(locale, Text::ZoneHint)),
            _ => input,
        }
    }

    /// The same in managed login, where dates, addresses and numbers have types of their own: the
    /// browser helps with them. What they send is what the text field would.
    pub(in crate::web) fn typed_input<F: Field>(
        &self,
        locale: Locale,
        form: &Form<F>,
        field: &F,
    ) -> Input {
        let input = self.input(locale, form, field);
        match self.0.as_str() {
            "birthdate" => input.kind("date", "").hint(""),
            "picture" | "profile" | "website" => input.kind("url", ""),
            "updated_at" => input.kind("number", ""),
            _ => input,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Attribute;
    use crate::text::Locale;

    #[test]
    fn field_names_lead_back_to_the_attribute() {
        for name in ["email", "custom:tier", "custom:a]b", "["] {
            let attribute = Attribute(name.to_owned());
            assert_eq!(
                Attribute::from_field_name(&attribute.field_name()),
                Some(attribute)
            );
        }
        for name in ["requiredAttributes[]", "requiredAttributes[email", "email"] {
            assert_eq!(Attribute::from_field_name(name), None);
        }
    }

    #[test]
    fn custom_attributes_are_called_by_their_name() {
        let label = |name: &str| Attribute(name.to_owned()).label(Locale::En);
        assert_eq!(label("custom:tier"), "tier");
        assert_eq!(label("given_name"), "Given name");
    }
}
