//! How the database goes about each kind of listing: along one index from a key to a key, without
//! reading the rest of the pool and without sorting.

use poolhouse::args;
use poolhouse::store::audit::Actor;
use poolhouse::store::db::{Arg, Conn, Sql};
use poolhouse::store::statements;

use crate::support::database::Place;

/// A listing: the name of its statement, the index that it should walk, and how SQLite calls the walk.
type Kind = (&'static str, &'static str, &'static str, Vec<Arg>);

fn kinds() -> Vec<Kind> {
    vec![
        (
            "ONE",
            "users_pkey",
            "(pool_id=? AND sub=?)",
            args!["p", "10001"],
        ),
        (
            "BY_SUB",
            "users_pkey",
            "(pool_id=? AND sub>? AND sub<?)",
            args!["p", "", "~", 61_i64],
        ),
        (
            "BY_VALUE",
            "user_attributes_pkey",
            "(pool_id=? AND name=? AND (value_key,sub)>(?,?) AND value_key<?)",
            args!["p", "email", "61", "", "61~", 61_i64],
        ),
        (
            "BY_STATUS",
            "users_by_status",
            "(pool_id=? AND (status,sub)>(?,?) AND status<?)",
            args!["p", "CONFIRMED", "", "CONFIRMED", 61_i64],
        ),
        (
            "BY_ENABLED",
            "users_by_enabled",
            "(pool_id=? AND (enabled,sub)>(?,?) AND enabled<?)",
            args!["p", true, "", true, 61_i64],
        ),
    ]
}

const POPULATION: [&str; 5] = [
    "INSERT INTO pools (pool_id, region, account, name, document, created_ms, modified_ms, version, epoch) \
     VALUES ('p', 'r', 'a', 'n', '{}', 0, 0, 1, 1), ('q', 'r', 'a', 'n', '{}', 0, 0, 1, 1)",
    "INSERT INTO users (pool_id, sub, username, username_key, status, enabled, attributes, created_ms, \
     modified_ms, auth_epoch, tokens_valid_from_ms, version) \
     WITH RECURSIVE n(i) AS (SELECT 10001 UNION ALL SELECT i + 1 FROM n WHERE i < 15000) \
     SELECT CASE WHEN i % 4 = 0 THEN 'q' ELSE 'p' END, CAST(i AS TEXT), CAST(i AS TEXT), CAST(i AS TEXT), \
     CASE WHEN i % 3 = 0 THEN 'UNCONFIRMED' ELSE 'CONFIRMED' END, i % 5 > 0, '{}', 0, 0, 1, 0, 1 FROM n",
    "INSERT INTO user_attributes (pool_id, name, value_key, sub) \
     SELECT pool_id, 'email', '61' || sub, sub FROM users",
    "INSERT INTO user_attributes (pool_id, name, value_key, sub) \
     SELECT pool_id, 'username', '62' || sub, sub FROM users",
    "ANALYZE",
];

#[tokio::test]
async fn every_kind_of_listing_walks_an_index() {
    let place = Place::new().await;
    let store = place.store().await;
    let mut tx = store.write(&Actor::default()).await.unwrap();
    let on_sqlite = place.postgres.is_none();
    if on_sqlite {
        plans_on_sqlite(&mut tx).await;
    }
    for text in POPULATION {
        tx.execute(sql(text), args![]).await.unwrap();
    }
    if on_sqlite {
        plans_on_sqlite(&mut tx).await;
    } else {
        plans_on_postgres(&mut tx).await;
    }
}

async fn plans_on_sqlite(db: &mut Conn) {
    for (name, index, walk, args) in kinds() {
        let explain = format!("EXPLAIN QUERY PLAN {}", statement(name).sqlite);
        let rows: Vec<(i64, i64, i64, String)> = db.all(sql(explain.leak()), args).await.unwrap();
        // The page is read as one value from what the index walk gives; that costs no step.
        let steps = rows.into_iter().map(|row| row.3);
        let of_page = |step: &String| step.starts_with("CO-ROUTINE") || step == "SCAN (subquery-1)";
        let steps: Vec<String> = steps.filter(|step| !of_page(step)).collect();
        let index = match index.strip_suffix("_pkey") {
            Some(table) => format!("sqlite_autoindex_{table}_1"),
            None => index.to_owned(),
        };
        assert!(steps[0].contains(&index), "{name}: {steps:?}");
        assert!(steps[0].ends_with(walk), "{name}: {steps:?}");
        let rest: Vec<&str> = steps.iter().skip(1).map(String::as_str).collect();
        let lookup = "SEARCH u USING INDEX sqlite_autoindex_users_1 (pool_id=? AND sub=?)";
        assert!(rest.iter().all(|step| *step == lookup), "{name}: {steps:?}");
    }
}

async fn plans_on_postgres(db: &mut Conn) {
    for (name, index, _, args) in kinds() {
        let explain = format!("EXPLAIN {}", statement(name).postgres);
        let rows: Vec<(String,)> = db.all(sql(explain.leak()), args).await.unwrap();
        let lines: Vec<String> = rows.into_iter().map(|row| row.0).collect();
        let plan = lines.join("\n");
        assert!(
            plan.contains(&format!("using {index} on")),
            "{name}: {plan}"
        );
        for waste in ["Seq Scan", "Sort", "Filter", "Hash", "Bitmap", "Merge"] {
            assert!(!plan.contains(waste), "{name}: {plan}");
        }
    }
}

fn statement(name: &str) -> Sql {
    let ours = statements().into_iter();
    let mut ours = ours.filter(|(module, ..)| *module == "user_search");
    let known: Vec<&str> = kinds().iter().map(|kind| kind.0).collect();
    assert!(ours.clone().all(|(_, name, _)| known.contains(&name)));
    ours.find(|(_, known, _)| *known == name).unwrap().2
}

const fn sql(text: &'static str) -> Sql {
    Sql {
        sqlite: text,
        postgres: text,
    }
}
