//! The store on whichever database the suite runs: what the facade promises.

use poolhouse::store::audit::Actor;
use poolhouse::store::db::Sql;
use poolhouse::store::{POOL_TABLES, statements};
use poolhouse::{args, store};

use crate::support::database::Place;

const fn sql(text: &'static str) -> Sql {
    Sql {
        sqlite: text,
        postgres: text,
    }
}

#[tokio::test]
async fn every_statement_prepares() {
    let place = Place::new().await;
    let store = place.store().await;
    let mut tx = store.write(&Actor::default()).await.unwrap();
    for (module, name, sql) in statements() {
        let prepared = tx.prepare(sql).await;
        assert!(prepared.is_ok(), "{module}::{name}: {prepared:?}");
    }
}

#[tokio::test]
async fn nulls_keep_their_type_and_returning_returns() {
    let place = Place::new().await;
    let store = place.store().await;
    let mut tx = store.write(&Actor::default()).await.unwrap();
    let create = "CREATE TABLE spike (id BIGINT NOT NULL PRIMARY KEY, t TEXT, n BIGINT, b BOOLEAN)";
    tx.execute(sql(create), args![]).await.unwrap();
    let insert = sql("INSERT INTO spike (id, t, n, b) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (id) DO UPDATE SET n = $3 RETURNING t, n, b");
    type Row = (Option<String>, Option<i64>, Option<bool>);
    let nothing = args![
        1_i64,
        Option::<String>::None,
        Option::<i64>::None,
        Option::<bool>::None
    ];
    let row: Row = tx.one(insert, nothing).await.unwrap();
    assert_eq!(row, (None, None, None));
    let row: Row = tx
        .one(insert, args![2_i64, "text", 7_i64, true])
        .await
        .unwrap();
    assert_eq!(row, (Some("text".to_owned()), Some(7), Some(true)));
    let row: Row = tx
        .one(insert, args![2_i64, "other", 8_i64, false])
        .await
        .unwrap();
    assert_eq!(row, (Some("text".to_owned()), Some(8), Some(true)));
}

#[tokio::test]
async fn a_savepoint_undoes_a_failed_step_and_the_transaction_goes_on() {
    let place = Place::new().await;
    let store = place.store().await;
    let mut tx = store.write(&Actor::default()).await.unwrap();
    let insert =
        sql("INSERT INTO keyring (id, purpose, wrapped, created_ms) VALUES ($1, $2, $3, $4)");
    tx.execute(insert, args!["a", "data", "x", 1_i64])
        .await
        .unwrap();
    tx.savepoint().await.unwrap();
    let twice = tx.execute(insert, args!["a", "data", "x", 1_i64]).await;
    assert!(
        matches!(twice, Err(store::db::DbError::Unique(_))),
        "{twice:?}"
    );
    tx.rollback_to_savepoint().await.unwrap();
    tx.execute(insert, args!["b", "data", "x", 1_i64])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut db = store.read().await.unwrap();
    let (count,): (i64,) = db
        .one(sql("SELECT COUNT(*) FROM keyring"), args![])
        .await
        .unwrap();
    assert_eq!(count, 2);
}

#[tokio::test]
async fn a_dropped_transaction_leaves_nothing() {
    let place = Place::new().await;
    let store = place.store().await;
    let mut tx = store.write(&Actor::default()).await.unwrap();
    let insert =
        sql("INSERT INTO keyring (id, purpose, wrapped, created_ms) VALUES ($1, $2, $3, $4)");
    tx.execute(insert, args!["a", "data", "x", 1_i64])
        .await
        .unwrap();
    drop(tx);
    let mut tx = store.write(&Actor::default()).await.unwrap();
    let (count,): (i64,) = tx
        .one(sql("SELECT COUNT(*) FROM keyring"), args![])
        .await
        .unwrap();
    assert_eq!(count, 0);
}

#[tokio::test]
async fn a_savepoint_belongs_to_its_own_transaction() {
    let place = Place::new().await;
    let store = place.store().await;
    let mut tx = store.write(&Actor::default()).await.unwrap();
    assert!(tx.rollback_to_savepoint().await.is_err());
}

/// Deleting, resetting, snapshotting and exporting a pool walk this list.
#[test]
fn every_pool_owned_table_is_listed_and_its_key_starts_with_pool_id() {
    let schema = include_str!("../../migrations/0001_init.sql");
    let mut owned = Vec::new();
    for table in schema.split("CREATE TABLE ").skip(1) {
        let (name, rest) = table.split_once(" (").unwrap();
        let body = rest.split(");").next().unwrap();
        let first = body.split_whitespace().next().unwrap();
        if first == "pool_id" {
            let key = body.contains("PRIMARY KEY (pool_id") || name == "pools";
            assert!(key, "the key of {name} does not start with pool_id");
            owned.push(name);
        }
    }
    assert_eq!(owned, POOL_TABLES);
}

/// PostgreSQL compares no two columns of different collations, and lists by sub are walked bytewise.
#[test]
fn every_sub_and_key_is_ordered_bytewise() {
    let schema = include_str!("../../migrations/0001_init.sql");
    let is_key = |line: &&str| line.starts_with("    sub ") || line.starts_with("    value_key ");
    let keys: Vec<&str> = schema.lines().filter(is_key).collect();
    assert!(keys.len() > 10);
    for line in keys {
        assert!(line.contains("COLLATE \"BINARY\" NOT NULL"), "{line}");
    }
}

#[tokio::test]
async fn what_follows_a_commit_follows_it_even_when_nobody_waits() {
    let place = Place::new().await;
    let store = place.store().await;
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let begin = async |what: &'static str| {
        let mut tx = store.write(&Actor::default()).await.unwrap();
        let tell = tell.clone();
        tx.on_commit(move || tell.send(what).unwrap());
        tx
    };
    drop(begin("dropped").await);
    let tx = begin("committed").await;
    tx.commit().await.unwrap();
    assert_eq!(told.try_recv().unwrap(), "committed");
    // Whoever asked hangs up as soon as the commit is under way.
    let mut commit = Box::pin(begin("left alone").await.commit());
    tokio::select! {
        biased;
        done = &mut commit => done.unwrap(),
        () = std::future::ready(()) => {}
    }
    drop(commit);
    let patience = std::time::Duration::from_secs(10);
    let last = tokio::time::timeout(patience, told.recv()).await;
    assert_eq!(last.unwrap().unwrap(), "left alone");
    assert!(told.try_recv().is_err());
}
