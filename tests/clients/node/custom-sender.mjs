// A custom sender as it runs in production: nothing in it knows where it is.
import { buildClient, CommitmentPolicy, KmsKeyringNode } from "@aws-crypto/client-node";

const { decrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT);
const keyring = new KmsKeyringNode({ generatorKeyId: process.env.KEY_ALIAS, keyIds: [process.env.KEY_ARN ?? ""] });

/**
 * Where messages go; a real one would call its mail house.
 * @type {{ message: (sent: { to: string, text: string, source: string }) => Promise<void> }}
 */
export const deliver = { message: async () => {} };

const unescaped = (text) =>
  text.replace(/&(lt|gt|quot|amp);/g, (_, name) => ({ lt: "<", gt: ">", quot: '"', amp: "&" })[name]);

/** @typedef {Exclude<import("aws-lambda").CustomEmailSenderTriggerEvent, { triggerSource: "CustomEmailSender_AccountTakeOverNotification" }>} EmailEvent */

/** @type {import("aws-lambda").Handler<EmailEvent | import("aws-lambda").CustomSMSSenderTriggerEvent, void>} */
export const handler = async (event) => {
  const { code, userAttributes } = event.request;
  if (!code) return;
  const { plaintext, messageHeader } = await decrypt(keyring, Buffer.from(code, "base64"));
  if (messageHeader.encryptionContext["userpool-id"] !== event.userPoolId) {
    throw new Error("This code is another pool's.");
  }
  const [sender, reason] = event.triggerSource.split("_");
  const clear = plaintext.toString("utf8");
  await deliver.message({
    to: sender === "CustomSMSSender" ? userAttributes.phone_number : userAttributes.email,
    text: reason === "AdminCreateUser" ? unescaped(clear) : clear,
    source: event.triggerSource,
  });
};
