// Everybody: axe-core finds nothing on any page, in two looks and two versions; a keyboard alone, a page without
// JavaScript, and a screen of 320 pixels (400 % zoom) are enough.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  AdminCreateUserCommand,
  CreateManagedLoginBrandingCommand,
  CreateTermsCommand,
  SetUICustomizationCommand,
  SetUserPoolMfaConfigCommand,
  UpdateUserPoolDomainCommand,
  DescribeUserPoolCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { AXE, RULES, application, launch } from "./browser.mjs";
import { OTHER_PASSWORD, PASSWORD, attributes, code, fresh, idp, newEmail, newPerson, newPool, newWebClient, url } from "./world.mjs";

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
  const client = await newWebClient(pool, callback, { PreventUserExistenceErrors: "ENABLED" });
  const query = new URLSearchParams({ response_type: "code", client_id: client.ClientId, redirect_uri: callback, state: "s" });
  const at = (path, more = "") => `${url}/${pool}${path}?${query}${more}`;
  return { pool, client: client.ClientId, at };
}

async function managed(house) {
  const { Domain } = (await idp.send(new DescribeUserPoolCommand({ UserPoolId: house.pool }))).UserPool;
  await idp.send(new UpdateUserPoolDomainCommand({ UserPoolId: house.pool, Domain, ManagedLoginVersion: 2 }));
  const here = { UserPoolId: house.pool, ClientId: house.client };
  await idp.send(new CreateManagedLoginBrandingCommand({ ...here, UseCognitoProvidedValues: true }));
  for (const TermsName of ["terms-of-use", "privacy-policy"]) {
    const links = { "cognito:default": `https://example.com/${TermsName}` };
    await idp.send(new CreateTermsCommand({ ...here, TermsName, TermsSource: "LINK", Enforcement: "NONE", Links: links }));
  }
}

/// Fails on anything that axe finds, and on a page that scrolls sideways.
async function accessible(page, name) {
  await page.evaluate(AXE);
  const found = await page.evaluate((values) => axe.run(document, { runOnly: { type: "tag", values } }), RULES);
  const faults = found.violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`));
  assert.deepEqual(faults, [], name);
  assert.ok(found.passes.length > 10, `${name}: axe looked at the page`);
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth + 1);
  assert.ok(!sideways, `${name} scrolls sideways at ${page.viewportSize().width}`);
}

/// Leads a browser to every page and shows each to `look`.
async function walk(page, house, look) {
  const fill = async (fields) => {
    for (const [name, value] of Object.entries(fields)) await page.locator(`[name="${name}"]`).fill(value);
    // Managed login asks for a new account's password twice.
    const again = page.locator("form#signupform [name=confirm_password]");
    if (fields.password && (await again.count())) await again.fill(fields.password);
  };
  const submit = () => page.locator("main form.cognito-asf [type=submit]").first().click();
  await page.goto(house.at("/login"));
  await look("sign in");
  await fill({ username: "nobody", password: "wrong" });
  await submit();
  await look("sign in, refused");
  const temporary = fresh("temporary");
  await idp.send(
    new AdminCreateUserCommand({
      UserPoolId: house.pool, Username: temporary, TemporaryPassword: PASSWORD, MessageAction: "SUPPRESS",
      UserAttributes: attributes({ email: newEmail(), email_verified: "true" }),
    }),
  );
  await fill({ username: temporary, password: PASSWORD });
  await submit();
  await look("new password");
  await page.goto(house.at("/signup"));
  await look("sign up");
  const [name, email] = [fresh("ada"), newEmail()];
  await fill({ username: name, "requiredAttributes[email]": email, password: "short" });
  await submit();
  await look("sign up, refused");
  await fill({ username: name, "requiredAttributes[email]": email, password: PASSWORD });
  await submit();
  await look("confirm");
  await fill({ code: "000000" });
  await submit();
  await look("confirm, refused");
  const person = await newPerson(house.pool);
  await page.goto(house.at("/forgotPassword"));
  await look("forgot password");
  await fill({ username: person.username });
  await submit();
  await look("reset password");
  await page.goto(`${url}/${house.pool}/error?error=redirect_mismatch&client_id=${house.client}`);
  await look("error");
  await page.goto(`${url}/${house.pool}/logout?client_id=${house.client}`);
  await look("signed out");
}

for (const version of [1, 2]) {
  for (const [look, options] of Object.entries({
    light: { viewport: { width: 1280, height: 800 }, colorScheme: "light" },
    dark: { viewport: { width: 390, height: 844 }, colorScheme: "dark" },
    // 1280 by 1024 at 400 %.
    zoomed: { viewport: { width: 320, height: 256 }, colorScheme: "light" },
  })) {
    test(`axe finds nothing on the pages of version ${version}, ${look}`, async () => {
      const house = await place();
      if (version === 2) await managed(house);
      const context = await browser.newContext({ ...options, locale: version === 2 ? "de-DE" : "en-US" });
      const page = await context.newPage();
      page.setDefaultTimeout(15_000);
      await walk(page, house, (name) => accessible(page, name));
      await context.close();
    });
  }
}

test("axe finds nothing on the pages of a second factor", async () => {
  const house = await place();
  await idp.send(
    new SetUserPoolMfaConfigCommand({
      UserPoolId: house.pool, MfaConfiguration: "ON",
      SoftwareTokenMfaConfiguration: { Enabled: true }, EmailMfaConfiguration: {},
    }),
  );
  const person = await newPerson(house.pool);
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(house.at("/login"));
  await page.locator("[name=username]").fill(person.username);
  await page.locator("[name=password]").fill(PASSWORD);
  await page.locator("[name=signInSubmitButton]").click();
  await page.locator("main h1").waitFor();
  await accessible(page, page.url());
  await context.close();
});

test("axe finds nothing on the developer's pages", async () => {
  const house = await place();
  await idp.send(new SetUICustomizationCommand({ UserPoolId: house.pool, CSS: ".label-customizable { color: #222; }" }));
  const page = await browser.newPage();
  for (const path of ["/_poolhouse/", `/_poolhouse/branding/${house.client}`]) {
    await page.goto(url + path);
    await accessible(page, path);
  }
  await page.close();
});

/// Presses Tab until the focus is where `selector` is.
async function tabTo(page, selector) {
  for (let presses = 0; presses < 40; presses++) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) {
      const seen = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle !== "none");
      assert.ok(seen, `the focus shows at ${selector}`);
      return;
    }
    await page.keyboard.press("Tab");
  }
  assert.fail(`Tab never comes to ${selector}`);
}

test("a keyboard is enough: sign up, confirm, land", async () => {
  const house = await place();
  const [name, email] = [fresh("key"), newEmail()];
  const page = await browser.newPage();
  await page.goto(house.at("/login"));
  await tabTo(page, "a[href*='/signup']");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/signup/);
  for (const [field, value] of [["username", name], ["requiredAttributes[email]", email], ["password", PASSWORD]]) {
    await tabTo(page, `[name="${field}"]`);
    await page.keyboard.type(value);
  }
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/confirm/);
  await tabTo(page, "[name=code]");
  await page.keyboard.type(await code(email));
  await page.keyboard.press("Enter");
  await page.waitForURL((target) => target.href.startsWith(callback));
  await page.close();
});

test("JavaScript is not needed: forget and reset the password, sign in", async () => {
  const house = await place();
  await managed(house);
  const person = await newPerson(house.pool);
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(house.at("/login", "&lang=es"));
  await page.getByRole("link", { name: "¿Ha olvidado su contraseña?" }).click();
  await page.locator("[name=username]").fill(person.username);
  await page.locator("[name=reset_my_password]").click();
  await page.locator("[name=code]").fill(await code(person.email));
  await page.locator("[name=new_password]").fill(OTHER_PASSWORD);
  await page.locator("[name=confirm_password]").fill(OTHER_PASSWORD);
  await page.locator("[name=reset_password]").click();
  await page.getByText("Su contraseña se ha cambiado.").waitFor();
  await page.locator("[name=password]").fill(OTHER_PASSWORD);
  await page.locator("[name=username]").fill(person.username);
  await page.locator("[name=signInSubmitButton]").click();
  await page.waitForURL((target) => target.href.startsWith(callback));
  await context.close();
});
