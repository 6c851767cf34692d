// Journeys through what managed login adds: what a new password lacks is said while one types, fields have their types, and
// an app sends its user to make a passkey. At the size of a phone and of a desk; pictures go to tests/out/.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  CreateManagedLoginBrandingCommand,
  DescribeUserPoolCommand,
  SetUserPoolMfaConfigCommand,
  SignUpCommand,
  UpdateUserPoolDomainCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { LOOKS, OUT, application, launch } from "./browser.mjs";
import { OTHER_PASSWORD, PASSWORD, code, fresh, idp, newClient, newEmail, newPerson, newPool, newWebClient, url } from "./world.mjs";

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

async function place(settings = {}) {
  const pool = await newPool({ AutoVerifiedAttributes: ["email"], ...settings });
  const { ClientId } = await newWebClient(pool, callback);
  const { Domain } = (await idp.send(new DescribeUserPoolCommand({ UserPoolId: pool }))).UserPool;
  await idp.send(new UpdateUserPoolDomainCommand({ UserPoolId: pool, Domain, ManagedLoginVersion: 2 }));
  await idp.send(new CreateManagedLoginBrandingCommand({ UserPoolId: pool, ClientId, UseCognitoProvidedValues: true }));
  const query = new URLSearchParams({ response_type: "code", client_id: ClientId, redirect_uri: callback });
  return { pool, client: ClientId, at: (path) => `${url}/${pool}${path}?${query}` };
}

/// A page that fails the test on script errors and on anything that the policy of the page refuses.
async function visit(look, options = {}) {
  const context = await browser.newContext({ ...look, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const faults = [];
  page.on("pageerror", (error) => faults.push(`script: ${error}`));
  page.on("console", (line) => {
    if (line.type() === "error" && !/status of 4/.test(line.text())) faults.push(line.text());
  });
  const close = async () => {
    await context.close();
    assert.deepEqual(faults, []);
  };
  return { page, close };
}

const landed = (page) => page.waitForURL((target) => target.href.startsWith(`${callback}?code=`));

test("what a password lacks is said as the server would", async () => {
  const house = await place();
  const api = await newClient(house.pool);
  const { page, close } = await visit(LOOKS["desktop-light"]);
  await page.goto(house.at("/signup"));
  const field = page.locator("#password");
  for (const password of ["a", "Short1!", "Longer-But-No-Number", "longer-no-upper-1", "LONGER-NO-LOWER-1", "NoSymbol12345", PASSWORD, "Ünïcödé-1a", "Tilde~Tilde1", "Back\\slash1A", "Bracket]1aA", "Caret^Caret1", "Dash-Dash1"]) {
    await field.fill(password);
    const unmet = await page.locator(".passwordCheck-notValid-customizable").allInnerTexts();
    const met = await page.locator(".passwordCheck-valid-customizable").count();
    assert.equal(unmet.length + met, 6, "every rule says whether it is met");
    const account = { ClientId: api.ClientId, Username: fresh("rules"), Password: password, UserAttributes: [{ Name: "email", Value: newEmail() }] };
    const refused = await idp.send(new SignUpCommand(account)).then(() => null, (error) => error);
    assert.equal(unmet.length > 0, refused !== null, `${password}: ${unmet} / ${refused}`);
  }
  await field.fill("");
  assert.equal(await page.locator(".passwordCheck-notValid-customizable").count(), 0, "an empty field is not scolded");
  await close();
});

test("a password can be looked at, and is hidden again when it is sent", async () => {
  const house = await place();
  const { page, close } = await visit(LOOKS["desktop-light"]);
  await page.goto(house.at("/signup"));
  const [password, again] = [page.locator("#password"), page.locator("#confirm_password")];
  await password.fill("short");
  const show = page.getByRole("button", { name: "Show password" });
  await show.click();
  assert.equal(await show.getAttribute("aria-pressed"), "true");
  for (const field of [password, again]) assert.equal(await field.getAttribute("type"), "text");
  await page.locator("[name=username]").fill("ada");
  await page.locator("[name='requiredAttributes[email]']").fill(newEmail());
  await again.fill("other");
  await page.locator("[name=signUpButton]").click();
  await page.getByText("The passwords do not match.").waitFor();
  assert.equal(await password.getAttribute("type"), "password");
  assert.equal(await password.inputValue(), "");
  await close();
});

for (const name of ["phone-light", "desktop-dark"]) {
  test(`sign up with typed fields, set up an app, forget and reset the password: ${name}`, async () => {
    const Schema = ["email", "birthdate", "website", "phone_number"].map((Name) => ({ Name, AttributeDataType: "String", Required: true, Mutable: true }));
    const house = await place({ Schema });
    const [username, email] = [fresh("ada"), newEmail()];
    const { page, close } = await visit(LOOKS[name]);
    const picture = (step) => page.screenshot({ path: `${OUT}managed-${name}-${step}.png`, fullPage: true });
    await page.goto(house.at("/signup"));
    const fill = async (fields) => {
      for (const [field, value] of Object.entries(fields)) await page.locator(`[name="${field}"]`).fill(value);
    };
    await fill({
      username,
      "requiredAttributes[email]": email,
      "requiredAttributes[birthdate]": "1990-12-31",
      "requiredAttributes[website]": "https://example.com",
      "requiredAttributes[phone_number]": "+12065550100",
      password: "Correct",
      confirm_password: PASSWORD,
    });
    await picture("1-sign-up-hints");
    await fill({ password: PASSWORD });
    await picture("2-sign-up-good");
    await page.locator("[name=signUpButton]").click();
    await page.locator("[name=code]").waitFor();
    await picture("3-confirm");
    await fill({ code: await code(email) });
    await page.locator("[name=confirm]").click();
    await landed(page);

    await page.goto(house.at("/forgotPassword"));
    await fill({ username });
    await page.locator("[name=reset_my_password]").click();
    await page.locator("[name=new_password]").waitFor();
    await fill({ code: await code(email), new_password: OTHER_PASSWORD, confirm_password: OTHER_PASSWORD });
    await picture("4-reset");
    await page.locator("[name=reset_password]").click();
    await page.getByText("Your password has been changed.").waitFor();
    await picture("5-sign-in");
    await fill({ username, password: OTHER_PASSWORD });
    await page.locator("[name=signInSubmitButton]").click();
    await landed(page);
    await close();
  });

  test(`an app sends its user to make a passkey: ${name}`, async () => {
    const house = await place({ Policies: { SignInPolicy: { AllowedFirstAuthFactors: ["PASSWORD", "WEB_AUTHN"] } } });
    const person = await newPerson(house.pool);
    const { page, close } = await visit(LOOKS[name]);
    const devtools = await page.context().newCDPSession(page);
    const add = house.at("/passkeys/add");
    await page.goto(add);
    await page.waitForURL(`${callback}?result=invalid_session`);
    await page.goto(house.at("/login"));
    await page.locator("[name=username]").fill(person.username);
    await page.locator("[name=password]").fill(person.password);
    await page.locator("[name=signInSubmitButton]").click();
    await page.waitForURL(/\/passkey\/add|code=/);
    await devtools.send("WebAuthn.enable");
    const options = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };
    const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", { options });
    await page.goto(add);
    await page.screenshot({ path: `${OUT}managed-${name}-6-passkey.png`, fullPage: true });
    await page.getByRole("button", { name: "Create a passkey" }).click();
    await page.waitForURL(`${callback}?result=success`);
    const { credentials } = await devtools.send("WebAuthn.getCredentials", { authenticatorId });
    assert.equal(credentials.length, 1);
    await page.goto(add);
    await page.getByRole("button", { name: "Not now" }).click();
    await page.waitForURL(callback);
    await close();
  });
}

/// Presses Tab until the focus is where `selector` is.
async function tabTo(page, selector) {
  for (let presses = 0; presses < 40; presses++) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`Tab never comes to ${selector}`);
}

test("a keyboard is enough: set up a second step and sign in with it", async () => {
  const house = await place();
  const factors = { SoftwareTokenMfaConfiguration: { Enabled: true }, EmailMfaConfiguration: {} };
  await idp.send(new SetUserPoolMfaConfigCommand({ UserPoolId: house.pool, MfaConfiguration: "ON", ...factors }));
  const person = await newPerson(house.pool);
  const { page, close } = await visit(LOOKS["desktop-light"]);
  await page.goto(house.at("/login"));
  await tabTo(page, "[name=username]");
  await page.keyboard.type(person.username);
  await tabTo(page, "[name=password]");
  await page.keyboard.type(person.password);
  await page.keyboard.press("Enter");
  await page.locator("main form").first().waitFor();
  if (page.url().includes("/mfa/choose")) {
    await tabTo(page, "[name=factor][value=EMAIL_OTP]");
    await page.keyboard.press("Enter");
  }
  await page.waitForURL(/\/mfa(\/email)?\?/);
  if (page.url().includes("/mfa/email")) {
    await tabTo(page, "[name=email]");
    await page.keyboard.type(person.email);
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/mfa\?/);
  }
  await tabTo(page, "#totpCodeInput");
  await page.keyboard.type(await code(person.email));
  await page.keyboard.press("Enter");
  await landed(page);
  await close();
});
