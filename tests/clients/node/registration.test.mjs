// Dynamic client registration as oauth4webapi asks for it, openly and with a token, and what the new clients can do.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as oauth from "oauth4webapi";
import {
  CreateResourceServerCommand,
  DescribeUserPoolClientCommand,
  ListUserPoolClientsCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { fresh, idp, newClient, newPerson, newPool, newWebClient, throughThePage, url } from "./world.mjs";

const CALLBACK = "https://app.example.com/back";
const http = { [oauth.allowInsecureRequests]: true };

async function registering(configuration) {
  const pool = await newPool({ DcrConfiguration: configuration });
  await newWebClient(pool, CALLBACK);
  const api = fresh("api");
  const scopes = ["read", "write"].map((ScopeName) => ({ ScopeName, ScopeDescription: ScopeName }));
  await idp.send(new CreateResourceServerCommand({ UserPoolId: pool, Identifier: api, Name: api, Scopes: scopes }));
  const issuer = new URL(`${url}/${pool}`);
  const as = await oauth.processDiscoveryResponse(
    issuer,
    await oauth.discoveryRequest(issuer, { algorithm: "oidc", ...http }),
  );
  return { pool, as, api };
}

async function register(as, metadata, options = {}) {
  const answer = await oauth.dynamicClientRegistrationRequest(as, metadata, { ...http, ...options });
  return oauth.processDynamicClientRegistrationResponse(answer);
}

for (const method of ["none", "client_secret_basic", "client_secret_post"]) {
  test(`a client that registers itself (${method}) signs a person in`, async () => {
    const { pool, as } = await registering({ OpenDcrEnabled: true });
    assert.equal(as.registration_endpoint, `${url}/${pool}/oauth2/register`);
    const client = await register(as, {
      client_name: "Registered app",
      redirect_uris: [CALLBACK],
      token_endpoint_auth_method: method,
    });
    assert.equal(client.client_secret === undefined, method === "none");
    const proofs = { none: oauth.None, client_secret_basic: oauth.ClientSecretBasic, client_secret_post: oauth.ClientSecretPost };
    const proof = proofs[method](client.client_secret);
    const person = await newPerson(pool);
    const verifier = oauth.generateRandomCodeVerifier();
    const address = new URL(as.authorization_endpoint);
    address.search = new URLSearchParams({
      client_id: client.client_id,
      redirect_uri: CALLBACK,
      response_type: "code",
      scope: "openid email",
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
    });
    const back = await throughThePage(address, person);
    const answer = oauth.validateAuthResponse(as, client, back, oauth.expectNoState);
    const tokens = await oauth.processAuthorizationCodeResponse(
      as,
      client,
      await oauth.authorizationCodeGrantRequest(as, client, proof, answer, CALLBACK, verifier, http),
      { requireIdToken: true },
    );
    assert.equal(oauth.getValidatedIdTokenClaims(tokens).sub, person.sub);
    const at = { UserPoolId: pool, ClientId: client.client_id };
    const shown = (await idp.send(new DescribeUserPoolClientCommand(at))).UserPoolClient;
    assert.equal(shown.ClientType, "DCR");
    const listed = await idp.send(new ListUserPoolClientsCommand({ UserPoolId: pool, ClientType: "DCR" }));
    assert.deepEqual(listed.UserPoolClients.map(({ ClientId }) => ClientId), [client.client_id]);
  });
}

test("a client with the scope for it registers machines", async () => {
  const configuration = { AllowedScopes: ["placeholder/read"] };
  const { pool, as } = await registering(configuration);
  const registrar = await newClient(pool, {
    GenerateSecret: true,
    ExplicitAuthFlows: [],
    AllowedOAuthFlows: ["client_credentials"],
    AllowedOAuthScopes: ["aws.cognito/dcr/register"],
    AllowedOAuthFlowsUserPoolClient: true,
  });
  const client = { client_id: registrar.ClientId };
  const proof = oauth.ClientSecretBasic(registrar.ClientSecret);
  const told = await oauth.processClientCredentialsResponse(
    as,
    client,
    await oauth.clientCredentialsGrantRequest(as, client, proof, { scope: "aws.cognito/dcr/register" }, http),
  );
  const initialAccessToken = told.access_token;
  const app = await register(as, { redirect_uris: [CALLBACK] }, { initialAccessToken });
  assert.ok(app.client_id && app.client_secret);
  // Without the token, and with one that is none, the library sees the challenge.
  for (const options of [{}, { initialAccessToken: "x" }]) {
    await assert.rejects(register(as, { redirect_uris: [CALLBACK] }, options), (error) => {
      assert.equal(error.cause[0].scheme, "bearer");
      return true;
    });
  }
  // No scope of the pool's is open to machines that register.
  const machine = { grant_types: ["client_credentials"], response_types: [] };
  await assert.rejects(register(as, machine, { initialAccessToken }), (error) => {
    assert.equal(error.error, "invalid_client_metadata");
    return true;
  });
});

test("a page elsewhere may register, without the browser's cookies", async () => {
  const { as } = await registering({ OpenDcrEnabled: true });
  const preflight = await fetch(as.registration_endpoint, {
    method: "OPTIONS",
    headers: {
      origin: "https://app.example.com",
      "access-control-request-method": "POST",
      "access-control-request-headers": "content-type,authorization",
    },
  });
  assert.equal(preflight.headers.get("access-control-allow-origin"), "*");
  assert.equal(preflight.headers.get("access-control-allow-credentials"), null);
});
