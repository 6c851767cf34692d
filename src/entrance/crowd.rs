//! Who is connected: so many at most, and who idles makes room for who comes.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// Connections when the system allows more files than that.
const MOST: usize = 8192;
/// Files that are not connections: databases, keys, mail.
const OTHER_FILES: usize = 128;
/// How soon to look again for somebody who idles.
const AGAIN: Duration = Duration::from_millis(50);
/// Connections when the system tells nothing.
const FEW: usize = 512;

/// How many connections the system's limit of open files leaves room for.
pub(super) fn room() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"));
    let soft = line.and_then(|line| line.split_whitespace().next());
    match soft.map(str::parse::<usize>) {
        Some(Ok(files)) => files.saturating_sub(OTHER_FILES).clamp(64, MOST),
        // It says "unlimited".
        Some(Err(_)) => MOST,
        None => FEW,
    }
}

/// All connections of a listener.
#[derive(Clone)]
pub(super) struct Crowd(Arc<Inner>);

struct Inner {
    places: Arc<Semaphore>,
    began: Instant,
    next: AtomicU64,
    guests: Mutex<BTreeMap<u64, Weak<Guest>>>,
}

/// One connection. It leaves the crowd when this is dropped.
pub(super) struct Guest {
    crowd: Crowd,
    number: u64,
    _place: OwnedSemaphorePermit,
    /// Requests that came in whole and are not answered.
    busy: AtomicUsize,
    /// When it was last busy, in milliseconds since the crowd began.
    last_ms: AtomicU64,
    leaving: AtomicBool,
    leave: Notify,
}

impl Crowd {
    pub(super) fn new(most: usize) -> Self {
        Self(Arc::new(Inner {
            places: Arc::new(Semaphore::new(most)),
            began: Instant::now(),
            next: AtomicU64::new(0),
            guests: Mutex::default(),
        }))
    }

    /// Waits for a place. When there is none, whoever has been idle for longest is asked to go.
    pub(super) async fn admit(&self) -> Arc<Guest> {
        let places = Arc::clone(&self.0.places);
        let place = loop {
            if let Ok(place) = Arc::clone(&places).try_acquire_owned() {
                break place;
            }
            self.make_room();
            // Whether that one goes or another: the place counts. If all are busy, one may idle soon.
            let place = tokio::time::timeout(AGAIN, Arc::clone(&places).acquire_owned());
            if let Ok(Ok(place)) = place.await {
                break place;
            }
        };
        let number = self.0.next.fetch_add(1, Ordering::Relaxed);
        let guest = Arc::new(Guest {
            crowd: self.clone(),
            number,
            _place: place,
            busy: AtomicUsize::new(0),
            last_ms: AtomicU64::new(self.now_ms()),
            leaving: AtomicBool::new(false),
            leave: Notify::new(),
        });
        self.guests().insert(number, Arc::downgrade(&guest));
        guest
    }

    /// Asks everybody to go once their requests are answered.
    pub(super) fn dismiss(&self) {
        for guest in self.present() {
            guest.ask_to_leave();
        }
    }

    fn make_room(&self) {
        let present = self.present();
        let idle = present
            .iter()
            .filter(|guest| guest.is_idle() && !guest.leaving.load(Ordering::SeqCst));
        if let Some(guest) = idle.min_by_key(|guest| guest.last_ms.load(Ordering::Relaxed)) {
            guest.ask_to_leave();
        }
    }

    fn present(&self) -> Vec<Arc<Guest>> {
        self.guests().values().filter_map(Weak::upgrade).collect()
    }

    fn guests(&self) -> MutexGuard<'_, BTreeMap<u64, Weak<Guest>>> {
        self.0.guests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.0.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

impl Guest {
    /// A request has come in whole, but for its body.
    pub(super) fn asked(&self) {
        self.busy.fetch_add(1, Ordering::SeqCst);
    }

    /// A request has its answer.
    pub(super) fn answered(&self) {
        let less = |busy: usize| busy.checked_sub(1);
        self.busy
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, less)
            .ok();
        self.last_ms.store(self.crowd.now_ms(), Ordering::Relaxed);
    }

    /// Whether no request waits for an answer.
    pub(super) fn is_idle(&self) -> bool {
        self.busy.load(Ordering::SeqCst) == 0
    }

    /// When it was last answered, or came.
    pub(super) fn idle_since(&self) -> Instant {
        let last = Duration::from_millis(self.last_ms.load(Ordering::Relaxed));
        self.crowd.0.began + last
    }

    fn ask_to_leave(&self) {
        self.leaving.store(true, Ordering::SeqCst);
        self.leave.notify_one();
    }

    /// Returns when the connection shall end.
    pub(super) async fn leave(&self) {
        self.leave.notified().await;
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.crowd.guests().remove(&self.number);
    }
}
