// Amplify 6 in Node: choosing the first factor (USER_AUTH), accounts without a password, and every second factor.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { Amplify } from "aws-amplify";
import {
  autoSignIn,
  confirmSignIn,
  confirmSignUp,
  fetchAuthSession,
  fetchMFAPreference,
  getCurrentUser,
  setUpTOTP,
  signIn,
  signOut,
  signUp,
  updateMFAPreference,
  verifyTOTPSetup,
} from "aws-amplify/auth";
import { SetUserPoolMfaConfigCommand } from "@aws-sdk/client-cognito-identity-provider";
import { OTHER_PASSWORD, PASSWORD, code, fresh, idp, message, newClient, newEmail, newPerson, newPool, refused, url } from "./world.mjs";

// After signUp Amplify keeps a timer of three minutes, which would keep Node waiting after the last test.
const wait = globalThis.setTimeout;
globalThis.setTimeout = (run, delay, ...given) => {
  const timer = wait(run, delay, ...given);
  return delay < 180_000 ? timer : timer.unref();
};

const signedIn = { isSignedIn: true, nextStep: { signInStep: "DONE" } };
const FACTORS = { SignInPolicy: { AllowedFirstAuthFactors: ["PASSWORD", "EMAIL_OTP", "SMS_OTP"] } };
const SMS = { SnsCallerArn: "arn:aws:iam::123456789012:role/sms" };
const options = { authFlowType: "USER_AUTH" };
let phones = 0;
const newPhone = () => `+1555${String(Date.now()).slice(-4)}${String(++phones).padStart(3, "0")}`;

/// A pool where users begin as they like, and Amplify configured for it.
async function place(settings) {
  const userPoolId = await newPool({ AutoVerifiedAttributes: ["email"], Policies: FACTORS, ...settings });
  const { ClientId: userPoolClientId } = await newClient(userPoolId, {
    ExplicitAuthFlows: ["ALLOW_USER_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
  });
  Amplify.configure({ Auth: { Cognito: { userPoolId, userPoolClientId, userPoolEndpoint: url } } });
  return userPoolId;
}

/// The same with every second factor.
async function guarded(mode) {
  const userPoolId = await place({ SmsConfiguration: SMS });
  await idpMfa(userPoolId, mode);
  return userPoolId;
}

async function idpMfa(UserPoolId, MfaConfiguration) {
  await idp.send(
    new SetUserPoolMfaConfigCommand({
      UserPoolId,
      MfaConfiguration,
      SmsMfaConfiguration: { SmsConfiguration: SMS },
      SoftwareTokenMfaConfiguration: { Enabled: true },
      EmailMfaConfiguration: { Message: "Mail {####}", Subject: "Your code" },
    }),
  );
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The code of an authenticator app, some steps of 30 seconds later.
function totp(secret, later = 0) {
  const bits = [...secret].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + later));
  const tag = createHmac("sha1", key).update(counter).digest();
  const number = (tag.readUInt32BE(tag[19] & 15) & 0x7fffffff) % 1_000_000;
  return String(number).padStart(6, "0");
}

for (const preferredChallenge of ["PASSWORD", "PASSWORD_SRP"]) {
  test(`${preferredChallenge} preferred`, async () => {
    const { username } = await newPerson(await place());
    const preferred = { ...options, preferredChallenge };
    await refused(
      signIn({ username, password: OTHER_PASSWORD, options: preferred }),
      "NotAuthorizedException",
      "Incorrect username or password.",
    );
    assert.deepEqual(await signIn({ username, password: PASSWORD, options: preferred }), signedIn);
    assert.equal((await getCurrentUser()).username, username);
    const { tokens } = await fetchAuthSession({ forceRefresh: true });
    assert.equal(tokens.accessToken.payload.username, username);
    await signOut();
  });

  test(`${preferredChallenge} chosen`, async () => {
    const { username } = await newPerson(await place());
    const asked = await signIn({ username, options });
    assert.equal(asked.nextStep.signInStep, "CONTINUE_SIGN_IN_WITH_FIRST_FACTOR_SELECTION");
    assert.deepEqual(asked.nextStep.availableChallenges, ["PASSWORD_SRP", "PASSWORD", "EMAIL_OTP"]);
    const chosen = await confirmSignIn({ challengeResponse: preferredChallenge });
    assert.equal(chosen.nextStep.signInStep, "CONFIRM_SIGN_IN_WITH_PASSWORD");
    assert.deepEqual(await confirmSignIn({ challengeResponse: PASSWORD }), signedIn);
    await signOut();
  });
}

for (const [preferredChallenge, step, medium] of [
  ["EMAIL_OTP", "CONFIRM_SIGN_IN_WITH_EMAIL_CODE", "EMAIL"],
  ["SMS_OTP", "CONFIRM_SIGN_IN_WITH_SMS_CODE", "SMS"],
]) {
  for (const preferred of [true, false]) {
    test(`${preferredChallenge} ${preferred ? "preferred" : "chosen"}`, async () => {
      const phone = newPhone();
      const person = await newPerson(await place(), { phone_number: phone, phone_number_verified: "true" });
      const { username } = person;
      const to = medium === "SMS" ? phone : person.email;
      let asked = await signIn({ username, options: preferred ? { ...options, preferredChallenge } : options });
      if (!preferred) asked = await confirmSignIn({ challengeResponse: preferredChallenge });
      assert.equal(asked.nextStep.signInStep, step);
      assert.equal(asked.nextStep.codeDeliveryDetails.deliveryMedium, medium);
      const sent = await code(to);
      assert.equal(sent.length, 8);
      const wrong = sent.replace(/.$/, (digit) => (Number(digit) + 1) % 10);
      await refused(
        confirmSignIn({ challengeResponse: wrong }),
        "CodeMismatchException",
        "Invalid code or auth state for the user.",
      );
      assert.deepEqual(await confirmSignIn({ challengeResponse: sent }), signedIn);
      await signOut();
    });
  }
}

test("sign up without a password, and be signed in at once without another code", async () => {
  await place();
  const [username, email] = [fresh("free"), newEmail()];
  const started = await signUp({ username, options: { userAttributes: { email }, autoSignIn: options } });
  assert.equal(started.nextStep.signUpStep, "CONFIRM_SIGN_UP");
  const sent = await message(email);
  const confirmed = await confirmSignUp({ username, confirmationCode: sent.code });
  assert.equal(confirmed.nextStep.signUpStep, "COMPLETE_AUTO_SIGN_IN");
  assert.deepEqual(await autoSignIn(), signedIn);
  assert.equal((await message(email)).id, sent.id);
  assert.equal((await fetchAuthSession()).userSub, started.userId);
  await signOut();
  const asked = await signIn({ username, options: { ...options, preferredChallenge: "EMAIL_OTP" } });
  assert.equal(asked.nextStep.signInStep, "CONFIRM_SIGN_IN_WITH_EMAIL_CODE");
  assert.deepEqual(await confirmSignIn({ challengeResponse: await code(email, sent.id) }), signedIn);
  await signOut();
});

test("an authenticator app, set up while signed in and asked for afterwards", async () => {
  const { username } = await newPerson(await guarded("OPTIONAL"));
  await signIn({ username, password: PASSWORD });
  const { sharedSecret, getSetupUri } = await setUpTOTP();
  assert.match(getSetupUri("App").toString(), /^otpauth:\/\/totp\//);
  await verifyTOTPSetup({ code: totp(sharedSecret) });
  await updateMFAPreference({ totp: "PREFERRED" });
  assert.deepEqual(await fetchMFAPreference(), { enabled: ["TOTP"], preferred: "TOTP" });
  await signOut();
  const asked = await signIn({ username, password: PASSWORD });
  assert.equal(asked.nextStep.signInStep, "CONFIRM_SIGN_IN_WITH_TOTP_CODE");
  assert.deepEqual(await confirmSignIn({ challengeResponse: totp(sharedSecret, 1) }), signedIn);
  await signOut();
});

test("codes by text message and e-mail, and the choice between them", async () => {
  const phone = newPhone();
  const person = await newPerson(await guarded("OPTIONAL"), { phone_number: phone, phone_number_verified: "true" });
  const { username, email } = person;
  await signIn({ username, password: PASSWORD });
  await updateMFAPreference({ sms: "ENABLED", email: "ENABLED" });
  await signOut();
  for (const [challengeResponse, step, to] of [
    ["SMS", "CONFIRM_SIGN_IN_WITH_SMS_CODE", phone],
    ["EMAIL", "CONFIRM_SIGN_IN_WITH_EMAIL_CODE", email],
  ]) {
    const asked = await signIn({ username, password: PASSWORD });
    assert.equal(asked.nextStep.signInStep, "CONTINUE_SIGN_IN_WITH_MFA_SELECTION");
    assert.deepEqual(asked.nextStep.allowedMFATypes, ["SMS", "EMAIL"]);
    const chosen = await confirmSignIn({ challengeResponse });
    assert.equal(chosen.nextStep.signInStep, step);
    assert.deepEqual(await confirmSignIn({ challengeResponse: await code(to) }), signedIn);
    await signOut();
  }
  // With a second factor nobody begins with a code.
  const asked = await signIn({ username, options });
  assert.deepEqual(asked.nextStep.availableChallenges, ["PASSWORD_SRP", "PASSWORD"]);
});

test("a required factor is set up inside the sign-in: an app, and an address", async () => {
  const userPoolId = await guarded("ON");
  for (const chosen of ["TOTP", "EMAIL"]) {
    const { username } = await newPerson(userPoolId);
    const asked = await signIn({ username, password: PASSWORD });
    assert.equal(asked.nextStep.signInStep, "CONTINUE_SIGN_IN_WITH_MFA_SETUP_SELECTION");
    assert.ok(asked.nextStep.allowedMFATypes.includes(chosen));
    const setUp = await confirmSignIn({ challengeResponse: chosen });
    if (chosen === "TOTP") {
      assert.equal(setUp.nextStep.signInStep, "CONTINUE_SIGN_IN_WITH_TOTP_SETUP");
      const { sharedSecret } = setUp.nextStep.totpSetupDetails;
      assert.deepEqual(await confirmSignIn({ challengeResponse: totp(sharedSecret) }), signedIn);
    } else {
      assert.equal(setUp.nextStep.signInStep, "CONTINUE_SIGN_IN_WITH_EMAIL_SETUP");
      const address = newEmail();
      const sent = await confirmSignIn({ challengeResponse: address });
      assert.equal(sent.nextStep.signInStep, "CONFIRM_SIGN_IN_WITH_EMAIL_CODE");
      assert.deepEqual(await confirmSignIn({ challengeResponse: await code(address) }), signedIn);
    }
    await signOut();
  }
});
