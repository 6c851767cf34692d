//! Hashes against the reference implementation (libargon2), and the pool's bounds.

use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, mpsc};

use futures_util::FutureExt;
use futures_util::future::join_all;

use super::*;
use crate::error::Code;

const PASSWORD: &str = "Päss wörd";
const SALT: [u8; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
const DEV: &str = "$argon2id$v=19$m=8,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$\
                   Zw1bnvftVc3RdPIQsLsZnjXom4wYEKNnxmp9b3BJsPs";
const OWASP: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$\
                     LvToGPGW/bsSN7ZVkoL+GRNT05Gomyeji4be3eHQ8UY";
/// argon2i, of "Correct-Horse1!", with an 8-byte salt and 24 bytes of output.
const FOREIGN: &str = "$argon2i$v=19$m=64,t=3,p=2$AAECAwQFBgc$fvzyJBDB33odez4qpBpblnNTVdMU11jw";

fn with_hasher<T>(profile: HashProfile, work: impl FnOnce(&mut Hasher<'_>) -> T) -> (T, u64) {
    let evaluations = AtomicU64::new(0);
    let answer = work(&mut Hasher {
        profile,
        memory: Vec::new(),
        evaluations: &evaluations,
    });
    (answer, evaluations.into_inner())
}

fn verdict(profile: HashProfile, stored: Option<&str>, password: &str) -> (bool, bool, u64) {
    let (verified, evaluations) = with_hasher(profile, |hasher| hasher.verify(stored, password));
    let Verified {
        matches,
        needs_rehash,
    } = verified.unwrap();
    (matches, needs_rehash, evaluations)
}

#[test]
fn hashes_are_those_of_the_reference_implementation() {
    for (profile, expected) in [(HashProfile::Dev, DEV), (HashProfile::Owasp, OWASP)] {
        let (hash, evaluations) = with_hasher(profile, |hasher| hasher.hash(PASSWORD, SALT));
        assert_eq!((hash.unwrap().as_str(), evaluations), (expected, 1));
    }
}

#[test]
fn only_the_very_same_password_matches() {
    assert_eq!(
        verdict(HashProfile::Dev, Some(DEV), PASSWORD),
        (true, false, 1)
    );
    for other in [
        "päss wörd",
        "Päss wörd ",
        " Päss wörd",
        "Pa\u{308}ss wörd",
        "Päss",
        "",
    ] {
        assert_eq!(
            verdict(HashProfile::Dev, Some(DEV), other),
            (false, false, 1),
            "{other}"
        );
    }
    let long = "x".repeat(72);
    let (stored, _) = with_hasher(HashProfile::Dev, |hasher| hasher.hash(&long, SALT));
    let stored = stored.unwrap();
    assert!(verdict(HashProfile::Dev, Some(&stored), &long).0);
    assert!(!verdict(HashProfile::Dev, Some(&stored), &format!("{long}y")).0);
}

#[test]
fn other_costs_ask_for_a_new_hash() {
    assert_eq!(
        verdict(HashProfile::Owasp, Some(DEV), PASSWORD),
        (true, true, 1)
    );
    assert_eq!(
        verdict(HashProfile::Owasp, Some(OWASP), PASSWORD),
        (true, false, 1)
    );
    assert_eq!(
        verdict(HashProfile::Dev, Some(OWASP), PASSWORD),
        (true, true, 1)
    );
    assert_eq!(
        verdict(HashProfile::Dev, Some(FOREIGN), "Correct-Horse1!"),
        (true, true, 1)
    );
}

#[test]
fn reused_memory_changes_nothing() {
    let (hashes, evaluations) = with_hasher(HashProfile::Dev, |hasher| {
        assert!(
            hasher
                .verify(Some(FOREIGN), "Correct-Horse1!")
                .unwrap()
                .matches
        );
        [(); 3].map(|()| hasher.hash(PASSWORD, SALT).unwrap())
    });
    assert_eq!((hashes, evaluations), ([(); 3].map(|()| DEV.to_owned()), 4));
}

#[test]
fn without_a_stored_hash_nothing_matches_at_the_same_cost() {
    assert_eq!(verdict(HashProfile::Dev, None, PASSWORD), (false, false, 1));
}

#[test]
fn overlong_passwords_cost_nothing() {
    let longest = "ä".repeat(MAX_PASSWORD);
    let (hash, evaluations) = with_hasher(HashProfile::Dev, |hasher| hasher.hash(&longest, SALT));
    assert_eq!(evaluations, 1);
    assert_eq!(
        verdict(HashProfile::Dev, Some(&hash.unwrap()), &longest),
        (true, false, 1)
    );

    let longer = longest + "a";
    let (hash, evaluations) = with_hasher(HashProfile::Dev, |hasher| hasher.hash(&longer, SALT));
    assert_eq!(
        (hash.unwrap_err().code, evaluations),
        (Code::InvalidParameter, 0)
    );
    assert_eq!(
        verdict(HashProfile::Dev, Some(DEV), &longer),
        (false, false, 0)
    );
    assert_eq!(verdict(HashProfile::Dev, None, &longer), (false, false, 0));
}

#[test]
fn broken_stored_hashes_are_our_fault() {
    for stored in [
        "",
        "plain text",
        "$argon2id$v=19$m=8,t=1,p=1",
        "$argon2id$v=19$m=8,t=1,p=1$AAECAwQFBgcICQoLDA0ODw",
        "$argon2id$v=19$m=1,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$Zw1bnvftVc3RdPIQsLsZnjXom4wYEKNnxmp9",
        "$argon2id$v=7$m=8,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$Zw1bnvftVc3RdPIQsLsZnjXom4wYEKNnxmp9",
        "$scrypt$ln=16,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$Zw1bnvftVc3RdPIQsLsZnjXom4wYEKNnxmp9",
    ] {
        let (answer, evaluations) = with_hasher(HashProfile::Dev, |hasher| {
            hasher.verify(Some(stored), PASSWORD)
        });
        assert_eq!(
            (answer.unwrap_err().code, evaluations),
            (Code::Internal, 0),
            "{stored}"
        );
    }
}

#[tokio::test]
async fn the_pool_hashes_and_counts() {
    let pool = HashPool::new(HashProfile::Dev, None);
    let hash = pool
        .run(|hasher| hasher.hash(PASSWORD, SALT))
        .await
        .unwrap();
    assert_eq!(hash, DEV);
    let verified = pool
        .run(move |hasher| hasher.verify(Some(&hash), PASSWORD))
        .await
        .unwrap();
    assert!(verified.matches);
    pool.run(|_| Ok(())).await.unwrap();
    assert_eq!(pool.evaluations(), 2);
}

#[tokio::test]
async fn no_more_run_at_a_time_than_there_are_slots() {
    let pool = HashPool::with_slots(HashProfile::Dev, 2, 64);
    let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let jobs = (0..40).map(|_| {
        let (running, most) = (Arc::clone(&running), Arc::clone(&most));
        pool.run(move |hasher| {
            most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            let hash = hasher.hash(PASSWORD, SALT);
            (0..2_000).for_each(|_| std::thread::yield_now()); // the others get their chance
            running.fetch_sub(1, Ordering::SeqCst);
            hash
        })
    });
    for hash in join_all(jobs).await {
        assert_eq!(hash.unwrap(), DEV);
    }
    assert!(most.load(Ordering::SeqCst) <= 2);
    assert!(
        pool.spare_pieces() <= 2,
        "one piece of memory for each slot"
    );
    assert_eq!(pool.evaluations(), 40);
}

/// Work that runs until it is told to stop.
fn held(pool: &HashPool) -> (impl Future<Output = Result<()>> + use<>, mpsc::Sender<()>) {
    let (stop, stopped) = mpsc::channel();
    let pool = pool.clone();
    let work = async move {
        pool.run(move |_| stopped.recv().map_err(Error::internal))
            .await
    };
    (work, stop)
}

#[tokio::test]
async fn a_full_queue_refuses_at_once() {
    let pool = HashPool::with_slots(HashProfile::Dev, 1, 2);
    let held: Vec<_> = (0..3).map(|_| held(&pool)).collect();
    let (mut works, stops): (Vec<_>, Vec<_>) = held
        .into_iter()
        .map(|(work, stop)| (Box::pin(work), stop))
        .unzip();
    for work in &mut works {
        assert!(work.now_or_never().is_none(), "one runs and two wait");
    }
    let refused = pool.run(|_| Ok(())).now_or_never().unwrap();
    assert_eq!(refused.unwrap_err().code, Code::TooManyRequests);

    drop(works.pop()); // who gives up waiting leaves the queue
    let mut patient = Box::pin(pool.run(|_| Ok(())));
    assert!((&mut patient).now_or_never().is_none());
    for stop in &stops {
        stop.send(()).ok();
    }
    for work in works {
        work.await.unwrap();
    }
    patient.await.unwrap();
}

#[tokio::test]
async fn only_those_who_are_next_get_ready() {
    let pool = HashPool::with_slots(HashProfile::Dev, 1, 64);
    let mut turns = Vec::new();
    while let Some(turn) = pool.turn().now_or_never() {
        turns.push(turn.unwrap());
    }
    assert_eq!(turns.len(), 17, "one for the slot and sixteen more");
    let mut next = Box::pin(pool.turn());
    assert!((&mut next).now_or_never().is_none());
    drop(turns.pop());
    turns.push(next.await.unwrap());

    for turn in turns {
        let hash = turn.run(|hasher| hasher.hash(PASSWORD, SALT));
        assert_eq!(hash.await.unwrap(), DEV);
    }
}

#[tokio::test]
async fn work_keeps_its_slot_when_its_caller_goes_away() {
    let pool = HashPool::with_slots(HashProfile::Dev, 1, 8);
    let (work, stop) = held(&pool);
    let mut work = Box::pin(work);
    assert!((&mut work).now_or_never().is_none());
    drop(work);
    let mut next = Box::pin(pool.run(|hasher| hasher.hash(PASSWORD, SALT)));
    assert!((&mut next).now_or_never().is_none());
    assert_eq!(pool.evaluations(), 0);
    stop.send(()).unwrap();
    assert_eq!(next.await.unwrap(), DEV);
}

#[tokio::test]
async fn a_failure_frees_the_slot() {
    let pool = HashPool::with_slots(HashProfile::Dev, 1, 0);
    for _ in 0..3 {
        let failed = pool.run(|_| Err::<(), _>(Error::code_mismatch())).await;
        assert_eq!(failed.unwrap_err().code, Code::CodeMismatch);
    }
    let panicked = pool.run::<(), _>(|_| panic!("on purpose")).await;
    assert_eq!(panicked.unwrap_err().code, Code::Internal);
    pool.run(|_| Ok(())).await.unwrap();
}

#[tokio::test]
async fn idle_memory_is_given_back() {
    let pool = HashPool::with_slots(HashProfile::Dev, 1, 64);
    pool.run(|hasher| hasher.hash(PASSWORD, SALT))
        .await
        .unwrap();
    pool.release_idle();
    assert_eq!(pool.spare_pieces(), 1, "used since the last call");
    pool.release_idle();
    assert_eq!(pool.spare_pieces(), 0);
    let hash = pool
        .run(|hasher| hasher.hash(PASSWORD, SALT))
        .await
        .unwrap();
    assert_eq!(hash, DEV);
}

#[tokio::test]
async fn the_rest_goes_first() {
    let nice = || rustix::process::getpriority_process(None).map_err(Error::internal);
    let pool = HashPool::with_slots(HashProfile::Dev, 1, 8);
    let theirs = pool.run(move |_| nice()).await.unwrap();
    let lowest = 19;
    assert_eq!(theirs, (nice().unwrap() + threads::NICE).min(lowest));
    // Threads are kept, and stay as they are.
    assert_eq!(pool.run(move |_| nice()).await.unwrap(), theirs);
}
