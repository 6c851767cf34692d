// A place to test in: pools, clients and people on the server that POOLHOUSE_URL names.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  CreateUserPoolDomainCommand,
} from "@aws-sdk/client-cognito-identity-provider";

export const url = process.env.POOLHOUSE_URL;
assert.ok(url, "POOLHOUSE_URL is not set: run tests/clients/run --suite node");

export const PASSWORD = "Correct-Horse1!";
export const OTHER_PASSWORD = "Battery-Staple2?";

export const idp = new CognitoIdentityProviderClient({
  endpoint: url,
  region: "us-east-1",
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
  maxAttempts: 1,
});

let number = 0;
export const fresh = (prefix) => `${prefix}${++number}-${randomBytes(3).toString("hex")}`;
export const newEmail = () => `${fresh("person")}@example.com`;
export const attributes = (given) => Object.entries(given).map(([Name, Value]) => ({ Name, Value }));

export async function newPool(settings = {}) {
  const made = await idp.send(new CreateUserPoolCommand({ PoolName: fresh("pool"), ...settings }));
  return made.UserPool.Id;
}

export async function newClient(pool, settings = {}) {
  const made = await idp.send(
    new CreateUserPoolClientCommand({
      UserPoolId: pool,
      ClientName: fresh("app"),
      ExplicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
      ...settings,
    }),
  );
  return made.UserPoolClient;
}

/// An app client that may use the hosted pages of a pool with a domain, with `callback` as its one redirect address.
export async function newWebClient(pool, callback, settings = {}) {
  await idp.send(new CreateUserPoolDomainCommand({ UserPoolId: pool, Domain: fresh("door") }));
  return newClient(pool, {
    SupportedIdentityProviders: ["COGNITO"],
    CallbackURLs: [callback],
    LogoutURLs: [callback],
    AllowedOAuthFlows: ["code"],
    AllowedOAuthScopes: ["openid", "email", "profile", "aws.cognito.signin.user.admin"],
    AllowedOAuthFlowsUserPoolClient: true,
    ...settings,
  });
}

/// A CONFIRMED user with a verified e-mail address.
export async function newPerson(pool, { password = PASSWORD, ...given } = {}) {
  const person = { username: fresh("user"), password, email: newEmail() };
  const made = await idp.send(
    new AdminCreateUserCommand({
      UserPoolId: pool,
      Username: person.username,
      MessageAction: "SUPPRESS",
      UserAttributes: attributes({ email: person.email, email_verified: "true", ...given }),
    }),
  );
  person.sub = made.User.Attributes.find(({ Name }) => Name === "sub").Value;
  await idp.send(
    new AdminSetUserPasswordCommand({
      UserPoolId: pool,
      Username: person.username,
      Password: password,
      Permanent: true,
    }),
  );
  return person;
}

/// The newest message to `to` (after the message with id `after`, if given).
export async function message(to, after = "") {
  const query = new URLSearchParams({ to, timeout: "10" });
  if (after) query.set("after", after);
  const answer = await fetch(`${url}/_poolhouse/messages/wait?${query}`);
  assert.equal(answer.status, 200, `nothing was sent to ${to}`);
  return (await answer.json()).message;
}

export const code = async (to, after) => (await message(to, after)).code;

/// Fails unless the call is refused with this exception and message.
export async function refused(promise, name, text) {
  await assert.rejects(promise, (error) => {
    assert.equal(error.name ?? error.code, name, error.message);
    if (text !== undefined) assert.equal(error.message, text);
    return true;
  });
}

/// Signs in through the page and gives the address that the application is called back on.
export async function throughThePage(address, { username, password }) {
  const jar = new Map();
  const ask = async (target, options = {}) => {
    const answer = await fetch(target, {
      redirect: "manual",
      ...options,
      headers: { ...options.headers, cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; ") },
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      jar.set(name, value);
    }
    return answer;
  };
  let target = new URL(address);
  let answer = await ask(target);
  while (answer.status >= 300 && answer.status < 400) {
    target = new URL(answer.headers.get("location"), target);
    answer = await ask(target);
  }
  const page = await answer.text();
  assert.equal(answer.status, 200, page);
  const [, token] = /name="_csrf"[^>]*value="([^"]+)"/.exec(page) ?? /value="([^"]+)"[^>]*name="_csrf"/.exec(page);
  const body = new URLSearchParams({ _csrf: token, username, password, cognitoAsfData: "" });
  answer = await ask(target, { method: "POST", body });
  assert.ok([302, 303].includes(answer.status), await answer.text());
  return new URL(answer.headers.get("location"), target);
}
