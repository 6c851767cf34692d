//! A pool domain's settings (CreateUserPoolDomain, UpdateUserPoolDomain).

use crate::shape;

shape! {
    /// `CustomDomainConfig`.
    pub struct CustomDomainConfig {
        certificate_arn: String,
        security_policy: String,
    }

    /// `Routing`: which replica answers.
    pub struct Routing {
        failover: Failover,
    }

    /// `Routing.Failover`.
    pub struct Failover {
        secondary_region: String,
        primary_route53_health_check_id: String,
    }

    /// Everything CreateUserPoolDomain and UpdateUserPoolDomain set.
    pub struct DomainSettings {
        managed_login_version: i64,
        custom_domain_config: CustomDomainConfig,
        routing: Routing,
    }
}
