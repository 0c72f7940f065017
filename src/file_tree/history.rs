//! What git knows of files in the work tree.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use jiff::Timestamp;

use super::revision::git::git;

/// When each of some lines of a file, counted from 1, was last changed. A line that is not committed, a file outside any
/// repository and a machine without git give nothing.
#[must_use]
pub fn last_changes(file: &Path, lines: &[usize]) -> BTreeMap<usize, Timestamp> {
    let (Some(directory), Some(name)) = (file.parent(), file.file_name()) else { return BTreeMap::new() };
    let mut command = git(directory);
    command.args(["blame", "--porcelain", "--no-textconv"]).stderr(Stdio::null());
    for line in lines {
        command.arg("-L").arg(format!("{line},{line}"));
    }
    let Ok(output) = command.arg("--").arg(name).output() else { return BTreeMap::new() };
    read_blame(&String::from_utf8_lossy(&output.stdout))
}

/// "The porcelain format" of git-blame(1): for each line a head `COMMIT BEFORE LINE`, and with the first line of a commit
/// what is known of that commit. A commit of zeros is one that is not made yet.
fn read_blame(text: &str) -> BTreeMap<usize, Timestamp> {
    let (mut times, mut changes) = (BTreeMap::<&str, Timestamp>::new(), BTreeMap::new());
    let (mut commit, mut line) = ("", None);
    for row in text.lines() {
        let words: Vec<&str> = row.split(' ').collect();
        match words.as_slice() {
            // The line itself ends what is said of it.
            _ if row.starts_with('\t') => {
                if let (Some(line), Some(time)) = (line.take(), times.get(commit)) {
                    changes.insert(line, *time);
                }
            }
            [id, _, number, ..] if id.len() >= 40 && id.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                (commit, line) = (*id, number.parse().ok());
            }
            ["author-time", seconds] if commit.bytes().any(|byte| byte != b'0') => {
                if let Some(time) = seconds.parse().ok().and_then(|seconds| Timestamp::from_second(seconds).ok()) {
                    times.insert(commit, time);
                }
            }
            _ => {}
        }
    }
    changes
}

/// Which of some paths git ignores. Nothing where no repository contains the directory, or there is no git.
#[must_use]
pub fn ignored(directory: &Path, paths: &[PathBuf]) -> Vec<PathBuf> {
    let mut command = git(directory);
    command.args(["check-ignore", "-z", "--stdin"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let Ok(mut child) = command.spawn() else { return Vec::new() };
    let Some(mut stdin) = child.stdin.take() else { return Vec::new() };
    let asked: Vec<u8> = paths.iter().flat_map(|path| [path.as_os_str().as_encoded_bytes(), b"\0"].concat()).collect();
    // Written beside the reading: either pipe may be full.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&asked)));
    let output = child.wait_with_output();
    drop(writer.join());
    let Ok(output) = output else { return Vec::new() };
    let names = output.stdout.split(|byte| *byte == 0).filter(|name| !name.is_empty());
    names.map(|name| PathBuf::from(os_string(name))).collect()
}

#[cfg(unix)]
fn os_string(bytes: &[u8]) -> OsString {
    let text: &std::ffi::OsStr = std::os::unix::ffi::OsStrExt::from_bytes(bytes);
    text.to_owned()
}

#[cfg(not(unix))]
fn os_string(bytes: &[u8]) -> OsString {
    String::from_utf8_lossy(bytes).into_owned().into()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::read_blame;

    #[test]
    fn a_line_has_the_time_of_its_commit() {
        let (one, none) = ("a".repeat(40), "0".repeat(40));
        let text = format!(
            "{one} 1 4 1\nauthor A\nauthor-time 86400\nfilename a.yaml\n\ta: b\n{one} 3 6 1\n\tc: d\n\
             {none} 7 7 1\nauthor-time 99999\n\te: f\n"
        );
        let day = Timestamp::from_second(86_400).ok();
        let read = read_blame(&text);
        assert_eq!(read.get(&4).copied(), day);
        assert_eq!(read.get(&6).copied(), day);
        assert_eq!(read.len(), 2, "what is not committed has no time");
    }
}
