//! Who may use whom: the arrows between the modules of `src`, held against a table.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The vocabulary: usable by all, uses nothing but itself.
const VOCABULARY: &[&str] = &["error", "ids", "secret", "settings", "text", "time"];

/// What each module may use beside itself and the vocabulary.
const ALLOWED: &[(&str, &[&str])] = &[
    ("error", &["ids"]),
    ("ids", &[]),
    ("secret", &[]),
    ("settings", &["ids", "time"]),
    ("text", &[]),
    ("time", &[]),
    ("ports", &[]),
    ("hashing", &[]),
    ("jobs", &[]),
    ("signing", &["ports"]),
    ("turns", &[]),
    ("vault", &["ports"]),
    ("private", &["ports"]),
    ("addresses", &["config"]),
    ("home", &["config", "private"]),
    ("tls", &["config", "entrance", "ports", "private"]),
    ("reservoir", &["ports", "vault"]),
    ("config", &["hashing", "ports", "store"]),
    ("store", &["ports", "signing", "vault"]),
    (
        "app",
        &[
            "config", "hashing", "jobs", "ports", "signing", "store", "turns", "vault",
        ],
    ),
    (
        "domain",
        &["app", "hashing", "ports", "signing", "store", "vault"],
    ),
    ("wire", &["app", "config", "domain", "store"]),
    ("api", &["app", "domain", "ports", "store", "wire"]),
    ("identity", &["app", "domain", "ports", "wire"]),
    ("kms", &["app", "domain", "wire"]),
    ("site", &["app", "domain", "store"]),
    ("oidc", &["app", "domain", "ports", "site", "store"]),
    ("web", &["app", "domain", "ports", "site", "store", "wire"]),
    (
        "server",
        &[
            "api", "app", "config", "identity", "kms", "oidc", "site", "tls", "web", "wire",
        ],
    ),
    ("entrance", &[]),
    ("cli", &["config", "hashing", "ports", "store"]),
    ("banner", &["addresses", "app", "domain"]),
    (
        "serve",
        &[
            "addresses",
            "app",
            "banner",
            "boot",
            "config",
            "entrance",
            "home",
            "ports",
            "reservoir",
            "server",
            "domain",
            "store",
            "tls",
        ],
    ),
    (
        "boot",
        &[
            "app", "config", "domain", "hashing", "jobs", "ports", "private", "signing", "store",
            "turns", "vault",
        ],
    ),
];

/// Faces see the store's rows (plain data) and never its statements.
const FACES: &[&str] = &["api", "identity", "kms", "oidc", "site", "web"];

#[test]
fn modules_use_only_what_the_table_allows() {
    let mut wrong = Vec::new();
    for file in sources() {
        let module = module_of(&file);
        if module == "lib" || module == "main" {
            continue;
        }
        let text = without_tests(&std::fs::read_to_string(&file).unwrap());
        let allowed: &[&str] = ALLOWED
            .iter()
            .find(|(name, _)| *name == module)
            .map_or_else(|| panic!("{module} is not in the table"), |(_, uses)| uses);
        for used in uses(&text) {
            let fine = used == module
                || VOCABULARY.contains(&used.as_str()) && !VOCABULARY.contains(&module.as_str())
                || allowed.contains(&used.as_str());
            if !fine {
                wrong.push(format!("{} uses {used}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn frameworks_stay_in_their_layer() {
    let layers: BTreeMap<&str, &[&str]> = BTreeMap::from([
        ("sqlx::", ["store"].as_slice()),
        (
            "axum::",
            &[
                "wire", "entrance", "serve", "server", "site", "oidc", "tls", "web",
            ],
        ),
        ("askama::", &["web"]),
        ("lettre::", &["ports"]),
        ("rcgen::", &["tls"]),
        ("tokio_rustls::", &["serve", "tls"]),
        ("reqwest::", &["ports"]),
    ]);
    let mut wrong = Vec::new();
    for file in sources() {
        let module = module_of(&file);
        let text = without_tests(&std::fs::read_to_string(&file).unwrap());
        for (name, homes) in &layers {
            if text.contains(name) && !homes.contains(&module.as_str()) && module != "main" {
                wrong.push(format!("{} names {name}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A face may name a row struct of the store, and the actor of audit rows; it never opens the
/// store or calls its functions.
#[test]
fn faces_never_open_the_store() {
    let mut wrong = Vec::new();
    for file in sources() {
        let module = module_of(&file);
        if !FACES.contains(&module.as_str()) {
            continue;
        }
        let text = without_tests(&std::fs::read_to_string(&file).unwrap());
        for forbidden in [".store.read(", ".store.write(", "store::db", "statements!"] {
            if text.contains(forbidden) {
                wrong.push(format!("{} has {forbidden}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn sources() -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files
}

fn module_of(file: &Path) -> String {
    let inside = file
        .strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
        .unwrap();
    let first = inside
        .components()
        .next()
        .unwrap()
        .as_os_str()
        .to_string_lossy()
        .into_owned();
    first.trim_end_matches(".rs").to_owned()
}

fn without_tests(text: &str) -> String {
    text.split("#[cfg(test)]").next().unwrap().to_owned()
}

/// The first path segment after each `crate::`, also inside `use crate::{a, b}`.
fn uses(text: &str) -> BTreeSet<String> {
    let code: String = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n");
    let mut used = BTreeSet::new();
    for part in code.split("crate::").skip(1) {
        let names: Vec<&str> = match part.strip_prefix('{') {
            Some(list) => list.split('}').next().unwrap().split(',').collect(),
            None => vec![part],
        };
        for name in names {
            let name = name.trim();
            let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            let name = &name[..end.unwrap_or(name.len())];
            if !["args", "statements", "names", "shape", "operations", ""].contains(&name) {
                used.insert(name.to_owned());
            }
        }
    }
    used
}

/// Randomness comes from `ports::rng`. What signs asks its own library, for blinding alone.
#[test]
fn randomness_has_one_source() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    for file in sources() {
        let inside = file
            .strip_prefix(&root)
            .unwrap()
            .to_string_lossy()
            .into_owned();
        let text = without_tests(&std::fs::read_to_string(&file).unwrap());
        for source in [
            "getrandom",
            "SystemRandom",
            "SeededRandom",
            "thread_rng",
            "rand::rng",
            "fastrand",
        ] {
            let fine = match source {
                "getrandom" | "SeededRandom" => inside == "ports/rng.rs",
                "SystemRandom" => inside == "signing.rs",
                _ => false,
            };
            if text.contains(source) && !fine {
                wrong.push(format!("{inside} uses {source}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
