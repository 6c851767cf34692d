//! The two views of a pool's verification texts: the older top-level members and
//! `VerificationMessageTemplate`. They are one setting (api.md 3.1); where both are given and
//! differ, the template wins.

use crate::settings::pool::{EmailOption, PoolSettings};

/// Makes the two views the same.
pub(super) fn align(settings: &mut PoolSettings) {
    let template = settings
        .verification_message_template
        .get_or_insert_default();
    agree(
        &mut settings.sms_verification_message,
        &mut template.sms_message,
    );
    agree(
        &mut settings.email_verification_message,
        &mut template.email_message,
    );
    agree(
        &mut settings.email_verification_subject,
        &mut template.email_subject,
    );
    template
        .default_email_option
        .get_or_insert(EmailOption::Code);
}

fn agree(old: &mut Option<String>, new: &mut Option<String>) {
    match new {
        Some(text) => *old = Some(text.clone()),
        None => new.clone_from(old),
    }
}
