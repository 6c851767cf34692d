// Every page in every state, from the one table that the preview of a look serves (src/web/samples).
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { CreateManagedLoginBrandingCommand, DescribeUserPoolCommand, UpdateUserPoolDomainCommand } from "@aws-sdk/client-cognito-identity-provider";
import { application, launch } from "./browser.mjs";
import { idp, newPool, newWebClient, url } from "./world.mjs";

export let browser, names;
let app, home;

/// Opens the preview of an app client on managed login, for all tests of a file.
export function open() {
  before(async () => {
    browser = await launch();
    app = await application();
    const pool = await newPool();
    const { ClientId } = await newWebClient(pool, app.callback);
    const { Domain } = (await idp.send(new DescribeUserPoolCommand({ UserPoolId: pool }))).UserPool;
    await idp.send(new UpdateUserPoolDomainCommand({ UserPoolId: pool, Domain, ManagedLoginVersion: 2 }));
    await idp.send(new CreateManagedLoginBrandingCommand({ UserPoolId: pool, ClientId, UseCognitoProvidedValues: true }));
    home = `${url}/_poolhouse/branding/${ClientId}`;
    const overview = await (await fetch(home)).text();
    names = [...new Set([...overview.matchAll(/\?page=([a-z_]+)/g)].map(([, name]) => name))];
    assert.ok(names.length > 60, `${names.length} samples`);
  });

  after(async () => {
    await browser?.close();
    app?.close();
  });
}

export const at = (name, lang = "en") => `${home}/pages/${name}?lang=${lang}`;
export const isHosted = (name) => !/^(mailbox|message|preview)/.test(name);

/// Shows every sample to `look`, in one page of these options.
export async function all(options, look, wanted = () => true) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  for (const name of names.filter(wanted)) {
    await page.goto(at(name));
    await look(page, name);
  }
  await context.close();
}
