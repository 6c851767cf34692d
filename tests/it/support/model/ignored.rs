//! Finding the members of a request that an operation does not read.

use serde_json::{Value, json};

use super::{maximal_request, member_paths};

/// How an operation's request type takes a body: the members it ignores, or why it is refused.
pub type Read = fn(Value) -> Result<Vec<String>, String>;

/// The members of an operation's maximal request that its request type ignores, as
/// `UserAttributes.Value`; nothing is listed below an ignored member.
///
/// Beside what serde reports, a member counts as ignored when a value of a wrong JSON type makes no
/// difference: serde does not report what vanishes in a flattened or untagged type.
///
/// # Panics
/// When the maximal request is refused: the request type wants something else than the model.
pub fn ignored_members(service: &str, operation: &str, read: Read) -> Vec<String> {
    let request = maximal_request(service, operation);
    let reported = read(request.clone())
        .unwrap_or_else(|error| panic!("{operation} refuses its maximal request: {error}"));
    let mut ignored: Vec<String> = reported.iter().map(|path| plain(path, '.')).collect();
    for path in member_paths(&request) {
        let name = plain(&path, '/');
        if ignored
            .iter()
            .any(|outer| name == *outer || name.starts_with(&format!("{outer}.")))
        {
            continue;
        }
        // A document may be anything, inside and as a whole.
        if path.contains("/document") {
            continue;
        }
        let mut changed = request.clone();
        let value = changed.pointer_mut(&path).unwrap();
        if value.get("document").is_some() {
            continue;
        }
        *value = if value.is_boolean() {
            json!("text")
        } else {
            json!(true)
        };
        if read(changed).is_ok() {
            ignored.push(name);
        }
    }
    ignored.sort();
    ignored.dedup();
    ignored
}

/// A path without what only marks an element or an optional value.
fn plain(path: &str, separator: char) -> String {
    let steps = path
        .split(separator)
        .filter(|step| !step.is_empty() && *step != "?" && step.parse::<usize>().is_err());
    steps.collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde::de::DeserializeOwned;

    use super::*;

    fn read<T: DeserializeOwned>(body: Value) -> Result<Vec<String>, String> {
        let mut ignored = Vec::new();
        serde_ignored::deserialize::<_, _, T>(body, |path| ignored.push(path.to_string()))
            .map_err(|error| error.to_string())?;
        Ok(ignored)
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    #[expect(dead_code, reason = "what is read does not matter here")]
    struct Whole {
        client_id: String,
        username: String,
        confirmation_code: String,
        secret_hash: Option<String>,
        force_alias_creation: Option<bool>,
        analytics_metadata: Option<Analytics>,
        user_context_data: Option<Context>,
        client_metadata: Option<std::collections::BTreeMap<String, String>>,
        session: Option<String>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    #[expect(dead_code, reason = "what is read does not matter here")]
    struct Analytics {
        analytics_endpoint_id: String,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    #[expect(dead_code, reason = "what is read does not matter here")]
    struct Context {
        ip_address: String,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    #[expect(dead_code, reason = "what is read does not matter here")]
    struct Flattened {
        client_id: String,
        #[serde(flatten)]
        proof: Proof,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    #[expect(dead_code, reason = "what is read does not matter here")]
    struct Proof {
        username: String,
        confirmation_code: String,
    }

    #[test]
    fn an_ignored_member_is_found_at_any_depth() {
        let ignored = ignored_members("cognito-idp", "ConfirmSignUp", read::<Whole>);
        assert_eq!(ignored, ["UserContextData.EncodedData"]);
    }

    #[test]
    fn a_flattened_type_hides_nothing() {
        let ignored = ignored_members("cognito-idp", "ConfirmSignUp", read::<Flattened>);
        let expected = [
            "AnalyticsMetadata",
            "ClientMetadata",
            "ForceAliasCreation",
            "SecretHash",
            "Session",
            "UserContextData",
        ];
        assert_eq!(ignored, expected);
    }

    #[test]
    #[should_panic(expected = "ConfirmDevice refuses its maximal request")]
    fn a_type_that_wants_something_else_is_found() {
        ignored_members("cognito-idp", "ConfirmDevice", read::<Whole>);
    }
}
