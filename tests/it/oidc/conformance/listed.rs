//! `docs/conformance.md` names every module of the three plans, and the test that is it.

use std::collections::BTreeMap;
use std::path::Path;

/// How many modules the plans have.
const PLANS: [(&str, usize); 3] = [
    ("Basic OP", 38),
    ("Config OP", 1),
    ("RP-Initiated Logout OP", 11),
];

/// The tests of this folder by module, with the file that each is in.
fn tests() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/oidc/conformance");
    let mut tests = BTreeMap::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let named = text.split("#[tokio::test]\nasync fn oidcc_").skip(1);
        for name in named.map(|rest| rest.split("()").next().unwrap()) {
            let module = format!("oidcc-{}", name.replace('_', "-"));
            assert_eq!(tests.insert(module, stem.clone()), None, "{name} twice");
        }
    }
    tests
}

#[test]
fn the_page_and_the_tests_agree() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/conformance.md");
    let page = std::fs::read_to_string(page).unwrap();
    let mut listed = BTreeMap::new();
    for (plan, count) in PLANS {
        let (_, section) = page.split_once(&format!("\n## {plan}")).unwrap();
        let section = section.split("\n## ").next().unwrap();
        let rows = section.lines().filter(|line| line.starts_with("| `oidcc-"));
        let before = listed.len();
        for row in rows {
            let cells: Vec<&str> = row.split('|').map(str::trim).collect();
            let [_, module, result, test, reason, _] = cells[..] else {
                panic!("{row}");
            };
            let module = module.trim_matches('`').to_owned();
            let known = matches!(result, "passes" | "skipped" | "refused");
            assert!(known, "{row}");
            assert!(result == "passes" || !reason.is_empty(), "{row}");
            let file = test.trim_matches('`').to_owned();
            assert_eq!(listed.insert(module, file), None, "{row}");
        }
        assert_eq!(listed.len() - before, count, "{plan}");
    }
    assert_eq!(listed, tests());
}

/// Every requirement of RFC 9700 has a test that exists, or a reason why there is none.
#[test]
fn the_requirements_of_rfc_9700_have_their_tests() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/conformance.md")).unwrap();
    let (_, section) = page.split_once("\n## RFC 9700").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| "));
    let rows: Vec<&str> = rows.skip(1).collect();
    for row in &rows {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [_, _, _, strict, parity, tests, reason, _] = cells[..] else {
            panic!("{row}");
        };
        let known = |state: &str| matches!(state, "holds" | "differs" | "no");
        assert!(known(strict) && known(parity), "{row}");
        let holds = [strict, parity] == ["holds"; 2];
        assert!(holds || !reason.is_empty(), "{row}");
        assert!((strict == "no") == tests.is_empty(), "{row}");
        for named in tests.split("; ").filter(|named| !named.is_empty()) {
            let (file, names) = named.split_once("`: ").unwrap();
            let file = root.join("tests/it").join(file.trim_matches('`'));
            let text = std::fs::read_to_string(&file).unwrap();
            for name in names.split(", ") {
                let name = format!("fn {}(", name.trim_matches('`'));
                assert!(text.contains(&name), "{row}");
            }
        }
    }
    assert!(rows.len() > 25, "{}", rows.len());
}
