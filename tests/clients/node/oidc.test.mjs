// openid-client, aws-jwt-verify and a browser without JavaScript: OpenID Connect as back ends do it.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as client from "openid-client";
import { CognitoJwtVerifier, JwtVerifier } from "aws-jwt-verify";
import { CreateResourceServerCommand, InitiateAuthCommand } from "@aws-sdk/client-cognito-identity-provider";
import { PASSWORD, idp, newClient, newPerson, newPool, newWebClient, throughThePage, url } from "./world.mjs";

const CALLBACK = "https://app.example.com/back";

const discover = (pool, app, authentication) =>
  client.discovery(new URL(`${url}/${pool}`), app.ClientId, app.ClientSecret, authentication, {
    execute: [client.allowInsecureRequests],
  });

for (const confidential of [false, true]) {
  test(`code and PKCE through the page, ${confidential ? "confidential" : "public"} client`, async () => {
    const pool = await newPool();
    const app = await newWebClient(pool, CALLBACK, { GenerateSecret: confidential });
    const person = await newPerson(pool, { name: "Ada" });
    const config = await discover(pool, app, confidential ? client.ClientSecretBasic(app.ClientSecret) : client.None());
    assert.ok(config.serverMetadata().supportsPKCE());

    const verifier = client.randomPKCECodeVerifier();
    const [state, nonce] = [client.randomState(), client.randomNonce()];
    const address = client.buildAuthorizationUrl(config, {
      redirect_uri: CALLBACK,
      scope: "openid email profile",
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      state,
      nonce,
    });
    const back = await throughThePage(address, person);
    const tokens = await client.authorizationCodeGrant(config, back, {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
      idTokenExpected: true,
    });
    assert.equal(tokens.claims().sub, person.sub);
    assert.equal(tokens.claims().email_verified, true);
    const info = await client.fetchUserInfo(config, tokens.access_token, person.sub);
    assert.equal(info.email, person.email);
    assert.equal(info.name, "Ada");

    const renewed = await client.refreshTokenGrant(config, tokens.refresh_token);
    assert.equal(renewed.refresh_token, undefined);
    assert.equal(renewed.claims().sub, person.sub);
    await client.tokenRevocation(config, tokens.refresh_token);
    await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token), { error: "invalid_grant" });
    await assert.rejects(client.fetchUserInfo(config, tokens.access_token, person.sub));
    const end = client.buildEndSessionUrl(config, { client_id: app.ClientId, logout_uri: CALLBACK });
    assert.equal(end.pathname, `/${pool}/logout`);
  });
}

test("client credentials", async () => {
  const pool = await newPool();
  await idp.send(
    new CreateResourceServerCommand({
      UserPoolId: pool,
      Identifier: "api",
      Name: "API",
      Scopes: [{ ScopeName: "read", ScopeDescription: "Read" }],
    }),
  );
  const app = await newWebClient(pool, CALLBACK, {
    GenerateSecret: true,
    AllowedOAuthFlows: ["client_credentials"],
    AllowedOAuthScopes: ["api/read"],
  });
  for (const method of [client.ClientSecretBasic, client.ClientSecretPost]) {
    const config = await discover(pool, app, method(app.ClientSecret));
    const tokens = await client.clientCredentialsGrant(config, { scope: "api/read" });
    assert.equal(tokens.token_type, "bearer");
    assert.equal(tokens.refresh_token ?? tokens.id_token, undefined);
    assert.equal(JSON.parse(atob(tokens.access_token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"))).scope, "api/read");
  }
  const config = await discover(pool, app, client.ClientSecretPost("wrong"));
  await assert.rejects(client.clientCredentialsGrant(config), { error: "invalid_client" });
});

test("aws-jwt-verify accepts our tokens and refuses others", async () => {
  const pool = await newPool();
  const app = await newClient(pool);
  const person = await newPerson(pool);
  const { AuthenticationResult: tokens } = await idp.send(
    new InitiateAuthCommand({
      ClientId: app.ClientId,
      AuthFlow: "USER_PASSWORD_AUTH",
      AuthParameters: { USERNAME: person.username, PASSWORD },
    }),
  );
  const keys = await (await fetch(`${url}/${pool}/.well-known/jwks.json`)).json();
  // The library fetches keys over https only, so it is given them.
  const issuer = `${url}/${pool}`;
  const verifier = JwtVerifier.create([{ issuer, audience: app.ClientId, jwksUri: "https://unused.invalid/jwks.json" }]);
  verifier.cacheJwks(keys);
  const claims = verifier.verifySync(tokens.IdToken);
  assert.equal(claims["cognito:username"], person.username);
  const access = JwtVerifier.create([{ issuer, audience: null, jwksUri: "https://unused.invalid/jwks.json" }]);
  access.cacheJwks(keys);
  assert.equal(access.verifySync(tokens.AccessToken).client_id, app.ClientId);
  const [header, payload, signature] = tokens.AccessToken.split(".");
  const forged = Buffer.from(payload, "base64url").toString().replace(person.username, "somebody");
  assert.throws(() => access.verifySync([header, Buffer.from(forged).toString("base64url"), signature].join(".")));
  // The pool's id has the form that the Cognito verifier insists on.
  assert.ok(CognitoJwtVerifier.create({ userPoolId: pool, tokenUse: "id", clientId: app.ClientId }));
});
