//! What a person does: sign up, sign in, change things, leave.

use aws_sdk_cognitoidentityprovider::operation::confirm_sign_up::ConfirmSignUpError;
use aws_sdk_cognitoidentityprovider::operation::get_user::GetUserError;
use aws_sdk_cognitoidentityprovider::operation::initiate_auth::InitiateAuthError;
use aws_sdk_cognitoidentityprovider::operation::revoke_token::RevokeTokenError;
use aws_sdk_cognitoidentityprovider::operation::sign_up::SignUpError;
use aws_sdk_cognitoidentityprovider::types::{
    AuthFlowType, AuthenticationResultType, ChallengeNameType, DeliveryMediumType,
    UserPoolClientType,
};
use poolhouse_client_rust::{
    OTHER_PASSWORD, PASSWORD, Pool, attribute, code, fresh, new_email, secret_hash, value,
};

/// Signs in with a password.
async fn sign_in(
    pool: &Pool,
    client: &UserPoolClientType,
    username: &str,
    password: &str,
) -> Result<AuthenticationResultType, InitiateAuthError> {
    let asked = pool
        .idp
        .initiate_auth()
        .client_id(client.client_id().unwrap())
        .auth_flow(AuthFlowType::UserPasswordAuth)
        .auth_parameters("USERNAME", username)
        .auth_parameters("PASSWORD", password);
    let asked = match client.client_secret() {
        Some(_) => asked.auth_parameters("SECRET_HASH", secret_hash(username, client)),
        None => asked,
    };
    asked
        .send()
        .await
        .map(|done| done.authentication_result.unwrap())
        .map_err(|error| error.into_service_error())
}

#[tokio::test]
async fn sign_up_confirm_sign_in_and_leave() {
    let pool = Pool::new().await;
    let client = pool.client(true).await;
    let (idp, id) = (&pool.idp, client.client_id().unwrap());
    let (username, email) = (fresh("ada"), new_email());
    let hash = secret_hash(&username, &client);
    let open = || {
        idp.sign_up()
            .client_id(id)
            .username(&username)
            .user_attributes(attribute("email", &email))
    };

    let weak = open()
        .secret_hash(&hash)
        .password("short")
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    let SignUpError::InvalidPasswordException(weak) = weak else {
        panic!("{weak:?}")
    };
    assert_eq!(
        weak.message(),
        Some("Password did not conform with policy: Password not long enough")
    );
    let unproven = open()
        .password(PASSWORD)
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    assert!(unproven.is_not_authorized_exception(), "{unproven:?}");
    let made = open()
        .secret_hash(&hash)
        .password(PASSWORD)
        .send()
        .await
        .unwrap();
    assert!(!made.user_confirmed());
    let delivery = made.code_delivery_details().unwrap();
    assert_eq!(delivery.delivery_medium(), Some(&DeliveryMediumType::Email));
    assert_eq!(delivery.destination(), Some("p***@e***"));
    let twice = open()
        .secret_hash(&hash)
        .password(PASSWORD)
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    let SignUpError::UsernameExistsException(twice) = twice else {
        panic!("{twice:?}")
    };
    assert_eq!(twice.message(), Some("User already exists"));

    let early = sign_in(&pool, &client, &username, PASSWORD)
        .await
        .unwrap_err();
    let InitiateAuthError::UserNotConfirmedException(early) = early else {
        panic!("{early:?}")
    };
    assert_eq!(early.message(), Some("User is not confirmed."));

    let right = code(&email).await;
    let wrong = if right == "000000" {
        "000001"
    } else {
        "000000"
    };
    let confirm = |code: &str| {
        let asked = idp
            .confirm_sign_up()
            .client_id(id)
            .username(&username)
            .secret_hash(&hash);
        asked.confirmation_code(code).send()
    };
    let mistyped = confirm(wrong).await.unwrap_err().into_service_error();
    let ConfirmSignUpError::CodeMismatchException(mistyped) = mistyped else {
        panic!("{mistyped:?}")
    };
    assert_eq!(
        mistyped.message(),
        Some("Invalid verification code provided, please try again.")
    );
    confirm(&right).await.unwrap();
    let again = confirm(&right).await.unwrap_err().into_service_error();
    assert!(again.is_not_authorized_exception(), "{again:?}");

    let tokens = sign_in(&pool, &client, &username, PASSWORD).await.unwrap();
    assert_eq!(
        (tokens.token_type(), tokens.expires_in()),
        (Some("Bearer"), 3600)
    );
    let access = tokens.access_token().unwrap();
    let me = idp.get_user().access_token(access).send().await.unwrap();
    assert_eq!(me.username(), username);
    assert_eq!(value(me.user_attributes(), "sub"), Some(made.user_sub()));
    assert_eq!(value(me.user_attributes(), "email_verified"), Some("true"));

    idp.delete_user().access_token(access).send().await.unwrap();
    let gone = idp
        .get_user()
        .access_token(access)
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    let GetUserError::UserNotFoundException(gone) = gone else {
        panic!("{gone:?}")
    };
    assert_eq!(gone.message(), Some("User does not exist."));
}

#[tokio::test]
async fn sessions_are_renewed_and_revoked() {
    let pool = Pool::new().await;
    let client = pool.client(false).await;
    let (idp, id) = (&pool.idp, client.client_id().unwrap());
    let (username, _) = pool.person().await;
    let wrong = sign_in(&pool, &client, &username, OTHER_PASSWORD)
        .await
        .unwrap_err();
    let InitiateAuthError::NotAuthorizedException(wrong) = wrong else {
        panic!("{wrong:?}")
    };
    assert_eq!(wrong.message(), Some("Incorrect username or password."));
    let unknown = sign_in(&pool, &client, "nobody", PASSWORD)
        .await
        .unwrap_err();
    assert!(unknown.is_user_not_found_exception(), "{unknown:?}");

    let first = sign_in(&pool, &client, &username, PASSWORD).await.unwrap();
    let renew = |token: &str| {
        let asked = idp
            .initiate_auth()
            .client_id(id)
            .auth_flow(AuthFlowType::RefreshTokenAuth);
        asked.auth_parameters("REFRESH_TOKEN", token).send()
    };
    let second = renew(first.refresh_token().unwrap())
        .await
        .unwrap()
        .authentication_result
        .unwrap();
    assert_ne!(second.access_token(), first.access_token());
    assert_eq!(second.refresh_token(), None);
    let third = idp
        .get_tokens_from_refresh_token()
        .client_id(id)
        .refresh_token(first.refresh_token().unwrap());
    let third = third.send().await.unwrap().authentication_result.unwrap();
    idp.get_user()
        .access_token(third.access_token().unwrap())
        .send()
        .await
        .unwrap();

    let misused = idp
        .revoke_token()
        .client_id(id)
        .token(first.access_token().unwrap())
        .send()
        .await;
    let misused = misused.unwrap_err().into_service_error();
    assert!(
        matches!(misused, RevokeTokenError::UnsupportedTokenTypeException(_)),
        "{misused:?}"
    );
    idp.revoke_token()
        .client_id(id)
        .token(first.refresh_token().unwrap())
        .send()
        .await
        .unwrap();
    let revoked = renew(first.refresh_token().unwrap())
        .await
        .unwrap_err()
        .into_service_error();
    let InitiateAuthError::NotAuthorizedException(revoked) = revoked else {
        panic!("{revoked:?}")
    };
    assert_eq!(revoked.message(), Some("Refresh Token has been revoked"));

    let (here, there) = (
        sign_in(&pool, &client, &username, PASSWORD).await.unwrap(),
        sign_in(&pool, &client, &username, PASSWORD).await.unwrap(),
    );
    idp.global_sign_out()
        .access_token(here.access_token().unwrap())
        .send()
        .await
        .unwrap();
    let out = idp
        .get_user()
        .access_token(there.access_token().unwrap())
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    let GetUserError::NotAuthorizedException(out) = out else {
        panic!("{out:?}")
    };
    assert_eq!(out.message(), Some("Access Token has been revoked"));
}

#[tokio::test]
async fn attributes_and_passwords_are_changed() {
    let pool = Pool::new().await;
    let client = pool.client(false).await;
    let (idp, id) = (&pool.idp, client.client_id().unwrap());
    let (username, _) = pool.person().await;
    let tokens = sign_in(&pool, &client, &username, PASSWORD).await.unwrap();
    let access = tokens.access_token().unwrap();

    let address = new_email();
    let updated = idp
        .update_user_attributes()
        .access_token(access)
        .user_attributes(attribute("email", &address));
    let updated = updated
        .user_attributes(attribute("name", "Ada"))
        .send()
        .await
        .unwrap();
    assert_eq!(updated.code_delivery_details_list().len(), 1);
    let verify = |code: String| {
        let asked = idp
            .verify_user_attribute()
            .access_token(access)
            .attribute_name("email");
        asked.code(code).send()
    };
    verify(code(&address).await).await.unwrap();
    idp.delete_user_attributes()
        .access_token(access)
        .user_attribute_names("name")
        .send()
        .await
        .unwrap();
    let me = idp.get_user().access_token(access).send().await.unwrap();
    assert_eq!(value(me.user_attributes(), "email"), Some(address.as_str()));
    assert_eq!(value(me.user_attributes(), "email_verified"), Some("true"));
    assert_eq!(value(me.user_attributes(), "name"), None);
    let fixed = idp
        .update_user_attributes()
        .access_token(access)
        .user_attributes(attribute("sub", "x"))
        .send()
        .await;
    let fixed = fixed.unwrap_err().into_service_error();
    assert!(
        fixed.is_not_authorized_exception() || fixed.is_invalid_parameter_exception(),
        "{fixed:?}"
    );

    let change = |before: &str, after: &str| {
        let asked = idp
            .change_password()
            .access_token(access)
            .previous_password(before);
        asked.proposed_password(after).send()
    };
    let wrong = change(OTHER_PASSWORD, OTHER_PASSWORD)
        .await
        .unwrap_err()
        .into_service_error();
    assert!(wrong.is_not_authorized_exception(), "{wrong:?}");
    change(PASSWORD, OTHER_PASSWORD).await.unwrap();
    sign_in(&pool, &client, &username, OTHER_PASSWORD)
        .await
        .unwrap();

    idp.forgot_password()
        .client_id(id)
        .username(&username)
        .send()
        .await
        .unwrap();
    let reset = |code: &str| {
        let asked = idp
            .confirm_forgot_password()
            .client_id(id)
            .username(&username)
            .password(PASSWORD);
        asked.confirmation_code(code).send()
    };
    let sent = loop {
        // The newest message may still be the one that verified the address.
        let sent = code(&address).await;
        if reset(&sent).await.is_ok() {
            break sent;
        }
    };
    let again = reset(&sent).await.unwrap_err().into_service_error();
    assert!(again.is_expired_code_exception(), "{again:?}");
    sign_in(&pool, &client, &username, PASSWORD).await.unwrap();
}

#[tokio::test]
async fn an_invited_user_chooses_a_password() {
    let pool = Pool::new().await;
    let client = pool.client(false).await;
    let (username, email) = (fresh("invited"), new_email());
    let invited = pool
        .idp
        .admin_create_user()
        .user_pool_id(&pool.id)
        .username(&username);
    let invited = invited
        .user_attributes(attribute("email", &email))
        .temporary_password(PASSWORD);
    invited
        .desired_delivery_mediums(DeliveryMediumType::Email)
        .send()
        .await
        .unwrap();
    assert_eq!(code(&email).await, PASSWORD);
    let begun = pool
        .idp
        .initiate_auth()
        .client_id(client.client_id().unwrap())
        .auth_flow(AuthFlowType::UserPasswordAuth)
        .auth_parameters("USERNAME", &username)
        .auth_parameters("PASSWORD", PASSWORD)
        .send()
        .await
        .unwrap();
    assert_eq!(
        begun.challenge_name(),
        Some(&ChallengeNameType::NewPasswordRequired)
    );
    let done = pool
        .idp
        .respond_to_auth_challenge()
        .client_id(client.client_id().unwrap())
        .challenge_name(ChallengeNameType::NewPasswordRequired)
        .session(begun.session().unwrap())
        .challenge_responses("USERNAME", &username)
        .challenge_responses("NEW_PASSWORD", OTHER_PASSWORD)
        .send()
        .await
        .unwrap();
    assert!(done.authentication_result.unwrap().id_token.is_some());
    sign_in(&pool, &client, &username, OTHER_PASSWORD)
        .await
        .unwrap();
}
