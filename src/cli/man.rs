//! `netlint man [COMMAND]`: the manual page, for `man -l -` and for packages.

use clap_mangen::Man;

use super::terminal::Terminal;
use super::{Exit, command, output};

/// The arguments of `man`.
#[derive(Debug, clap::Args)]
pub(super) struct ManArgs {
    /// The page of a command, instead of the page of netlint
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
}

pub(super) fn run(args: &ManArgs, terminal: &Terminal) -> Exit {
    let mut command = command();
    command.build();
    let page_of = match &args.command {
        None => Some(&command),
        Some(name) => command.find_subcommand(name),
    };
    let Some(page_of) = page_of else {
        let name = args.command.as_deref().unwrap_or_default();
        terminal.error(&format!("no command is named `{name}`"), Some("`netlint help` lists all commands"));
        return Exit::Usage;
    };
    let page = Man::new(page_of.clone()).source(concat!("netlint ", env!("CARGO_PKG_VERSION"))).manual("netlint");
    terminal.finish(output::to_stdout(|out| {
        page.render(out)?;
        out.write_all(SECTIONS.as_bytes())
    }))
}

/// What holds for every command, in roff.
const SECTIONS: &str = r#".SH EXIT STATUS
.TP
0
No finding at or above \fB\-\-fail\-on\fR; a connection is allowed; every expectation is met.
.TP
1
Findings; the connection is denied; an expectation is not met.
.TP
2
The command line or the configuration is wrong, or there is nothing to check.
.TP
3
An input could not be read. The others were checked.
.SH ENVIRONMENT
.TP
\fBNETLINT_CONFIG\fR, \fBNETLINT_FORMAT\fR, \fBNETLINT_FAIL_ON\fR, \fBNETLINT_PROFILE\fR
What \fB\-\-config\fR, \fB\-\-format\fR, \fB\-\-fail\-on\fR and \fB\-\-profile\fR say where the command line does not.
.TP
\fBNO_COLOR\fR, \fBFORCE_COLOR\fR, \fBCLICOLOR\fR, \fBCLICOLOR_FORCE\fR
Whether colours are written where \fB\-\-color\fR is auto.
.TP
\fBCOLUMNS\fR
The width of reports.
.TP
\fBPAGER\fR
The program that shows long pages of rules on a terminal.
.TP
\fBRAYON_NUM_THREADS\fR
The number of threads. Output never depends on it.
.SH FILES
.TP
\fInetlint.yaml\fR, \fInetlint.yml\fR, \fI.netlint.yaml\fR
The configuration: the nearest at or above the paths, as far as the root of the repository.
\fBnetlint schema\fR prints its JSON Schema.
.SH SEE ALSO
\fBnetlint explain\fR \fIRULE\fR, \fBkubectl\fR(1)
"#;
