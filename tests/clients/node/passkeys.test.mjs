// A person with a passkey at the hosted pages: Chromium with a virtual authenticator is offered to make one after signing in
// by password, signs in with it the next time, and finds the same pages without script and without authenticator.
// Pictures go to tests/out/.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { LOOKS, OUT, application, launch } from "./browser.mjs";
import { newPerson, newPool, newWebClient, url } from "./world.mjs";

const TRIED = ["desktop-light", "phone-dark"];

let browser, app, callback;

before(async () => {
  browser = await launch();
  app = await application();
  callback = app.callback;
});

after(async () => {
  await browser?.close();
  app?.close();
});

/// A pool where passkeys may begin a sign-in, and the address where its people begin.
async function place() {
  const factors = { SignInPolicy: { AllowedFirstAuthFactors: ["PASSWORD", "WEB_AUTHN"] } };
  const pool = await newPool({ Policies: factors });
  const client = await newWebClient(pool, callback, { PreventUserExistenceErrors: "ENABLED" });
  const query = new URLSearchParams({
    response_type: "code",
    client_id: client.ClientId,
    redirect_uri: callback,
    scope: "openid",
    prompt: "login",
  });
  return { person: await newPerson(pool), start: `${url}/${pool}/oauth2/authorize?${query}` };
}

/// A page that fails the test on script and console errors; 400 is what a refused form answers.
async function visit(look, options = {}) {
  const context = await browser.newContext({ ...look, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const faults = [];
  page.on("pageerror", (error) => faults.push(`script: ${error}`));
  page.on("console", (line) => {
    if (line.type() === "error" && !/favicon|status of 400/.test(line.text() + line.location().url)) faults.push(line.text());
  });
  const close = async () => {
    await context.close();
    assert.deepEqual(faults, []);
  };
  return { page, close };
}

async function authenticator(page, verified = true) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  const options = {
    protocol: "ctap2",
    transport: "internal",
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: verified,
    automaticPresenceSimulation: true,
  };
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", { options });
  const credentials = async () => (await devtools.send("WebAuthn.getCredentials", { authenticatorId })).credentials;
  return { devtools, authenticatorId, credentials };
}

async function password(page, person) {
  await page.locator("#signInFormUsername").fill(person.username);
  await page.locator("#signInFormPassword").fill(person.password);
  await page.locator("[name=signInSubmitButton]").click();
}

const arrived = (page) => page.waitForURL((target) => target.href.startsWith(`${callback}?code=`));

for (const name of TRIED) {
  const look = LOOKS[name];
  test(`a passkey is made after a sign-in and used for the next: ${name}`, async () => {
    const { person, start } = await place();
    const { page, close } = await visit(look);
    const { credentials } = await authenticator(page);
    const picture = (step) => page.screenshot({ path: `${OUT}passkeys-${name}-${step}.png`, fullPage: true });
    await page.goto(start);
    await page.getByRole("button", { name: "Sign in with a passkey" }).waitFor();
    await picture("1-sign-in");
    await password(page, person);
    await page.getByRole("heading", { name: "Sign in faster next time" }).waitFor();
    await picture("2-offer");
    await page.getByRole("button", { name: "Create a passkey" }).click();
    await arrived(page);
    assert.equal((await credentials()).length, 1);

    await page.goto(start);
    await page.locator("#signInFormUsername").fill(person.username);
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await arrived(page);
    await close();
  });
}

test("a browser whose authenticator does not answer can go back to the password, and decline", async () => {
  const { person, start } = await place();
  const { page, close } = await visit(LOOKS["desktop-light"]);
  const { devtools, authenticatorId } = await authenticator(page);
  await page.goto(start);
  await password(page, person);
  await page.getByRole("button", { name: "Create a passkey" }).click();
  await arrived(page);
  // The passkey is lost: the browser has nothing to offer, and says so.
  await devtools.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
  await devtools.send("WebAuthn.clearCredentials", { authenticatorId });
  await page.goto(start);
  await page.locator("#signInFormUsername").fill(person.username);
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.getByRole("heading", { name: "Use your passkey" }).waitFor();
  await page.getByText("That did not work.").waitFor({ timeout: 70_000 });
  await page.screenshot({ path: `${OUT}passkeys-lost.png`, fullPage: true });
  await page.getByRole("link", { name: /sign in/i }).click();
  await password(page, person);
  await arrived(page);
  await close();

  const other = await place();
  const again = await visit(LOOKS["desktop-light"]);
  await authenticator(again.page);
  await again.page.goto(other.start);
  await password(again.page, other.person);
  await again.page.getByRole("button", { name: "Not now" }).click();
  await arrived(again.page);
  await again.page.goto(other.start);
  await password(again.page, other.person);
  await arrived(again.page);
  await again.close();
});

test("without script there is no passkey, and everything else", async () => {
  const { person, start } = await place();
  const { page, close } = await visit(LOOKS["desktop-light"], { javaScriptEnabled: false });
  await page.goto(start);
  assert.equal(await page.getByRole("button", { name: "Sign in with a passkey" }).count(), 0);
  await password(page, person);
  await arrived(page);
  await close();
});
