"""The keys of custom senders, by boto3 and by the AWS Encryption SDK as production code uses it."""

from __future__ import annotations

import aws_encryption_sdk
import botocore.session
import pytest
from aws_encryption_sdk.exceptions import AWSEncryptionSDKClientError
from aws_encryption_sdk.identifiers import Algorithm, CommitmentPolicy
from botocore.exceptions import ClientError

from world import connect, fresh, refused

ACCOUNT = "arn:aws:kms:us-east-1:000000000000"
CONTEXT = {"userpool-id": "us-east-1_example", "purpose": "test"}


@pytest.fixture
def kms(url):
    return connect(url, service="kms")


@pytest.fixture
def key(world) -> str:
    """A key, which is there because a pool has it."""
    arn = f"{ACCOUNT}:key/{fresh('key')}"
    world.pool(LambdaConfig={"KMSKeyID": arn})
    return arn


@pytest.fixture
def session(url, monkeypatch):
    """What the SDK makes its clients of: it knows of us by the environment alone."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", url)
    return botocore.session.get_session()


def strict(session, *keys):
    return aws_encryption_sdk.StrictAwsKmsMasterKeyProvider(key_ids=list(keys), botocore_session=session)


def discovery(session):
    return aws_encryption_sdk.DiscoveryAwsKmsMasterKeyProvider(botocore_session=session)


def test_a_key_is_there_while_a_pool_has_it(world, kms):
    name = fresh("alias/codes-")
    with refused("NotFound", f"Alias {ACCOUNT}:{name} is not found."):
        kms.describe_key(KeyId=name)
    pool = world.pool(LambdaConfig={"KMSKeyID": f"{ACCOUNT}:{name}"})
    described = kms.describe_key(KeyId=name)["KeyMetadata"]
    assert described == kms.describe_key(KeyId=described["Arn"])["KeyMetadata"]
    assert (described["KeyState"], described["KeySpec"]) == ("Enabled", "SYMMETRIC_DEFAULT")
    world.idp.delete_user_pool(UserPoolId=pool.id)
    with refused("NotFound", f"Key '{described['Arn']}' does not exist"):
        kms.describe_key(KeyId=described["KeyId"])


def test_what_a_key_encrypts(kms, key):
    made = kms.encrypt(KeyId=key, Plaintext=b"secret", EncryptionContext=CONTEXT)
    opened = kms.decrypt(CiphertextBlob=made["CiphertextBlob"], EncryptionContext=CONTEXT)
    assert (opened["Plaintext"], opened["KeyId"], opened["EncryptionAlgorithm"]) == (b"secret", key, "SYMMETRIC_DEFAULT")
    with refused("InvalidCiphertext", ""):
        kms.decrypt(CiphertextBlob=made["CiphertextBlob"], EncryptionContext={})
    for client_error in (kms.exceptions.InvalidCiphertextException, ClientError):
        with pytest.raises(client_error):
            kms.decrypt(CiphertextBlob=b"x")


def test_the_wrong_key(world, kms, key):
    other = f"{ACCOUNT}:key/{fresh('other')}"
    world.pool(LambdaConfig={"KMSKeyID": other})
    blob = kms.encrypt(KeyId=key, Plaintext=b"secret")["CiphertextBlob"]
    text = "The key ID in the request does not identify a CMK that can perform this operation."
    with refused("IncorrectKey", text):
        kms.decrypt(CiphertextBlob=blob, KeyId=other)


def test_data_keys(kms, key):
    made = kms.generate_data_key(KeyId=key, KeySpec="AES_256", EncryptionContext=CONTEXT)
    assert len(made["Plaintext"]) == 32
    opened = kms.decrypt(CiphertextBlob=made["CiphertextBlob"], EncryptionContext=CONTEXT)
    assert opened["Plaintext"] == made["Plaintext"]
    made = kms.generate_data_key_without_plaintext(KeyId=key, NumberOfBytes=24)
    assert len(kms.decrypt(CiphertextBlob=made["CiphertextBlob"])["Plaintext"]) == 24
    with refused("Validation", "Please specify either number of bytes or key spec."):
        kms.generate_data_key(KeyId=key)


def test_what_is_not_built_says_so(kms):
    with refused("NotImplemented", "ListKeys is not implemented by Poolhouse yet"):
        kms.list_keys()


@pytest.mark.parametrize("algorithm", [
    Algorithm.AES_256_GCM_IV12_TAG16_HKDF_SHA384_ECDSA_P384,
    Algorithm.AES_256_GCM_HKDF_SHA512_COMMIT_KEY_ECDSA_P384,
])  # fmt: skip
def test_the_sdk_encrypts_and_decrypts(world, session, key, algorithm):
    other = f"{ACCOUNT}:key/{fresh('other')}"
    world.pool(LambdaConfig={"KMSKeyID": other})
    policy = CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT
    if not algorithm.is_committing():
        policy = CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT
    client = aws_encryption_sdk.EncryptionSDKClient(commitment_policy=policy)
    # The first key makes the data key (GenerateDataKey), the second wraps it too (Encrypt).
    message, _ = client.encrypt(
        source=b"123456",
        key_provider=strict(session, key, other),
        algorithm=algorithm,
        encryption_context=CONTEXT,
    )
    for provider in (strict(session, key), strict(session, other), discovery(session)):
        plain, header = client.decrypt(source=message, key_provider=provider)
        assert plain == b"123456"
        assert header.encryption_context.items() >= CONTEXT.items()
    unknown = strict(session, f"{ACCOUNT}:key/unknown")
    with pytest.raises(AWSEncryptionSDKClientError):
        client.decrypt(source=message, key_provider=unknown)
    for place in range(0, len(message), 7):
        changed = bytearray(message)
        changed[place] ^= 1
        with pytest.raises(Exception):  # noqa: B017  each place breaks something else
            client.decrypt(source=bytes(changed), key_provider=strict(session, key))
