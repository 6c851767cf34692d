//! The ways through the API.

use serde_json::{Value, json};

use super::expect::Found;
use super::path::{Face, Factor, First, Path};
use super::world::{Begun, Cell, NEW_PASSWORD, PASSWORD, Seat};
use crate::api::auth::passkeys;
use crate::api::auth::stage::{text, timestamp};
use crate::support::Answer;
use crate::support::srp_client::{Given, SrpClient};
use crate::triggers::custom::SOLUTION;

/// Up to the last step.
pub async fn begin(cell: &Cell<'_>, seat: &Seat) -> Begun {
    let s = &cell.world.s;
    match cell.path {
        Path::Password(_) => Begun::Nothing,
        Path::Srp(face) => {
            let client = SrpClient::new(7);
            let parameters = json!({ "USERNAME": cell.name, "SRP_A": client.public });
            let flow = (face, "USER_SRP_AUTH");
            let asked = initiate(cell, seat, flow, parameters).await.ok();
            assert_eq!(asked["ChallengeName"], "PASSWORD_VERIFIER");
            Begun::Srp(Box::new((client, asked["ChallengeParameters"].clone())))
        }
        Path::Chosen(face, first) => choose(cell, seat, (face, first)).await,
        Path::Custom(face) => {
            let parameters = json!({ "USERNAME": cell.name });
            let asked = initiate(cell, seat, (face, "CUSTOM_AUTH"), parameters);
            let answer = json!({ "ANSWER": SOLUTION });
            challenge(&asked.await.ok(), "CUSTOM_CHALLENGE", answer)
        }
        Path::CustomFactor(face) => {
            let parameters = json!({ "USERNAME": cell.name });
            let asked = initiate(cell, seat, (face, "CUSTOM_AUTH"), parameters);
            let answer = json!({ "ANSWER": SOLUTION });
            let answer = challenge(&asked.await.ok(), "CUSTOM_CHALLENGE", answer);
            let asked = respond(cell, seat, face, &answer).await.ok();
            let code = s.code_to(&cell.phone);
            challenge(&asked, "SMS_MFA", json!({ "SMS_MFA_CODE": code }))
        }
        Path::SignedUp(_) => Begun::SignedUp(sign_up(cell, seat).await),
        Path::NewPassword(face) => {
            let asked = by_password(cell, seat, face).await.ok();
            challenge(
                &asked,
                "NEW_PASSWORD_REQUIRED",
                json!({ "NEW_PASSWORD": NEW_PASSWORD }),
            )
        }
        Path::SecondFactor(face, factor) => {
            let mut asked = by_password(cell, seat, face).await.ok();
            if factor == Factor::Chosen {
                assert_eq!(asked["ChallengeName"], "SELECT_MFA_TYPE");
                let choose = challenge(&asked, "SELECT_MFA_TYPE", json!({ "ANSWER": "SMS_MFA" }));
                asked = respond(cell, seat, face, &choose).await.ok();
            }
            match factor {
                Factor::Sms | Factor::Chosen => {
                    let code = s.code_to(&cell.phone);
                    challenge(&asked, "SMS_MFA", json!({ "SMS_MFA_CODE": code }))
                }
                Factor::Email => {
                    let code = s.code_to(&cell.email());
                    challenge(&asked, "EMAIL_OTP", json!({ "EMAIL_OTP_CODE": code }))
                }
                // The app shows another code by the time of the answer.
                Factor::App => challenge(&asked, "SOFTWARE_TOKEN_MFA", json!({})),
                Factor::SetUp => {
                    assert_eq!(asked["ChallengeName"], "MFA_SETUP");
                    let request = json!({ "Session": asked["Session"] });
                    let begun = s.api("AssociateSoftwareToken", request).await.ok();
                    let code = cell.now_of(&text(&begun["SecretCode"]));
                    let request = json!({ "Session": begun["Session"], "UserCode": code });
                    asked["Session"] =
                        s.api("VerifySoftwareToken", request).await.ok()["Session"].take();
                    challenge(&asked, "MFA_SETUP", json!({}))
                }
            }
        }
        Path::StepUp(face) => {
            let tokens = &by_password(cell, seat, face).await.ok()["AuthenticationResult"];
            *cell.refresh.lock().await = Some(text(&tokens["RefreshToken"]));
            let parameters = json!({
                "USERNAME": cell.name, "ACCESS_TOKEN": tokens["AccessToken"],
                "TARGET_ACR_VALUES": "urn:cognito:loa:3",
            });
            let asked = initiate(cell, seat, (face, "USER_AUTH"), parameters).await;
            let choose = json!({ "ANSWER": "EMAIL_OTP" });
            let choose = challenge(&asked.ok(), "SELECT_MFA_TYPE", choose);
            let asked = respond(cell, seat, face, &choose).await.ok();
            let code = s.code_to(&cell.email());
            challenge(&asked, "EMAIL_OTP", json!({ "EMAIL_OTP_CODE": code }))
        }
        Path::Device(face) => {
            let device = cell.device.lock().await.clone().unwrap();
            let asked = naming(cell, seat, face, Some(&device.key)).await.ok();
            let client = SrpClient::new(3);
            let answer = json!({ "DEVICE_KEY": device.key, "SRP_A": client.public });
            let answer = challenge(&asked, "DEVICE_SRP_AUTH", answer);
            let asked = respond(cell, seat, face, &answer).await.ok();
            let proof = device.proof(s, &client, &asked["ChallengeParameters"]);
            challenge(&asked, "DEVICE_PASSWORD_VERIFIER", proof)
        }
        _ => {
            let tokens = by_password(cell, seat, Face::Public).await.ok();
            cell.register(&tokens["AuthenticationResult"]).await;
            let token = text(&tokens["AuthenticationResult"]["RefreshToken"]);
            *cell.refresh.lock().await = Some(token.clone());
            if cell.path == Path::Exchange {
                return Begun::Access(text(&tokens["AuthenticationResult"]["AccessToken"]));
            }
            Begun::Refresh(token)
        }
    }
}

/// The last step.
pub async fn last(cell: &Cell<'_>, begun: &Begun, seat: &Seat) -> Found {
    let named = cell.device.lock().await.clone().map(|device| device.key);
    let answer = match (cell.path, begun) {
        (Path::Password(face), _) => naming(cell, seat, face, named.as_deref()).await,
        (Path::Srp(face), Begun::Srp(begun)) => {
            let mut proof = proof(cell, &begun.0, &begun.1);
            name(&mut proof, named.as_deref());
            let proof = Begun::Challenge {
                name: "PASSWORD_VERIFIER",
                session: Value::Null,
                responses: proof,
            };
            respond(cell, seat, face, &proof).await
        }
        (Path::Chosen(face, First::Srp), Begun::Srp(begun)) => {
            let mut proof = proof(cell, &begun.0, &begun.1["ChallengeParameters"]);
            name(&mut proof, named.as_deref());
            let proof = Begun::Challenge {
                name: "PASSWORD_VERIFIER",
                session: begun.1["Session"].clone(),
                responses: proof,
            };
            respond(cell, seat, face, &proof).await
        }
        (Path::SignedUp(face), Begun::SignedUp(session)) => {
            let more = json!({ "Session": session });
            initiate_with(
                cell,
                seat,
                (face, "USER_AUTH", more),
                json!({ "USERNAME": cell.name }),
            )
            .await
        }
        (Path::RefreshFlow(face), Begun::Refresh(token)) => {
            let mut parameters = json!({ "REFRESH_TOKEN": token });
            name(&mut parameters, named.as_deref());
            initiate(cell, seat, (face, "REFRESH_TOKEN_AUTH"), parameters).await
        }
        (_, Begun::Refresh(token)) => {
            let mut request = json!({ "ClientId": seat.client.id, "RefreshToken": token });
            if let Some(secret) = &seat.secret {
                request["ClientSecret"] = json!(secret);
            }
            if let Some(key) = named {
                request["DeviceKey"] = json!(key);
            }
            cell.world.s.api("GetTokensFromRefreshToken", request).await
        }
        (_, Begun::Access(token)) => {
            let mut request = json!({
                "ClientId": seat.client.id, "SubjectToken": token, "SubjectTokenType": "ACCESS_TOKEN",
            });
            if let Some(secret) = &seat.secret {
                request["ClientSecret"] = json!(secret);
            }
            let answer = cell.world.s.api("GetDerivedToken", request).await;
            match answer.body["IssuedToken"].as_str() {
                Some(token) => return Found::tokens(token),
                None => answer,
            }
        }
        (
            path,
            Begun::Challenge {
                name: asked,
                session,
                responses,
            },
        ) => {
            let mut responses = responses.clone();
            name(&mut responses, named.as_deref());
            let begun = Begun::Challenge {
                name: asked,
                session: session.clone(),
                responses,
            };
            respond(cell, seat, path.face().unwrap(), &begun).await
        }
        (path, _) => panic!("{path:?} has no such step"),
    };
    found(&answer)
}

fn found(answer: &Answer) -> Found {
    if answer.status != 200 {
        let (code, message) = (&answer.body["__type"], &answer.body["message"]);
        return Found::Api(text(code), text(message));
    }
    if let Some(name) = answer.body["ChallengeName"].as_str() {
        return Found::Challenge(name.to_owned());
    }
    let result = &answer.body["AuthenticationResult"];
    Found::tokens(result["AccessToken"].as_str().unwrap())
}

/// Puts a device's key beside other parameters.
fn name(parameters: &mut Value, key: Option<&str>) {
    if let Some(key) = key {
        parameters["DEVICE_KEY"] = json!(key);
    }
}

async fn by_password(cell: &Cell<'_>, seat: &Seat, face: Face) -> Answer {
    naming(cell, seat, face, None).await
}

/// The password, with a device.
async fn naming(cell: &Cell<'_>, seat: &Seat, face: Face, key: Option<&str>) -> Answer {
    let flow = match face {
        Face::Public => "USER_PASSWORD_AUTH",
        Face::Admin => "ADMIN_USER_PASSWORD_AUTH",
    };
    let mut parameters = json!({ "USERNAME": cell.name, "PASSWORD": PASSWORD });
    name(&mut parameters, key);
    initiate(cell, seat, (face, flow), parameters).await
}

/// Up to the last step of a first factor that is chosen.
async fn choose(cell: &Cell<'_>, seat: &Seat, (face, first): (Face, First)) -> Begun {
    let s = &cell.world.s;
    let flow = (face, "USER_AUTH");
    let asked = initiate(cell, seat, flow, json!({ "USERNAME": cell.name }));
    let asked = asked.await.ok();
    let choice = |answer: Value| challenge(&asked, "SELECT_CHALLENGE", answer);
    let next = async |answer: Value| respond(cell, seat, face, &choice(answer)).await.ok();
    match first {
        First::Password => choice(json!({ "ANSWER": "PASSWORD", "PASSWORD": PASSWORD })),
        First::Srp => {
            let client = SrpClient::new(7);
            let answer = json!({ "ANSWER": "PASSWORD_SRP", "SRP_A": client.public });
            let asked = next(answer).await;
            Begun::Srp(Box::new((client, asked)))
        }
        First::Email => {
            let asked = next(json!({ "ANSWER": "EMAIL_OTP" })).await;
            let code = s.code_to(&cell.email());
            challenge(&asked, "EMAIL_OTP", json!({ "EMAIL_OTP_CODE": code }))
        }
        First::Sms => {
            let asked = next(json!({ "ANSWER": "SMS_OTP" })).await;
            let code = s.code_to(&cell.phone);
            challenge(&asked, "SMS_OTP", json!({ "SMS_OTP_CODE": code }))
        }
        First::Passkey => {
            let asked = next(json!({ "ANSWER": "WEB_AUTHN" })).await;
            let options = &asked["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"];
            let options = serde_json::from_str(options.as_str().unwrap()).unwrap();
            let passkey = cell.passkey.as_ref().unwrap();
            let credential = passkey.get(&options, passkeys::ORIGIN, |_| {});
            challenge(
                &asked,
                "WEB_AUTHN",
                json!({ "CREDENTIAL": credential.to_string() }),
            )
        }
    }
}

/// From nothing to the session of a confirmed account.
async fn sign_up(cell: &Cell<'_>, seat: &Seat) -> Value {
    let s = &cell.world.s;
    let mut request = json!({
        "ClientId": seat.client.id, "Username": cell.name, "Password": PASSWORD,
        "UserAttributes": [
            { "Name": "email", "Value": cell.email() },
            { "Name": "phone_number", "Value": cell.phone },
        ],
    });
    let hash = seat.hash(&cell.name);
    if let Some(hash) = &hash {
        request["SecretHash"] = json!(hash);
    }
    let session = s.api("SignUp", request).await.ok()["Session"].take();
    let mut request = json!({
        "ClientId": seat.client.id, "Username": cell.name, "Session": session,
        "ConfirmationCode": s.code_to(&cell.email()),
    });
    if let Some(hash) = &hash {
        request["SecretHash"] = json!(hash);
    }
    s.api("ConfirmSignUp", request).await.ok()["Session"].take()
}

async fn initiate(
    cell: &Cell<'_>,
    seat: &Seat,
    (face, flow): (Face, &str),
    parameters: Value,
) -> Answer {
    initiate_with(cell, seat, (face, flow, json!({})), parameters).await
}

async fn initiate_with(
    cell: &Cell<'_>,
    seat: &Seat,
    (face, flow, more): (Face, &str, Value),
    mut parameters: Value,
) -> Answer {
    if let Some(hash) = seat.hash(&cell.name) {
        parameters["SECRET_HASH"] = json!(hash);
    }
    let mut request = json!({
        "ClientId": seat.client.id, "AuthFlow": flow, "AuthParameters": parameters,
    });
    crate::api::merge(&mut request, &more);
    call(
        cell,
        seat,
        (face, "InitiateAuth", "AdminInitiateAuth"),
        request,
    )
    .await
}

async fn respond(cell: &Cell<'_>, seat: &Seat, face: Face, challenge: &Begun) -> Answer {
    let Begun::Challenge {
        name,
        session,
        responses,
    } = challenge
    else {
        panic!("{:?} is not at a challenge", cell.path);
    };
    let mut responses = responses.clone();
    responses["USERNAME"] = json!(cell.name);
    if *name == "SOFTWARE_TOKEN_MFA" {
        let code = cell.now_of(cell.app.as_deref().unwrap());
        responses["SOFTWARE_TOKEN_MFA_CODE"] = json!(code);
    }
    if let Some(hash) = seat.hash(&cell.name) {
        responses["SECRET_HASH"] = json!(hash);
    }
    let mut request = json!({
        "ClientId": seat.client.id, "ChallengeName": name, "ChallengeResponses": responses,
    });
    if !session.is_null() {
        request["Session"] = session.clone();
    }
    let names = (
        face,
        "RespondToAuthChallenge",
        "AdminRespondToAuthChallenge",
    );
    call(cell, seat, names, request).await
}

async fn call(
    cell: &Cell<'_>,
    seat: &Seat,
    (face, public, admin): (Face, &str, &str),
    mut request: Value,
) -> Answer {
    if face == Face::Public {
        return cell.world.s.api(public, request).await;
    }
    request["UserPoolId"] = json!(seat.grounds.pool);
    cell.world.s.api(admin, request).await
}

#[track_caller]
fn challenge(asked: &Value, name: &'static str, responses: Value) -> Begun {
    assert_eq!(asked["ChallengeName"], name, "{asked}");
    Begun::Challenge {
        name,
        session: asked["Session"].clone(),
        responses,
    }
}

fn proof(cell: &Cell<'_>, client: &SrpClient, given: &Value) -> Value {
    let timestamp = timestamp(cell.world.s.clock().server_now().seconds());
    let signature = client.signature(&Given {
        pool: &cell.grounds.pool,
        user_id: given["USER_ID_FOR_SRP"].as_str().unwrap(),
        password: PASSWORD,
        salt: given["SALT"].as_str().unwrap(),
        b: given["SRP_B"].as_str().unwrap(),
        block: given["SECRET_BLOCK"].as_str().unwrap(),
        timestamp: &timestamp,
    });
    json!({
        "PASSWORD_CLAIM_SECRET_BLOCK": given["SECRET_BLOCK"],
        "PASSWORD_CLAIM_SIGNATURE": signature,
        "TIMESTAMP": timestamp,
    })
}
