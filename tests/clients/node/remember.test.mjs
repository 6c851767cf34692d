// A person whose browser is remembered, and one who sets up codes by text message: Chromium at the size of a phone and of a desk.
// axe-core finds nothing on the pages, and a keyboard is enough. Pictures go to tests/out/.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  AdminListDevicesCommand,
  AdminSetUserMFAPreferenceCommand,
  AdminForgetDeviceCommand,
  CreateManagedLoginBrandingCommand,
  DescribeUserPoolCommand,
  SetUserPoolMfaConfigCommand,
  UpdateUserPoolDomainCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { AXE, LOOKS, OUT, RULES, application, launch } from "./browser.mjs";
import { code, idp, newPerson, newPool, newWebClient, url } from "./world.mjs";

const SMS = { SnsCallerArn: "arn:aws:iam::123456789012:role/sms" };

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

/// Managed login of a pool with second factors, and somebody with an e-mail address.
async function place(settings, mode) {
  const pool = await newPool({ AutoVerifiedAttributes: ["email"], SmsConfiguration: SMS, ...settings });
  const client = await newWebClient(pool, callback);
  const { Domain } = (await idp.send(new DescribeUserPoolCommand({ UserPoolId: pool }))).UserPool;
  await idp.send(new UpdateUserPoolDomainCommand({ UserPoolId: pool, Domain, ManagedLoginVersion: 2 }));
  await idp.send(new CreateManagedLoginBrandingCommand({ UserPoolId: pool, ClientId: client.ClientId, UseCognitoProvidedValues: true }));
  const factors = { SmsMfaConfiguration: { SmsConfiguration: SMS }, EmailMfaConfiguration: {}, SoftwareTokenMfaConfiguration: { Enabled: true } };
  await idp.send(new SetUserPoolMfaConfigCommand({ UserPoolId: pool, MfaConfiguration: mode, ...factors }));
  const query = new URLSearchParams({
    response_type: "code", client_id: client.ClientId, redirect_uri: callback, scope: "openid", prompt: "login",
  });
  return { pool, person: await newPerson(pool), start: `${url}/${pool}/oauth2/authorize?${query}` };
}

/// A page that fails the test on script errors, and how it is looked at.
async function visit(name) {
  const context = await browser.newContext({ ...LOOKS[name], locale: "en-US" });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const faults = [];
  page.on("pageerror", (error) => faults.push(`script: ${error}`));
  const look = async (step) => {
    await page.locator("main h1").waitFor();
    await page.screenshot({ path: `${OUT}remember-${name}-${step}.png`, fullPage: true });
    await page.evaluate(AXE);
    const found = await page.evaluate((values) => axe.run(document, { runOnly: { type: "tag", values } }), RULES);
    assert.deepEqual(found.violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), [], step);
  };
  const close = async () => {
    await context.close();
    assert.deepEqual(faults, []);
  };
  return { page, look, close };
}

async function password(page, { person, start }) {
  await page.goto(start);
  await page.locator("[name=username]").fill(person.username);
  await page.locator("[name=password]").fill(person.password);
  await page.locator("[name=signInSubmitButton]").click();
}

const landed = (page) => page.waitForURL((target) => target.href.startsWith(`${callback}?code=`));
const devices = async ({ pool, person }) =>
  (await idp.send(new AdminListDevicesCommand({ UserPoolId: pool, Username: person.username }))).Devices;

const PROMPT = { DeviceConfiguration: { ChallengeRequiredOnNewDevice: true, DeviceOnlyRememberedOnUserPrompt: true } };

for (const name of ["phone-light", "desktop-dark"]) {
  test(`a box lets the browser be remembered, and the code is asked for no more until it is forgotten: ${name}`, async () => {
    const house = await place(PROMPT, "OPTIONAL");
    const { pool, person } = house;
    const Username = person.username;
    await idp.send(new AdminSetUserMFAPreferenceCommand({ UserPoolId: pool, Username, EmailMfaSettings: { Enabled: true, PreferredMfa: true } }));
    const { page, look, close } = await visit(name);
    await password(page, house);
    await page.getByLabel("Remember this device").waitFor();
    await look("1-box");
    // By keyboard: the code, the box, Enter.
    await page.locator("#totpCodeInput").focus();
    await page.keyboard.type(await code(person.email));
    await page.keyboard.press("Tab");
    await page.keyboard.press("Space");
    assert.ok(await page.getByLabel("Remember this device").isChecked());
    await page.keyboard.press("Enter");
    await landed(page);
    await password(page, house);
    await landed(page);
    const [device, ...others] = await devices(house);
    assert.deepEqual(others, []);
    await idp.send(new AdminForgetDeviceCommand({ UserPoolId: pool, Username, DeviceKey: device.DeviceKey }));
    await password(page, house);
    await page.getByLabel("Remember this device").waitFor();
    await close();
  });

  test(`who is asked for the password alone is asked about the device on a page of its own: ${name}`, async () => {
    const house = await place(PROMPT, "OPTIONAL");
    const { page, look, close } = await visit(name);
    await password(page, house);
    await page.getByRole("heading", { name: "Remember this device?" }).waitFor();
    await look("2-page");
    await page.getByRole("button", { name: "Not now" }).click();
    await landed(page);
    await password(page, house);
    await landed(page);
    await close();
  });

  test(`codes by text message are set up with a phone number: ${name}`, async () => {
    const house = await place({}, "ON");
    const { page, look, close } = await visit(name);
    await password(page, house);
    await look("3-choose");
    await page.getByRole("button", { name: "Text message" }).click();
    const field = page.getByLabel("Phone number");
    await field.waitFor();
    await look("4-phone");
    await field.fill("0151 1234567");
    await page.getByRole("button", { name: "Send code" }).click();
    await page.getByText("Invalid phone number format.").waitFor();
    await look("5-phone-refused");
    await field.fill("+49 1511 2345 678");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/mfa\?/);
    await look("6-code");
    await page.locator("#totpCodeInput").fill(await code("+4915112345678"));
    await page.keyboard.press("Enter");
    await landed(page);
    await close();
  });
}
