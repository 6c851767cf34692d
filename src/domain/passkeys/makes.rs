//! What a passkey is called in lists, by the make of its authenticator.

/// Makes that say who they are. Source: the AAGUIDs that these providers publish.
const MAKES: [(&str, &str); 11] = [
    ("08987058cadc4b81b6e130de50dcbe96", "Windows Hello"),
    ("9ddd1817af5a4672a2b93e3dd95000a9", "Windows Hello"),
    ("6028b017b1d44c02b4b3afcdafc96bb2", "Windows Hello"),
    ("fbfc3007154e4ecc8c0b6e020557d7bd", "iCloud Keychain"),
    ("dd4ec289e01d41c9bb8970fa845d4bf2", "iCloud Keychain"),
    ("adce000235bcc60a648b0b25f1f05503", "Chrome on Mac"),
    (
        "ea9b8d664d011d213ce4b6b48cb575d4",
        "Google Password Manager",
    ),
    ("531126d6e717415c93203d9aa6981239", "Dashlane"),
    ("bada5566a7aa401fbd9645619a55120d", "1Password"),
    ("d548826e79b4db40a3d811116f7e8349", "Bitwarden"),
    ("53414d53554e47000000000000000000", "Samsung Pass"),
];

/// `FriendlyCredentialName`.
pub fn friendly_name(aaguid: &str, attachment: Option<&str>) -> &'static str {
    let known = MAKES.iter().find(|(make, _)| *make == aaguid);
    match (known, attachment) {
        (Some((_, name)), _) => name,
        (None, Some("cross-platform")) => "Security key",
        (None, _) => "Passkey",
    }
}
