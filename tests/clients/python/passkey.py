"""A passkey in software: what `navigator.credentials` would give, for ES256."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _head(major: int, n: int) -> bytes:
    return bytes([major << 5 | n]) if n < 24 else bytes([major << 5 | 24, n]) if n < 256 else bytes([major << 5 | 25]) + n.to_bytes(2, "big")


def cbor(value) -> bytes:
    if isinstance(value, int):
        return _head(0, value) if value >= 0 else _head(1, -1 - value)
    if isinstance(value, bytes):
        return _head(2, len(value)) + value
    if isinstance(value, str):
        return _head(3, len(value.encode())) + value.encode()
    return _head(5, len(value)) + b"".join(cbor(k) + cbor(v) for k, v in value.items())


class Passkey:
    def __init__(self, origin: str):
        self.origin, self.id, self.count = origin, secrets.token_bytes(24), 0
        self.key = ec.generate_private_key(ec.SECP256R1())

    def _said(self, kind: str, challenge: str, rp_id: str, flags: int) -> tuple[bytes, bytes]:
        client = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        data = hashlib.sha256(rp_id.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")
        return json.dumps(client).encode(), data

    def _credential(self, response: dict) -> dict:
        id = b64(self.id)
        return {"id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {}, "response": response}

    def create(self, options: dict) -> dict:
        """RegistrationResponseJSON."""
        client, data = self._said(
            "webauthn.create", options["challenge"], options["rp"]["id"], PRESENT | VERIFIED | ATTESTED
        )
        point = self.key.public_key().public_numbers()
        key = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        data += bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor(key)
        attestation = cbor({"fmt": "none", "attStmt": {}, "authData": data})
        return self._credential(
            {"clientDataJSON": b64(client), "attestationObject": b64(attestation), "transports": ["internal"]}
        )

    def get(self, options: dict) -> dict:
        """AuthenticationResponseJSON."""
        assert {"type": "public-key", "id": b64(self.id), "transports": ["internal"]} in options["allowCredentials"]
        self.count += 1
        client, data = self._said("webauthn.get", options["challenge"], options["rpId"], PRESENT | VERIFIED)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._credential(
            {"clientDataJSON": b64(client), "authenticatorData": b64(data), "signature": b64(signature)}
        )
