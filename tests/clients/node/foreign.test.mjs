// What a page of somebody else can do with a person's Chromium: nothing (docs/security.md, A5, C7, C13).
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { ListUserPoolsCommand } from "@aws-sdk/client-cognito-identity-provider";
import { launch } from "./browser.mjs";
import { PASSWORD, fresh, idp, newPerson, newPool, newWebClient, url } from "./world.mjs";

let browser, site, evil, seen, page;

before(async () => {
  browser = await launch();
  // Their site: another port, and by its address another site too. It remembers what it is told.
  seen = [];
  site = createServer((request, response) => {
    seen.push({ url: request.url, referer: request.headers.referer });
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end(page ?? "<!doctype html><title>Theirs</title><h1>Hello</h1>");
  });
  await new Promise((done) => site.listen(0, "127.0.0.1", done));
  evil = `http://127.0.0.1:${site.address().port}`;
});

after(async () => {
  await browser?.close();
  site?.close();
});

async function visit() {
  const context = await browser.newContext();
  const tab = await context.newPage();
  tab.setDefaultTimeout(15_000);
  return { context, tab };
}

test("a page elsewhere makes no pool", async () => {
  const { context, tab } = await visit();
  await tab.goto(evil);
  const name = fresh("stolen");
  const posted = tab.waitForRequest((request) => request.resourceType() === "document" && request.method() === "POST");
  const tries = await tab.evaluate(
    async ({ target, name }) => {
      const body = JSON.stringify({ PoolName: name });
      const operation = { "x-amz-target": "AWSCognitoIdentityProviderService.CreateUserPool" };
      const signed = { authorization: "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/cognito-idp/aws4_request" };
      const kinds = ["application/x-amz-json-1.1", "application/json", "text/plain", "application/x-www-form-urlencoded"];
      const outcomes = [];
      for (const kind of kinds) {
        for (const headers of [{}, operation, { ...operation, ...signed }]) {
          for (const mode of ["cors", "no-cors"]) {
            for (const credentials of ["omit", "include"]) {
              const signal = AbortSignal.timeout(3000);
              const options = { method: "POST", mode, credentials, body, signal, headers: { ...headers, "content-type": kind } };
              outcomes.push(await fetch(target, options).then((answer) => answer.status, () => "refused"));
            }
          }
        }
      }
      navigator.sendBeacon(target, new Blob([body], { type: "text/plain" }));
      const frame = document.createElement("iframe");
      frame.name = "sink";
      document.body.append(frame);
      const form = document.body.appendChild(document.createElement("form"));
      Object.assign(form, { method: "post", action: target, enctype: "text/plain", target: "sink" });
      const field = form.appendChild(document.createElement("input"));
      Object.assign(field, { name: `{"PoolName":"${name}","x":"`, value: '"}' });
      form.submit();
      return outcomes;
    },
    { target: url, name },
  );
  await (await posted).response();
  assert.equal(tries.length, 48);
  assert.ok(!tries.includes(200), String(tries));
  const pools = [];
  let NextToken;
  do {
    const some = await idp.send(new ListUserPoolsCommand({ MaxResults: 60, NextToken }));
    pools.push(...some.UserPools.map(({ Name }) => Name));
    NextToken = some.NextToken;
  } while (NextToken);
  assert.ok(pools.length > 0 || NextToken === undefined);
  assert.ok(!pools.includes(name));
  await context.close();
});

test("a sign-in posted by a page elsewhere starts no session", async () => {
  const pool = await newPool();
  const app = await newWebClient(pool, `${evil}/callback`.replace("127.0.0.1", "localhost"));
  const person = await newPerson(pool);
  const query = new URLSearchParams({
    response_type: "code",
    client_id: app.ClientId,
    redirect_uri: `${evil}/callback`.replace("127.0.0.1", "localhost"),
  });
  const action = `${url}/${pool}/login?${query}`;
  // They have read a form of their own, with its token.
  const theirs = await (await fetch(action)).text();
  const [, token] = /name="_csrf"[^>]*value="([^"]+)"/.exec(theirs);
  page = `<!doctype html><title>Theirs</title><form method="post" action="${action.replaceAll("&", "&amp;")}">
    <input name="_csrf" value="${token}"><input name="username" value="${person.username}">
    <input name="password" value="${PASSWORD}"></form><script>document.forms[0].submit()</script>`;
  const { context, tab } = await visit();
  // The person has been here before and has a cookie of ours.
  await tab.goto(action);
  const [answer] = await Promise.all([
    tab.waitForResponse((response) => response.request().method() === "POST"),
    tab.goto(evil).catch(() => {}),
  ]);
  page = undefined;
  assert.equal(answer.status(), 403);
  const names = (await context.cookies()).map(({ name }) => name);
  assert.ok(names.includes("XSRF-TOKEN") && !names.includes("cognito"), String(names));
  await context.close();
});

test("what comes back in an address is told to nobody else", async () => {
  const pool = await newPool();
  const callback = `${evil}/callback`;
  const app = await newWebClient(pool, callback, { AllowedOAuthFlows: ["implicit"] });
  const person = await newPerson(pool);
  const query = new URLSearchParams({
    response_type: "token",
    client_id: app.ClientId,
    redirect_uri: callback,
    scope: "openid email",
    state: "from-the-app",
  });
  const { context, tab } = await visit();
  await tab.goto(`${url}/${pool}/oauth2/authorize?${query}`);
  await tab.locator("#signInFormUsername").fill(person.username);
  await tab.locator("#signInFormPassword").fill(person.password);
  seen.length = 0;
  await tab.locator("[name=signInSubmitButton]").click();
  await tab.waitForURL((target) => target.href.startsWith(callback));
  const answer = new URLSearchParams(new URL(tab.url()).hash.slice(1));
  assert.equal(answer.get("state"), "from-the-app");
  assert.ok(answer.get("access_token") && answer.get("id_token"));
  const asked = seen.filter((request) => request.url.startsWith("/callback"));
  assert.deepEqual(asked, [{ url: "/callback", referer: undefined }]);
  await context.close();
});
