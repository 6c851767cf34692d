// Signing in by a link: the answer to the challenge is the secret in the link, which only the mailbox's owner has.
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

const APP = process.env.APP_URL ?? "http://localhost:3000/link";
const MINUTES = 10;

const hash = (text) => createHash("sha256").update(text).digest("hex");

/** @type {import("aws-lambda").DefineAuthChallengeTriggerHandler} */
export async function define(event) {
  const [last] = event.request.session.slice(-1);
  event.response.issueTokens = last?.challengeResult === true && !event.request.userNotFound;
  // One link, one try.
  event.response.failAuthentication = last !== undefined && !event.response.issueTokens;
  if (!last) event.response.challengeName = "CUSTOM_CHALLENGE";
  return event;
}

/// How a link reaches its owner. Replace it by a mail.
export const post = { link: (email, link) => console.log(`to ${email}: ${link}`) };

/** @type {import("aws-lambda").CreateAuthChallengeTriggerHandler} */
export async function create(event) {
  const secret = randomBytes(24).toString("base64url");
  const { email } = event.request.userAttributes;
  if (email) post.link(email, `${APP}?secret=${secret}`);
  event.response.publicChallengeParameters = { medium: "EMAIL" };
  // Only the hash is kept, and never leaves the server.
  const until = String(Date.now() + MINUTES * 60_000);
  event.response.privateChallengeParameters = { hash: hash(secret), until };
  event.response.challengeMetadata = "MAGIC_LINK";
  return event;
}

/** @type {import("aws-lambda").VerifyAuthChallengeResponseTriggerHandler} */
export async function verify(event) {
  const { hash: expected, until } = event.request.privateChallengeParameters;
  const given = Buffer.from(hash(event.request.challengeAnswer));
  const right = timingSafeEqual(given, Buffer.from(expected));
  event.response.answerCorrect = right && Date.now() < Number(until);
  return event;
}
