//! Random edits of texts.

/// Pieces that mean something to YAML or to Kubernetes.
const PIECES: &[&str] = &[
    " ",
    "  ",
    "    ",
    "\n",
    "\n\n",
    "\n  ",
    "\n    ",
    "\r\n",
    "\t",
    "- ",
    "-",
    "\n- ",
    ": ",
    ":",
    ":\n",
    "a: b",
    "? ",
    "#",
    " # c",
    "|",
    "|-\n",
    "|+",
    ">",
    ">-\n",
    "|2",
    "'",
    "\"",
    "''",
    "\\",
    "\\n",
    "[",
    "]",
    "{",
    "}",
    ", ",
    ",",
    "[]",
    "{}",
    "&a ",
    "*a",
    "<<: ",
    "!!str ",
    "!",
    "%",
    "@",
    "`",
    "---",
    "\n---\n",
    "...",
    "\n...\n",
    "~",
    "null",
    "yes",
    "0777",
    "1e3",
    "-1",
    "::/0",
    "é",
    "\u{feff}",
    "\u{85}",
    "\u{2028}",
    "\u{a0}",
    "\u{7}",
    "\0",
    "{{ x }}",
    "kind: List\nitems:\n",
    "apiVersion: v1\n",
    "kind: ",
    "NetworkPolicy",
    "ipBlock: {cidr: 10.0.0.0/8}",
    "endPort: 80",
    "port: http",
    "matchExpressions: [{key: a, operator: In, values: [b]}]",
    "podSelector: {}",
    "namespace: ''",
    "-0",
    "65536",
];

/// Makes new texts out of seeds.
pub(crate) struct Mutator {
    seeds: Vec<Vec<u8>>,
    random: u64,
}

impl Mutator {
    pub(crate) fn new(seeds: Vec<Vec<u8>>, seed: u64) -> Self {
        Self { seeds, random: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1 }
    }

    /// The next text: part of a seed with some edits.
    pub(crate) fn next(&mut self) -> Vec<u8> {
        let mut text = self.excerpt();
        for _ in 0..=self.below(6) {
            self.edit(&mut text);
        }
        if self.below(8) == 0 {
            text = text.split(|&byte| byte == b'\n').collect::<Vec<_>>().join(b"\r\n".as_slice());
        }
        text
    }

    fn edit(&mut self, text: &mut Vec<u8>) {
        let at = self.below(text.len() + 1);
        let end = (at + self.below(8)).min(text.len());
        match self.below(10) {
            0..4 => self.insert_piece(text, at, at),
            4 | 5 => self.insert_piece(text, at, end),
            6 => drop(text.drain(at..end)),
            7 => self.indent_line(text, at),
            8 => {
                let (start, end) = line(text, at);
                let moved: Vec<u8> = text.drain(start..end).collect();
                let (to, _) = line(text, self.below(text.len() + 1));
                text.splice(to..to, moved);
            }
            _ => {
                let byte = self.below(256) as u8;
                text.splice(at..(at + 1).min(text.len()), [byte]);
            }
        }
    }

    fn insert_piece(&mut self, text: &mut Vec<u8>, start: usize, end: usize) {
        let piece = self.below(PIECES.len());
        text.splice(start..end, PIECES.get(piece).copied().unwrap_or_default().bytes());
    }

    /// Moves a line to the right or to the left.
    fn indent_line(&mut self, text: &mut Vec<u8>, at: usize) {
        let (start, end) = line(text, at);
        let spaces = text.get(start..end).unwrap_or_default().iter().take_while(|&&byte| byte == b' ').count();
        if self.below(2) == 0 {
            text.splice(start..start, b"    ".iter().copied().take(1 + self.below(4)));
        } else {
            text.drain(start..start + self.below(spaces + 1));
        }
    }

    /// Some lines of a seed, or all of it.
    fn excerpt(&mut self) -> Vec<u8> {
        let seed = self.below(self.seeds.len());
        let text = self.seeds.get(seed).cloned().unwrap_or_default();
        if self.below(3) == 0 {
            return text;
        }
        let (start, _) = line(&text, self.below(text.len() + 1));
        let end = (start + 40 + self.below(600)).min(text.len());
        text.get(start..end).unwrap_or_default().to_vec()
    }

    /// Xorshift: small, and the same everywhere.
    fn below(&mut self, bound: usize) -> usize {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random % bound.max(1) as u64) as usize
    }
}

/// The line that holds an offset, with its line break.
fn line(text: &[u8], at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or_default().iter().rposition(|&byte| byte == b'\n');
    let after = text.get(at..).unwrap_or_default().iter().position(|&byte| byte == b'\n');
    (before.map_or(0, |before| before + 1), after.map_or(text.len(), |after| at + after + 1))
}
