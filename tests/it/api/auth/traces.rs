//! What sign-ins leave behind: audit rows, and nothing for ever.

use poolhouse::args;
use poolhouse::domain::janitor;
use poolhouse::store::db::Sql;
use serde_json::json;

use super::stage::{PASSWORD, Stage};

async fn count(stage: &Stage, sql: &'static str) -> i64 {
    let sql = Sql {
        sqlite: sql,
        postgres: sql,
    };
    let mut db = stage.s.app.store.read().await.unwrap();
    db.one::<(i64,)>(sql, args![]).await.unwrap().0
}

#[tokio::test]
async fn every_sign_in_and_every_refused_proof_is_recorded() {
    let hides = json!({ "PreventUserExistenceErrors": "ENABLED" });
    let stage = Stage::with(json!({}), hides).await;
    stage.user("ada").await;
    let rows = async |sql| count(&stage, sql).await;
    let wrong = "SELECT COUNT(*) FROM audit WHERE act = 'SignIn' AND result = 'refused' AND reason = 'WrongPassword'";
    let unknown = "SELECT COUNT(*) FROM audit WHERE act = 'SignIn' AND result = 'refused' AND reason = 'UnknownUser'";
    let done =
        "SELECT COUNT(*) FROM audit WHERE act = 'SignIn' AND result = 'done' AND ip IS NOT NULL";
    stage.sign_in("ada", "wrong").await;
    stage.srp_sign_in("ada", "wrong").await;
    assert_eq!((rows(wrong).await, rows(unknown).await), (2, 0));
    stage.sign_in("nobody", "wrong").await;
    stage.srp_sign_in("nobody", "wrong").await;
    assert_eq!((rows(wrong).await, rows(unknown).await), (2, 2));
    assert_eq!(rows(done).await, 0);
    let tokens = stage.tokens("ada").await;
    stage.srp_sign_in("ada", PASSWORD).await.ok();
    assert_eq!(rows(done).await, 2);
    stage.refresh(&tokens["RefreshToken"]).await.ok();
    let refreshed = "SELECT COUNT(*) FROM audit WHERE act = 'RefreshTokens' AND result = 'done'";
    assert_eq!(rows(refreshed).await, 1);
}

#[tokio::test]
async fn the_janitor_removes_what_has_run_out_and_nothing_else() {
    let stage = Stage::new().await;
    stage.user("ada").await;
    stage.user("eve").await;
    stage.srp_sign_in("ada", PASSWORD).await.ok();
    stage.sign_in("eve", "wrong").await;
    let rows = async || {
        [
            count(&stage, "SELECT COUNT(*) FROM consumed").await,
            count(&stage, "SELECT COUNT(*) FROM lockouts").await,
            count(&stage, "SELECT COUNT(*) FROM sessions").await,
            count(&stage, "SELECT COUNT(*) FROM refresh_tokens").await,
        ]
    };
    let sweep = async || janitor::sweep(&stage.s.app).await.unwrap();
    let minute = 60_000;
    stage.advance_ms(3 * minute);
    assert_eq!((sweep().await, rows().await), (0, [1, 1, 1, 1]));
    stage.advance_ms(1);
    assert_eq!((sweep().await, rows().await), (1, [0, 1, 1, 1]));
    stage.advance_ms(12 * minute);
    assert_eq!((sweep().await, rows().await), (1, [0, 0, 1, 1]));
    let day = 24 * 60 * minute;
    stage.advance_ms(31 * day);
    assert_eq!((sweep().await, rows().await), (0, [0, 0, 1, 1]));
    stage.advance_ms(day);
    assert_eq!((sweep().await, rows().await), (1, [0, 0, 0, 0]));
    // More than one bite.
    for n in 0..1_201 {
        let args = args![stage.pool.as_str(), n.to_string(), 1_i64];
        let sql = "INSERT INTO consumed (pool_id, nonce, expires_ms) VALUES ($1, $2, $3)";
        stage.run(sql, args).await;
    }
    assert_eq!((sweep().await, rows().await), (1_201, [0, 0, 0, 0]));
}

#[tokio::test]
async fn the_janitor_sweeps_every_table_whose_rows_run_out() {
    let stage = Stage::new().await;
    stage.user("ada").await;
    let now = stage.s.clock().server_now().ms();
    let day = 24 * 3_600_000;
    let code = "INSERT INTO authorization_codes (pool_id, code_hash, client_id, sub, redirect_uri, scope, sso_id, \
                event_id, auth_ms, auth_epoch, expires_ms) \
                SELECT u.pool_id, $1, c.client_id, u.sub, 'x', 'x', 'x', 'x', 0, 0, $2 \
                FROM users u JOIN clients c ON c.pool_id = u.pool_id LIMIT 1";
    let sent = "INSERT INTO codes (pool_id, sub, kind, code_hash, attribute, destination, issued_ms, expires_ms) \
                SELECT pool_id, sub, $1, 'x', 'email', 'x', 0, $2 FROM users LIMIT 1";
    let attempt = "INSERT INTO attempts (pool_id, sub, act, window_ms, count) \
                   SELECT pool_id, sub, $1, $2, 1 FROM users LIMIT 1";
    for n in 0..250 {
        stage.run(code, args![format!("old{n}"), now]).await;
        stage.run(sent, args![format!("old{n}"), now]).await;
        stage
            .run(attempt, args![format!("old{n}"), now - day])
            .await;
    }
    stage.run(code, args!["new", now + 1]).await;
    stage.run(sent, args!["new", now + 1]).await;
    stage.run(attempt, args!["new", now - day + 1]).await;
    assert_eq!(janitor::sweep(&stage.s.app).await.unwrap(), 750);
    for kept in [
        "SELECT COUNT(*) FROM authorization_codes",
        "SELECT COUNT(*) FROM codes",
        "SELECT COUNT(*) FROM attempts",
    ] {
        assert_eq!(count(&stage, kept).await, 1, "{kept}");
    }
    stage.advance_ms(1);
    assert_eq!(janitor::sweep(&stage.s.app).await.unwrap(), 3);
}

#[tokio::test]
async fn an_address_is_the_peers_whatever_the_headers_say() {
    let stage = Stage::new().await;
    stage.user("ada").await;
    for guess in 0..20 {
        let claimed = format!("203.0.113.{guess}");
        let parameters = json!({ "USERNAME": "ada", "PASSWORD": "wrong" });
        let request = json!({
            "ClientId": stage.client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters,
        });
        let target = "AWSCognitoIdentityProviderService.InitiateAuth";
        let request = stage
            .s
            .http
            .post(&stage.s.url)
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", target)
            .header("x-forwarded-for", &claimed)
            .header("x-real-ip", &claimed)
            .header("forwarded", format!("for={claimed}"))
            .body(request.to_string());
        let answer = request.send().await.unwrap().text().await.unwrap();
        let locked = answer.contains("Password attempts exceeded");
        assert_eq!(locked, guess >= 5, "{answer}");
    }
    let ours = "SELECT COUNT(*) FROM audit WHERE act = 'SignIn' AND ip = '127.0.0.1'";
    assert_eq!(count(&stage, ours).await, 5);
    let claimed = "SELECT COUNT(*) FROM audit WHERE ip LIKE '203.%'";
    assert_eq!(count(&stage, claimed).await, 0);
}
