// Everything but passkeys works without JavaScript: the journeys through the pages of managed login in a Chromium that has none.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  AdminSetUserMFAPreferenceCommand,
  CreateManagedLoginBrandingCommand,
  DescribeUserPoolCommand,
  SetUserPoolMfaConfigCommand,
  UpdateUserPoolDomainCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { LOOKS, application, launch } from "./browser.mjs";
import { OTHER_PASSWORD, PASSWORD, code, fresh, idp, message, newEmail, newPerson, newPool, newWebClient, url } from "./world.mjs";

const SMS = { SnsCallerArn: "arn:aws:iam::123456789012:role/sms" };
const FIRST = { Policies: { SignInPolicy: { AllowedFirstAuthFactors: ["PASSWORD", "EMAIL_OTP"] } } };

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

async function place(settings, { mode = "OFF", flows = ["ALLOW_REFRESH_TOKEN_AUTH"] } = {}) {
  const pool = await newPool({ AutoVerifiedAttributes: ["email"], SmsConfiguration: SMS, ...settings });
  const { ClientId } = await newWebClient(pool, callback, { ExplicitAuthFlows: flows });
  const { Domain } = (await idp.send(new DescribeUserPoolCommand({ UserPoolId: pool }))).UserPool;
  await idp.send(new UpdateUserPoolDomainCommand({ UserPoolId: pool, Domain, ManagedLoginVersion: 2 }));
  await idp.send(new CreateManagedLoginBrandingCommand({ UserPoolId: pool, ClientId, UseCognitoProvidedValues: true }));
  if (mode !== "OFF") {
    const factors = { SmsMfaConfiguration: { SmsConfiguration: SMS }, EmailMfaConfiguration: {}, SoftwareTokenMfaConfiguration: { Enabled: true } };
    await idp.send(new SetUserPoolMfaConfigCommand({ UserPoolId: pool, MfaConfiguration: mode, ...factors }));
  }
  const query = (more = {}) => new URLSearchParams({ response_type: "code", client_id: ClientId, redirect_uri: callback, scope: "openid", ...more });
  return { pool, start: (more) => `${url}/${pool}/oauth2/authorize?${query(more)}` };
}

/// A page without scripts, and what people do on it.
async function visit() {
  const context = await browser.newContext({ ...LOOKS["desktop-light"], javaScriptEnabled: false, locale: "en-US" });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const fill = async (fields) => {
    for (const [name, value] of Object.entries(fields)) await page.locator(`main [name="${name}"]`).fill(value);
  };
  const press = (name) => page.getByRole("button", { name }).first().click();
  const landed = () => page.waitForURL((target) => target.href.startsWith(`${callback}?code=`));
  return { page, fill, press, landed, close: () => context.close() };
}

test("sign up, confirm with a code that is sent again, choose an account and another one", async () => {
  const house = await place({});
  const { page, fill, press, landed, close } = await visit();
  const [username, email] = [fresh("nora"), newEmail()];
  await page.goto(house.start());
  await page.getByRole("link", { name: "Sign up" }).click();
  await fill({ username, "requiredAttributes[email]": email, password: PASSWORD, confirm_password: PASSWORD });
  await press("Sign up");
  const first = await message(email);
  await press("Resend it");
  await page.getByText("We have sent a new code.").waitFor();
  await fill({ code: await code(email, first.id) });
  await press("Confirm Account");
  await landed();
  await page.goto(house.start({ prompt: "select_account" }));
  await press(username);
  await landed();
  await page.goto(house.start({ prompt: "select_account" }));
  await page.getByRole("link", { name: "Use another account" }).click();
  const person = await newPerson(house.pool);
  await fill({ username: person.username, password: person.password });
  await press("Sign in");
  await landed();
  await close();
});

test("the first factor is chosen: a code by mail, sent again", async () => {
  const house = await place(FIRST, { flows: ["ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] });
  const person = await newPerson(house.pool);
  const { page, fill, press, landed, close } = await visit();
  await page.goto(house.start());
  await fill({ username: person.username });
  await press("Next");
  await press("Email");
  const first = await message(person.email);
  await press("Send a new code");
  await page.getByText("We have sent a new code.").waitFor();
  await fill({ authentication_code: "00000000" });
  await press("Sign in");
  await page.getByText("Invalid code or auth state for the user.").waitFor();
  await fill({ authentication_code: await code(person.email, first.id) });
  await press("Sign in");
  await landed();
  await close();
});

for (const [button, field, address, sent] of [
  ["Email", "email", "set-up@example.com", "set-up@example.com"],
  ["Text message", "phone_number", "+49 1511 9876543", "+4915119876543"],
]) {
  test(`a second step is set up inside the sign-in: ${button}`, async () => {
    const house = await place({}, { mode: "ON" });
    const person = await newPerson(house.pool);
    const { page, fill, press, landed, close } = await visit();
    await page.goto(house.start());
    await fill({ username: person.username, password: person.password });
    await press("Sign in");
    await press(button);
    await fill({ [field]: "nobody" });
    // Browsers check the form of an address themselves.
    await page.locator(`[name=${field}]`).evaluate((input) => { input.form.noValidate = true; });
    await press("Send code");
    await page.locator(".field-error").waitFor();
    await fill({ [field]: address });
    await press("Send code");
    await page.waitForURL(/\/mfa\?/);
    await fill({ authentication_code: await code(sent) });
    await press("Sign in");
    await landed();
    await close();
  });
}

test("the device is remembered by a box and by a page, and the password reset", async () => {
  const DeviceConfiguration = { ChallengeRequiredOnNewDevice: true, DeviceOnlyRememberedOnUserPrompt: true };
  const house = await place({ DeviceConfiguration }, { mode: "OPTIONAL" });
  const [careful, other] = [await newPerson(house.pool), await newPerson(house.pool)];
  const preference = { UserPoolId: house.pool, Username: careful.username, EmailMfaSettings: { Enabled: true, PreferredMfa: true } };
  await idp.send(new AdminSetUserMFAPreferenceCommand(preference));
  const { page, fill, press, landed, close } = await visit();
  const password = async ({ username }, secret = PASSWORD) => {
    await page.goto(house.start({ prompt: "login" }));
    await fill({ username, password: secret });
    await press("Sign in");
  };
  await password(careful);
  await fill({ authentication_code: await code(careful.email) });
  await page.getByLabel("Remember this device").check();
  await press("Sign in");
  await landed();
  await password(other);
  await press("Remember this device");
  await landed();
  for (const person of [careful, other]) {
    await password(person);
    await landed();
  }
  await page.goto(house.start({ prompt: "login" }));
  await page.getByRole("link", { name: "Forgot your password?" }).click();
  await fill({ username: other.username });
  await press("Reset my password");
  await fill({ code: await code(other.email), new_password: OTHER_PASSWORD, confirm_password: OTHER_PASSWORD });
  await press("Change Password");
  await page.getByText("Your password has been changed.").waitFor();
  await password(other, OTHER_PASSWORD);
  await landed();
  await close();
});
