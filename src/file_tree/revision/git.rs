//! The `git` program: its arguments are literal, no shell is involved, and nothing is fetched.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use crate::file_tree::{ReadError, read_limited};

/// What would make git read another repository than the one that contains the directory: hooks are run with these.
const ELSEWHERE: [&str; 5] = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX"];

/// git in a directory.
pub(in crate::file_tree) fn git(directory: &Path) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(directory).stdin(Stdio::null());
    for variable in ELSEWHERE {
        command.env_remove(variable);
    }
    // Its messages are read, nothing is waited for, and what a partial clone lacks is not fetched.
    command.env("LC_ALL", "C").env("GIT_OPTIONAL_LOCKS", "0").env("GIT_NO_LAZY_FETCH", "1");
    command.env("GIT_TERMINAL_PROMPT", "0");
    command
}

/// The contents of a repository's objects.
#[derive(Debug)]
pub(super) struct Objects {
    directory: PathBuf,
    /// Programs that wait for the next object, at most one for each thread. The lock is held only to take one out or to
    /// put it back.
    idle: Mutex<Vec<Batch>>,
}

impl Objects {
    pub(super) fn of(directory: &Path) -> Self {
        Self { directory: directory.to_owned(), idle: Mutex::default() }
    }

    /// The content of a blob.
    pub(super) fn read(&self, id: &str) -> Result<Vec<u8>, ReadError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut batch = idle.map_or_else(|| Batch::start(&self.directory), Ok)?;
        let bytes = batch.read(id)?;
        // After an error its output may hold what nobody asked for, so that only now it can be used again.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(batch);
        bytes.ok_or_else(|| io::Error::other(format!("this clone does not have its content, the object {id}")).into())
    }
}

/// A running `git cat-file --batch`.
#[derive(Debug)]
struct Batch {
    program: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Batch {
    fn start(directory: &Path) -> io::Result<Self> {
        let mut command = git(directory);
        command.args(["cat-file", "--batch"]);
        let mut program = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        match (program.stdin.take(), program.stdout.take()) {
            (Some(requests), Some(answers)) => Ok(Self { program, requests, answers: BufReader::new(answers) }),
            _ => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    /// The content of an object; `None` where the repository does not have it.
    fn read(&mut self, id: &str) -> Result<Option<Vec<u8>>, ReadError> {
        self.requests.write_all(format!("{id}\n").as_bytes())?;
        let mut header = String::new();
        self.answers.read_line(&mut header)?;
        // `ID TYPE SIZE`, or `ID missing`.
        let mut words = header.split_whitespace().skip(1);
        let size = match (words.next(), words.next().map(str::parse::<u64>)) {
            (Some("missing"), None) => return Ok(None),
            (Some(_), Some(Ok(size))) => size,
            _ => return Err(io::Error::other("`git cat-file` ended early").into()),
        };
        let bytes = if size == 0 { Vec::new() } else { read_limited(&mut self.answers, size)? };
        let mut line_break = [0];
        self.answers.read_exact(&mut line_break)?;
        Ok(Some(bytes))
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        // It has nothing left to do, and an unfinished answer is of no use.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}
