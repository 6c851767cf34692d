// The strict profile as certified relying parties judge it: openid-client and oauth4webapi, unmodified, against a server
// with --profile strict.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  CreateUserPoolDomainCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import * as oauth from "oauth4webapi";
import * as oidc from "openid-client";
import { PASSWORD, attributes, fresh, throughThePage } from "./world.mjs";

const CALLBACK = "https://app.example.com/back";
const folder = mkdtempSync(join(tmpdir(), "poolhouse-strict-"));
let server, issuer, confidential, open;
const person = { username: "ada", password: PASSWORD };

before(async () => {
  const file = join(folder, "ready.json");
  const options = ["--ephemeral", "--port", "0", "--no-demo", "--profile", "strict", "--ready-file", file];
  server = spawn(process.env.POOLHOUSE_BIN, ["dev", ...options], { cwd: folder, stdio: "ignore" });
  let ready;
  for (let look = 0; !ready && look < 3000; look += 1) {
    await pause(10);
    try {
      ready = JSON.parse(readFileSync(file));
    } catch {
      assert.equal(server.exitCode, null, "the server ended");
    }
  }
  const idp = new CognitoIdentityProviderClient({
    endpoint: ready.url,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  const made = await idp.send(new CreateUserPoolCommand({ PoolName: fresh("pool") }));
  const UserPoolId = made.UserPool.Id;
  issuer = new URL(`${ready.url}/${UserPoolId}`);
  await idp.send(new CreateUserPoolDomainCommand({ UserPoolId, Domain: fresh("door") }));
  const client = async (GenerateSecret) => {
    const settings = {
      UserPoolId,
      ClientName: fresh("app"),
      GenerateSecret,
      SupportedIdentityProviders: ["COGNITO"],
      CallbackURLs: [CALLBACK],
      LogoutURLs: [CALLBACK],
      AllowedOAuthFlows: ["code"],
      AllowedOAuthScopes: ["openid", "email", "phone"],
      AllowedOAuthFlowsUserPoolClient: true,
    };
    return (await idp.send(new CreateUserPoolClientCommand(settings))).UserPoolClient;
  };
  confidential = await client(true);
  open = await client(false);
  const UserAttributes = attributes({
    email: "ada@example.com",
    email_verified: "true",
    phone_number: "+15551234567",
    phone_number_verified: "false",
  });
  await idp.send(
    new AdminCreateUserCommand({ UserPoolId, Username: person.username, MessageAction: "SUPPRESS", UserAttributes }),
  );
  await idp.send(
    new AdminSetUserPasswordCommand({ UserPoolId, Username: person.username, Password: PASSWORD, Permanent: true }),
  );
});

after(async () => {
  server?.kill();
  if (server && server.exitCode === null) await new Promise((ended) => server.once("exit", ended));
  rmSync(folder, { recursive: true, force: true });
});

const discover = (app, proof) =>
  oidc.discovery(issuer, app.ClientId, undefined, proof, { execute: [oidc.allowInsecureRequests] });

for (const [name, app, proof] of [
  ["a secret in the header", () => confidential, () => oidc.ClientSecretBasic(confidential.ClientSecret)],
  ["a secret in the form", () => confidential, () => oidc.ClientSecretPost(confidential.ClientSecret)],
  ["no secret", () => open, () => oidc.None()],
]) {
  test(`openid-client with ${name}: code, max_age, userInfo, refresh, logout`, async () => {
    const config = await discover(app(), proof());
    const metadata = config.serverMetadata();
    assert.equal(metadata.supportsPKCE(), true);
    assert.equal(metadata.authorization_response_iss_parameter_supported, true);
    const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
    const [expectedState, expectedNonce] = [oidc.randomState(), oidc.randomNonce()];
    const address = oidc.buildAuthorizationUrl(config, {
      redirect_uri: CALLBACK,
      scope: "openid email phone",
      code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: "S256",
      state: expectedState,
      nonce: expectedNonce,
      max_age: "300",
      // The first that the person can reach.
      acr_values: [...metadata.acr_values_supported].reverse().join(" "),
      resource: "https://api.example.com",
    });
    const back = await throughThePage(address, person);
    // The library refuses an answer without `iss` where discovery announces it, and one from another issuer.
    const forged = new URL(back);
    forged.searchParams.set("iss", "https://evil.example");
    const checks = { pkceCodeVerifier, expectedState, expectedNonce, maxAge: 300, idTokenExpected: true };
    await assert.rejects(oidc.authorizationCodeGrant(config, forged, checks));
    const bare = new URL(back);
    bare.searchParams.delete("iss");
    await assert.rejects(oidc.authorizationCodeGrant(config, bare, checks));
    const tokens = await oidc.authorizationCodeGrant(config, back, checks);
    assert.deepEqual(tokens.scope.split(" ").sort(), ["email", "openid", "phone"]);
    const claims = tokens.claims();
    assert.equal(typeof claims.auth_time, "number");
    assert.deepEqual([claims.acr, claims.amr], ["urn:cognito:loa:1", ["pwd"]]);
    const told = JSON.parse(atob(tokens.access_token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/")));
    assert.equal(told.aud, "https://api.example.com");
    const info = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub);
    assert.equal(info.email_verified, true);
    assert.equal(info.phone_number_verified, false);
    const renewed = await oidc.refreshTokenGrant(config, tokens.refresh_token);
    assert.equal(renewed.claims().sub, claims.sub);
    assert.equal(renewed.claims().acr, claims.acr);
    // Public clients' refresh tokens rotate (RFC 9700 2.2.2).
    assert.equal(renewed.refresh_token !== undefined, app() === open);
    const leave = oidc.buildEndSessionUrl(config, {
      post_logout_redirect_uri: CALLBACK,
      id_token_hint: tokens.id_token,
      state: "s",
    });
    const left = await fetch(leave, { redirect: "manual" });
    assert.equal(left.headers.get("location"), `${CALLBACK}?state=s`);
  });
}

const http = { [oauth.allowInsecureRequests]: true };

test("oauth4webapi reads every refusal", async () => {
  const found = await oauth.discoveryRequest(issuer, { algorithm: "oidc", ...http });
  const as = await oauth.processDiscoveryResponse(issuer, found);
  const client = { client_id: confidential.ClientId };
  const refusal = async (change, visit) => {
    const address = new URL(as.authorization_endpoint);
    address.search = new URLSearchParams({
      client_id: client.client_id,
      redirect_uri: CALLBACK,
      response_type: "code",
      scope: "openid",
      state: "s",
      ...change,
    });
    const redirected = async () => new URL((await fetch(address, { redirect: "manual" })).headers.get("location"));
    const back = await (visit ? visit(address) : redirected());
    let read;
    assert.throws(
      () => oauth.validateAuthResponse(as, client, back, "s"),
      (error) => {
        read = error.error;
        return error instanceof oauth.AuthorizationResponseError;
      },
    );
    return read;
  };
  assert.equal(await refusal({ prompt: "none" }), "login_required");
  const signIn = (address) => throughThePage(address, person);
  assert.equal(await refusal({ acr_values: "urn:cognito:loa:4" }, signIn), "unmet_authentication_requirements");
  assert.equal(await refusal({ scope: "openid nothing" }), "invalid_scope");
  assert.equal(await refusal({ response_type: "id_token" }), "unsupported_response_type");
  assert.equal(await refusal({ request: "a.b.c" }), "request_not_supported");
  assert.equal(await refusal({ request_uri: "https://app.example.com/r" }), "request_uri_not_supported");
  assert.equal(await refusal({ client_id: client.client_id, resource: "api" }), "invalid_target");

  const wrong = await oauth.refreshTokenGrantRequest(as, client, oauth.ClientSecretBasic("wrong"), "x", http);
  assert.equal(wrong.status, 401);
  await assert.rejects(oauth.processRefreshTokenResponse(as, client, wrong), (error) => {
    assert.ok(error instanceof oauth.WWWAuthenticateChallengeError, error.message);
    assert.equal(error.cause[0].scheme, "basic");
    return true;
  });
});
