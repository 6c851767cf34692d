//! What it costs to render a page: every sample of every hosted page, in every language. We ask for
//! less than a millisecond.
//!
//!   cargo bench --bench pages

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench prints and fails loudly"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use poolhouse::text::Locale;
use poolhouse::web::chrome::Chrome;
use poolhouse::web::samples::{self, Words};

/// Of so many the middle one counts, and the longest is told.
const RUNS: usize = 301;

fn main() {
    println!("page | bytes | median, µs | longest, µs");
    let mut slowest = (Duration::ZERO, "");
    for locale in Locale::ALL {
        for sample in samples::hosted(&Words::plain(Chrome::new(*locale))) {
            let bytes = sample.render().unwrap().len();
            let mut times: Vec<Duration> = (0..RUNS)
                .map(|_| {
                    let start = Instant::now();
                    black_box(sample.render().unwrap());
                    start.elapsed()
                })
                .collect();
            times.sort_unstable();
            let median = *times.get(RUNS / 2).unwrap();
            let longest = *times.last().unwrap();
            if *locale == Locale::default() {
                println!(
                    "{} | {bytes} | {:.1} | {:.1}",
                    sample.name,
                    micros(median),
                    micros(longest)
                );
            }
            slowest = slowest.max((median, sample.name));
        }
    }
    let (median, name) = slowest;
    println!("slowest in any language: {name}, {:.1} µs", micros(median));
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
