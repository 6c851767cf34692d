// Libraries that insist on https, against a server whose public address is https. Node trusts the server's own CA by
// NODE_EXTRA_CA_CERTS (tests/clients/run); all servers with --ephemeral share one.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:https";
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
  InitiateAuthCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { JwtVerifier } from "aws-jwt-verify";
import { SimpleFetcher } from "aws-jwt-verify/https";
import { SimpleJwksCache } from "aws-jwt-verify/jwk";
import * as client from "openid-client";
import { PASSWORD, fresh } from "./world.mjs";

const folder = mkdtempSync(join(tmpdir(), "poolhouse-https-"));
let server, issuer, pool, app, tokens, signIn, control;

before(async () => {
  const file = join(folder, "ready.json");
  const options = ["--ephemeral", "--port", "0", "--https-port", "0", "--public-url", "https://localhost:0", "--ready-file", file];
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
  assert.equal(ready.url, `https://localhost:${ready.https_port}`);
  assert.equal(ready.ca, process.env.NODE_EXTRA_CA_CERTS);
  const idp = new CognitoIdentityProviderClient({
    endpoint: ready.url,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  const made = await idp.send(new CreateUserPoolCommand({ PoolName: fresh("pool") }));
  pool = made.UserPool.Id;
  issuer = `${ready.url}/${pool}`;
  await idp.send(new CreateUserPoolDomainCommand({ UserPoolId: pool, Domain: fresh("door") }));
  app = (
    await idp.send(
      new CreateUserPoolClientCommand({
        UserPoolId: pool,
        ClientName: fresh("app"),
        ExplicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH"],
        SupportedIdentityProviders: ["COGNITO"],
        CallbackURLs: ["https://app.example.com/back"],
        AllowedOAuthFlows: ["code"],
        AllowedOAuthScopes: ["openid"],
        AllowedOAuthFlowsUserPoolClient: true,
      }),
    )
  ).UserPoolClient;
  await idp.send(new AdminCreateUserCommand({ UserPoolId: pool, Username: "ada", MessageAction: "SUPPRESS" }));
  await idp.send(new AdminSetUserPasswordCommand({ UserPoolId: pool, Username: "ada", Password: PASSWORD, Permanent: true }));
  signIn = async () => {
    const signedIn = await idp.send(
      new InitiateAuthCommand({
        ClientId: app.ClientId,
        AuthFlow: "USER_PASSWORD_AUTH",
        AuthParameters: { USERNAME: "ada", PASSWORD },
      }),
    );
    return signedIn.AuthenticationResult;
  };
  control = async (name, body) => {
    const answer = await fetch(`${ready.url}/_poolhouse/${name}`, { method: "POST", body: JSON.stringify(body) });
    assert.equal(answer.status, 200);
    return answer.json();
  };
  tokens = await signIn();
});

after(async () => {
  if (server?.exitCode === null) {
    const ended = new Promise((done) => server.once("exit", done));
    server.kill();
    await ended;
  }
  rmSync(folder, { recursive: true });
});

test("aws-jwt-verify fetches the keys itself", async () => {
  const id = JwtVerifier.create({ issuer, audience: app.ClientId, jwksUri: `${issuer}/.well-known/jwks.json` });
  assert.equal((await id.verify(tokens.IdToken))["cognito:username"], "ada");
  await assert.rejects(id.verify(tokens.AccessToken));
  const access = JwtVerifier.create({ issuer, audience: null, jwksUri: `${issuer}/.well-known/jwks.json` });
  await access.hydrate();
  assert.equal((await access.verify(tokens.AccessToken)).client_id, app.ClientId);
});

test("openid-client needs no leave to be insecure", async () => {
  const config = await client.discovery(new URL(issuer), app.ClientId, undefined, client.None());
  const metadata = config.serverMetadata();
  assert.equal(metadata.issuer, issuer);
  for (const [name, value] of Object.entries(metadata)) {
    if (/_(endpoint|uri)$/.test(name)) assert.ok(value.startsWith(`${issuer}/`), `${name}: ${value}`);
  }
});

test("cookies are for https only", async () => {
  const query = new URLSearchParams({
    response_type: "code",
    client_id: app.ClientId,
    redirect_uri: "https://app.example.com/back",
  });
  const answer = await fetch(`${issuer}/login?${query}`);
  assert.equal(answer.status, 200);
  // This machine's name belongs to other servers too.
  assert.equal(answer.headers.get("strict-transport-security"), null);
  const cookies = answer.headers.getSetCookie();
  assert.ok(cookies.length > 0);
  for (const cookie of cookies) assert.match(cookie, /; Secure/);
});

test("poolhouse ca prints what the server's certificate comes from", async () => {
  const printed = execFileSync(process.env.POOLHOUSE_BIN, ["ca", "--ephemeral"], { encoding: "utf8" });
  assert.equal(printed, readFileSync(process.env.NODE_EXTRA_CA_CERTS, "utf8"));
  const path = execFileSync(process.env.POOLHOUSE_BIN, ["ca", "--ephemeral", "--path"], { encoding: "utf8" });
  assert.equal(path.trim(), process.env.NODE_EXTRA_CA_CERTS);
  const ask = (options) =>
    new Promise((yes, no) => request(`${issuer}/.well-known/jwks.json`, options, (answer) => yes(answer.statusCode)).on("error", no).end());
  assert.equal(await ask({ ca: printed, agent: false }), 200);
  await assert.rejects(ask({ ca: [], agent: false }), { code: /UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_GET_ISSUER_CERT_LOCALLY/ });
});

test("aws-jwt-verify does not notice that signing keys take turns", async () => {
  const fetcher = new SimpleFetcher();
  let fetched = 0;
  const counting = { fetch: (...given) => ((fetched += 1), fetcher.fetch(...given)) };
  const id = JwtVerifier.create(
    { issuer, audience: app.ClientId, jwksUri: `${issuer}/.well-known/jwks.json` },
    { jwksCache: new SimpleJwksCache({ fetcher: counting }) },
  );
  const states = async () => new Set((await control("keys", { pool })).keys.map((key) => key.state));
  assert.deepEqual(await states(), new Set(["signing", "announced"]));
  await id.hydrate();
  const kid = (token) => JSON.parse(Buffer.from(token.split(".")[0], "base64url")).kid;
  const kids = [kid((await signIn()).IdToken)];
  try {
    for (let turn = 0; turn < 3; turn += 1) {
      await control("clock", { advance_ms: 25 * 3600 * 1000 });
      await control("keys", { pool });
      const { IdToken } = await signIn();
      // The last of before and the first of after.
      assert.equal((await id.verify(IdToken))["cognito:username"], "ada");
      if (turn === 0) await id.verify(tokens.IdToken);
      kids.push(kid(IdToken));
    }
  } finally {
    await control("clock", { reset: true });
  }
  assert.equal(new Set(kids).size, 4);
  // It asks when it meets a key that it has not seen announced, and never in vain.
  assert.ok(fetched <= 3, `${fetched}`);
});
