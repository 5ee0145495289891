//! The types of an expression, worked out from the table of facts.
//!
//! The tree is read before macros are expanded, so `exists` and `all` are still calls.

use cel::{
    Context, IdedExpr, Value,
    common::ast::{CallExpr, Expr, LiteralValue, SelectExpr, operators as op},
};

use super::{
    STANDARD,
    table::{GROUPS, MEMBERS, Member, Type},
};
use crate::nearest::hint;

/// Functions a rule may call.
const FUNCTIONS: [&str; 8] =
    ["startsWith", "endsWith", "contains", "matches", "size", "exists", "all", "exists_one"];

/// Checks that the expression is true or false for all facts; answers with the facts it mentions.
pub(super) fn condition(expression: &IdedExpr) -> Result<Vec<Member>, String> {
    let mut checker = Checker::default();
    match checker.type_of(expression)? {
        Type::Bool => Ok(checker.mentions),
        other => Err(format!("the rule is {other}, not a condition that is true or false")),
    }
}

/// The state of one walk.
#[derive(Default)]
struct Checker {
    mentions: Vec<Member>,
    /// Names bound by `exists` and `all`, innermost last.
    scope: Vec<(String, Type)>,
}

impl Checker {
    fn type_of(&mut self, expression: &IdedExpr) -> Result<Type, String> {
        match &expression.expr {
            Expr::Literal(literal) => literal_type(literal),
            Expr::Ident(name) => self.name(name),
            Expr::Select(select) => self.select(select),
            Expr::List(list) => self.list(&list.elements),
            Expr::Call(call) => self.call(call),
            Expr::Map(_) | Expr::Struct(_) => Err("{ } is not supported in rules".to_owned()),
            Expr::Comprehension(_) | Expr::Unspecified => {
                Err("this is not supported in rules".to_owned())
            }
        }
    }

    fn name(&self, name: &str) -> Result<Type, String> {
        if let Some((_, bound)) = self.scope.iter().rev().find(|(bound, _)| bound == name) {
            return Ok(bound.clone());
        }
        match MEMBERS.iter().find(|member| member.split().0 == name) {
            Some(first) => {
                Err(format!("{name} is a group of facts: name one, like {}", first.name))
            }
            None => Err(format!("\"{name}\" is unknown{}", hint(name, GROUPS))),
        }
    }

    fn select(&mut self, select: &SelectExpr) -> Result<Type, String> {
        let group = match &select.operand.expr {
            Expr::Ident(name) if !self.scope.iter().any(|(bound, _)| bound == name) => name,
            _ => {
                let operand = self.type_of(&select.operand)?;
                return Err(format!("\"{}\" is not a member of {operand}", select.field));
            }
        };
        let fields = || MEMBERS.iter().filter(|member| member.split().0 == group);
        if fields().next().is_none() {
            return self.name(group);
        }
        let Some(member) = fields().find(|member| member.split().1 == select.field) else {
            let known = hint(&select.field, fields().map(|member| member.split().1));
            return Err(format!("{group} has no \"{}\"{known}", select.field));
        };
        if !self.mentions.iter().any(|mentioned| mentioned.name == member.name) {
            self.mentions.push(*member);
        }
        Ok(member.type_())
    }

    fn list(&mut self, elements: &[IdedExpr]) -> Result<Type, String> {
        let mut held: Option<Type> = None;
        for element in elements {
            let found = self.type_of(element)?;
            match &held {
                Some(type_) if *type_ != found => {
                    return Err(format!("a list must hold one type, not {type_} and {found}"));
                }
                _ => held = Some(found),
            }
        }
        Ok(Type::List(held.map(Box::new)))
    }

    fn call(&mut self, call: &CallExpr) -> Result<Type, String> {
        match (call.func_name.as_str(), call.target.as_deref(), call.args.as_slice()) {
            (op::LOGICAL_AND, None, [left, right]) => self.connective("&&", left, right),
            (op::LOGICAL_OR, None, [left, right]) => self.connective("||", left, right),
            (op::LOGICAL_NOT, None, [operand]) => match self.type_of(operand)? {
                Type::Bool => Ok(Type::Bool),
                other => Err(format!("! takes a bool, not {other}")),
            },
            (op::CONDITIONAL, None, [test, yes, no]) => self.conditional(test, yes, no),
            (name @ (op::EQUALS | op::NOT_EQUALS), None, [left, right]) => {
                self.equality(name, left, right)
            }
            (
                name @ (op::LESS | op::LESS_EQUALS | op::GREATER | op::GREATER_EQUALS),
                None,
                [left, right],
            ) => self.order(name, left, right),
            (op::IN, None, [element, list]) => self.membership(element, list),
            (op::NEGATE, None, [operand]) => match self.type_of(operand)? {
                number if number.is_number() => Ok(number),
                other => Err(format!("- takes a number, not {other}")),
            },
            (
                name @ (op::ADD | op::SUBSTRACT | op::MULTIPLY | op::DIVIDE | op::MODULO),
                None,
                [left, right],
            ) => self.arithmetic(name, left, right),
            (op::INDEX | op::OPT_INDEX | op::OPT_SELECT, ..) => {
                Err("[ ] is not supported in rules: use in or exists".to_owned())
            }
            ("size", Some(operand), []) | ("size", None, [operand]) => {
                match self.type_of(operand)? {
                    Type::String | Type::List(_) => Ok(Type::Int),
                    other => Err(format!("size belongs to strings and lists, not to {other}")),
                }
            }
            (
                name @ ("startsWith" | "endsWith" | "contains" | "matches"),
                Some(text),
                [argument],
            ) => self.text_method(name, text, argument),
            (name @ ("exists" | "all" | "exists_one"), Some(list), [variable, test]) => {
                self.quantifier(name, list, variable, test)
            }
            (name, ..) => Err(unsupported(name)),
        }
    }

    fn connective(
        &mut self,
        word: &str,
        left: &IdedExpr,
        right: &IdedExpr,
    ) -> Result<Type, String> {
        for operand in [left, right] {
            let found = self.type_of(operand)?;
            if found != Type::Bool {
                return Err(format!("{word} takes bools, not {found}"));
            }
        }
        Ok(Type::Bool)
    }

    fn conditional(
        &mut self,
        test: &IdedExpr,
        yes: &IdedExpr,
        no: &IdedExpr,
    ) -> Result<Type, String> {
        let (test, yes, no) = (self.type_of(test)?, self.type_of(yes)?, self.type_of(no)?);
        if test != Type::Bool {
            return Err(format!("?: takes a bool first, not {test}"));
        }
        if yes == no {
            Ok(yes)
        } else {
            Err(format!("?: has {yes} on one side and {no} on the other"))
        }
    }

    fn equality(&mut self, name: &str, left: &IdedExpr, right: &IdedExpr) -> Result<Type, String> {
        let (left, right) = (self.type_of(left)?, self.type_of(right)?);
        if left.goes_with(&right) {
            Ok(Type::Bool)
        } else {
            Err(format!("{} compares {left} with {right}", sign(name)))
        }
    }

    fn order(&mut self, name: &str, left: &IdedExpr, right: &IdedExpr) -> Result<Type, String> {
        let (left, right) = (self.type_of(left)?, self.type_of(right)?);
        if !left.goes_with(&right) {
            return Err(format!("{} compares {left} with {right}", sign(name)));
        }
        if left.is_number() || left == Type::String {
            Ok(Type::Bool)
        } else {
            Err(format!("{} does not order {}", sign(name), left.plural()))
        }
    }

    fn membership(&mut self, element: &IdedExpr, list: &IdedExpr) -> Result<Type, String> {
        let element = self.type_of(element)?;
        match self.type_of(list)? {
            Type::List(Some(held)) if *held != element => {
                Err(format!("in looks for {element} in a list of {}", held.plural()))
            }
            Type::List(_) => Ok(Type::Bool),
            other => Err(format!("in looks into lists, not into {other}")),
        }
    }

    fn arithmetic(
        &mut self,
        name: &str,
        left: &IdedExpr,
        right: &IdedExpr,
    ) -> Result<Type, String> {
        let types = (self.type_of(left)?, self.type_of(right)?);
        match &types {
            (Type::Double, Type::Double) if name != op::MODULO => Ok(Type::Double),
            (Type::Int, Type::Int) => Ok(Type::Int),
            (Type::String, Type::String) if name == op::ADD => Ok(Type::String),
            (one, other) => {
                let literal = [left, right].into_iter().find_map(|side| match &side.expr {
                    Expr::Literal(LiteralValue::Int(number)) => {
                        Some(format!("; write {}.0", number.inner()))
                    }
                    _ => None,
                });
                let remedy = literal.filter(|_| one.goes_with(other)).unwrap_or_default();
                Err(format!(
                    "{} takes two numbers of the same kind, not {one} and {other}{remedy}",
                    sign(name)
                ))
            }
        }
    }

    fn text_method(
        &mut self,
        name: &str,
        text: &IdedExpr,
        argument: &IdedExpr,
    ) -> Result<Type, String> {
        let (text, found) = (self.type_of(text)?, self.type_of(argument)?);
        if text != Type::String {
            return Err(format!("{name} belongs to strings, not to {text}"));
        }
        if found != Type::String {
            return Err(format!("{name} takes a string, not {found}"));
        }
        if name == "matches" { pattern(argument) } else { Ok(Type::Bool) }
    }

    fn quantifier(
        &mut self,
        name: &str,
        list: &IdedExpr,
        variable: &IdedExpr,
        test: &IdedExpr,
    ) -> Result<Type, String> {
        let held = match self.type_of(list)? {
            Type::List(held) => held.map_or(Type::String, |held| *held),
            other => return Err(format!("{name} belongs to lists, not to {other}")),
        };
        let Expr::Ident(bound) = &variable.expr else {
            return Err(format!("{name} needs a name first, like {name}(tag, tag == 'x')"));
        };
        if GROUPS.contains(&bound.as_str()) {
            return Err(format!("{name} cannot use {bound} as a name: it is a group of facts"));
        }
        self.scope.push((bound.clone(), held));
        let tested = self.type_of(test)?;
        self.scope.pop();
        if tested == Type::Bool {
            Ok(Type::Bool)
        } else {
            Err(format!("{name} needs a condition, not {tested}"))
        }
    }
}

fn literal_type(literal: &LiteralValue) -> Result<Type, String> {
    match literal {
        LiteralValue::Boolean(_) => Ok(Type::Bool),
        LiteralValue::Double(_) => Ok(Type::Double),
        LiteralValue::Int(_) => Ok(Type::Int),
        LiteralValue::String(_) => Ok(Type::String),
        LiteralValue::Null => {
            Err("null is not supported in rules: a fact that is not known is empty".to_owned())
        }
        LiteralValue::Bytes(_) => Err("bytes are not supported in rules".to_owned()),
        LiteralValue::UInt(_) => {
            Err("unsigned numbers are not supported in rules: leave the u out".to_owned())
        }
    }
}

/// A pattern must be written out, so that it can be tried now.
fn pattern(argument: &IdedExpr) -> Result<Type, String> {
    let Expr::Literal(LiteralValue::String(pattern)) = &argument.expr else {
        return Err("matches takes a pattern in quotes".to_owned());
    };
    let empty = Expr::Literal(LiteralValue::String(String::new().into()));
    let trial = CallExpr {
        func_name: "matches".to_owned(),
        target: Some(Box::new(IdedExpr { id: 0, expr: empty })),
        args: vec![argument.clone()],
    };
    let trial = IdedExpr { id: 0, expr: Expr::Call(trial) };
    match Value::resolve(&trial, &Context::with_env(std::sync::Arc::clone(&STANDARD))) {
        Ok(_) => Ok(Type::Bool),
        Err(_) => Err(format!("matches needs a valid pattern: \"{}\" is not one", pattern.inner())),
    }
}

fn unsupported(name: &str) -> String {
    match name {
        "has" => "has is not needed: every fact has a value".to_owned(),
        "map" | "filter" => format!("{name} is not supported in rules"),
        _ if FUNCTIONS.contains(&name) => format!("{name} is called with the wrong arguments"),
        _ => format!("unknown function \"{name}\"{}", hint(name, FUNCTIONS)),
    }
}

/// An operator as people write it: `_==_` is `==`.
fn sign(name: &str) -> &str {
    name.trim_matches('_')
}
