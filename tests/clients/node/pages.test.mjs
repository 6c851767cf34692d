// A person at a browser: Chromium signs up, reads the code in the mailbox page, confirms, signs in and lands in the app.
// Pictures of every page (phone and desktop, light and dark) go to tests/out/.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { AdminCreateUserCommand, AdminGetUserCommand } from "@aws-sdk/client-cognito-identity-provider";
import { LOOKS, OUT, application, launch } from "./browser.mjs";
import { OTHER_PASSWORD, PASSWORD, attributes, fresh, idp, newEmail, newPerson, newPool, newWebClient, url } from "./world.mjs";

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
  const query = new URLSearchParams({
    response_type: "code",
    client_id: client.ClientId,
    redirect_uri: callback,
    scope: "openid email",
    state: "from-the-app",
  });
  return { pool, client, start: `${url}/${pool}/oauth2/authorize?${query}` };
}

/// A page that fails the test on a script error, a console error or a request to anywhere but here.
async function visit(look = {}, options = {}) {
  const context = await browser.newContext({ ...look, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const faults = [];
  const ours = new Set([new URL(url).host, new URL(callback).host]);
  page.on("pageerror", (error) => faults.push(`script: ${error}`));
  page.on("console", (line) => {
    if (line.type() === "error" && !/the server responded with a status of 4/.test(line.text())) faults.push(line.text());
  });
  page.on("request", (request) => {
    if (/^https?:/.test(request.url()) && !ours.has(new URL(request.url()).host)) faults.push(`asked ${request.url()}`);
  });
  const close = async () => {
    await context.close();
    assert.deepEqual(faults, []);
  };
  return { page, close };
}

async function picture(page, name) {
  await page.screenshot({ path: `${OUT}${name}.png`, fullPage: true });
}

/// What every page owes to everybody: a language, one heading, a name for each field, room on a phone.
async function decent(page) {
  const faults = await page.evaluate(() => {
    const found = [];
    if (!document.documentElement.lang) found.push("no language");
    if (document.querySelectorAll("h1").length !== 1) found.push("not one h1");
    if (!document.title) found.push("no title");
    for (const field of document.querySelectorAll("input:not([type=hidden]):not([type=submit]), select, textarea")) {
      if (field.hidden) continue; // for password managers only
      if (!field.labels?.length && !field.getAttribute("aria-label")) found.push(`${field.name} has no label`);
    }
    const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
    if (new Set(ids).size !== ids.length) found.push("an id is there twice");
    if (document.documentElement.scrollWidth > window.innerWidth + 1) found.push("scrolls sideways");
    return found;
  });
  assert.deepEqual(faults, [], page.url());
}

async function landed(page) {
  await page.waitForURL((target) => target.href.startsWith(callback));
  const { searchParams } = new URL(page.url());
  assert.equal(searchParams.get("state"), "from-the-app");
  assert.match(searchParams.get("code"), /^[0-9a-f-]{36}$/);
}

async function signIn(page, username, password) {
  await page.locator("#signInFormUsername").fill(username);
  await page.locator("#signInFormPassword").fill(password);
  await page.locator("[name=signInSubmitButton]").click();
}

/// The code of the newest message to `email`, read by eye in the mailbox page.
async function readCode(context, email, before = "") {
  const mailbox = await context.newPage();
  const seen = await (await fetch(`${url}/_poolhouse/messages/wait?${new URLSearchParams({ to: email, timeout: "10", ...(before && { after: before }) })}`)).json();
  await mailbox.goto(`${url}/_poolhouse/`);
  await mailbox.getByText(email).first().waitFor();
  await decent(mailbox);
  assert.ok((await mailbox.locator("body").innerText()).includes(seen.message.code), "the mailbox shows the code");
  await picture(mailbox, "mailbox");
  await mailbox.close();
  return seen.message;
}

test("sign up, read the code, confirm, sign in, land in the application", async () => {
  const { start } = await place({
    Schema: [
      { Name: "email", AttributeDataType: "String", Required: true, Mutable: true },
      { Name: "given_name", AttributeDataType: "String", Required: true, Mutable: true },
    ],
  });
  const [name, email] = [fresh("ada"), newEmail()];
  const { page, close } = await visit(LOOKS["desktop-light"]);
  await page.goto(start);
  await decent(page);
  await page.getByRole("link", { name: "Sign up" }).click();
  await decent(page);
  await page.locator("[name=username]").fill(name);
  await page.locator("[name='requiredAttributes[email]']").fill(email);
  await page.locator("[name='requiredAttributes[given_name]']").fill("Ada");
  await page.locator("[name=password]").fill("short");
  await page.locator("[name=signUpButton]").click();
  await page.getByText("Password did not conform with policy: Password not long enough").waitFor();
  assert.equal(await page.locator("[name='requiredAttributes[email]']").inputValue(), email, "what was typed is kept");
  await decent(page);
  await picture(page, "sign-up-refused");
  await page.locator("[name=password]").fill(PASSWORD);
  await page.locator("[name=signUpButton]").click();
  await page.locator("#verification_code").waitFor();
  await decent(page);
  await picture(page, "confirm");
  const first = await readCode(page.context(), email);
  await page.locator("#verification_code").fill(first.code.replace(/.$/, (digit) => (Number(digit) + 1) % 10));
  await page.getByRole("button", { name: "Confirm" }).click();
  await page.getByText("Invalid verification code provided, please try again.").waitFor();
  await page.getByRole("button", { name: /resend|new code/i }).click();
  const second = await readCode(page.context(), email, first.id);
  await page.locator("#verification_code").fill(second.code);
  await page.getByRole("button", { name: "Confirm" }).click();
  // Some clients are signed in at once, others are asked for the password they just chose.
  await page.waitForURL((target) => target.href.startsWith(callback) || target.pathname.endsWith("/login"));
  if (!page.url().startsWith(callback)) await signIn(page, name, PASSWORD);
  await landed(page);
  // The browser is remembered: the next visit goes straight through.
  await page.goto(start);
  await landed(page);
  await close();
});

test("an unconfirmed person is led to the code", async () => {
  const { start } = await place();
  const [name, email] = [fresh("bea"), newEmail()];
  const { page, close } = await visit(LOOKS["phone-light"]);
  await page.goto(start);
  await page.getByRole("link", { name: "Sign up" }).click();
  await page.locator("[name=username]").fill(name);
  await page.locator("[name=password]").fill(PASSWORD);
  if (await page.locator("[name='requiredAttributes[email]']").count()) {
    await page.locator("[name='requiredAttributes[email]']").fill(email);
  }
  await page.locator("[name=signUpButton]").click();
  await page.goto(start);
  await signIn(page, name, PASSWORD);
  await page.locator("#verification_code").waitFor();
  await decent(page);
  await close();
});

test("a forgotten password is set anew", async () => {
  const { pool, start } = await place();
  const person = await newPerson(pool);
  const { page, close } = await visit(LOOKS["phone-dark"]);
  await page.goto(start);
  await page.getByRole("link", { name: "Forgot your password?" }).click();
  await decent(page);
  await page.locator("[name=username]").fill(person.username);
  await page.getByRole("button", { name: "Reset my password" }).click();
  await page.locator("[autocomplete=one-time-code]").waitFor();
  await decent(page);
  await picture(page, "reset");
  const sent = await readCode(page.context(), person.email);
  await page.locator("[autocomplete=one-time-code]").fill(sent.code);
  for (const field of await page.locator("input[autocomplete=new-password]").all()) await field.fill(OTHER_PASSWORD);
  await page.getByRole("button", { name: /change password/i }).click();
  await page.waitForURL((target) => target.href.startsWith(callback) || target.pathname.endsWith("/login"));
  if (!page.url().startsWith(callback)) await signIn(page, person.username, OTHER_PASSWORD);
  await landed(page);
  await close();
});

test("an invited person chooses a password", async () => {
  const { pool, start } = await place({
    Schema: [{ Name: "given_name", AttributeDataType: "String", Required: true, Mutable: true }],
  });
  const name = fresh("invited");
  await idp.send(
    new AdminCreateUserCommand({
      UserPoolId: pool,
      Username: name,
      TemporaryPassword: PASSWORD,
      UserAttributes: attributes({ email: newEmail(), email_verified: "true" }),
      MessageAction: "SUPPRESS",
    }),
  );
  const { page, close } = await visit(LOOKS["desktop-dark"]);
  await page.goto(start);
  await signIn(page, name, PASSWORD);
  const fields = page.locator("input[autocomplete=new-password]");
  await fields.first().waitFor();
  await decent(page);
  await picture(page, "new-password");
  for (const field of await fields.all()) await field.fill(OTHER_PASSWORD);
  await page.locator("[name='requiredAttributes[given_name]']").fill("Ada");
  await page.getByRole("button", { name: /change password/i }).click();
  await landed(page);
  const user = await idp.send(new AdminGetUserCommand({ UserPoolId: pool, Username: name }));
  assert.equal(user.UserStatus, "CONFIRMED");
  await close();
});

test("the pages work by keyboard alone", async () => {
  const { pool, start } = await place();
  const person = await newPerson(pool);
  const { page, close } = await visit(LOOKS["desktop-light"]);
  await page.goto(start);
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute("name"));
  for (let press = 0; press < 6 && (await focused()) !== "username"; press += 1) await page.keyboard.press("Tab");
  await page.keyboard.type(person.username);
  for (let press = 0; press < 6 && (await focused()) !== "password"; press += 1) await page.keyboard.press("Tab");
  await page.keyboard.type(person.password);
  await page.keyboard.press("Enter");
  await landed(page);
  await close();
});

test("the pages work without JavaScript", async () => {
  const { pool, start } = await place();
  const person = await newPerson(pool);
  const { page, close } = await visit(LOOKS["desktop-light"], { javaScriptEnabled: false });
  await page.goto(start);
  await signIn(page, person.username, "Wrong-Horse1!");
  await page.getByText("Incorrect username or password.").waitFor();
  await picture(page, "sign-in-refused");
  await signIn(page, person.username, person.password);
  await landed(page);
  await close();
});

test("every page in four looks", async () => {
  const { pool, client, start } = await place();
  const query = new URL(start).search;
  const pages = {
    "sign-in": `/login${query}`,
    "sign-up": `/signup${query}`,
    forgot: `/forgotPassword${query}`,
    error: `/error?error=redirect_mismatch&client_id=${client.ClientId}`,
  };
  for (const [look, settings] of Object.entries(LOOKS)) {
    const { page, close } = await visit(settings);
    for (const [name, path] of Object.entries(pages)) {
      await page.goto(`${url}/${pool}${path}`);
      await decent(page);
      await picture(page, `${name}-${look}`);
    }
    await page.goto(`${url}/_poolhouse/`);
    await decent(page);
    await picture(page, `mailbox-${look}`);
    await close();
  }
});
