//! Strict JSON.
/// Reads a body.
pub fn read(bytes: &[u8]) -> Result<serde_json::Value, serde_json::Error> {
    serde_json::from_slice(bytes)
}
