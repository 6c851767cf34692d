// Second factors and remembered devices with amazon-cognito-identity-js and Amplify 6, as the libraries do it by themselves.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { AuthenticationDetails, CognitoUser, CognitoUserPool } from "amazon-cognito-identity-js";
import { Amplify } from "aws-amplify";
import { cognitoUserPoolsTokenProvider } from "aws-amplify/auth/cognito";
import { confirmSignIn, fetchAuthSession, fetchDevices, forgetDevice, rememberDevice, signIn as amplifySignIn, signOut } from "aws-amplify/auth";
import {
  AdminForgetDeviceCommand,
  AdminListDevicesCommand,
  AdminSetUserMFAPreferenceCommand,
  SetUserPoolMfaConfigCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { PASSWORD, code, idp, newClient, newPerson, newPool, refused, url } from "./world.mjs";

const SMS = { SnsCallerArn: "arn:aws:iam::123456789012:role/sms" };
const ALWAYS = { ChallengeRequiredOnNewDevice: true, DeviceOnlyRememberedOnUserPrompt: false };

const told = (run) => new Promise((yes, no) => run((error, value) => (error ? no(error) : yes(value))));
const heard = (run) => new Promise((onSuccess, onFailure) => run({ onSuccess, onFailure }));

/// What an authenticator app shows, some steps of 30 seconds later.
function totp(secret, later = 0) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + later));
  const tag = createHmac("sha1", key).update(step).digest();
  return String((tag.readUInt32BE(tag[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/// Every library keeps what it knows of a device in the browser; here each browser is a map.
function storage() {
  const kept = new Map();
  return {
    kept,
    setItem: (key, value) => kept.set(key, value),
    getItem: (key) => kept.get(key) ?? null,
    removeItem: (key) => kept.delete(key),
    clear: () => kept.clear(),
  };
}

async function place(devices, mode) {
  const settings = { SmsConfiguration: SMS, ...(devices && { DeviceConfiguration: devices }) };
  const UserPoolId = await newPool(settings);
  if (mode) {
    await idp.send(
      new SetUserPoolMfaConfigCommand({
        UserPoolId,
        MfaConfiguration: mode,
        SoftwareTokenMfaConfiguration: { Enabled: true },
        SmsMfaConfiguration: { SmsConfiguration: SMS },
      }),
    );
  }
  const { ClientId } = await newClient(UserPoolId, {
    ExplicitAuthFlows: ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
  });
  return { UserPoolId, ClientId };
}

/// A user of the library in a browser of its own, or in one that was there before.
function userOf({ UserPoolId, ClientId }, Username, Storage = storage()) {
  const Pool = new CognitoUserPool({ UserPoolId, ClientId, endpoint: `${url}/`, Storage });
  return new CognitoUser({ Username, Pool, Storage });
}

/// Signs in by SRP; gives the session, or what is asked next.
const signIn = (user, Password = PASSWORD) =>
  new Promise((yes, onFailure) => {
    const asks = (name) => (challenge, parameters) => yes({ asks: name, challenge, parameters });
    user.authenticateUser(new AuthenticationDetails({ Username: user.getUsername(), Password }), {
      onSuccess: (session, necessary) => yes({ session, necessary }),
      onFailure,
      mfaRequired: asks("sms"),
      totpRequired: asks("totp"),
      selectMFAType: asks("choice"),
      mfaSetup: asks("setup"),
    });
  });

async function setUpTotp(user, friendly = "phone") {
  const secret = await new Promise((associateSecretCode, onFailure) =>
    user.associateSoftwareToken({ associateSecretCode, onFailure }),
  );
  const done = await heard((on) => user.verifySoftwareToken(totp(secret), friendly, on));
  return { secret, done };
}

test("identity-js: an authenticator app, set up, asked for and answered", async () => {
  const pool = await place(null, "OPTIONAL");
  const { username } = await newPerson(pool.UserPoolId);
  const user = userOf(pool, username);
  await signIn(user);
  const { secret } = await setUpTotp(user);
  const on = { PreferredMfa: true, Enabled: true };
  assert.equal(await told((done) => user.setUserMfaPreference(null, on, done)), "SUCCESS");
  const data = await told((done) => user.getUserData(done, { bypassCache: true }));
  assert.deepEqual(data.UserMFASettingList, ["SOFTWARE_TOKEN_MFA"]);
  const again = userOf(pool, username);
  const asked = await signIn(again);
  assert.equal(asked.asks, "totp");
  assert.equal(asked.parameters.FRIENDLY_DEVICE_NAME, "phone");
  await refused(
    heard((on) => again.sendMFACode("000000" === totp(secret, 1) ? "000001" : "000000", on, "SOFTWARE_TOKEN_MFA")),
    "CodeMismatchException",
    "Invalid code received for user",
  );
  const session = await heard((on) => again.sendMFACode(totp(secret, 1), on, "SOFTWARE_TOKEN_MFA"));
  assert.ok(session.isValid());
});

test("identity-js: a required factor is set up inside the sign-in", async () => {
  const pool = await place(null, "ON");
  const { username } = await newPerson(pool.UserPoolId);
  const user = userOf(pool, username);
  assert.equal((await signIn(user)).asks, "setup");
  const { done } = await setUpTotp(user);
  assert.ok(done.isValid());
});

test("identity-js: two factors to choose from", async () => {
  const pool = await place(null, "OPTIONAL");
  const phone = `+1555${String(Date.now()).slice(-7)}`;
  const { username } = await newPerson(pool.UserPoolId, { phone_number: phone });
  const user = userOf(pool, username);
  await signIn(user);
  const { secret } = await setUpTotp(user);
  const both = { SMSMfaSettings: { Enabled: true }, SoftwareTokenMfaSettings: { Enabled: true } };
  await idp.send(new AdminSetUserMFAPreferenceCommand({ UserPoolId: pool.UserPoolId, Username: username, ...both }));
  const again = userOf(pool, username);
  const asked = await signIn(again);
  assert.equal(asked.asks, "choice");
  assert.deepEqual(JSON.parse(asked.parameters.MFAS_CAN_CHOOSE).sort(), ["SMS_MFA", "SOFTWARE_TOKEN_MFA"]);
  await new Promise((mfaRequired, onFailure) => again.sendMFASelectionAnswer("SMS_MFA", { mfaRequired, onFailure }));
  const sent = await code(phone);
  assert.ok((await heard((on) => again.sendMFACode(sent, on))).isValid());
  const third = userOf(pool, username);
  await signIn(third);
  await new Promise((totpRequired, onFailure) =>
    third.sendMFASelectionAnswer("SOFTWARE_TOKEN_MFA", { totpRequired, onFailure }),
  );
  assert.ok((await heard((on) => third.sendMFACode(totp(secret, 1), on, "SOFTWARE_TOKEN_MFA"))).isValid());
});

test("identity-js: a device registers itself, stands for the factor and is forgotten", async () => {
  const pool = await place(ALWAYS, "OPTIONAL");
  const { username } = await newPerson(pool.UserPoolId);
  const browser = storage();
  const user = userOf(pool, username, browser);
  const first = await signIn(user);
  assert.ok(first.session.isValid());
  assert.ok(!first.necessary);
  const { secret } = await setUpTotp(user);
  await told((done) => user.setUserMfaPreference(null, { PreferredMfa: true, Enabled: true }, done));
  const key = browser.getItem(`CognitoIdentityServiceProvider.${pool.ClientId}.${username}.deviceKey`);
  assert.match(key, /^us-east-1_[0-9a-f-]{36}$/);

  const shown = await heard((on) => user.getDevice(on));
  assert.equal(shown.Device.DeviceKey, key);
  const listed = await heard((on) => user.listDevices(10, null, on));
  assert.equal(listed.Devices.length, 1);

  // The same browser is asked for nothing; another one is.
  const again = userOf(pool, username, browser);
  const { session } = await signIn(again);
  assert.equal(session.getAccessToken().payload.device_key, key);
  assert.equal((await signIn(userOf(pool, username))).asks, "totp");
  const renewed = await told((done) => again.refreshSession(session.getRefreshToken(), done));
  assert.equal(renewed.getAccessToken().payload.device_key, key);
  await refused(
    told((done) => userOf(pool, username).refreshSession(session.getRefreshToken(), done)),
    "NotAuthorizedException",
    "Invalid Refresh Token",
  );

  assert.equal(await heard((on) => again.setDeviceStatusNotRemembered(on)), "SUCCESS");
  assert.equal((await signIn(userOf(pool, username, browser))).asks, "totp");
  assert.equal(await heard((on) => again.setDeviceStatusRemembered(on)), "SUCCESS");
  assert.ok((await signIn(userOf(pool, username, browser))).session.isValid());

  // A device that an administrator forgot is cleared by the library, which goes on without it.
  await idp.send(
    new AdminForgetDeviceCommand({ UserPoolId: pool.UserPoolId, Username: username, DeviceKey: key }),
  );
  const late = userOf(pool, username, browser);
  assert.equal((await signIn(late)).asks, "totp");
  const done = await heard((on) => late.sendMFACode(totp(secret, 1), on, "SOFTWARE_TOKEN_MFA"));
  assert.notEqual(done.getAccessToken().payload.device_key, key);
  assert.equal(await heard((on) => late.forgetDevice(on)), "SUCCESS");
  const left = await idp.send(new AdminListDevicesCommand({ UserPoolId: pool.UserPoolId, Username: username }));
  assert.deepEqual(left.Devices, []);
});

test("identity-js: where a device does not stand for the factor, both are proven", async () => {
  const pool = await place({ ChallengeRequiredOnNewDevice: false }, "OPTIONAL");
  const phone = `+1557${String(Date.now()).slice(-7)}`;
  const { username } = await newPerson(pool.UserPoolId, { phone_number: phone });
  const browser = storage();
  const first = await signIn(userOf(pool, username, browser));
  const on = { SMSMfaSettings: { Enabled: true } };
  await idp.send(new AdminSetUserMFAPreferenceCommand({ UserPoolId: pool.UserPoolId, Username: username, ...on }));
  const again = userOf(pool, username, browser);
  assert.equal((await signIn(again)).asks, "sms");
  // The library answers for the device with the session of the code.
  const sent = await code(phone);
  const session = await heard((on) => again.sendMFACode(sent, on));
  const key = first.session.getAccessToken().payload.device_key;
  assert.equal(session.getAccessToken().payload.device_key, key);
});

test("identity-js: the user is asked whether the device is to be remembered", async () => {
  const pool = await place({ ChallengeRequiredOnNewDevice: true, DeviceOnlyRememberedOnUserPrompt: true });
  const { username } = await newPerson(pool.UserPoolId);
  const user = userOf(pool, username);
  const { necessary } = await signIn(user);
  assert.equal(necessary, true);
  assert.equal(await heard((on) => user.setDeviceStatusRemembered(on)), "SUCCESS");
});

// Amplify calls a device what the browser calls itself; Node 20 has no such name.
globalThis.navigator ??= { userAgent: "a browser" };

/// Amplify in one browser, which it keeps what it knows in.
function amplify(pool) {
  const browser = storage();
  const keyed = {
    setItem: async (key, value) => browser.setItem(key, value),
    getItem: async (key) => browser.getItem(key),
    removeItem: async (key) => browser.removeItem(key),
    clear: async () => browser.clear(),
  };
  Amplify.configure({
    Auth: { Cognito: { userPoolId: pool.UserPoolId, userPoolClientId: pool.ClientId, userPoolEndpoint: url } },
  });
  cognitoUserPoolsTokenProvider.setKeyValueStorage(keyed);
}

const signedIn = { isSignedIn: true, nextStep: { signInStep: "DONE" } };

test("Amplify 6: remember, list and forget the device; it stands for the factor", async () => {
  const pool = await place({ ChallengeRequiredOnNewDevice: true, DeviceOnlyRememberedOnUserPrompt: true }, "OPTIONAL");
  const phone = `+1556${String(Date.now()).slice(-7)}`;
  const { username } = await newPerson(pool.UserPoolId, { phone_number: phone });
  amplify(pool);
  assert.deepEqual(await amplifySignIn({ username, password: PASSWORD }), signedIn);
  await rememberDevice();
  const [device, ...others] = await fetchDevices();
  assert.deepEqual(others, []);
  assert.equal(device.attributes.device_status, "valid");
  assert.ok(device.createDate instanceof Date);

  const on = { SMSMfaSettings: { Enabled: true } };
  await idp.send(new AdminSetUserMFAPreferenceCommand({ UserPoolId: pool.UserPoolId, Username: username, ...on }));
  await signOut();
  assert.deepEqual(await amplifySignIn({ username, password: PASSWORD }), signedIn);
  const { tokens } = await fetchAuthSession({ forceRefresh: true });
  assert.equal(tokens.accessToken.payload.device_key, device.id);

  // Forgotten elsewhere: Amplify clears what it kept, and the factor is asked for.
  await signOut();
  await idp.send(
    new AdminForgetDeviceCommand({ UserPoolId: pool.UserPoolId, Username: username, DeviceKey: device.id }),
  );
  const asked = await amplifySignIn({ username, password: PASSWORD });
  assert.equal(asked.nextStep.signInStep, "CONFIRM_SIGN_IN_WITH_SMS_CODE");
  assert.deepEqual(await confirmSignIn({ challengeResponse: await code(phone) }), signedIn);
  const [fresh] = await fetchDevices();
  assert.notEqual(fresh.id, device.id);
  await forgetDevice();
  assert.deepEqual(await fetchDevices(), []);
  await signOut();
});
