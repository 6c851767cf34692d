//! The validator against the public model, and every built operation against both.

use std::collections::BTreeSet;

use poolhouse::wire::model::{self, Refused};
use poolhouse::wire::operation::Operation;

use crate::support::Server;
use crate::support::model::{facts, ignored_members, invalid, limits, maximal_request, negatives};

const SERVICES: [&str; 3] = ["cognito-idp", "cognito-identity", "kms"];

fn validator(service: &str) -> &'static model::Model {
    match service {
        "cognito-idp" => model::idp(),
        "kms" => model::kms(),
        _ => model::identity(),
    }
}

/// The operations held against the validator: of KMS, most of which never will be, those that are
/// built.
fn modelled(service: &str) -> Vec<&'static str> {
    if service == "kms" {
        return built(service).iter().map(|built| built.name).collect();
    }
    let operations = facts(service).operations.keys();
    operations.map(String::as_str).collect()
}

fn built(service: &str) -> Vec<&'static Operation> {
    let table = match service {
        "cognito-idp" => poolhouse::api::operations::OPERATIONS,
        "kms" => poolhouse::kms::operations::OPERATIONS,
        _ => poolhouse::identity::operations::OPERATIONS,
    };
    table
        .iter()
        .filter(|operation| operation.handler.is_some())
        .collect()
}

#[test]
fn every_operation_takes_its_maximal_request_and_values_at_their_limits() {
    for service in SERVICES {
        for operation in modelled(service) {
            let body = maximal_request(service, operation);
            assert_eq!(
                validator(service).check(operation, &body),
                Ok(()),
                "{operation}"
            );
            for case in limits(service, operation) {
                let answer = validator(service).check(operation, &case.body);
                assert_eq!(answer, Ok(()), "{operation} {}", case.what);
            }
        }
    }
}

#[test]
fn every_single_fault_is_refused() {
    let mut tried = 0;
    for service in SERVICES {
        for operation in modelled(service) {
            for case in negatives(service, operation) {
                tried += 1;
                let error = match validator(service).check(operation, &case.body) {
                    Err(Refused::Serialization(_)) => "SerializationException",
                    Err(Refused::Invalid(_)) => invalid(service),
                    Ok(()) => "nothing",
                };
                assert_eq!(error, case.error, "{operation} {}", case.what);
            }
        }
    }
    println!("{tried} faults tried");
    assert!(tried > 6_450, "only {tried} faults tried");
}

#[test]
fn the_tables_have_exactly_the_operations_of_the_model() {
    for (service, table) in SERVICES.into_iter().zip([
        poolhouse::api::operations::OPERATIONS,
        poolhouse::identity::operations::OPERATIONS,
        poolhouse::kms::operations::OPERATIONS,
    ]) {
        let rows: Vec<&str> = table.iter().map(|row| row.name).collect();
        let modelled: Vec<&String> = facts(service).operations.keys().collect();
        assert_eq!(rows, modelled);
    }
}

/// What an operation takes and does nothing with must be told: `docs/differences.md` names it as
/// `` `Operation.Member` ``, or as `` `*.Member` `` for every operation that takes it.
#[test]
fn no_member_of_a_request_is_silently_ignored() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/differences.md");
    let told = std::fs::read_to_string(page).unwrap_or_default();
    let is_told = |name: &str| told.contains(&format!("`{name}`"));
    let mut silent = BTreeSet::new();
    for service in SERVICES {
        for operation in built(service) {
            let read = operation.handler.as_ref().unwrap().ignored;
            for member in ignored_members(service, operation.name, read) {
                let name = format!("{}.{member}", operation.name);
                if !is_told(&name) && !is_told(&format!("*.{member}")) {
                    silent.insert(name);
                }
            }
        }
    }
    assert!(
        silent.is_empty(),
        "ignored, and not in docs/differences.md: {silent:#?}"
    );
}

/// Every fault, over the wire, to every built operation: a typed 4xx and nothing else.
#[tokio::test]
async fn every_built_operation_refuses_every_fault() {
    let server = Server::start().await;
    let mut wrong = Vec::new();
    for service in SERVICES {
        for operation in built(service) {
            for case in negatives(service, operation.name) {
                let answer = server.call(service, operation.name, case.body).await;
                if (answer.status, answer.body["__type"].as_str()) != (400, Some(case.error)) {
                    wrong.push(format!(
                        "{} {}: {} {}",
                        operation.name, case.what, answer.status, answer.body
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
