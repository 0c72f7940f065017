//! A selector in the one form that Calico gives it when it writes it: `(app == "web" && !has(debug))`.

use std::fmt;

use super::{Expression, Node, Test};

/// What is still to be written.
enum Piece<'e> {
    Node(usize),
    Text(&'e str),
}

/// As Calico writes it: names spaced, values in double quotes where possible, parentheses around what `&&` and `||` join.
impl fmt::Display for Expression {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The rest is kept in a list, last first: an expression may be deeper than the call stack.
        let mut rest = vec![Piece::Node(self.nodes.len().saturating_sub(1))];
        while let Some(piece) = rest.pop() {
            let place = match piece {
                Piece::Text(text) => {
                    out.write_str(text)?;
                    continue;
                }
                Piece::Node(place) => place,
            };
            match self.nodes.get(place) {
                None => {}
                Some(Node::All) => out.write_str("all()")?,
                Some(Node::Global) => out.write_str("global()")?,
                Some(Node::Label(key, test)) => write_test(out, key, test)?,
                Some(Node::Not(operand)) => {
                    out.write_str("!")?;
                    rest.push(Piece::Node(*operand));
                }
                Some(Node::And(operands)) => join(&mut rest, operands, " && "),
                Some(Node::Or(operands)) => join(&mut rest, operands, " || "),
            }
        }
        Ok(())
    }
}

fn join<'e>(rest: &mut Vec<Piece<'e>>, operands: &[usize], operator: &'e str) {
    rest.push(Piece::Text(")"));
    for (place, operand) in operands.iter().enumerate().rev() {
        rest.push(Piece::Node(*operand));
        rest.push(Piece::Text(if place == 0 { "(" } else { operator }));
    }
}

fn write_test(out: &mut fmt::Formatter<'_>, key: &str, test: &Test) -> fmt::Result {
    let (operator, values) = match test {
        Test::Has => return write!(out, "has({key})"),
        Test::Equals(value) => return write!(out, "{key} == {}", Quoted(value)),
        Test::NotEquals(value) => return write!(out, "{key} != {}", Quoted(value)),
        Test::Contains(value) => return write!(out, "{key} contains {}", Quoted(value)),
        Test::StartsWith(value) => return write!(out, "{key} starts with {}", Quoted(value)),
        Test::EndsWith(value) => return write!(out, "{key} ends with {}", Quoted(value)),
        Test::In(values) => ("in", values),
        Test::NotIn(values) => ("not in", values),
    };
    write!(out, "{key} {operator} {{")?;
    for (place, value) in values.iter().enumerate() {
        let comma = if place == 0 { "" } else { ", " };
        write!(out, "{comma}{}", Quoted(value))?;
    }
    out.write_str("}")
}

/// A value in the quotes that it does not contain.
struct Quoted<'v>(&'v str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quote = if self.0.contains('"') { '\'' } else { '"' };
        write!(out, "{quote}{}{quote}", self.0)
    }
}
