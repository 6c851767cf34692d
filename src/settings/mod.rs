//! What a pool and an app client are configured to be: plain data in AWS's names and shapes.
//!
//! These structs are stored as JSON, taken by Create/Update and shown by Describe, so one
//! definition serves the three. `None` means "was not given": several members must stay absent in
//! answers until they are set (api.md 3.1, 3.3), so defaults are applied where a rule reads a
//! setting (the methods here), never where it is stored.

pub mod branding;
pub mod changes;
pub mod client;
pub mod domain;
pub mod issuer;
pub mod pool;
pub mod profile;
pub mod risk;
pub mod sessions;

/// Declares a struct of AWS's shape: PascalCase members, all optional, absent when unset.
#[macro_export]
macro_rules! shape {
    ($($(#[$meta:meta])* pub struct $name:ident {
        $($(#[$field_meta:meta])* $field:ident: $type:ty,)*
    })+) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "PascalCase")]
        pub struct $name {
            $(
                $(#[$field_meta])*
                #[doc = concat!("`", stringify!($field), "` of AWS's shape.")]
                #[serde(default, skip_serializing_if = "Option::is_none")]
                pub $field: Option<$type>,
            )*
        }
    )+};
}

/// Declares an enumeration whose values have fixed names on the wire.
#[macro_export]
macro_rules! names {
    ($($(#[$meta:meta])* pub enum $name:ident { $($variant:ident = $wire:literal),+ $(,)? })+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $(#[doc = $wire] #[serde(rename = $wire)] $variant),+ }

        impl $name {
            /// The name on the wire and in the database.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $wire),+ }
            }

            /// The value of a name.
            pub fn parse(name: &str) -> Option<Self> {
                match name { $($wire => Some(Self::$variant),)+ _ => None }
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::settings::UnknownName;
            fn try_from(name: String) -> Result<Self, Self::Error> {
                Self::parse(&name).ok_or($crate::settings::UnknownName)
            }
        }
    )+};
}

/// A name that is not one of the enumeration's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownName;

impl std::fmt::Display for UnknownName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("unknown name")
    }
}

impl std::error::Error for UnknownName {}
