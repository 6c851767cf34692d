// oauth4webapi, the engine below openid-client and Auth.js, step by step: every answer is judged by the library.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as oauth from "oauth4webapi";
import { CreateResourceServerCommand } from "@aws-sdk/client-cognito-identity-provider";
import { fresh, idp, newPerson, newPool, newWebClient, throughThePage, url } from "./world.mjs";

const CALLBACK = "https://app.example.com/back";
const http = { [oauth.allowInsecureRequests]: true };

async function discover(pool) {
  const issuer = new URL(`${url}/${pool}`);
  return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm: "oidc", ...http }));
}

const CLIENTS = {
  "a public client": { secret: false, authentication: () => oauth.None() },
  "client_secret_basic": { secret: true, authentication: oauth.ClientSecretBasic },
  "client_secret_post": { secret: true, authentication: oauth.ClientSecretPost },
};

for (const [name, { secret, authentication }] of Object.entries(CLIENTS)) {
  for (const rotating of [false, true]) {
    test(`code, userInfo, refresh and revocation: ${name}${rotating ? ", rotating refresh tokens" : ""}`, async () => {
      const pool = await newPool();
      const app = await newWebClient(pool, CALLBACK, {
        GenerateSecret: secret,
        ExplicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH"],
        ...(rotating && { RefreshTokenRotation: { Feature: "ENABLED", RetryGracePeriodSeconds: 0 } }),
      });
      const person = await newPerson(pool, { name: "Ada" });
      const as = await discover(pool);
      assert.ok(as.code_challenge_methods_supported.includes("S256"));
      const client = { client_id: app.ClientId };
      const proof = authentication(app.ClientSecret);

      const verifier = oauth.generateRandomCodeVerifier();
      const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()];
      const address = new URL(as.authorization_endpoint);
      address.search = new URLSearchParams({
        client_id: app.ClientId,
        redirect_uri: CALLBACK,
        response_type: "code",
        scope: "openid email profile",
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
        state,
        nonce,
      });
      const back = await throughThePage(address, person);
      const answer = oauth.validateAuthResponse(as, client, back, state);
      const redeem = () => oauth.authorizationCodeGrantRequest(as, client, proof, answer, CALLBACK, verifier, http);
      const tokens = await oauth.processAuthorizationCodeResponse(as, client, await redeem(), {
        expectedNonce: nonce,
        requireIdToken: true,
      });
      const claims = oauth.getValidatedIdTokenClaims(tokens);
      assert.equal(claims.sub, person.sub);

      const info = async (token) =>
        oauth.processUserInfoResponse(as, client, claims.sub, await oauth.userInfoRequest(as, client, token, http));
      assert.equal((await info(tokens.access_token)).email, person.email);

      const refresh = async (token) =>
        oauth.processRefreshTokenResponse(as, client, await oauth.refreshTokenGrantRequest(as, client, proof, token, http));
      let newest = tokens.refresh_token;
      for (let round = 0; round < 3; round += 1) {
        const renewed = await refresh(newest);
        assert.equal(oauth.getValidatedIdTokenClaims(renewed).sub, person.sub);
        assert.equal((await info(renewed.access_token)).name, "Ada");
        assert.equal(renewed.refresh_token !== undefined, rotating);
        if (rotating) await assert.rejects(refresh(newest), { error: "invalid_grant" });
        newest = renewed.refresh_token ?? newest;
      }

      await oauth.processRevocationResponse(await oauth.revocationRequest(as, client, proof, newest, http));
      await assert.rejects(refresh(newest), { error: "invalid_grant", status: 400 });
      await assert.rejects(info(tokens.access_token), (error) => {
        const [challenge] = error.cause;
        assert.equal(challenge.scheme, "bearer");
        assert.equal(challenge.parameters.error, "invalid_token");
        return true;
      });
      await assert.rejects(
        redeem().then((again) => oauth.processAuthorizationCodeResponse(as, client, again)),
        { error: "invalid_grant" },
      );
    });
  }
}

test("an error answer is read as one", async () => {
  const pool = await newPool();
  const app = await newWebClient(pool, CALLBACK);
  const as = await discover(pool);
  const address = new URL(as.authorization_endpoint);
  address.search = new URLSearchParams({
    client_id: app.ClientId,
    redirect_uri: CALLBACK,
    response_type: "code",
    prompt: "none",
    state: "s",
  });
  const answer = await fetch(address, { redirect: "manual" });
  const back = new URL(answer.headers.get("location"));
  assert.throws(() => oauth.validateAuthResponse(as, { client_id: app.ClientId }, back, "s"), { error: "login_required" });
});

test("client credentials", async () => {
  const pool = await newPool();
  const Identifier = fresh("api");
  const Scopes = [{ ScopeName: "read", ScopeDescription: "Read" }];
  await idp.send(new CreateResourceServerCommand({ UserPoolId: pool, Identifier, Name: "API", Scopes }));
  const app = await newWebClient(pool, CALLBACK, {
    GenerateSecret: true,
    AllowedOAuthFlows: ["client_credentials"],
    AllowedOAuthScopes: [`${Identifier}/read`],
  });
  const as = await discover(pool);
  const client = { client_id: app.ClientId };
  const ask = async (proof, scope) =>
    oauth.processClientCredentialsResponse(
      as,
      client,
      await oauth.clientCredentialsGrantRequest(as, client, proof, new URLSearchParams(scope && { scope }), http),
    );
  for (const method of [oauth.ClientSecretBasic, oauth.ClientSecretPost]) {
    const tokens = await ask(method(app.ClientSecret), `${Identifier}/read`);
    assert.equal(tokens.token_type, "bearer");
    assert.equal(tokens.refresh_token ?? tokens.id_token, undefined);
    await assert.rejects(ask(method("wrong")), { error: "invalid_client" });
  }
  await assert.rejects(ask(oauth.ClientSecretBasic(app.ClientSecret), "openid"), { error: "invalid_scope" });
});
