//! Texts of KMS. Where AWS's own text is not known the text is ours (docs/differences.md).

use super::{Code, Error};

texts! {
    incorrect_key => IncorrectKey "The key ID in the request does not identify a CMK that can perform this operation.";
    dry_run => DryRunOperation "The request would have succeeded, but the DryRun option is set.";
    grant_token => InvalidGrantToken "The grant token is not valid.";
    encryption_algorithm => InvalidKeyUsage "The key only works with SYMMETRIC_DEFAULT.";
    data_key_size => Validation "Please specify either number of bytes or key spec.";
    ciphertext_missing => Validation "1 validation error detected: Value null at 'ciphertextBlob' failed to satisfy constraint: Member must not be null";
    ignored_ciphertext => Validation "IGNORE_CIPHERTEXT requires DryRun and KeyId.";
}

/// Errors without a text, and those whose text names something.
impl Error {
    /// InvalidCiphertextException, which says nothing more on AWS either.
    pub fn invalid_ciphertext() -> Self {
        Self::new(Code::InvalidCiphertext, "")
    }

    /// `Invalid keyId '{id}'`.
    pub fn invalid_key_id(id: &str) -> Self {
        Self::new(Code::NotFound, format!("Invalid keyId '{id}'"))
    }

    /// `Key '{arn}' does not exist`.
    pub fn key_not_found(arn: &str) -> Self {
        Self::new(Code::NotFound, format!("Key '{arn}' does not exist"))
    }

    /// `Alias {arn} is not found.`
    pub fn alias_not_found(arn: &str) -> Self {
        Self::new(Code::NotFound, format!("Alias {arn} is not found."))
    }
}
