//! Every way to the tokens of a user, crossed with everything that may happen on it (security.md
//! D10, G14, G15, H7, H8).
//!
//! A way is walked up to its last step, the condition is made, the last step is done; where a way
//! has one step, the condition comes before it. [`expect::rule`] says what each cell must come to,
//! and why; a cell that cannot exist says why as well. No cell is without a rule.

mod api;
mod complete;
mod condition;
mod expect;
mod first_pages;
pub mod grounds;
mod hosted;
mod path;
mod settings;
mod world;

use condition::Condition;
use expect::{Expected, rule};
use path::{PATHS, Part};
use world::World;

/// Walks the cells of a part of the table; gives those that came out otherwise.
async fn walk(part: Part) {
    let world = World::open().await;
    let (mut walked, mut wrong) = (0, Vec::new());
    for path in PATHS.iter().filter(|path| path.part() == part) {
        for condition in Condition::ALL {
            let expected = match rule(*path, condition) {
                Expected::Never(_) => continue,
                Expected::End(end) => end,
            };
            let cell = world.cell(*path, condition).await;
            let found = cell.walk().await;
            let expected = expected.named(&cell);
            walked += 1;
            if !expected.fits(&found, &cell) {
                wrong.push(format!(
                    "{path:?} × {condition:?}\n    must be {expected:?}\n    is      {found:?}"
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {walked}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[tokio::test]
async fn first_factors_under_every_condition() {
    walk(Part::First).await;
}

#[tokio::test]
async fn chosen_factors_under_every_condition() {
    walk(Part::Choice).await;
}

#[tokio::test]
async fn challenges_of_the_api_under_every_condition() {
    walk(Part::Challenge).await;
}

#[tokio::test]
async fn refreshes_under_every_condition() {
    walk(Part::Refresh).await;
}

#[tokio::test]
async fn pages_under_every_condition() {
    walk(Part::Page).await;
}

#[tokio::test]
async fn pages_of_the_first_factor_under_every_condition() {
    walk(Part::FirstPage).await;
}

#[tokio::test]
async fn codes_and_browser_sessions_under_every_condition() {
    walk(Part::Browser).await;
}

#[test]
fn every_cell_has_a_rule_and_every_path_gives_tokens_when_nothing_happens() {
    let (mut ends, mut never) = (0, 0);
    for path in PATHS {
        assert!(matches!(
            rule(*path, Condition::Nothing),
            Expected::End(expect::End::Tokens)
        ));
        for condition in Condition::ALL {
            match rule(*path, condition) {
                Expected::End(_) => ends += 1,
                Expected::Never(reason) => {
                    never += 1;
                    assert!(reason.len() > 20, "{path:?} × {condition:?}");
                }
            }
        }
    }
    assert_eq!(ends + never, PATHS.len() * Condition::ALL.len());
    println!("{ends} cells, and {never} that cannot exist");
    // A cell that is lost shows here.
    assert!(ends > never * 2, "{ends} {never}");
}
