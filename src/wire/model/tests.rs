use serde_json::{Value, json};

use super::shape::Kind;
use super::*;

fn check(operation: &str, body: &Value) -> Result<(), Refused> {
    idp().check(operation, body)
}

fn invalid(operation: &str, body: &Value) -> String {
    match check(operation, body) {
        Err(Refused::Invalid(message)) => message,
        other => panic!("{operation}: {other:?}"),
    }
}

fn mistyped(operation: &str, body: &Value) -> String {
    match check(operation, body) {
        Err(Refused::Serialization(message)) => message,
        other => panic!("{operation}: {other:?}"),
    }
}

#[test]
fn every_service_is_whole_and_every_pattern_compiles() {
    let (pools, federated, keys) = (idp(), identity(), kms());
    assert_eq!(
        [pools, federated, keys].map(|model| model.operations.len()),
        [141, 23, 56]
    );
    let unsigned = |model: &Model| model.operations.values().filter(|o| o.unsigned).count();
    assert_eq!([pools, federated, keys].map(unsigned), [34, 4, 0]);
    let silent = |model: &Model| model.operations.values().filter(|o| !o.has_output).count();
    assert_eq!([pools, federated, keys].map(silent), [13, 4, 14]);
    for model in [pools, federated, keys] {
        for operation in model.operations.values() {
            every_pattern_compiles(&operation.input);
        }
    }
}

fn every_pattern_compiles(shape: &Shape) {
    if let Some(pattern) = &shape.pattern {
        assert!(pattern.regex().is_some(), "{}", pattern.text);
    }
    match &shape.kind {
        Kind::Structure(members) => members
            .iter()
            .for_each(|m| every_pattern_compiles(&m.shape)),
        Kind::List(element) => every_pattern_compiles(element),
        Kind::Map { key, value } => {
            every_pattern_compiles(key);
            every_pattern_compiles(value);
        }
        _ => {}
    }
}

#[test]
fn facts_of_an_operation() {
    let facts = idp().operation("DeleteUser").unwrap();
    assert!(facts.unsigned && !facts.has_output);
    assert!(facts.errors.contains(&"UserNotFoundException"));
    assert!(facts.errors.is_sorted());
    assert!(idp().operation("Delete").is_none());
    assert!(matches!(
        check("Delete", &json!({})),
        Err(Refused::Serialization(_))
    ));
    assert_eq!(
        idp().operation_names().first(),
        Some(&"AddCustomAttributes")
    );
}

#[test]
fn a_good_request_passes_with_nulls_and_unknown_members() {
    let body = json!({
        "ClientId": "1h57kf5cpq17m0eml12EXAMPLE", "Username": "zoë", "Password": "Passw0rd!",
        "UserAttributes": [{"Name": "email", "Value": null}], "SecretHash": null, "Extra": {"A": 1},
    });
    assert_eq!(check("SignUp", &body), Ok(()));
}

#[test]
fn required() {
    assert_eq!(
        invalid("CreateUserPool", &json!({})),
        "1 validation error detected: Value null at 'poolName' failed to satisfy constraint: \
         Member must not be null"
    );
    assert_eq!(
        invalid("SignUp", &json!({"ClientId": null, "Password": "x"})),
        "2 validation errors detected: Value null at 'clientId' failed to satisfy constraint: \
         Member must not be null; Value null at 'username' failed to satisfy constraint: \
         Member must not be null"
    );
}

#[test]
fn length_and_pattern() {
    assert_eq!(
        invalid("DescribeUserPool", &json!({"UserPoolId": "pool"})),
        "1 validation error detected: Value 'pool' at 'userPoolId' failed to satisfy constraint: \
         Member must satisfy regular expression pattern: [\\w-]+_[0-9a-zA-Z]+"
    );
    let long = "a".repeat(129);
    assert_eq!(
        invalid("CreateUserPool", &json!({"PoolName": long})),
        format!(
            "1 validation error detected: Value '{long}' at 'poolName' failed to satisfy \
             constraint: Member must have length less than or equal to 128"
        )
    );
}

#[test]
fn sensitive_values_are_not_repeated_and_pattern_comes_before_length() {
    assert_eq!(
        invalid(
            "ForgotPassword",
            &json!({"ClientId": "", "Username": "zoe"})
        ),
        "2 validation errors detected: Value at 'clientId' failed to satisfy constraint: Member \
         must satisfy regular expression pattern: [\\w+]+; Value at 'clientId' failed to satisfy \
         constraint: Member must have length greater than or equal to 1"
    );
    assert_eq!(
        invalid("VerifySoftwareToken", &json!({"UserCode": "abcd"})),
        "2 validation errors detected: Value at 'userCode' failed to satisfy constraint: Member \
         must satisfy regular expression pattern: [0-9]+; Value at 'userCode' failed to satisfy \
         constraint: Member must have length greater than or equal to 6"
    );
}

#[test]
fn enumeration() {
    let body = json!({"PoolName": "p", "MfaConfiguration": "false"});
    assert_eq!(
        invalid("CreateUserPool", &body),
        "1 validation error detected: Value 'false' at 'mfaConfiguration' failed to satisfy \
         constraint: Member must satisfy enum value set: [OFF, ON, OPTIONAL]"
    );
}

#[test]
fn range() {
    assert_eq!(
        invalid("ListUserPools", &json!({"MaxResults": 61})),
        "1 validation error detected: Value '61' at 'maxResults' failed to satisfy constraint: \
         Member must have value less than or equal to 60"
    );
    assert_eq!(
        invalid("ListUserPools", &json!({"MaxResults": 0})),
        "1 validation error detected: Value '0' at 'maxResults' failed to satisfy constraint: \
         Member must have value greater than or equal to 1"
    );
}

#[test]
fn nested_structures_and_lists() {
    let body = json!({
        "PoolName": "p",
        "LambdaConfig": {"CustomMessage": "functionArn"},
        "Policies": {"PasswordPolicy": {"MinimumLength": 5}},
    });
    assert_eq!(
        invalid("CreateUserPool", &body),
        "3 validation errors detected: Value 'functionArn' at 'lambdaConfig.customMessage' failed \
         to satisfy constraint: Member must satisfy regular expression pattern: \
         arn:[\\w+=/,.@-]+:[\\w+=/,.@-]+:([\\w+=/,.@-]*)?:[0-9]+:[\\w+=/,.@-]+(:[\\w+=/,.@-]+)?\
         (:[\\w+=/,.@-]+)?; Value 'functionArn' at 'lambdaConfig.customMessage' failed to satisfy \
         constraint: Member must have length greater than or equal to 20; Value '5' at \
         'policies.passwordPolicy.minimumLength' failed to satisfy constraint: Member must have \
         value greater than or equal to 6"
    );
    let body = json!({
        "ClientId": "c", "Username": "u",
        "UserAttributes": [{"Name": "email"}, {"Name": "", "Value": "x"}, {"Value": "x"}],
    });
    assert_eq!(
        invalid("SignUp", &body),
        "3 validation errors detected: Value '' at 'userAttributes.2.member.name' failed to satisfy \
         constraint: Member must satisfy regular expression pattern: \
         [\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\t\\n\\r ]+; Value '' at 'userAttributes.2.member.name' \
         failed to satisfy constraint: Member must have length greater than or equal to 1; Value \
         null at 'userAttributes.3.member.name' failed to satisfy constraint: Member must not be \
         null"
    );
}

#[test]
fn collections_report_their_own_length() {
    let names: Vec<_> = (0..26).map(|n| json!({"Name": format!("n{n}")})).collect();
    let message = invalid(
        "AddCustomAttributes",
        &json!({"UserPoolId": "r_1", "CustomAttributes": names}),
    );
    assert!(
        message.starts_with(
            "1 validation error detected: Value '[{Name=n0}, {Name=n1}, {Name=n2}, "
        ) && message.ends_with(
            ", {Name=n25}]' at 'customAttributes' failed to satisfy constraint: Member must have \
             length less than or equal to 25"
        ),
        "{message}"
    );
}

#[test]
fn elements_are_reported_once_with_all_their_constraints() {
    let body = json!({
        "UserPoolId": "r_1", "ClientName": "c", "ExplicitAuthFlows": ["A", "ALLOW_USER_AUTH", "B"],
    });
    assert_eq!(
        invalid("CreateUserPoolClient", &body),
        "1 validation error detected: Value '[A, ALLOW_USER_AUTH, B]' at 'explicitAuthFlows' failed \
         to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value \
         set: [ADMIN_NO_SRP_AUTH, CUSTOM_AUTH_FLOW_ONLY, USER_PASSWORD_AUTH, \
         ALLOW_ADMIN_USER_PASSWORD_AUTH, ALLOW_CUSTOM_AUTH, ALLOW_USER_PASSWORD_AUTH, \
         ALLOW_USER_SRP_AUTH, ALLOW_REFRESH_TOKEN_AUTH, ALLOW_USER_AUTH, \
         ALLOW_TOKEN_EXCHANGE_DELEGATION, ALLOW_TOKEN_EXCHANGE_IMPERSONATION, \
         ALLOW_CLIENT_TOKEN_AUTH]]"
    );
    let body = json!({
        "UserPoolId": "r_1", "ClientName": "c", "SupportedIdentityProviders": ["COGNITO", ""],
    });
    assert_eq!(
        invalid("CreateUserPoolClient", &body),
        "1 validation error detected: Value '[COGNITO, ]' at 'supportedIdentityProviders' failed to \
         satisfy constraint: Member must satisfy constraint: [Member must have length less than or \
         equal to 32, Member must have length greater than or equal to 1, Member must satisfy \
         regular expression pattern: [\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\p{Z}]+]"
    );
    assert_eq!(
        invalid(
            "CreateUserPoolClient",
            &json!({"UserPoolId": "r_1", "ClientName": "c", "CallbackURLs": ["https://a", null]})
        ),
        "1 validation error detected: Value null at 'callbackURLs.2.member' failed to satisfy \
         constraint: Member must not be null"
    );
}

#[test]
fn map_entries_are_reported_once_with_all_their_constraints() {
    let body = json!({
        "IdentityPoolName": "p", "AllowUnauthenticatedIdentities": true,
        "SupportedLoginProviders": {"accounts.google.com": "id ", "graph.facebook.com": "1"},
    });
    assert_eq!(
        identity().check("CreateIdentityPool", &body),
        Err(Refused::Invalid(
            "1 validation error detected: Value '{accounts.google.com=id , graph.facebook.com=1}' \
             at 'supportedLoginProviders' failed to satisfy constraint: Map value must satisfy \
             constraint: [Member must have length less than or equal to 128, Member must have \
             length greater than or equal to 1, Member must satisfy regular expression pattern: \
             [\\w.;_/-]+]"
                .to_owned()
        ))
    );
    // The values are tokens: nothing of such a map is shown.
    assert_eq!(
        identity()
            .check("GetCredentialsForIdentity", &json!({"IdentityId": "r:1", "Logins": {"a": ""}})),
        Err(Refused::Invalid(
            "1 validation error detected: Value at 'logins' failed to satisfy constraint: Map value \
             must satisfy constraint: [Member must have length less than or equal to 50000, Member \
             must have length greater than or equal to 1]"
                .to_owned()
        ))
    );
    let body = json!({
        "UserPoolId": "r_1", "ProviderName": "Okta", "ProviderType": "OIDC", "ProviderDetails": {},
        "AttributeMapping": {"a".repeat(33): "sub"},
    });
    assert!(
        invalid("CreateIdentityProvider", &body).ends_with(
            "' at 'attributeMapping' failed to satisfy constraint: Map keys must satisfy \
             constraint: [Member must have length less than or equal to 32, Member must have length \
             greater than or equal to 1]"
        )
    );
}

#[test]
fn wrong_types_win_over_violations() {
    let text = |value: Value| mistyped("CreateUserPool", &json!({"PoolName": value}));
    assert_eq!(
        text(json!(1)),
        "NUMBER_VALUE can not be converted to a String"
    );
    assert_eq!(
        text(json!(true)),
        "TRUE_VALUE can not be converted to a String"
    );
    assert_eq!(text(json!([])), "Start of list found where not expected");
    assert_eq!(
        text(json!({})),
        "Start of structure or map found where not expected."
    );
    let results = |value: Value| mistyped("ListUserPools", &json!({"MaxResults": value}));
    assert_eq!(
        results(json!("1")),
        "STRING_VALUE can not be converted to an Integer"
    );
    for number in [
        json!(1.5),
        json!(1.0),
        json!(1e30),
        json!(2_147_483_648_u64),
        json!(u64::MAX),
    ] {
        assert_eq!(
            results(number),
            "NUMBER_VALUE can not be converted to an Integer"
        );
    }
    assert_eq!(
        mistyped("SignUp", &json!({"UserAttributes": [{"Name": "a"}, "b"]})),
        "Expected structure or null"
    );
    assert_eq!(
        mistyped("SignUp", &json!({"UserAttributes": 1})),
        "Expected list or null"
    );
    assert_eq!(
        mistyped("SignUp", &json!({"ClientMetadata": false})),
        "Expected map or null"
    );
    assert_eq!(
        mistyped("SignUp", &json!([])),
        "Start of list found where not expected"
    );
    assert_eq!(
        mistyped("SignUp", &json!({"ClientMetadata": {"a": 1}})),
        "NUMBER_VALUE can not be converted to a String"
    );
    assert_eq!(
        mistyped(
            "SetUICustomization",
            &json!({"UserPoolId": "r_1", "ImageFile": "not base64!"})
        ),
        "Blobs must be base64"
    );
}

#[test]
fn lengths_count_scalar_values_and_decoded_bytes() {
    let named = |name: String| {
        check(
            "CreateGroup",
            &json!({"UserPoolId": "r_1", "GroupName": name}),
        )
    };
    assert_eq!(named("👍".repeat(128)), Ok(()));
    assert!(named("👍".repeat(129)).is_err());
    let image = |bytes: usize| {
        let asset = json!({
            "Category": "FAVICON_ICO", "ColorMode": "LIGHT", "Extension": "ICO",
            "Bytes": "AAAA".repeat(bytes / 3),
        });
        let body = json!({"UserPoolId": "r_1", "ClientId": "c", "Assets": [asset]});
        check("CreateManagedLoginBranding", &body)
    };
    assert_eq!(image(999_999), Ok(()));
    assert!(image(1_000_002).is_err());
}

#[test]
fn documents_are_any_object() {
    let settings = |value: Value| {
        check(
            "CreateManagedLoginBranding",
            &json!({"UserPoolId": "r_1", "ClientId": "c", "Settings": value}),
        )
    };
    assert_eq!(settings(json!({"a": [null, 1, {"b": "c"}]})), Ok(()));
    assert!(settings(json!("{}")).is_err());
}

#[test]
fn messages_do_not_grow_with_the_request() {
    let message = invalid("CreateUserPool", &json!({"PoolName": "é".repeat(100_000)}));
    assert!(message.contains(&format!("Value '{}...' at 'poolName'", "é".repeat(1024))));
    let attributes = vec![json!({}); 5000];
    let message = invalid(
        "SignUp",
        &json!({"ClientId": "c", "Username": "u", "UserAttributes": attributes}),
    );
    assert!(message.starts_with("5000 validation errors detected: "));
    assert_eq!(message.matches("must not be null").count(), 100);
}

#[test]
fn nulls_are_stripped_where_they_mean_absent() {
    let mut body = json!({
        "UserPoolId": "r_1", "ClientId": null, "Unknown": null,
        "Settings": {"a": null}, "Assets": [{"Category": null, "ColorMode": "DARK"}],
    });
    idp().strip_nulls("CreateManagedLoginBranding", &mut body);
    let expected = json!({
        "UserPoolId": "r_1", "Unknown": null, "Settings": {"a": null}, "Assets": [{"ColorMode": "DARK"}],
    });
    assert_eq!(body, expected);
    let mut body = json!({"ClientMetadata": {"a": null, "b": "c"}});
    idp().strip_nulls("SignUp", &mut body);
    assert_eq!(body, json!({"ClientMetadata": {"b": "c"}}));
}
