//! Which attributes a client may be given to read and write (api.md 3.3).

use super::check::Against;
use crate::error::{Error, Result};
use crate::settings::client::ClientSettings;
use crate::settings::pool::SchemaAttribute;

/// Never written through a client: made by the service, or proven by a code.
const READ_ONLY: [&str; 3] = ["sub", "email_verified", "phone_number_verified"];

/// Checks `ReadAttributes` and `WriteAttributes`: known names, nothing that only administrators
/// see, and for writing everything that sign-up requires.
pub(super) fn check(settings: &ClientSettings, against: &Against<'_>) -> Result<()> {
    let schema = &against.pool.document.schema;
    let known = |name: &str| {
        let mut open = schema
            .iter()
            .filter(|a| a.developer_only_attribute != Some(true));
        open.any(|attribute| attribute.name.as_deref() == Some(name))
    };
    if let Some(names) = &settings.read_attributes {
        let readable = |name: &String| known(name) || name == "identities";
        if !names.iter().all(readable) {
            return Err(Error::client_attributes("read", against.verb));
        }
    }
    if let Some(names) = &settings.write_attributes {
        let writable = |name: &String| known(name) && !READ_ONLY.contains(&name.as_str());
        let required = |attribute: &&SchemaAttribute| {
            attribute.required == Some(true) && attribute.name.as_deref() != Some("sub")
        };
        let listed = |attribute: &SchemaAttribute| {
            attribute
                .name
                .as_ref()
                .is_some_and(|name| names.contains(name))
        };
        if !names.iter().all(writable) || !schema.iter().filter(required).all(listed) {
            return Err(Error::client_attributes("write", against.verb));
        }
    }
    Ok(())
}
