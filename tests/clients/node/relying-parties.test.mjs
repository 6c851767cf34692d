// Libraries that apps sign their people in with, unmodified: Auth.js with its Cognito provider, and Passport with the
// Cognito strategy.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { Auth } from "@auth/core";
import Cognito from "@auth/core/providers/cognito";
import { AdminGetUserCommand } from "@aws-sdk/client-cognito-identity-provider";
import { idp, newPerson, newPool, newWebClient, throughThePage, url } from "./world.mjs";

const require = createRequire(import.meta.url);

/// A browser of an Auth.js app that is nowhere but in this process.
function visitor(config) {
  const jar = new Map();
  return async (address, form) => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const request = new Request(new URL(address, "http://localhost:3000"), {
      method: form ? "POST" : "GET",
      headers: { cookie, ...(form && { "content-type": "application/x-www-form-urlencoded" }) },
      body: form && new URLSearchParams(form),
    });
    const answer = await Auth(request, config);
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      jar.set(name, value);
    }
    return answer;
  };
}

for (const secret of [true, false]) {
  test(`Auth.js signs in with its Cognito provider, ${secret ? "with" : "without"} a client secret`, async () => {
    const pool = await newPool();
    const callback = "http://localhost:3000/auth/callback/cognito";
    const app = await newWebClient(pool, callback, { GenerateSecret: secret });
    const person = await newPerson(pool, { name: "Ada" });
    const provider = {
      clientId: app.ClientId,
      issuer: `${url}/${pool}`,
      checks: ["pkce", "state", "nonce"],
      ...(secret ? { clientSecret: app.ClientSecret } : { client: { token_endpoint_auth_method: "none" } }),
    };
    const profiles = [];
    const config = {
      providers: [Cognito(provider)],
      secret: "a secret of the app's, 32 bytes or more",
      trustHost: true,
      basePath: "/auth",
      callbacks: {
        signIn: ({ profile, account }) => profiles.push({ profile, account }) > 0,
      },
      logger: { error: (error) => { throw error; }, warn() {}, debug() {} },
    };
    const visit = visitor(config);
    const { csrfToken } = await (await visit("/auth/csrf")).json();
    const begin = await visit("/auth/signin/cognito", { csrfToken, callbackUrl: "/inside" });
    const authorize = new URL(begin.headers.get("location"));
    assert.equal(authorize.origin + authorize.pathname, `${url}/${pool}/oauth2/authorize`);
    const back = await throughThePage(authorize, person);
    const inside = await visit(back);
    assert.equal(inside.status, 302);
    assert.match(inside.headers.get("location"), /\/inside$/);
    const session = await (await visit("/auth/session")).json();
    assert.equal(session.user.name, "Ada");
    assert.equal(session.user.email, person.email);
    const [{ profile, account }] = profiles;
    assert.equal(profile.sub, person.sub);
    assert.equal(profile.email_verified, true);
    assert.equal(account.providerAccountId, person.sub);
    assert.ok(account.access_token && account.refresh_token);
    // Another state than the one that was begun with is refused by the library.
    const forged = new URL(back);
    forged.searchParams.set("state", "x");
    const refused = await Auth(new Request(forged), { ...config, logger: { error() {}, warn() {}, debug() {} } });
    assert.match(refused.headers.get("location"), /error/);
  });
}

test("Passport signs in with the Cognito strategy", async () => {
  const pool = await newPool();
  const callback = "http://localhost:3000/back";
  const app = await newWebClient(pool, callback, { GenerateSecret: true });
  const person = await newPerson(pool, { given_name: "Ada" });
  // The SDK behind the strategy is of a time before AWS_ENDPOINT_URL: the app tells it the endpoint.
  const AWS = createRequire(require.resolve("passport-cognito-oauth2"))("aws-sdk");
  AWS.config.cognitoidentityserviceprovider = { endpoint: url };
  const Strategy = require("passport-cognito-oauth2");
  const options = {
    callbackURL: callback,
    clientDomain: `${url}/${pool}`,
    clientID: app.ClientId,
    clientSecret: app.ClientSecret,
    region: "us-east-1",
  };
  const given = [];
  const strategy = new Strategy(options, (accessToken, refreshToken, profile, done) => {
    given.push({ accessToken, refreshToken });
    done(null, profile);
  });
  const run = (address, options) =>
    new Promise((resolve, reject) => {
      const acting = Object.assign(Object.create(strategy), {
        redirect: (location) => resolve({ location }),
        success: (user) => resolve({ user }),
        fail: (challenge) => resolve({ challenge }),
        error: reject,
      });
      const query = Object.fromEntries(new URL(address, callback).searchParams);
      acting.authenticate({ query, headers: {}, connection: {} }, options);
    });
  const scope = ["openid", "email", "profile", "aws.cognito.signin.user.admin"];
  const { location } = await run("/", { scope });
  const back = await throughThePage(location, person);
  const { user } = await run(back, { scope });
  assert.equal(user.username, person.username);
  assert.equal(user.email, person.email);
  assert.equal(user.given_name, "Ada");
  assert.ok(given[0].accessToken && given[0].refreshToken);
  const known = await idp.send(new AdminGetUserCommand({ UserPoolId: pool, Username: user.username }));
  assert.equal(user.sub, known.UserAttributes.find(({ Name }) => Name === "sub").Value);
  // A code is good for one sign-in.
  await assert.rejects(run(back, { scope }), (error) => {
    assert.equal(error.oauthError?.statusCode ?? 400, 400);
    return true;
  });
});
