// amazon-cognito-identity-js: SRP in the browser's own library.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  AuthenticationDetails,
  CognitoRefreshToken,
  CognitoUser,
  CognitoUserAttribute,
  CognitoUserPool,
} from "amazon-cognito-identity-js";
import { AdminCreateUserCommand } from "@aws-sdk/client-cognito-identity-provider";
import { OTHER_PASSWORD, PASSWORD, attributes, code, fresh, idp, message, newClient, newEmail, newPerson, newPool, refused, url } from "./world.mjs";

const THIRD_PASSWORD = "Paper-Clip3#";

/// A call that ends in a node callback, as a promise.
const told = (run) => new Promise((yes, no) => run((error, value) => (error ? no(error) : yes(value))));

async function place(settings) {
  const UserPoolId = await newPool({ AutoVerifiedAttributes: ["email"], ...settings });
  const { ClientId } = await newClient(UserPoolId, {
    ExplicitAuthFlows: ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
  });
  return new CognitoUserPool({ UserPoolId, ClientId, endpoint: `${url}/` });
}

const userOf = (Pool, Username) => new CognitoUser({ Pool, Username });

/// Signs in by SRP. A first password is answered with `newPassword`.
const signIn = (user, Password, newPassword) =>
  new Promise((onSuccess, onFailure) => {
    user.authenticateUser(new AuthenticationDetails({ Username: user.getUsername(), Password }), {
      onSuccess,
      onFailure,
      newPasswordRequired: (given, required) => {
        if (!newPassword) return onFailure(new Error("a new password is required"));
        assert.deepEqual(required, []);
        assert.ok(given.email);
        user.completeNewPasswordChallenge(newPassword, {}, { onSuccess, onFailure });
      },
    });
  });

test("sign up, confirm, sign in, refresh, change and forget the password, sign out", async () => {
  const pool = await place();
  const [name, email] = [fresh("ada"), newEmail()];
  const given = attributes({ email, name: "Ada" }).map((entry) => new CognitoUserAttribute(entry));
  const made = await told((done) => pool.signUp(name, PASSWORD, given, null, done));
  assert.equal(made.userConfirmed, false);
  assert.equal(made.user.getUsername(), name);
  assert.match(made.userSub, /^[0-9a-f-]{36}$/);

  const user = userOf(pool, name);
  await refused(signIn(user, PASSWORD), "UserNotConfirmedException", "User is not confirmed.");
  const first = await message(email);
  await told((done) => user.resendConfirmationCode(done));
  const confirmation = await code(email, first.id);
  const wrong = confirmation.replace(/.$/, (digit) => (Number(digit) + 1) % 10);
  await refused(
    told((done) => user.confirmRegistration(wrong, false, done)),
    "CodeMismatchException",
    "Invalid verification code provided, please try again.",
  );
  assert.equal(await told((done) => user.confirmRegistration(confirmation, false, done)), "SUCCESS");

  await refused(signIn(user, OTHER_PASSWORD), "NotAuthorizedException", "Incorrect username or password.");
  const session = await signIn(user, PASSWORD);
  assert.ok(session.isValid());
  assert.equal(session.getIdToken().payload["cognito:username"], name);
  assert.equal(session.getIdToken().payload.email, email);
  assert.equal(session.getAccessToken().payload.username, name);
  const stored = await told((done) => pool.getCurrentUser().getSession(done));
  assert.equal(stored.getAccessToken().getJwtToken(), session.getAccessToken().getJwtToken());

  const known = await told((done) => user.getUserAttributes(done));
  assert.equal(known.find((entry) => entry.getName() === "email_verified").getValue(), "true");
  const data = await told((done) => user.getUserData(done, { bypassCache: true }));
  assert.equal(data.Username, name);

  const token = new CognitoRefreshToken({ RefreshToken: session.getRefreshToken().getToken() });
  const renewed = await told((done) => user.refreshSession(token, done));
  assert.notEqual(renewed.getAccessToken().getJwtToken(), session.getAccessToken().getJwtToken());
  assert.equal(renewed.getIdToken().payload.auth_time, session.getIdToken().payload.auth_time);

  await refused(
    told((done) => user.changePassword(THIRD_PASSWORD, OTHER_PASSWORD, done)),
    "NotAuthorizedException",
    "Incorrect username or password.",
  );
  assert.equal(await told((done) => user.changePassword(PASSWORD, OTHER_PASSWORD, done)), "SUCCESS");
  assert.ok(await signIn(userOf(pool, name), OTHER_PASSWORD));

  const last = await message(email);
  const forgetful = userOf(pool, name);
  const sent = await new Promise((onSuccess, onFailure) => forgetful.forgotPassword({ onSuccess, onFailure }));
  assert.equal(sent.CodeDeliveryDetails.AttributeName, "email");
  const reset = await code(email, last.id);
  await new Promise((onSuccess, onFailure) =>
    forgetful.confirmPassword(reset, THIRD_PASSWORD, { onSuccess, onFailure }),
  );
  const current = userOf(pool, name);
  assert.ok(await signIn(current, THIRD_PASSWORD));
  await new Promise((onSuccess, onFailure) => current.globalSignOut({ onSuccess, onFailure }));
  const revived = userOf(pool, name);
  await refused(
    told((done) => revived.refreshSession(token, done)),
    "NotAuthorizedException",
    "Refresh Token has been revoked",
  );
});

test("signing out revokes the refresh token", async () => {
  const pool = await place();
  const person = await newPerson(pool.getUserPoolId());
  const user = userOf(pool, person.username);
  const session = await signIn(user, PASSWORD);
  await new Promise((done) => user.signOut(done));
  await refused(
    told((done) => userOf(pool, person.username).refreshSession(session.getRefreshToken(), done)),
    "NotAuthorizedException",
    "Refresh Token has been revoked",
  );
});

test("the first password of an invited user", async () => {
  const pool = await place();
  const name = fresh("invited");
  await idp.send(
    new AdminCreateUserCommand({
      UserPoolId: pool.getUserPoolId(),
      Username: name,
      TemporaryPassword: PASSWORD,
      UserAttributes: attributes({ email: newEmail(), email_verified: "true" }),
      MessageAction: "SUPPRESS",
    }),
  );
  assert.ok(await signIn(userOf(pool, name), PASSWORD, OTHER_PASSWORD));
  assert.ok(await signIn(userOf(pool, name), OTHER_PASSWORD));
});

test("an e-mail address as the name", async () => {
  const pool = await place({ UsernameAttributes: ["email"] });
  const email = newEmail();
  const made = await told((done) => pool.signUp(email, PASSWORD, [], null, done));
  const user = userOf(pool, email);
  const confirmation = await code(email);
  await told((done) => user.confirmRegistration(confirmation, false, done));
  const session = await signIn(user, PASSWORD);
  assert.equal(session.getIdToken().payload["cognito:username"], made.userSub);
  // The library goes on with the name that the server told it.
  assert.equal(user.getUsername(), made.userSub);
});
