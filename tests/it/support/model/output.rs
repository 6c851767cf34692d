//! Holding an answer against the model.

use base64::Engine as _;
use serde_json::Value;

use super::{Facts, Shape, facts};

/// Errors of the front end and of this product, which no operation's model lists: api.md 1.2, 1.3
/// and 1.6 of the project's reference.
const COMMON_ERRORS: &[&str] = &[
    "AccessDeniedException",
    "ExpiredTokenException",
    "ForbiddenException",
    "IncompleteSignatureException",
    "InternalErrorException",
    "InvalidParameterException",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
    "NotImplementedException",
    "SerializationException",
    "TooManyRequestsException",
    "UnknownOperationException",
    "UnrecognizedClientException",
    "ValidationException",
];

/// Required members that recorded answers of the service itself leave out: api.md 3.4.
const LEFT_OUT: &[&str] = &["DomainDescription.CustomDomainConfig.CertificateArn"];

/// Fails when an answer is not one that the model allows: unknown members, wrong types, missing
/// required members, nulls, values outside an enum, a body where the model has none, an error that
/// the operation does not have.
#[track_caller]
pub fn check_output(service: &str, operation: &str, status: u16, body: &[u8]) {
    let problems = problems(service, operation, status, body);
    assert!(
        problems.is_empty(),
        "{service} {operation} answered {status} against the model:\n- {}\n{}",
        problems.join("\n- "),
        String::from_utf8_lossy(body)
    );
}

/// What is wrong with an answer.
pub(super) fn problems(service: &str, operation: &str, status: u16, body: &[u8]) -> Vec<String> {
    let facts = facts(service);
    let mut found = Found {
        facts,
        problems: Vec::new(),
    };
    if status != 200 {
        found.error(operation, status, body);
        return found.problems;
    }
    let Some(output) = &facts.operation(operation).output else {
        if !body.is_empty() {
            found.add("", "there must be no body");
        }
        return found.problems;
    };
    match serde_json::from_slice::<Value>(body) {
        Ok(value) => found.value(facts.shape(output), "", &value),
        Err(error) => found.add("", &format!("not JSON: {error}")),
    }
    found.problems
}

struct Found {
    facts: &'static Facts,
    problems: Vec<String>,
}

impl Found {
    fn add(&mut self, path: &str, problem: &str) {
        let path = if path.is_empty() { "the answer" } else { path };
        self.problems.push(format!("{path}: {problem}"));
    }

    fn error(&mut self, operation: &str, status: u16, body: &[u8]) {
        let Ok(Value::Object(members)) = serde_json::from_slice::<Value>(body) else {
            return self.add("", "not a JSON object");
        };
        let Some(name) = members.get("__type").and_then(Value::as_str) else {
            return self.add("__type", "missing");
        };
        let statuses: &[u16] = match name {
            "NotImplementedException" => &[501],
            "InternalErrorException" | "InternalServerException" => &[500],
            "ForbiddenException" => &[400, 403],
            "SerializationException" => &[400, 413],
            _ => &[400],
        };
        if !statuses.contains(&status) {
            self.add("the status", &format!("{status} does not go with {name}"));
        }
        let modelled = self
            .facts
            .operations
            .get(operation)
            .is_some_and(|facts| facts.errors.iter().any(|error| error == name));
        if !modelled && !COMMON_ERRORS.contains(&name) {
            self.add("__type", &format!("{name} is not an error of {operation}"));
        }
        for (member, value) in members.iter().filter(|(member, _)| *member != "__type") {
            let shape = self.facts.shapes.get(name).filter(|_| modelled);
            match shape.and_then(|shape| shape.members.get(member)) {
                Some(target) => self.value(self.facts.shape(target), member, value),
                None if member == "message" && value.is_string() => {}
                None => self.add(member, "not a member of the error"),
            }
        }
    }

    fn value(&mut self, shape: &Shape, path: &str, value: &Value) {
        match (shape.kind.as_str(), value) {
            (_, Value::Null) => self.add(path, "null, where an absent member was due"),
            ("structure", Value::Object(_)) if shape.document => {}
            ("structure", Value::Object(members)) => {
                for name in shape
                    .required
                    .iter()
                    .filter(|name| !members.contains_key(*name))
                {
                    let path = join(path, name);
                    if !LEFT_OUT.contains(&path.as_str()) {
                        self.add(&path, "required, and missing");
                    }
                }
                for (name, inner) in members {
                    match shape.members.get(name) {
                        Some(target) => {
                            self.value(self.facts.shape(target), &join(path, name), inner);
                        }
                        None => self.add(&join(path, name), "not a member"),
                    }
                }
            }
            ("list", Value::Array(elements)) => {
                for (at, inner) in elements.iter().enumerate() {
                    self.value(
                        self.facts.shape(&shape.element),
                        &format!("{path}[{at}]"),
                        inner,
                    );
                }
            }
            ("map", Value::Object(entries)) => {
                for (key, inner) in entries {
                    let path = join(path, key);
                    self.value(
                        self.facts.shape(&shape.key),
                        &path,
                        &Value::from(key.as_str()),
                    );
                    self.value(self.facts.shape(&shape.value), &path, inner);
                }
            }
            ("string", Value::String(text)) => {
                if !shape.allowed.is_empty() && !shape.allowed.contains(text) {
                    self.add(path, &format!("{text:?} is none of {:?}", shape.allowed));
                }
            }
            ("blob", Value::String(text)) => {
                if base64::engine::general_purpose::STANDARD
                    .decode(text)
                    .is_err()
                {
                    self.add(path, "not base64");
                }
            }
            ("integer" | "long", Value::Number(number)) if number.as_i64().is_some() => {}
            ("timestamp", Value::Number(_)) | ("boolean", Value::Bool(_)) => {}
            (kind, value) => self.add(path, &format!("{value} is not a {kind}")),
        }
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::problems;

    fn found(operation: &str, status: u16, body: &str) -> Vec<String> {
        problems("cognito-idp", operation, status, body.as_bytes())
    }

    #[test]
    fn good_answers_pass() {
        let body = r#"{"UserConfirmed":false,"UserSub":"s",
            "CodeDeliveryDetails":{"DeliveryMedium":"EMAIL","Destination":"a***"}}"#;
        assert!(found("SignUp", 200, body).is_empty());
        assert!(found("DeleteUser", 200, "").is_empty());
        assert!(found("GlobalSignOut", 200, "{}").is_empty());
        let body = r#"{"__type":"UserNotFoundException","message":"User does not exist."}"#;
        assert!(found("GetUser", 400, body).is_empty());
        let body = r#"{"__type":"InvalidParameterException","message":"m","reasonCode":"r"}"#;
        assert!(found("SignUp", 400, body).is_empty());
    }

    #[test]
    fn every_kind_of_fault_is_found() {
        let wrong = |body: &str| found("SignUp", 200, body).join("; ");
        assert_eq!(
            wrong(r#"{"UserConfirmed":1,"UserSub":null,"Extra":1}"#),
            "Extra: not a member; UserConfirmed: 1 is not a boolean; \
             UserSub: null, where an absent member was due"
        );
        assert_eq!(
            wrong(r#"{"UserSub":"s","CodeDeliveryDetails":{"DeliveryMedium":"FAX"}}"#),
            "UserConfirmed: required, and missing; \
             CodeDeliveryDetails.DeliveryMedium: \"FAX\" is none of [\"SMS\", \"EMAIL\"]"
        );
        assert!(wrong("").starts_with("the answer: not JSON"));
        assert_eq!(
            found("DeleteUser", 200, "{}"),
            ["the answer: there must be no body"]
        );
        let error = |status, body| found("GetUser", status, body).join("; ");
        assert_eq!(
            error(404, r#"{"__type":"UserNotFoundException"}"#),
            "the status: 404 does not go with UserNotFoundException"
        );
        assert_eq!(
            error(
                400,
                r#"{"__type":"GroupExistsException","message":"m","Detail":1}"#
            ),
            "__type: GroupExistsException is not an error of GetUser; \
             Detail: not a member of the error"
        );
        assert_eq!(error(400, "{}"), "__type: missing");
        assert_eq!(error(400, ""), "the answer: not a JSON object");
    }
}
