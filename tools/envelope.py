#!/usr/bin/env python3
"""Prints a message of the AWS Encryption SDK in which nothing is random but the signature.

    pip install aws-encryption-sdk==4.0.7
    python tools/envelope.py > src/domain/envelope/vector.json

The unit tests of src/domain/envelope.rs write the same message from the same inputs and compare it byte by byte up to
the signature, and verify the SDK's signature with the key that the message names.
"""

import base64
import json
from unittest import mock

import aws_encryption_sdk
from aws_encryption_sdk.identifiers import Algorithm, CommitmentPolicy
from aws_encryption_sdk.key_providers.base import MasterKey, MasterKeyConfig
from aws_encryption_sdk.structures import DataKey, EncryptedDataKey, MasterKeyInfo
from cryptography.hazmat.primitives.asymmetric import ec

ARN = "arn:aws:kms:us-east-1:000000000000:key/0f3b7a1c-5d2e-4c6f-8a9b-1c2d3e4f5a6b"
SCALAR = bytes(range(1, 49))
DATA_KEY = bytes(range(32))
WRAPPED = b"a data key, wrapped"
MESSAGE_ID = bytes(range(100, 116))
POOL = "us-east-1_aB3dE6gH9"


class Fixed(MasterKey):
    """Hands out one data key and says that KMS wrapped it."""

    provider_id = "aws-kms"
    _config_class = MasterKeyConfig

    def _generate_data_key(self, algorithm, encryption_context):
        return DataKey(MasterKeyInfo(self.provider_id, ARN.encode()), DATA_KEY, WRAPPED)

    def _encrypt_data_key(self, data_key, algorithm, encryption_context):
        return EncryptedDataKey(MasterKeyInfo(self.provider_id, ARN.encode()), WRAPPED)

    def _decrypt_data_key(self, encrypted_data_key, algorithm, encryption_context):
        raise NotImplementedError


class Config(MasterKeyConfig):
    provider_id = "aws-kms"


Fixed._config_class = Config


def message(plain: bytes) -> bytes:
    curve = ec.SECP384R1()
    key = ec.derive_private_key(int.from_bytes(SCALAR, "big"), curve)
    client = aws_encryption_sdk.EncryptionSDKClient(commitment_policy=CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT)
    with (
        mock.patch("aws_encryption_sdk.materials_managers.default.generate_ecc_signing_key", return_value=key),
        mock.patch("aws_encryption_sdk.internal.utils.os.urandom", side_effect=lambda count: MESSAGE_ID[:count]),
    ):
        encrypted, _ = client.encrypt(
            source=plain,
            key_provider=Fixed(key_id=ARN.encode()),
            algorithm=Algorithm.AES_256_GCM_IV12_TAG16_HKDF_SHA384_ECDSA_P384,
            encryption_context={"userpool-id": POOL},
        )
    return encrypted


def main():
    vector = {
        "key_arn": ARN,
        "pool": POOL,
        "scalar": SCALAR.hex(),
        "data_key": DATA_KEY.hex(),
        "wrapped": WRAPPED.hex(),
        "message_id": MESSAGE_ID.hex(),
        "messages": [
            {"plain": plain, "message": base64.b64encode(message(plain.encode())).decode()}
            for plain in ("123456", "Tmp&lt;pass&gt;1&quot;é")
        ],
    }
    print(json.dumps(vector, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
