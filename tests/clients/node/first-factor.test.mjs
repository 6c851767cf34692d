// A person who chooses how to sign in at managed login: Chromium tells the user name, then signs in by password, by a code
// that was mailed, or with a passkey. axe-core finds nothing on these pages. Pictures go to tests/out/.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  CreateManagedLoginBrandingCommand,
  DescribeUserPoolCommand,
  UpdateUserPoolDomainCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { AXE, LOOKS, OUT, RULES, application, launch } from "./browser.mjs";
import { code, idp, newPerson, newPool, newWebClient, url } from "./world.mjs";

const TRIED = ["phone-light", "desktop-dark"];

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

/// Managed login of a pool where people begin with a password, a mailed code or a passkey.
async function place() {
  const factors = { SignInPolicy: { AllowedFirstAuthFactors: ["PASSWORD", "EMAIL_OTP", "WEB_AUTHN"] } };
  const pool = await newPool({ AutoVerifiedAttributes: ["email"], Policies: factors });
  const client = await newWebClient(pool, callback, {
    ExplicitAuthFlows: ["ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    PreventUserExistenceErrors: "ENABLED",
  });
  const { Domain } = (await idp.send(new DescribeUserPoolCommand({ UserPoolId: pool }))).UserPool;
  await idp.send(new UpdateUserPoolDomainCommand({ UserPoolId: pool, Domain, ManagedLoginVersion: 2 }));
  const style = { UserPoolId: pool, ClientId: client.ClientId, UseCognitoProvidedValues: true };
  await idp.send(new CreateManagedLoginBrandingCommand(style));
  const query = new URLSearchParams({
    response_type: "code", client_id: client.ClientId, redirect_uri: callback, scope: "openid", prompt: "login",
  });
  return { person: await newPerson(pool), start: `${url}/${pool}/oauth2/authorize?${query}` };
}

async function authenticator(page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  const options = {
    protocol: "ctap2", transport: "internal", hasResidentKey: true,
    hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true,
  };
  await devtools.send("WebAuthn.addVirtualAuthenticator", { options });
}

const arrived = (page) => page.waitForURL((target) => target.href.startsWith(`${callback}?code=`));
const choice = (page, name) => page.locator(`button[name=challenge][value=${name}]`);

/// The user name, which comes first.
async function named(page, { person, start }) {
  await page.goto(start);
  assert.equal(await page.locator("[name=password]").count(), 0);
  await page.locator("[name=username]").fill(person.username);
  await page.locator("[name=signInSubmitButton]").click();
}

for (const name of TRIED) {
  const look = LOOKS[name];
  test(`password, code and passkey are chosen after the user name: ${name}`, async () => {
    const house = await place();
    const context = await browser.newContext({ ...look, locale: "en-US" });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    const faults = [];
    page.on("pageerror", (error) => faults.push(`script: ${error}`));
    page.on("console", (line) => {
      if (line.type() === "error" && !/favicon|status of 400/.test(line.text() + line.location().url)) faults.push(line.text());
    });
    await authenticator(page);
    const look_at = async (step) => {
      await page.locator("main h1").waitFor();
      await page.screenshot({ path: `${OUT}first-factor-${name}-${step}.png`, fullPage: true });
      await page.evaluate(AXE);
      const found = await page.evaluate((values) => axe.run(document, { runOnly: { type: "tag", values } }), RULES);
      assert.deepEqual(found.violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), [], step);
    };

    await page.goto(house.start);
    await look_at("1-name");
    await named(page, house);
    await page.waitForURL(/\/login\/choose\?/);
    await look_at("2-choose");
    await choice(page, "PASSWORD").click();
    await page.waitForURL(/\/login\/password\?/);
    await look_at("3-password");
    await page.locator("[name=password]").fill("wrong");
    await page.locator("[name=signInSubmitButton]").click();
    await page.getByText("Incorrect username or password.").waitFor();
    await look_at("4-password-refused");
    await page.getByRole("link", { name: "Sign in another way" }).click();
    await choice(page, "EMAIL_OTP").click();
    await page.waitForURL(/\/login\/code\?/);
    await look_at("5-code");
    await page.locator("[name=authentication_code]").fill(await code(house.person.email));
    await page.keyboard.press("Enter");
    // Signed in: this browser can make a passkey, and is offered to.
    await page.getByRole("button", { name: "Create a passkey" }).click();
    await arrived(page);

    await named(page, house);
    await choice(page, "WEB_AUTHN").waitFor();
    await look_at("6-choose-with-passkey");
    await choice(page, "WEB_AUTHN").click();
    await arrived(page);
    await context.close();
    assert.deepEqual(faults, []);
  });
}

test("without script the ways are those that need none", async () => {
  const house = await place();
  const context = await browser.newContext({ javaScriptEnabled: false, locale: "de-DE" });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await named(page, house);
  await page.getByRole("heading", { name: "Wählen Sie, wie Sie sich anmelden" }).waitFor();
  await page.screenshot({ path: `${OUT}first-factor-german.png`, fullPage: true });
  await choice(page, "PASSWORD").click();
  await page.locator("[name=password]").fill(house.person.password);
  await page.locator("[name=signInSubmitButton]").click();
  await arrived(page);
  await context.close();
});
