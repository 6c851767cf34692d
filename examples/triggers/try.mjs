// Makes a pool with both triggers, signs somebody up and signs in by a link.
import { createInterface } from "node:readline/promises";

const ENDPOINT = process.env.POOLHOUSE_URL ?? "http://localhost:9229";
const arn = (name) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;

async function cognito(operation, body) {
  const answer = await fetch(ENDPOINT, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `AWSCognitoIdentityProviderService.${operation}`,
    },
    body: JSON.stringify(body),
  });
  const told = JSON.parse((await answer.text()) || "{}");
  if (!answer.ok) throw new Error(`${operation}: ${told.__type}: ${told.message}`);
  return told;
}

const LambdaConfig = {
  PostConfirmation: arn("default-group"),
  DefineAuthChallenge: arn("magic-link-define"),
  CreateAuthChallenge: arn("magic-link-create"),
  VerifyAuthChallengeResponse: arn("magic-link-verify"),
};
const made = await cognito("CreateUserPool", { PoolName: "triggers", AutoVerifiedAttributes: ["email"], LambdaConfig });
const UserPoolId = made.UserPool.Id;
await cognito("CreateGroup", { UserPoolId, GroupName: "members" });
const app = await cognito("CreateUserPoolClient", {
  UserPoolId,
  ClientName: "app",
  ExplicitAuthFlows: ["ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
});
const { ClientId } = app.UserPoolClient;

const [Username, email] = ["ada", "ada@example.com"];
await cognito("SignUp", { ClientId, Username, Password: "Correct-Horse1!", UserAttributes: [{ Name: "email", Value: email }] });
const mail = await (await fetch(`${ENDPOINT}/_poolhouse/messages/wait?to=${email}&pool=${UserPoolId}`)).json();
await cognito("ConfirmSignUp", { ClientId, Username, ConfirmationCode: mail.message.code });
const { Groups } = await cognito("AdminListGroupsForUser", { UserPoolId, Username });
console.log("groups:", Groups.map(({ GroupName }) => GroupName).join(", "));

const asked = await cognito("InitiateAuth", { ClientId, AuthFlow: "CUSTOM_AUTH", AuthParameters: { USERNAME: Username } });
console.log("The host has printed a link.");
const lines = createInterface({ input: process.stdin, output: process.stdout });
const link = await lines.question("Paste it: ");
lines.close();
const done = await cognito("RespondToAuthChallenge", {
  ClientId,
  ChallengeName: asked.ChallengeName,
  Session: asked.Session,
  ChallengeResponses: { USERNAME: Username, ANSWER: new URL(link.trim()).searchParams.get("secret") },
});
console.log("signed in:", JSON.parse(Buffer.from(done.AuthenticationResult.IdToken.split(".")[1], "base64url").toString()).email);
