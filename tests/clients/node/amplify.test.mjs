// Amplify 6 in Node: only the endpoint of the pool is told to it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Amplify } from "aws-amplify";
import {
  autoSignIn,
  confirmResetPassword,
  confirmSignIn,
  confirmSignUp,
  confirmUserAttribute,
  deleteUser,
  deleteUserAttributes,
  fetchAuthSession,
  fetchUserAttributes,
  getCurrentUser,
  resendSignUpCode,
  resetPassword,
  sendUserAttributeVerificationCode,
  signIn,
  signOut,
  signUp,
  updatePassword,
  updateUserAttributes,
} from "aws-amplify/auth";
import {
  AdminCreateUserCommand,
  AdminGetUserCommand,
  AdminResetUserPasswordCommand,
  GetUserCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { OTHER_PASSWORD, PASSWORD, attributes, code, fresh, idp, message, newClient, newEmail, newPerson, newPool, refused, url } from "./world.mjs";

// After signUp Amplify keeps a timer of three minutes, which would keep Node waiting after the last test.
const wait = globalThis.setTimeout;
globalThis.setTimeout = (run, delay, ...given) => {
  const timer = wait(run, delay, ...given);
  return delay < 180_000 ? timer : timer.unref();
};

const THIRD_PASSWORD = "Paper-Clip3#";
const FLOWS = ["USER_SRP_AUTH", "USER_PASSWORD_AUTH"];
const signedIn = { isSignedIn: true, nextStep: { signInStep: "DONE" } };

/// A pool that verifies e-mail addresses, and Amplify configured for it.
async function place(settings, client) {
  const userPoolId = await newPool({ AutoVerifiedAttributes: ["email"], ...settings });
  const { ClientId: userPoolClientId } = await newClient(userPoolId, client);
  Amplify.configure({ Auth: { Cognito: { userPoolId, userPoolClientId, userPoolEndpoint: url } } });
  return { userPoolId, userPoolClientId };
}

/// What the pool knows of a user.
const known = (UserPoolId, Username) => idp.send(new AdminGetUserCommand({ UserPoolId, Username }));

test("sign up with a code, be signed in at once, and sign out everywhere", async () => {
  const { userPoolId } = await place();
  const [username, email] = [fresh("ada"), newEmail()];
  const options = { userAttributes: { email, name: "Ada" }, autoSignIn: true };
  const started = await signUp({ username, password: PASSWORD, options });
  assert.equal(started.isSignUpComplete, false);
  assert.equal(started.nextStep.signUpStep, "CONFIRM_SIGN_UP");
  assert.equal(started.nextStep.codeDeliveryDetails.deliveryMedium, "EMAIL");
  assert.equal(started.nextStep.codeDeliveryDetails.attributeName, "email");
  assert.match(started.nextStep.codeDeliveryDetails.destination, /^p\*\*\*@e\*\*\*$/);

  const first = await message(email);
  await resendSignUpCode({ username });
  const confirmationCode = await code(email, first.id);
  const wrong = confirmationCode.replace(/.$/, (digit) => (Number(digit) + 1) % 10);
  await refused(
    confirmSignUp({ username, confirmationCode: wrong }),
    "CodeMismatchException",
    "Invalid verification code provided, please try again.",
  );
  const confirmed = await confirmSignUp({ username, confirmationCode });
  assert.deepEqual(confirmed, { isSignUpComplete: true, nextStep: { signUpStep: "COMPLETE_AUTO_SIGN_IN" } });
  assert.deepEqual(await autoSignIn(), signedIn);

  const current = await getCurrentUser();
  assert.equal(current.username, username);
  assert.equal(current.userId, started.userId);
  const { tokens, userSub } = await fetchAuthSession();
  assert.equal(userSub, started.userId);
  assert.equal(tokens.idToken.payload.email, email);
  assert.equal(tokens.idToken.payload.email_verified, true);
  assert.equal(tokens.accessToken.payload.token_use, "access");

  await signOut({ global: true });
  await refused(getCurrentUser(), "UserUnAuthenticatedException");
  await refused(
    idp.send(new GetUserCommand({ AccessToken: tokens.accessToken.toString() })),
    "NotAuthorizedException",
    "Access Token has been revoked",
  );
  assert.equal((await known(userPoolId, username)).UserStatus, "CONFIRMED");
});

for (const authFlowType of FLOWS) {
  test(`${authFlowType}: sign in, renew the session, sign out`, async () => {
    const { userPoolId } = await place();
    const { username, email, sub } = await newPerson(userPoolId);
    const options = { authFlowType };
    await refused(
      signIn({ username, password: OTHER_PASSWORD, options }),
      "NotAuthorizedException",
      "Incorrect username or password.",
    );
    await refused(
      signIn({ username: fresh("nobody"), password: PASSWORD, options }),
      "UserNotFoundException",
      "User does not exist.",
    );
    assert.deepEqual(await signIn({ username, password: PASSWORD, options }), signedIn);
    await refused(signIn({ username, password: PASSWORD, options }), "UserAlreadyAuthenticatedException");

    const before = (await fetchAuthSession()).tokens;
    assert.equal((await fetchAuthSession()).tokens.accessToken.toString(), before.accessToken.toString());
    const after = (await fetchAuthSession({ forceRefresh: true })).tokens;
    assert.notEqual(after.accessToken.toString(), before.accessToken.toString());
    assert.equal(after.accessToken.payload.origin_jti, before.accessToken.payload.origin_jti);
    assert.equal(after.idToken.payload.auth_time, before.idToken.payload.auth_time);
    assert.equal((await fetchUserAttributes()).sub, sub);
    assert.equal((await fetchUserAttributes()).email, email);

    // Signing out revokes the session: its access token, though not yet expired, no longer counts.
    await signOut();
    await refused(fetchUserAttributes(), "UserUnAuthenticatedException");
    await refused(
      idp.send(new GetUserCommand({ AccessToken: after.accessToken.toString() })),
      "NotAuthorizedException",
      "Access Token has been revoked",
    );
    assert.equal((await fetchAuthSession()).tokens, undefined);
  });
}

test("a refresh token that is rotated at every renewal", async () => {
  const { userPoolId } = await place(
    {},
    {
      ExplicitAuthFlows: ["ALLOW_USER_SRP_AUTH"],
      RefreshTokenRotation: { Feature: "ENABLED", RetryGracePeriodSeconds: 0 },
    },
  );
  const { username } = await newPerson(userPoolId);
  assert.deepEqual(await signIn({ username, password: PASSWORD }), signedIn);
  const seen = new Set();
  for (let turn = 0; turn < 3; turn += 1) {
    seen.add((await fetchAuthSession({ forceRefresh: true })).tokens.accessToken.toString());
  }
  assert.equal(seen.size, 3);
  await signOut();
});

test("change attributes, and confirm a new address", async () => {
  const { userPoolId } = await place();
  const { username, email } = await newPerson(userPoolId, { nickname: "A" });
  await signIn({ username, password: PASSWORD });
  const address = newEmail();
  const updated = await updateUserAttributes({ userAttributes: { email: address, name: "Ada", nickname: "B" } });
  assert.deepEqual(updated.name, { isUpdated: true, nextStep: { updateAttributeStep: "DONE" } });
  assert.equal(updated.email.isUpdated, false);
  assert.equal(updated.email.nextStep.updateAttributeStep, "CONFIRM_ATTRIBUTE_WITH_CODE");
  assert.equal(updated.email.nextStep.codeDeliveryDetails.attributeName, "email");
  let seen = await fetchUserAttributes();
  assert.deepEqual([seen.email, seen.email_verified, seen.name, seen.nickname], [address, "false", "Ada", "B"]);

  const sent = await message(address);
  const again = await sendUserAttributeVerificationCode({ userAttributeKey: "email" });
  assert.equal(again.attributeName, "email");
  const confirmationCode = await code(address, sent.id);
  await refused(
    confirmUserAttribute({ userAttributeKey: "email", confirmationCode: sent.code === "000000" ? "000001" : "000000" }),
    "CodeMismatchException",
    "Invalid verification code provided, please try again.",
  );
  await confirmUserAttribute({ userAttributeKey: "email", confirmationCode });
  await deleteUserAttributes({ userAttributeKeys: ["nickname"] });
  seen = await fetchUserAttributes();
  assert.deepEqual([seen.email, seen.email_verified, seen.nickname], [address, "true", undefined]);
  assert.notEqual(address, email);
  await signOut();
});

test("change the password, forget it, and delete the account", async () => {
  const { userPoolId } = await place();
  const { username, email } = await newPerson(userPoolId);
  await signIn({ username, password: PASSWORD });
  await refused(
    updatePassword({ oldPassword: OTHER_PASSWORD, newPassword: THIRD_PASSWORD }),
    "NotAuthorizedException",
    "Incorrect username or password.",
  );
  await refused(
    updatePassword({ oldPassword: PASSWORD, newPassword: "short" }),
    "InvalidPasswordException",
    "Password did not conform with policy: Password not long enough",
  );
  await updatePassword({ oldPassword: PASSWORD, newPassword: OTHER_PASSWORD });
  await signOut();
  await refused(signIn({ username, password: PASSWORD }), "NotAuthorizedException", "Incorrect username or password.");

  const asked = await resetPassword({ username });
  assert.equal(asked.isPasswordReset, false);
  assert.equal(asked.nextStep.resetPasswordStep, "CONFIRM_RESET_PASSWORD_WITH_CODE");
  assert.equal(asked.nextStep.codeDeliveryDetails.attributeName, "email");
  await confirmResetPassword({ username, confirmationCode: await code(email), newPassword: THIRD_PASSWORD });
  assert.deepEqual(await signIn({ username, password: THIRD_PASSWORD }), signedIn);

  await deleteUser();
  await refused(getCurrentUser(), "UserUnAuthenticatedException");
  await refused(known(userPoolId, username), "UserNotFoundException", "User does not exist.");
});

for (const authFlowType of FLOWS) {
  test(`${authFlowType}: an invited user chooses a password`, async () => {
    const { userPoolId: UserPoolId } = await place({
      Schema: [{ Name: "given_name", AttributeDataType: "String", Required: true, Mutable: true }],
    });
    const username = fresh("invited");
    await idp.send(
      new AdminCreateUserCommand({
        UserPoolId,
        Username: username,
        TemporaryPassword: PASSWORD,
        UserAttributes: attributes({ email: newEmail(), email_verified: "true" }),
        MessageAction: "SUPPRESS",
      }),
    );
    const { isSignedIn, nextStep } = await signIn({ username, password: PASSWORD, options: { authFlowType } });
    assert.equal(isSignedIn, false);
    assert.equal(nextStep.signInStep, "CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED");
    assert.deepEqual(nextStep.missingAttributes, ["given_name"]);
    const options = { userAttributes: { given_name: "Ada" } };
    assert.deepEqual(await confirmSignIn({ challengeResponse: OTHER_PASSWORD, options }), signedIn);
    assert.equal((await fetchUserAttributes()).given_name, "Ada");
    await signOut();
    assert.deepEqual(await signIn({ username, password: OTHER_PASSWORD }), signedIn);
    await signOut();
  });
}

test("an e-mail address as the name, and a reset by an administrator", async () => {
  const { userPoolId } = await place({ UsernameAttributes: ["email"] });
  const username = newEmail();
  const { userId } = await signUp({ username, password: PASSWORD });
  const early = await signIn({ username, password: PASSWORD });
  assert.deepEqual(early, { isSignedIn: false, nextStep: { signInStep: "CONFIRM_SIGN_UP" } });
  const confirmed = await confirmSignUp({ username, confirmationCode: await code(username) });
  assert.deepEqual(confirmed, { isSignUpComplete: true, nextStep: { signUpStep: "DONE" } });
  assert.deepEqual(await signIn({ username, password: PASSWORD }), signedIn);
  assert.equal((await getCurrentUser()).username, userId);
  assert.equal((await known(userPoolId, username)).Username, userId);
  await signOut();

  const last = await message(username);
  await idp.send(new AdminResetUserPasswordCommand({ UserPoolId: userPoolId, Username: username }));
  const again = await signIn({ username, password: PASSWORD });
  assert.deepEqual(again, { isSignedIn: false, nextStep: { signInStep: "RESET_PASSWORD" } });
  const confirmationCode = await code(username, last.id);
  await confirmResetPassword({ username, confirmationCode, newPassword: OTHER_PASSWORD });
  assert.deepEqual(await signIn({ username, password: OTHER_PASSWORD }), signedIn);
  await signOut();
});
