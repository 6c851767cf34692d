//! Random walks over the challenge graph (security.md G14): whatever is answered to whatever, in any
//! order, by whomever, tokens come only with every factor that the pool and the user ask for. The
//! [`oracle`] knows those by itself and keeps its own account of what was really proven.
//!
//! The walks run in process on the sign-in machine itself, with a virtual clock and fixed seeds.
//! `POOLHOUSE_WALK_STEPS=100000 cargo test --test it walk:: -- --nocapture` walks further than the suite does.

mod action;
mod answer;
mod happen;
mod having;
mod later;
mod oracle;
mod people;
mod proof;
mod step;
mod world;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::collection::vec;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

use crate::triggers::custom::riddle;
use crate::triggers::host::Host;
use world::World;

/// Steps of one walk, which begins in a world of its own.
const STRIDE: usize = 500;
/// Steps of the ordinary suite.
const STEPS: usize = 3_000;

/// How the walks went.
#[derive(Default)]
struct Figures {
    steps: AtomicUsize,
    tokens: AtomicUsize,
    challenges: AtomicUsize,
    refusals: AtomicUsize,
    /// Completed sign-ins by what was proven.
    ways: Mutex<BTreeMap<&'static str, usize>>,
}

impl Figures {
    fn count(&self, ways: Vec<&'static str>) {
        let mut counted = self.ways.lock().unwrap();
        for way in ways {
            *counted.entry(way).or_default() += 1;
        }
    }
}

#[test]
fn no_walk_leads_to_tokens_past_a_required_factor() {
    let steps = std::env::var("POOLHOUSE_WALK_STEPS").ok();
    let steps = steps.and_then(|steps| steps.parse().ok()).unwrap_or(STEPS);
    let config = Config {
        cases: u32::try_from(steps.div_ceil(STRIDE)).unwrap(),
        max_shrink_iters: 64,
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let host = runtime.block_on(Host::start());
    host.does(riddle);
    let server = runtime.block_on(host.server());
    let (figures, begun) = (Figures::default(), std::time::Instant::now());
    let walks = vec(action::any(), STRIDE..=STRIDE);
    let outcome = runner.run(&walks, |actions| {
        runtime.block_on(async {
            let mut world = World::open(&server).await;
            for action in &actions {
                let told = world.step(action).await;
                figures.steps.fetch_add(1, Ordering::Relaxed);
                let counted = match told {
                    Ok(oracle::Told::Tokens) => &figures.tokens,
                    Ok(oracle::Told::Challenge) => &figures.challenges,
                    Ok(oracle::Told::Refusal) => &figures.refusals,
                    Err(wrong) => {
                        return Err(TestCaseError::fail(format!("{wrong} at {action:?}")));
                    }
                };
                counted.fetch_add(1, Ordering::Relaxed);
            }
            figures.count(std::mem::take(&mut world.ways));
            world.close().await;
            host.take();
            Ok(())
        })
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
    let count = |figure: &AtomicUsize| figure.load(Ordering::Relaxed);
    let (walked, tokens) = (count(&figures.steps), count(&figures.tokens));
    let ways = figures.ways.lock().unwrap();
    eprintln!(
        "{walked} steps in {:?}: {tokens} completed sign-ins, {} challenges, {} refusals; \
         tokens without a required factor: 0; {ways:?}",
        begun.elapsed(),
        count(&figures.challenges),
        count(&figures.refusals),
    );
    // A walk that gets nowhere proves nothing.
    assert!(
        walked >= steps && tokens * 100 >= walked,
        "{tokens} of {walked}"
    );
    for way in oracle::WAYS.iter().filter(|_| steps >= STEPS) {
        assert!(ways.contains_key(way), "no walk went by {way}: {ways:?}");
    }
    drop((server, host));
}
