// Custom senders end to end: an unmodified handler behind a Lambda host gets the code, decrypts it, and the code works.
import assert from "node:assert/strict";
import { once, EventEmitter } from "node:events";
import { after, before, test } from "node:test";
import {
  AdminCreateUserCommand,
  AdminGetUserCommand,
  ConfirmForgotPasswordCommand,
  ConfirmSignUpCommand,
  ForgotPasswordCommand,
  InitiateAuthCommand,
  SignUpCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { serve } from "../../../examples/triggers/host.mjs";
import { OTHER_PASSWORD, PASSWORD, attributes, fresh, idp, newClient, newEmail, newPool, url } from "./world.mjs";

const KEY = `arn:aws:kms:us-east-1:000000000000:key/${fresh("senders")}`;
const name = fresh("sender");
const arn = `arn:aws:lambda:us-east-1:123456789012:function:${name}`;
const sent = new EventEmitter();
let host, UserPoolId, ClientId;

before(async () => {
  process.env.AWS_ENDPOINT_URL_KMS = url;
  process.env.KEY_ARN = KEY;
  process.env.KEY_ALIAS = "arn:aws:kms:us-east-1:000000000000:alias/codes";
  const { handler, deliver } = await import("./custom-sender.mjs");
  deliver.message = async (message) => sent.emit(message.to, message);
  host = await serve({ [name]: handler }, 0);
  const endpoint = `http://127.0.0.1:${host.address().port}`;
  const body = JSON.stringify({ arn, endpoint });
  assert.equal((await fetch(`${url}/_poolhouse/triggers/map`, { method: "POST", body })).status, 200);
  const sender = { LambdaVersion: "V1_0", LambdaArn: arn };
  UserPoolId = await newPool({
    AutoVerifiedAttributes: ["email", "phone_number"],
    LambdaConfig: { CustomEmailSender: sender, CustomSMSSender: sender, KMSKeyID: KEY },
  });
  ({ ClientId } = await newClient(UserPoolId));
});
after(() => host.close());

/// The message that `act` makes the handler deliver.
async function delivered(to, act) {
  const [[message]] = await Promise.all([once(sent, to, { signal: AbortSignal.timeout(20_000) }), act]);
  return message;
}

const signUp = (Username, given) =>
  idp.send(new SignUpCommand({ ClientId, Username, Password: PASSWORD, UserAttributes: attributes(given) }));

async function confirmed(Username, ConfirmationCode) {
  await idp.send(new ConfirmSignUpCommand({ ClientId, Username, ConfirmationCode }));
  const { UserStatus } = await idp.send(new AdminGetUserCommand({ UserPoolId, Username }));
  assert.equal(UserStatus, "CONFIRMED");
}

test("an e-mailed code confirms its user, and another resets the password", async () => {
  const [Username, email] = [fresh("ada"), newEmail()];
  const welcome = await delivered(email, signUp(Username, { email }));
  assert.equal(welcome.source, "CustomEmailSender_SignUp");
  assert.match(welcome.text, /^\d{6}$/);
  await confirmed(Username, welcome.text);
  const reset = await delivered(email, idp.send(new ForgotPasswordCommand({ ClientId, Username })));
  assert.equal(reset.source, "CustomEmailSender_ForgotPassword");
  const again = { ClientId, Username, ConfirmationCode: reset.text, Password: OTHER_PASSWORD };
  await idp.send(new ConfirmForgotPasswordCommand(again));
});

test("a texted code confirms its user", async () => {
  const Username = fresh("bob");
  const phone_number = `+1555${String(Date.now()).slice(-7)}`;
  const message = await delivered(phone_number, signUp(Username, { phone_number }));
  assert.equal(message.source, "CustomSMSSender_SignUp");
  await confirmed(Username, message.text);
});

test("a temporary password arrives as it is", async () => {
  const [Username, email] = [fresh("eve"), newEmail()];
  const TemporaryPassword = `Aa1<b>&"c'&lt;`;
  const made = new AdminCreateUserCommand({
    UserPoolId,
    Username,
    TemporaryPassword,
    DesiredDeliveryMediums: ["EMAIL"],
    UserAttributes: attributes({ email }),
  });
  const message = await delivered(email, idp.send(made));
  assert.equal(message.source, "CustomEmailSender_AdminCreateUser");
  assert.equal(message.text, TemporaryPassword);
  const AuthParameters = { USERNAME: Username, PASSWORD: message.text };
  const asked = await idp.send(new InitiateAuthCommand({ ClientId, AuthFlow: "USER_PASSWORD_AUTH", AuthParameters }));
  assert.equal(asked.ChallengeName, "NEW_PASSWORD_REQUIRED");
});
