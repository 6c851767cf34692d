// The AWS SDK for JavaScript v3: a journey through the API.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import {
  AdminAddUserToGroupCommand,
  AdminDeleteUserCommand,
  AdminGetUserCommand,
  ChangePasswordCommand,
  ConfirmForgotPasswordCommand,
  ConfirmSignUpCommand,
  CreateGroupCommand,
  DeleteUserPoolCommand,
  DescribeUserPoolCommand,
  ForgotPasswordCommand,
  GetUserCommand,
  GlobalSignOutCommand,
  InitiateAuthCommand,
  ListUsersCommand,
  NotAuthorizedException,
  ResendConfirmationCodeCommand,
  RevokeTokenCommand,
  SignUpCommand,
  UserNotConfirmedException,
  UserNotFoundException,
  paginateListUsers,
} from "@aws-sdk/client-cognito-identity-provider";
import { OTHER_PASSWORD, PASSWORD, attributes, code, fresh, idp, message, newClient, newEmail, newPerson, newPool, refused } from "./world.mjs";

const signIn = (client, username, password = PASSWORD, more = {}) =>
  idp.send(
    new InitiateAuthCommand({
      ClientId: client.ClientId,
      AuthFlow: "USER_PASSWORD_AUTH",
      AuthParameters: { USERNAME: username, PASSWORD: password, ...more },
    }),
  );

test("sign up, confirm, sign in, refresh, change and forget the password, sign out", async () => {
  const pool = await newPool({ AutoVerifiedAttributes: ["email"] });
  const client = await newClient(pool);
  const [name, email] = [fresh("ada"), newEmail()];
  const who = { ClientId: client.ClientId, Username: name };
  const made = await idp.send(new SignUpCommand({ ...who, Password: PASSWORD, UserAttributes: attributes({ email }) }));
  assert.equal(made.UserConfirmed, false);
  assert.equal(made.CodeDeliveryDetails.DeliveryMedium, "EMAIL");
  await assert.rejects(signIn(client, name), (error) => {
    assert.ok(error instanceof UserNotConfirmedException);
    assert.equal(error.$metadata.httpStatusCode, 400);
    assert.match(error.$metadata.requestId, /^[0-9a-f-]{36}$/);
    return true;
  });
  const first = await message(email);
  await idp.send(new ResendConfirmationCodeCommand(who));
  await idp.send(new ConfirmSignUpCommand({ ...who, ConfirmationCode: await code(email, first.id) }));

  const { AuthenticationResult: tokens, ChallengeName, Session, $metadata } = await signIn(client, name);
  assert.equal($metadata.httpStatusCode, 200);
  assert.equal(ChallengeName ?? Session, undefined);
  const me = await idp.send(new GetUserCommand({ AccessToken: tokens.AccessToken }));
  assert.equal(me.Username, name);
  const again = await idp.send(
    new InitiateAuthCommand({
      ClientId: client.ClientId,
      AuthFlow: "REFRESH_TOKEN_AUTH",
      AuthParameters: { REFRESH_TOKEN: tokens.RefreshToken },
    }),
  );
  assert.equal(again.AuthenticationResult.RefreshToken, undefined);
  await idp.send(
    new ChangePasswordCommand({
      AccessToken: again.AuthenticationResult.AccessToken,
      PreviousPassword: PASSWORD,
      ProposedPassword: OTHER_PASSWORD,
    }),
  );
  await refused(signIn(client, name), "NotAuthorizedException", "Incorrect username or password.");

  const last = await message(email);
  await idp.send(new ForgotPasswordCommand(who));
  await idp.send(
    new ConfirmForgotPasswordCommand({ ...who, ConfirmationCode: await code(email, last.id), Password: PASSWORD }),
  );
  assert.ok((await signIn(client, name)).AuthenticationResult);

  await idp.send(new GlobalSignOutCommand({ AccessToken: tokens.AccessToken }));
  await assert.rejects(idp.send(new GetUserCommand({ AccessToken: tokens.AccessToken })), NotAuthorizedException);
  await idp.send(new AdminDeleteUserCommand({ UserPoolId: pool, Username: name }));
  await assert.rejects(
    idp.send(new AdminGetUserCommand({ UserPoolId: pool, Username: name })),
    UserNotFoundException,
  );
  await idp.send(new DeleteUserPoolCommand({ UserPoolId: pool }));
});

test("dates, groups, pages and operations with empty answers", async () => {
  const pool = await newPool();
  const described = await idp.send(new DescribeUserPoolCommand({ UserPoolId: pool }));
  const age = Date.now() - described.UserPool.CreationDate.getTime();
  assert.ok(age > -2000 && age < 60_000, `made ${age} ms ago`);
  await idp.send(new CreateGroupCommand({ UserPoolId: pool, GroupName: "readers" }));
  const people = [await newPerson(pool), await newPerson(pool), await newPerson(pool)];
  for (const { username } of people) {
    const answer = await idp.send(
      new AdminAddUserToGroupCommand({ UserPoolId: pool, Username: username, GroupName: "readers" }),
    );
    assert.deepEqual(Object.keys(answer), ["$metadata"]);
  }
  const seen = [];
  for await (const page of paginateListUsers({ client: idp, pageSize: 2 }, { UserPoolId: pool })) {
    seen.push(...page.Users.map(({ Username }) => Username));
  }
  assert.deepEqual(seen.sort(), people.map(({ username }) => username).sort());
  const found = await idp.send(new ListUsersCommand({ UserPoolId: pool, Filter: `email = "${people[0].email}"` }));
  assert.equal(found.Users.length, 1);
});

test("a confidential client", async () => {
  const pool = await newPool();
  const client = await newClient(pool, { GenerateSecret: true });
  const person = await newPerson(pool);
  const SECRET_HASH = createHmac("sha256", client.ClientSecret)
    .update(person.username + client.ClientId)
    .digest("base64");
  const { AuthenticationResult: tokens } = await signIn(client, person.username, PASSWORD, { SECRET_HASH });
  await idp.send(
    new RevokeTokenCommand({
      ClientId: client.ClientId,
      ClientSecret: client.ClientSecret,
      Token: tokens.RefreshToken,
    }),
  );
  await refused(
    idp.send(new GetUserCommand({ AccessToken: tokens.AccessToken })),
    "NotAuthorizedException",
    "Access Token has been revoked",
  );
});
