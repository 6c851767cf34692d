//! What Describe shows of a pool: its settings with the defaults that AWS fills in, and without
//! those that it leaves absent (api.md 3.1).

use crate::domain::assurance;
use crate::settings::pool::{
    AdminCreateUserConfig, DeletionProtection, EmailConfiguration, Policies, PoolSettings,
    SignInPolicy, SmsConfiguration,
};
use crate::store::pools::Pool;

/// A pool with what belongs to its description but lies elsewhere.
#[derive(Clone, Debug)]
pub struct Described {
    /// The pool.
    pub pool: Pool,
    /// How many users it has.
    pub users: i64,
    /// Its prefix domain.
    pub domain: Option<String>,
    /// Its custom domain.
    pub custom_domain: Option<String>,
}

impl Described {
    /// The settings as answers show them.
    pub fn settings(&self) -> PoolSettings {
        let pool = &self.pool;
        let mut shown = pool.settings().clone();
        let factors = shown.first_factors();
        shown.policies = Some(Policies {
            password_policy: Some(shown.password_policy()),
            sign_in_policy: (!factors.is_empty()).then_some(SignInPolicy {
                allowed_first_auth_factors: Some(factors),
            }),
        });
        shown
            .deletion_protection
            .get_or_insert(DeletionProtection::Inactive);
        shown.lambda_config.get_or_insert_default();
        shown.mfa_configuration = Some(shown.mfa());
        let email = shown.email_configuration.get_or_insert_default();
        fill_sender(email);
        fill_region(&mut shown.sms_configuration, &pool.region);
        let admin = AdminCreateUserConfig {
            allow_admin_create_user_only: Some(shown.admin_creates_users_only()),
            unused_account_validity_days: Some(shown.temporary_password_days()),
            invite_message_template: shown
                .admin_create_user_config
                .and_then(|config| config.invite_message_template),
        };
        shown.admin_create_user_config = Some(admin);
        shown.user_pool_tier = Some(pool.settings().tier());
        shown.acr_configuration = Some(assurance::effective(pool.settings()));
        shown
    }
}

/// Text messages go out in the pool's own region unless another is set.
pub(super) fn fill_region(sms: &mut Option<SmsConfiguration>, region: &str) {
    if let Some(sms) = sms
        && sms.eums_sms.is_none()
    {
        sms.sns_region.get_or_insert_with(|| region.to_owned());
    }
}

fn fill_sender(email: &mut EmailConfiguration) {
    email
        .email_sending_account
        .get_or_insert_with(|| "COGNITO_DEFAULT".to_owned());
}
