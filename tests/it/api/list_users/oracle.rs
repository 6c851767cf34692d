//! Five hundred crafted filters against plain loops over a list (security.md H10).

use poolhouse::domain::usernames::fold;
use poolhouse::store::users::{Status, User};
use serde_json::json;

use super::world::{World, names};

/// Values that mean something to SQL, to patterns, to parsers, to collations or to case folding.
const VALUES: [&str; 44] = [
    "%",
    "_",
    "%%",
    "a%",
    "a_",
    "a%b",
    "a_b",
    "axb",
    "A",
    "a",
    "aa",
    "aA",
    "AB",
    "ab",
    "a b",
    " a",
    "' OR 1=1 --",
    "\" OR \"1\"=\"1",
    "'; DROP TABLE users; --",
    "\\",
    "\\\\",
    "a\\",
    "\"",
    "\"\"",
    "^=",
    "a = \"b\"",
    "*",
    "a*",
    "[a-z]",
    "ß",
    "SS",
    "ſ",
    "K",
    "K",
    "É",
    "e\u{301}",
    "éa",
    "İ",
    "ı",
    "ﬁ",
    "ﾊﾟ",
    "🦀",
    "\u{10ffff}",
    "\u{7f}",
];
const NAMES: [&str; 7] = [
    "username",
    "email",
    "phone_number",
    "name",
    "given_name",
    "family_name",
    "preferred_username",
];
const LIFE: [Status; 5] = [
    Status::Unconfirmed,
    Status::Confirmed,
    Status::ExternalProvider,
    Status::ResetRequired,
    Status::ForceChangePassword,
];

/// The same numbers in each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }

    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }

    fn value(&mut self) -> String {
        let parts = 1 + self.below(3);
        (0..parts).map(|_| self.pick(&VALUES)).collect()
    }
}

fn population(w: &mut World, dice: &mut Dice) -> Vec<User> {
    let mut users: Vec<User> = Vec::new();
    while users.len() < 150 {
        let values: Vec<_> = NAMES.iter().map(|name| (*name, dice.value())).collect();
        let username = format!("{}{}", dice.value(), users.len());
        let mut attributes: Vec<_> = values.iter().map(|(n, v)| (*n, v.as_str())).collect();
        attributes.retain(|(name, _)| *name != "username" && dice.below(4) > 0);
        let mut user = w.user(&username, &attributes);
        user.status = LIFE[dice.below(5)];
        user.enabled = dice.below(3) > 0;
        users.push(user);
    }
    users
}

/// A value's form for comparison, or none where the user has none.
fn compared(user: &User, name: &str) -> Option<String> {
    let value = match name {
        "username" => return Some(user.username.clone()),
        "sub" => return Some(user.sub.to_string()),
        "status" => return Some(if user.enabled { "Enabled" } else { "Disabled" }.to_owned()),
        "cognito:user_status" => user.status.as_str(),
        _ => user.attributes.get(name)?,
    };
    Some(fold(value))
}

fn wanted(users: &[User], name: &str, prefix: bool, value: &str) -> Vec<String> {
    let value = if ["username", "status"].contains(&name) {
        value.to_owned()
    } else {
        fold(value)
    };
    let mut found: Vec<_> = users
        .iter()
        .filter_map(|user| Some((compared(user, name)?, user.sub.as_str(), &user.username)))
        .filter(|(own, ..)| {
            if prefix {
                own.starts_with(&value)
            } else {
                *own == value
            }
        })
        .collect();
    found.sort();
    found
        .into_iter()
        .map(|(.., username)| username.clone())
        .collect()
}

/// Something a user has, changed a little, or something else.
fn asked(dice: &mut Dice, users: &[User], name: &str) -> String {
    let user = &users[dice.below(users.len())];
    let own = match name {
        "username" => user.username.clone(),
        _ => user
            .attributes
            .get(name)
            .cloned()
            .or_else(|| compared(user, name))
            .unwrap_or_default(),
    };
    match dice.below(8) {
        0..3 => own,
        3 => own.to_uppercase(),
        4 => own.to_lowercase(),
        5 | 6 => own.chars().take(dice.below(4)).collect(),
        _ => dice.value(),
    }
}

#[tokio::test]
async fn five_hundred_filters_find_what_plain_loops_find() {
    let mut w = World::new(json!({})).await;
    let mut dice = Dice(1);
    let users = population(&mut w, &mut dice);
    w.add(&users).await;
    let mut names_asked = NAMES.to_vec();
    names_asked.extend(["sub", "status", "cognito:user_status"]);
    let (mut asked_for, mut hits) = (0, 0);
    while asked_for < 500 {
        let name = dice.pick(&names_asked);
        let prefix = dice.below(2) == 0;
        let value = asked(&mut dice, &users, name);
        let escaped = value.replace('\\', r"\\").replace('"', "\\\"");
        let operator = dice.pick(if prefix {
            &["^=", " ^= "]
        } else {
            &["=", " = "]
        });
        let filter = format!("{name}{operator}\"{escaped}\"");
        if filter.chars().count() > 256 {
            continue;
        }
        asked_for += 1;
        let expected = wanted(&users, name, prefix, &value);
        hits += usize::from(!expected.is_empty());
        assert_eq!(
            all(&w, &filter, 7 + dice.below(54)).await,
            expected,
            "{filter}"
        );
    }
    assert!(hits > 300, "{hits}");
}

/// Everybody whom a filter finds, page by page.
async fn all(w: &World, filter: &str, limit: usize) -> Vec<String> {
    let mut request = json!({ "Filter": filter, "Limit": limit });
    let mut found = Vec::new();
    loop {
        let answer = w.list(request.clone()).await;
        found.extend(names(&answer));
        match answer.get("PaginationToken") {
            Some(token) => request["PaginationToken"] = token.clone(),
            None => return found,
        }
    }
}

/// Keys are cut: what was cut off still counts.
#[tokio::test]
async fn long_values_are_compared_to_their_end() {
    let mut w = World::new(json!({})).await;
    // One character of three bytes that folds to thirty-three.
    let (short, long) = ("\u{fdfa}", "\u{fdfa}".repeat(60));
    let values = [
        ("a", format!("{long}x")),
        ("b", format!("{long}y")),
        ("c", long.clone()),
        ("d", long.chars().take(31).collect()),
        ("e", long.chars().take(32).collect()),
        ("f", format!("{}z", "x".repeat(1024))),
        ("g", "x".repeat(1024)),
        ("h", "x".repeat(1025)),
        ("i", "x".repeat(2048)),
    ];
    let users: Vec<_> = values
        .iter()
        .map(|(name, value)| w.user(name, &[("name", value)]))
        .collect();
    w.add(&users).await;
    for (filter, expected) in [
        (format!("name = \"{long}x\""), vec!["a"]),
        (format!("name = \"{long}y\""), vec!["b"]),
        (format!("name = \"{long}\""), vec!["c"]),
        (format!("name = \"{}\"", short.repeat(32)), vec!["e"]),
        (format!("name = \"{}\"", short.repeat(33)), vec![]),
        (format!("name ^= \"{long}\""), vec!["a", "b", "c"]),
        (format!("name ^= \"{long}Y\""), vec!["b"]),
        (
            format!("name ^= \"{}\"", short.repeat(32)),
            vec!["a", "b", "c", "e"],
        ),
        (
            format!("name ^= \"{}\"", short.repeat(31)),
            vec!["a", "b", "c", "d", "e"],
        ),
        (
            format!("name ^= \"{}\"", "X".repeat(245)),
            vec!["f", "g", "h", "i"],
        ),
    ] {
        let mut found = all(&w, &filter, 2).await;
        found.sort();
        assert_eq!(found, expected, "{filter}");
    }
}
