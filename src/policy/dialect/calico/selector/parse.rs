//! From words to an expression, as `libcalico-go/lib/selector/parser` makes it: `!` binds tighter than `&&`, and that
//! tighter than `||`.
//!
//! Open parentheses are kept in a list instead of on the call stack: a selector may be of any length and depth.

use smol_str::SmolStr;

use super::token::{Kind, Token, Tokenizer};
use super::{Expression, Node, SyntaxError, Test};

/// Reads a selector. One that is empty, or blank, is `all()`.
///
/// # Errors
/// Where and why Calico refuses it.
pub(super) fn parse(text: &str) -> Result<Expression, SyntaxError> {
    let mut parser = Parser { tokens: Tokenizer::new(text), nodes: Vec::new(), groups: vec![Group::default()] };
    let mut token = parser.tokens.next()?;
    if token.kind == Kind::End {
        return Ok(Expression::all());
    }
    loop {
        let mut negated = false;
        while token.kind == Kind::Not {
            negated = !negated;
            token = parser.tokens.next()?;
        }
        if token.kind == Kind::OpenParenthesis {
            parser.groups.push(Group { negated, ..Group::default() });
            token = parser.tokens.next()?;
            continue;
        }
        let term = parser.term(token)?;
        let term = parser.add(term);
        parser.complete(term, negated);
        match parser.operator()? {
            Some(next) => token = next,
            None => return Ok(Expression { nodes: parser.nodes }),
        }
    }
}

struct Parser<'t> {
    tokens: Tokenizer<'t>,
    nodes: Vec<Node>,
    /// The open parentheses, and around them the whole selector.
    groups: Vec<Group>,
}

/// What is between parentheses so far.
#[derive(Default)]
struct Group {
    negated: bool,
    /// The alternatives before the last `||`.
    alternatives: Vec<usize>,
    /// The operands since then.
    operands: Vec<usize>,
}

impl<'t> Parser<'t> {
    fn add(&mut self, node: Node) -> usize {
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    /// Hands an operand to the group that it is in.
    fn complete(&mut self, node: usize, negated: bool) {
        let node = if negated { self.add(Node::Not(node)) } else { node };
        if let Some(group) = self.groups.last_mut() {
            group.operands.push(node);
        }
    }

    /// Reads what follows an operand; then the first word of the next operand, or nothing at the end of the selector.
    fn operator(&mut self) -> Result<Option<Token<'t>>, SyntaxError> {
        loop {
            let token = self.tokens.next()?;
            match token.kind {
                Kind::And => return self.tokens.next().map(Some),
                Kind::Or => {
                    self.close_alternative();
                    return self.tokens.next().map(Some);
                }
                Kind::CloseParenthesis if self.groups.len() > 1 => {
                    let negated = self.groups.last().is_some_and(|group| group.negated);
                    let node = self.close_group();
                    self.complete(node, negated);
                }
                Kind::End if self.groups.len() == 1 => {
                    self.close_group();
                    return Ok(None);
                }
                Kind::End => {
                    return Err(SyntaxError::new(token.range(), "expected `)`", "close the parenthesis"));
                }
                Kind::CloseParenthesis => {
                    let why = "this parenthesis was never opened";
                    return Err(SyntaxError::new(token.range(), why, "remove it"));
                }
                _ => {
                    let help = "join conditions with `&&` or `||`";
                    return Err(SyntaxError::new(token.range(), "expected `&&` or `||`", help));
                }
            }
        }
    }

    /// Makes one node of the operands since the last `||`.
    fn close_alternative(&mut self) -> usize {
        let operands = self.groups.last_mut().map(|group| std::mem::take(&mut group.operands)).unwrap_or_default();
        let node = self.join(operands, Node::And);
        if let Some(group) = self.groups.last_mut() {
            group.alternatives.push(node);
        }
        node
    }

    /// Makes one node of the innermost group.
    fn close_group(&mut self) -> usize {
        self.close_alternative();
        let alternatives = self.groups.pop().map(|group| group.alternatives).unwrap_or_default();
        self.join(alternatives, Node::Or)
    }

    fn join(&mut self, nodes: Vec<usize>, joined: impl Fn(Vec<usize>) -> Node) -> usize {
        match *nodes.as_slice() {
            [one] => one,
            _ => self.add(joined(nodes)),
        }
    }

    /// Reads a condition that begins with this word.
    fn term(&mut self, token: Token<'t>) -> Result<Node, SyntaxError> {
        match token.kind {
            Kind::All => Ok(Node::All),
            Kind::Global => Ok(Node::Global),
            Kind::Has(label) => Ok(Node::Label(label.into(), Test::Has)),
            Kind::Label(label) => Ok(Node::Label(label.into(), self.test(label)?)),
            Kind::Value(value) => {
                let help = format!("write the label without quotes: `{value}`");
                Err(SyntaxError::new(token.range(), "expected a label, found a value", help))
            }
            Kind::End => Err(SyntaxError::new(token.range(), "expected a condition", "write a condition, or `all()`")),
            _ => {
                let help = "write a condition, such as `app == 'web'`, `has(app)` or `all()`";
                Err(SyntaxError::new(token.range(), "expected a condition", help))
            }
        }
    }

    /// Reads the operator and the values after a label.
    fn test(&mut self, label: &str) -> Result<Test, SyntaxError> {
        let token = self.tokens.next()?;
        match token.kind {
            Kind::Equal => Ok(Test::Equals(self.value(label)?)),
            Kind::NotEqual => Ok(Test::NotEquals(self.value(label)?)),
            Kind::Contains => Ok(Test::Contains(self.value(label)?)),
            Kind::StartsWith => Ok(Test::StartsWith(self.value(label)?)),
            Kind::EndsWith => Ok(Test::EndsWith(self.value(label)?)),
            Kind::In => Ok(Test::In(self.values()?)),
            Kind::NotIn => Ok(Test::NotIn(self.values()?)),
            Kind::OpenParenthesis => Err(not_a_call(label, &token)),
            _ => {
                let help = format!(
                    "compare the label with a value: `{label} == 'value'`; to ask that it exists: `has({label})`"
                );
                Err(SyntaxError::new(token.range(), "expected an operator", help))
            }
        }
    }

    fn value(&mut self, label: &str) -> Result<SmolStr, SyntaxError> {
        let token = self.tokens.next()?;
        match token.kind {
            Kind::Value(value) => Ok(value.into()),
            Kind::Label(word) => {
                Err(SyntaxError::new(token.range(), "expected a value in quotes", format!("write `'{word}'`")))
            }
            Kind::OpenBrace => {
                let help = format!("for several values, write `{label} in {{'a', 'b'}}`");
                Err(SyntaxError::new(token.range(), "expected one value in quotes", help))
            }
            _ => {
                Err(SyntaxError::new(token.range(), "expected a value in quotes", "write the value in quotes: `'web'`"))
            }
        }
    }

    /// `{'a', 'b'}`: a comma after the last value is allowed, and so is no value at all.
    fn values(&mut self) -> Result<Vec<SmolStr>, SyntaxError> {
        let token = self.tokens.next()?;
        if token.kind != Kind::OpenBrace {
            return Err(SyntaxError::new(token.range(), "expected `{`", "write the values in braces: `{'a', 'b'}`"));
        }
        let mut values = Vec::new();
        loop {
            let mut token = self.tokens.next()?;
            if let Kind::Value(value) = token.kind {
                values.push(value.into());
                token = self.tokens.next()?;
                if token.kind == Kind::Comma {
                    continue;
                }
            }
            return match token.kind {
                Kind::CloseBrace => {
                    values.sort_unstable();
                    values.dedup();
                    Ok(values)
                }
                Kind::Label(word) => {
                    let why = "expected a value in quotes";
                    Err(SyntaxError::new(token.range(), why, format!("write `'{word}'`")))
                }
                _ => Err(SyntaxError::new(
                    token.range(),
                    "expected `}`",
                    "separate values with `,` and end them with `}`",
                )),
            };
        }
    }
}

/// A word before a parenthesis that is no call.
fn not_a_call(word: &str, parenthesis: &Token<'_>) -> SyntaxError {
    let help = match word {
        "has" => "name one label in the parentheses: `has(app)`; for several, write `has(a) && has(b)`".to_owned(),
        "all" | "global" => format!("write `{word}()` with nothing in the parentheses"),
        _ => "the selector language has `has(label)`, `all()` and `global()` only".to_owned(),
    };
    SyntaxError::new(parenthesis.range(), format!("`{word}` cannot be followed by `(` here"), help)
}
