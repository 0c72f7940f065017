//! A line on standard error while a run takes long, so that it does not look stuck.

use std::io::{self, Write};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How long netlint works in silence, and how often the line is written anew.
const INTERVAL: Duration = Duration::from_secs(1);

/// Shows the line until it is dropped, which takes the line away.
#[derive(Debug)]
pub(super) struct Progress {
    line: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// Begins to wait. Where nobody would see the line, `is_shown` is false and nothing happens.
    pub(super) fn start(what: String, is_shown: bool) -> Self {
        let line = is_shown.then(|| {
            let (done, wait) = mpsc::channel();
            // A closed stream leaves nobody to tell.
            (done, thread::spawn(move || drop(show(&what, INTERVAL, &wait, &mut io::stderr()))))
        });
        Self { line }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((done, line)) = self.line.take() {
            drop(done);
            let _ = line.join();
        }
    }
}

/// Writes the line after every interval until the other end of `wait` is gone, then clears it.
fn show(what: &str, interval: Duration, wait: &Receiver<()>, out: &mut impl Write) -> io::Result<()> {
    for passed in 1_u32.. {
        if wait.recv_timeout(interval) != Err(RecvTimeoutError::Timeout) {
            let is_written = passed > 1;
            return if is_written { out.write_all(b"\r\x1b[K").and_then(|()| out.flush()) } else { Ok(()) };
        }
        write!(out, "\r{what}: {} s", (interval * passed).as_secs())?;
        out.flush()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::sync::{Arc, Mutex};

    use super::*;

    /// What was written, for the thread that writes and for the test.
    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<Vec<u8>>>);

    impl Shared {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_short_run_shows_nothing() {
        let (done, wait) = mpsc::channel();
        drop(done);
        let mut out = Vec::new();
        show("checking 1 file", INTERVAL, &wait, &mut out).unwrap();
        assert_eq!(out, b"");
    }

    #[test]
    fn a_long_run_shows_a_line_and_clears_it() {
        let (done, wait) = mpsc::channel();
        let out = Shared::default();
        let mut writer = out.clone();
        let line = thread::spawn(move || show("checking 2 files", Duration::from_millis(1), &wait, &mut writer));
        while out.text().is_empty() {
            thread::yield_now();
        }
        drop(done);
        line.join().unwrap().unwrap();
        let text = out.text();
        assert!(text.starts_with("\rchecking 2 files: 0 s") && text.ends_with(" s\r\u{1b}[K"), "{text:?}");
    }

    #[test]
    fn nothing_is_started_where_nobody_would_see_it() {
        assert!(Progress::start(String::new(), false).line.is_none());
    }
}
