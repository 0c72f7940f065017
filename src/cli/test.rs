//! `netlint test`: the connections that the configuration expects, checked like tests.

use super::Exit;
use super::input::{InputArgs, Loaded};
use super::output::{self, Output};
use super::terminal::Terminal;
use crate::discover::CONFIGURATION_NAME;
use crate::report::expect::Format;
use crate::{expect, report};

const EXPECTATIONS: &str = "\
Expectations are in netlint.yaml:
  expect:
    - {from: shop/web, to: \"shop/api:80\", allow: true}
    - {from: internet, to: \"shop/db:5432\", allow: false}
    - {to: \"shop/db:5432\", only: [shop/api]}

Ends are written as for `netlint query`. What names several ends is about each of them.

Exit status:
  0  every expectation is met
  1  one is not
  2  the command line or the configuration is wrong, or expects nothing
  3  an input could not be read";

/// The arguments of `test`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXPECTATIONS)]
pub(super) struct TestArgs {
    #[command(flatten)]
    input: InputArgs,
    /// The format of the results, and the file they go to; repeatable
    ///
    /// FORMAT is human, json or junit.
    #[arg(long = "format", value_name = "FORMAT[:FILE]", default_value = "human")]
    formats: Vec<Output<Format>>,
}

pub(super) fn run(args: &TestArgs, terminal: &Terminal) -> Exit {
    if let Err(exit) = output::one_to_stdout(&args.formats, terminal) {
        return exit;
    }
    let Loaded { analysis: models, is_complete } = match args.input.load_all(terminal) {
        Ok(loaded) => loaded,
        Err(exit) => return exit,
    };
    let results = expect::check(&models);
    if results.is_empty() {
        let (message, help) = match models.first().and_then(|analysis| analysis.config().name()) {
            Some(name) => (
                format!("`{name}` expects nothing"),
                "write for example `expect: [{from: shop/web, to: \"shop/api:80\", allow: true}]`".to_owned(),
            ),
            None => (
                "no configuration says what is expected".to_owned(),
                format!("`netlint init` writes a first `{CONFIGURATION_NAME}`; `--config FILE` names another one"),
            ),
        };
        terminal.error(&message, Some(&help));
        return Exit::Usage;
    }
    for output in output::files_first(&args.formats) {
        let options = report::findings::Options {
            color: terminal.color && output.file.is_none(),
            unicode: terminal.unicode,
            width: terminal.width,
            quiet: terminal.quiet,
            ..report::findings::Options::default()
        };
        let written = output.write(|out| report::expect::write(output.format, &models, &results, &options, out));
        if written.is_err() {
            return terminal.finish(written);
        }
    }
    if !is_complete {
        Exit::Unreadable
    } else if results.iter().all(expect::Checked::is_met) {
        Exit::Clean
    } else {
        Exit::Findings
    }
}
