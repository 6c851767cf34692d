// Lambda triggers with real clients: the handlers of examples/triggers and some more, behind a host of the Invoke API.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Amplify } from "aws-amplify";
import { confirmSignIn, fetchAuthSession, signIn, signOut } from "aws-amplify/auth";
import { AuthenticationDetails, CognitoUser, CognitoUserPool } from "amazon-cognito-identity-js";
import {
  AdminGetUserCommand,
  AdminListGroupsForUserCommand,
  ConfirmSignUpCommand,
  CreateGroupCommand,
  InitiateAuthCommand,
  SignUpCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { handler as group } from "../../../examples/triggers/default-group.mjs";
import { serve } from "../../../examples/triggers/host.mjs";
import { create, define, post, verify } from "../../../examples/triggers/magic-link.mjs";
import { claims, gate, migrate, old, riddle } from "./handlers.mjs";
import { PASSWORD, attributes, code, fresh, idp, newClient, newEmail, newPerson, newPool, refused, url } from "./world.mjs";

const arn = (name) => `arn:aws:lambda:us-east-1:123456789012:function:${name}`;
const flows = ["ALLOW_CUSTOM_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];

let host;
before(async () => {
  process.env.POOLHOUSE_URL = url;
  const links = { "default-group": group, "link-define": define, "link-create": create, "link-verify": verify };
  host = await serve({ ...links, ...riddle, migrate, claims, gate }, 0);
  const endpoint = `http://127.0.0.1:${host.address().port}`;
  const mapped = await fetch(`${url}/_poolhouse/triggers/map`, {
    method: "POST",
    body: JSON.stringify({ arn: "arn:aws:lambda:us-east-1:123456789012:function:*", endpoint }),
  });
  assert.equal(mapped.status, 200);
});
after(() => {
  host.close();
  host.closeAllConnections();
});

const trio = (name) => ({
  DefineAuthChallenge: arn(`${name}-define`),
  CreateAuthChallenge: arn(`${name}-create`),
  VerifyAuthChallengeResponse: arn(`${name}-verify`),
});

async function place(LambdaConfig, more = {}) {
  const userPoolId = await newPool({ AutoVerifiedAttributes: ["email"], LambdaConfig, ...more });
  const { ClientId: userPoolClientId } = await newClient(userPoolId, {
    ExplicitAuthFlows: flows,
    PreventUserExistenceErrors: "ENABLED",
  });
  Amplify.configure({ Auth: { Cognito: { userPoolId, userPoolClientId, userPoolEndpoint: url } } });
  return { userPoolId, userPoolClientId };
}

test("Amplify signs in by a magic link, once", async () => {
  const { userPoolId } = await place(trio("link"));
  const person = await newPerson(userPoolId);
  const links = [];
  post.link = (email, link) => links.push({ email, secret: new URL(link).searchParams.get("secret") });
  const options = { authFlowType: "CUSTOM_WITHOUT_SRP" };
  const asked = await signIn({ username: person.username, options });
  assert.equal(asked.nextStep.signInStep, "CONFIRM_SIGN_IN_WITH_CUSTOM_CHALLENGE");
  assert.equal(asked.nextStep.additionalInfo.medium, "EMAIL");
  assert.equal(links[0].email, person.email);
  const done = await confirmSignIn({ challengeResponse: links[0].secret });
  assert.equal(done.isSignedIn, true);
  const { tokens } = await fetchAuthSession();
  assert.equal(tokens.idToken.payload.email, person.email);
  await signOut();
  await signIn({ username: person.username, options });
  await refused(confirmSignIn({ challengeResponse: links[0].secret }), "NotAuthorizedException", "Incorrect username or password.");
});

test("Amplify proves the password first and then answers", async () => {
  const { userPoolId } = await place(trio("riddle"));
  const { username } = await newPerson(userPoolId);
  const options = { authFlowType: "CUSTOM_WITH_SRP" };
  const asked = await signIn({ username, password: PASSWORD, options });
  assert.equal(asked.nextStep.signInStep, "CONFIRM_SIGN_IN_WITH_CUSTOM_CHALLENGE");
  const again = await confirmSignIn({ challengeResponse: "herring" });
  assert.equal(again.nextStep.signInStep, "CONFIRM_SIGN_IN_WITH_CUSTOM_CHALLENGE");
  const done = await confirmSignIn({ challengeResponse: "swordfish" });
  assert.equal(done.isSignedIn, true);
  await signOut();
});

const userOf = (place, Username) => {
  const Pool = new CognitoUserPool({ UserPoolId: place.userPoolId, ClientId: place.userPoolClientId, endpoint: url });
  return new CognitoUser({ Username, Pool });
};

test("amazon-cognito-identity-js answers a custom challenge after the password", async () => {
  const made = await place(trio("riddle"));
  const { username } = await newPerson(made.userPoolId);
  const user = userOf(made, username);
  user.setAuthenticationFlowType("CUSTOM_AUTH");
  const details = new AuthenticationDetails({ Username: username, Password: PASSWORD });
  const answers = ["herring", "swordfish"];
  const session = await new Promise((onSuccess, onFailure) => {
    const steps = {
      onSuccess,
      onFailure,
      customChallenge(parameters) {
        assert.equal(parameters.riddle, "the word?");
        assert.ok(!JSON.stringify(parameters).includes("swordfish"));
        user.sendCustomChallengeAnswer(answers.shift(), steps);
      },
    };
    user.authenticateUser(details, steps);
  });
  assert.ok(session.isValid());
});

test("amazon-cognito-identity-js migrates a user, who then signs in by SRP", async () => {
  const made = await place({ UserMigration: arn("migrate") });
  const [username, email] = [fresh("old"), newEmail()];
  old.set(username, { password: "old password", email });
  const by = (flow, password) => {
    const user = userOf(made, username);
    user.setAuthenticationFlowType(flow);
    const details = new AuthenticationDetails({ Username: username, Password: password });
    return new Promise((onSuccess, onFailure) => user.authenticateUser(details, { onSuccess, onFailure }));
  };
  await refused(by("USER_PASSWORD_AUTH", "wrong"), "NotAuthorizedException", "Incorrect username or password.");
  assert.ok((await by("USER_PASSWORD_AUTH", "old password")).isValid());
  assert.ok((await by("USER_SRP_AUTH", "old password")).isValid());
  const known = await idp.send(new AdminGetUserCommand({ UserPoolId: made.userPoolId, Username: username }));
  assert.equal(known.UserStatus, "CONFIRMED");
});

test("a confirmed account is in the group that the function gives", async () => {
  const { userPoolId: UserPoolId, userPoolClientId: ClientId } = await place({ PostConfirmation: arn("default-group") });
  await idp.send(new CreateGroupCommand({ UserPoolId, GroupName: "members" }));
  const [Username, email] = [fresh("ada"), newEmail()];
  await idp.send(new SignUpCommand({ ClientId, Username, Password: PASSWORD, UserAttributes: attributes({ email }) }));
  await idp.send(new ConfirmSignUpCommand({ ClientId, Username, ConfirmationCode: await code(email) }));
  const { Groups } = await idp.send(new AdminListGroupsForUserCommand({ UserPoolId, Username }));
  assert.deepEqual(Groups.map(({ GroupName }) => GroupName), ["members"]);
});

test("claims of any shape, and a refusal in the function's words", async () => {
  const claims = { LambdaVersion: "V2_0", LambdaArn: arn("claims") };
  const { userPoolId, userPoolClientId: ClientId } = await place({ PreTokenGenerationConfig: claims });
  const { username: USERNAME } = await newPerson(userPoolId);
  const AuthParameters = { USERNAME, PASSWORD };
  const start = new InitiateAuthCommand({ ClientId, AuthFlow: "USER_PASSWORD_AUTH", AuthParameters });
  const { AuthenticationResult } = await idp.send(start);
  const payload = (token) => JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
  assert.deepEqual(payload(AuthenticationResult.IdToken).tenant, { id: 7 });
  assert.match(payload(AuthenticationResult.AccessToken).scope, /api\/read$/);

  const gated = await place({ PreSignUp: arn("gate") });
  await refused(
    idp.send(new SignUpCommand({ ClientId: gated.userPoolClientId, Username: fresh("ada"), Password: PASSWORD })),
    "UserLambdaValidationException",
    "PreSignUp failed with error Closed on Sundays..",
  );
  const { calls } = await (await fetch(`${url}/_poolhouse/triggers?pool=${gated.userPoolId}`)).json();
  assert.equal(calls[0].error, "function error: Closed on Sundays.");
  assert.match(calls[0].event.callerContext.awsSdkVersion, /^aws-sdk-js-3\./);
});
