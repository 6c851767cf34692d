//! The protocol: what every operation has in common.

use serde_json::json;

use crate::support::Server;

#[tokio::test]
async fn an_unknown_target_and_an_unbuilt_operation_say_so() {
    let s = Server::start().await;
    let answer = s.api("Nonsense", json!({})).await;
    assert_eq!(
        (answer.status, answer.body),
        (400, json!({"__type": "UnknownOperationException"}))
    );
    let answer = s
        .call(
            "cognito-identity",
            "ListIdentityPools",
            json!({"MaxResults": 1}),
        )
        .await;
    let message = "ListIdentityPools is not implemented by Poolhouse yet";
    let expected = json!({"__type": "NotImplementedException", "message": message});
    assert_eq!((answer.status, answer.body), (501, expected));
    assert_eq!(
        answer.headers["x-amzn-errortype"],
        "NotImplementedException:"
    );
    assert_eq!(answer.headers["x-amzn-requestid"].len(), 36);
    assert_eq!(answer.headers["access-control-allow-origin"], "*");
}

#[tokio::test]
async fn a_foreign_page_cannot_drive_admin_operations() {
    let s = Server::start().await;
    for (target, kind, status) in [
        ("CreateUserPool", "application/x-amz-json-1.1", 403),
        ("CreateUserPool", "text/plain", 403),
        ("SignUp", "text/plain", 403),
    ] {
        let request = s
            .http
            .post(&s.url)
            .header("origin", "http://evil.test")
            .header("content-type", kind)
            .header(
                "x-amz-target",
                format!("AWSCognitoIdentityProviderService.{target}"),
            )
            .body(r#"{"PoolName":"p"}"#);
        assert_eq!(
            request.send().await.unwrap().status(),
            status,
            "{target} {kind}"
        );
    }
    let preflight = s
        .http
        .request(reqwest::Method::OPTIONS, &s.url)
        .header("origin", "http://evil.test")
        .header(
            "access-control-request-headers",
            "x-amz-target,authorization,cache-control",
        )
        .send()
        .await
        .unwrap();
    assert_eq!(
        preflight.headers()["access-control-allow-headers"],
        "x-amz-target,cache-control"
    );
}
