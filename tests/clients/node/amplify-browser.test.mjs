// Amplify 6 in Chromium, which trusts the server's CA and nothing more: the README's app, and signing in by SRP from a page.
// Pictures go to tests/out/.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { SetUserPoolMfaConfigCommand } from "@aws-sdk/client-cognito-identity-provider";
import { OUT, launch } from "./browser.mjs";
import { OTHER_PASSWORD, code, fresh, idp, newClient, newEmail, newPerson, newPool } from "./world.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const README = fileURLToPath(new URL("../../../README.md", import.meta.url));
const HTTPS = process.env.POOLHOUSE_HTTPS_URL;

const home = mkdtempSync(join(tmpdir(), "poolhouse-home-"));
let browser;

before(async () => {
  const database = join(home, ".pki", "nssdb");
  mkdirSync(database, { recursive: true });
  execFileSync("certutil", ["-d", `sql:${database}`, "-N", "--empty-password"]);
  execFileSync("certutil", ["-d", `sql:${database}`, "-A", "-t", "C,,", "-n", "poolhouse", "-i", process.env.POOLHOUSE_CA]);
  browser = await launch({ env: { ...process.env, HOME: home } });
});

after(async () => {
  await browser?.close();
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
});

test("the browser trusts every name of this machine", async () => {
  const page = await browser.newPage();
  for (const host of ["localhost", "127.0.0.1", "door.localhost", "door.auth.us-east-1.localhost"]) {
    const answer = await page.goto(`https://${host}:${new URL(HTTPS).port}/health/ready`);
    assert.equal(answer.status(), 200, host);
  }
  await page.close();
});

/// Serves a page with one script, made of this module's text and what it imports.
async function serve(contents, port) {
  const made = await build({
    stdin: { contents, resolveDir: HERE, loader: "js" },
    bundle: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    write: false,
    logLevel: "silent",
  });
  const script = made.outputFiles[0].text;
  const app = createServer((request, response) => {
    const path = new URL(request.url, "http://localhost").pathname;
    if (path === "/app.js") return response.writeHead(200, { "content-type": "text/javascript" }).end(script);
    if (path !== "/") return response.writeHead(404).end();
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
    response.end('<!doctype html><html lang="en"><title>App</title><body><script type="module" src="/app.js"></script>');
  });
  await new Promise((done, failed) => app.once("error", failed).listen(port, "localhost", done));
  return { address: `http://localhost:${app.address().port}/`, close: () => new Promise((done) => app.close(done).closeAllConnections()) };
}

/// A page that fails the test on script and console errors, and on requests to anywhere but the app and the server.
async function visit(app) {
  const context = await browser.newContext({ viewport: { width: 1000, height: 700 } });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const faults = [];
  const ours = [HTTPS, app].map((address) => new URL(address).host);
  page.on("pageerror", (error) => faults.push(`script: ${error}`));
  page.on("console", (line) => {
    if (line.type() === "error" && !/favicon/.test(line.location().url)) faults.push(line.text());
  });
  page.on("request", (request) => {
    if (/^https?:/.test(request.url()) && !ours.includes(new URL(request.url()).host)) faults.push(`asked ${request.url()}`);
  });
  const close = async () => {
    await context.close();
    assert.deepEqual(faults, []);
  };
  return { page, close };
}

/// The README's app, with the test server in place of the one that its reader has started.
function example() {
  const [, text] = /^```js browser\n(.*?)^```/ms.exec(readFileSync(README, "utf8"));
  assert.match(text, /"https:\/\/localhost:9443\/"/);
  return text.replaceAll("localhost:9443", new URL(HTTPS).host);
}

/// What a page's session is before and after it is refreshed because the page wants it.
const refreshed = (page) =>
  page.evaluate(async () => {
    const told = ({ tokens }) => ({ token: tokens.accessToken.toString(), access: tokens.accessToken.payload, id: tokens.idToken.payload });
    const before = told(await window.auth.fetchAuthSession());
    return { before, after: told(await window.auth.fetchAuthSession({ forceRefresh: true })) };
  });

/// New tokens of the same sign-in.
function assertRefreshed({ before, after }) {
  assert.notEqual(after.token, before.token);
  assert.notEqual(after.access.jti, before.access.jti);
  for (const claim of ["sub", "origin_jti", "auth_time", "scope"]) assert.equal(after.access[claim], before.access[claim], claim);
}

test("the README's app: signInWithRedirect, session, refresh, signOut", async () => {
  // The port that the demo client knows.
  const app = await serve(`${example()}\nimport * as auth from "aws-amplify/auth";\nwindow.auth = auth;`, 3000);
  const { page, close } = await visit(app.address);
  try {
    await page.goto(app.address);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL((target) => target.href.startsWith(`${HTTPS}/us-east-1_PoolHouse/login?`));
    await page.screenshot({ path: `${OUT}amplify-sign-in.png` });
    await page.locator("#signInFormUsername").fill("demo");
    await page.locator("#signInFormPassword").fill("Demo-Password-1");
    await page.locator("[name=signInSubmitButton]").click();
    const out = page.getByRole("button", { name: "Sign out demo@example.com" });
    await out.waitFor();
    assert.equal(page.url(), app.address, "Amplify took code and state off the address");
    await page.screenshot({ path: `${OUT}amplify-signed-in.png` });
    // The session outlives the page, in the browser's storage.
    await page.reload();
    await out.waitFor();
    assertRefreshed(await refreshed(page));
    // Signed out of the app and of the pool: the next sign-in asks for the password again.
    await out.click();
    await page.waitForURL((target) => target.href === app.address);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.locator("#signInFormPassword").waitFor();
    await page.screenshot({ path: `${OUT}amplify-signed-out.png` });
  } finally {
    await app.close();
  }
  await close();
});

test("a page signs up and in by SRP, changes an attribute, refreshes and signs out everywhere", async () => {
  const pool = await newPool({ AutoVerifiedAttributes: ["email"] });
  const { ClientId } = await newClient(pool);
  const configuration = { userPoolId: pool, userPoolClientId: ClientId, userPoolEndpoint: `${HTTPS}/` };
  const app = await serve(
    `import { Amplify } from "aws-amplify";
     import * as auth from "aws-amplify/auth";
     Amplify.configure({ Auth: { Cognito: ${JSON.stringify(configuration)} } });
     window.auth = auth;`,
    0,
  );
  const { page, close } = await visit(app.address);
  const asked = [];
  page.on("request", (request) => asked.push(request.postData() ?? ""));
  const call = (name, input) => page.evaluate(([name, input]) => window.auth[name](input), [name, input]);
  try {
    await page.goto(app.address);
    await page.waitForFunction(() => window.auth);
    const [username, email, password] = [fresh("ada"), newEmail(), OTHER_PASSWORD];
    const made = await call("signUp", { username, password, options: { userAttributes: { email } } });
    assert.equal(made.nextStep.signUpStep, "CONFIRM_SIGN_UP");
    const confirmed = await call("confirmSignUp", { username, confirmationCode: await code(email) });
    assert.equal(confirmed.isSignUpComplete, true);
    asked.length = 0;
    const signedIn = await call("signIn", { username, password });
    assert.equal(signedIn.isSignedIn, true);
    assert.ok(asked.some((body) => body.includes("SRP_A")) && !asked.some((body) => body.includes(password)));
    await call("updateUserAttributes", { userAttributes: { name: "Ada" } });
    assert.equal((await call("fetchUserAttributes")).name, "Ada");
    const session = await page.evaluate(async () => (await window.auth.fetchAuthSession()).tokens.idToken.payload);
    assert.equal(session["cognito:username"], username);
    const sessions = await refreshed(page);
    assertRefreshed(sessions);
    // Attributes are read again.
    assert.deepEqual([sessions.before.id.name, sessions.after.id.name], [undefined, "Ada"]);
    await call("signOut", { global: true });
    await assert.rejects(call("getCurrentUser"), /UserUnAuthenticatedException|not authenticated/);
  } finally {
    await app.close();
  }
  await close();
});

test("a page registers a passkey, signs in with it and removes it", async () => {
  const factors = { SignInPolicy: { AllowedFirstAuthFactors: ["PASSWORD", "WEB_AUTHN"] } };
  const pool = await newPool({ Policies: factors });
  const passkeys = { RelyingPartyId: "localhost", UserVerification: "required" };
  await idp.send(new SetUserPoolMfaConfigCommand({ UserPoolId: pool, WebAuthnConfiguration: passkeys }));
  const { ClientId } = await newClient(pool, {
    ExplicitAuthFlows: ["ALLOW_USER_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
  });
  const { username, password } = await newPerson(pool);
  const configuration = { userPoolId: pool, userPoolClientId: ClientId, userPoolEndpoint: `${HTTPS}/` };
  const app = await serve(
    `import { Amplify } from "aws-amplify";
     import * as auth from "aws-amplify/auth";
     Amplify.configure({ Auth: { Cognito: ${JSON.stringify(configuration)} } });
     window.auth = auth;`,
    0,
  );
  const { page, close } = await visit(app.address);
  const call = (name, input) => page.evaluate(([name, input]) => window.auth[name](input), [name, input]);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  try {
    await page.goto(app.address);
    await page.waitForFunction(() => window.auth);
    assert.equal((await call("signIn", { username, password })).isSignedIn, true);
    await call("associateWebAuthnCredential");
    const { credentials } = await devtools.send("WebAuthn.getCredentials", { authenticatorId });
    assert.deepEqual(credentials.map(({ rpId }) => rpId), ["localhost"]);
    const listed = await call("listWebAuthnCredentials");
    assert.equal(listed.credentials.length, 1);
    const [{ credentialId, relyingPartyId, authenticatorAttachment }] = listed.credentials;
    assert.deepEqual([relyingPartyId, authenticatorAttachment], ["localhost", "platform"]);
    await call("signOut");

    const options = { authFlowType: "USER_AUTH", preferredChallenge: "WEB_AUTHN" };
    const signedIn = await call("signIn", { username, options });
    assert.equal(signedIn.isSignedIn, true, JSON.stringify(signedIn));
    assert.equal((await call("getCurrentUser")).username, username);
    await call("signOut");

    // Chosen from a list, and a second time: the authenticator's counter has risen.
    const choice = await call("signIn", { username, options: { authFlowType: "USER_AUTH" } });
    assert.equal(choice.nextStep.signInStep, "CONTINUE_SIGN_IN_WITH_FIRST_FACTOR_SELECTION");
    assert.ok(choice.nextStep.availableChallenges.includes("WEB_AUTHN"));
    const chosen = await call("confirmSignIn", { challengeResponse: "WEB_AUTHN" });
    assert.equal(chosen.isSignedIn, true, JSON.stringify(chosen));

    await call("deleteWebAuthnCredential", { credentialId });
    assert.deepEqual((await call("listWebAuthnCredentials")).credentials, []);
  } finally {
    await app.close();
  }
  await close();
});
