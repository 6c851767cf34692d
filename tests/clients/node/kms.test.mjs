// The keys of custom senders, by the AWS Encryption SDK for JavaScript as production handlers use it.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { AlgorithmSuiteIdentifier, buildClient, CommitmentPolicy, KmsKeyringNode } from "@aws-crypto/client-node";
import { fresh, newPool, url } from "./world.mjs";

const ACCOUNT = "arn:aws:kms:us-east-1:000000000000";
const context = { "userpool-id": "us-east-1_example", purpose: "test" };
const [key, other] = ["key", "other"].map((name) => `${ACCOUNT}:key/${fresh(name)}`);

before(async () => {
  // The SDK makes its clients itself: it knows of us by the environment alone.
  process.env.AWS_ENDPOINT_URL_KMS = url;
  for (const arn of [key, other]) await newPool({ LambdaConfig: { KMSKeyID: arn } });
});

const suites = {
  "as Cognito writes": [
    AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA384_ECDSA_P384,
    CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT,
  ],
  "with commitment": [
    AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY_ECDSA_P384,
    CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT,
  ],
};

for (const [name, [suiteId, policy]] of Object.entries(suites)) {
  test(`encrypts and decrypts ${name}`, async () => {
    const { encrypt, decrypt } = buildClient(policy);
    // The generator makes the data key (GenerateDataKey), the other one wraps it too (Encrypt).
    const keyring = new KmsKeyringNode({ generatorKeyId: key, keyIds: [other] });
    const { result } = await encrypt(keyring, "123456", { suiteId, encryptionContext: context });
    for (const reader of [
      new KmsKeyringNode({ keyIds: [key] }),
      new KmsKeyringNode({ keyIds: [other] }),
      new KmsKeyringNode({ discovery: true }),
      new KmsKeyringNode({ discovery: true, discoveryFilter: { accountIDs: ["000000000000"], partition: "aws" } }),
    ]) {
      const { plaintext, messageHeader } = await decrypt(reader, result);
      assert.equal(plaintext.toString(), "123456");
      assert.equal(messageHeader.encryptionContext.purpose, "test");
    }
    await assert.rejects(decrypt(new KmsKeyringNode({ keyIds: [`${ACCOUNT}:key/unknown`] }), result));
    for (let place = 0; place < result.length; place += 7) {
      const changed = Buffer.from(result);
      changed[place] ^= 1;
      await assert.rejects(decrypt(new KmsKeyringNode({ keyIds: [key] }), changed), `byte ${place}`);
    }
  });
}
