//! Rules of a data model as `schemas.json_schema.derive` says them, judged on a tree of JSON: Draft 2020-12, as far as it is in use.

use std::cell::Cell;
use std::cmp::Ordering;

use crate::json::{Kind, Value};
use crate::patterns::Pattern;

/// The place of the schema that takes any value.
pub const ANYTHING: usize = 0;
const EXACT: f64 = 9_007_199_254_740_992.0; // 2^53: smaller whole numbers are the same as floats, and no others are read as them

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Type {
    Object,
    Array,
    Text,
    Number,
    Integer,
    Boolean,
}

/// One schema. Others, which it applies to parts of a value or to the same value, are named by their place among those of the rules.
#[derive(Default)]
pub struct Schema {
    pub never: bool,
    pub kind: Option<Type>,
    /// `const` and `enum`, of strings.
    pub words: Option<Vec<String>>,
    pub pattern: Option<usize>,
    pub minimum: Option<f64>,
    pub maximum: Option<f64>,
    pub properties: Vec<(String, usize)>,
    pub required: Vec<String>,
    pub additional: Option<usize>,
    pub names: Option<usize>,
    pub dependent: Vec<(String, usize)>,
    pub min_properties: usize,
    pub items: Option<usize>,
    pub contains: Option<usize>,
    pub min_items: usize,
    pub max_items: Option<usize>,
    pub all: Vec<usize>,
    pub any: Vec<usize>,
    pub one: Vec<usize>,
    pub not: Option<usize>,
    pub score_order: bool,
    pub distinct_ids: bool,
}

pub struct Rules {
    pub schemas: Vec<Schema>,
    pub patterns: Vec<Pattern>,
    pub root: usize,
}

impl Rules {
    /// Whether a value keeps the rules. False as well where that is not certain: then Python has to look.
    pub fn accept(&self, value: &Value) -> bool {
        let judge = Judge { rules: self, doubt: Cell::new(false) };
        judge.accepts(self.root, value) && !judge.doubt.get()
    }
}

struct Judge<'r> {
    rules: &'r Rules,
    /// Something was met whose verdict is Python's; what is said of the whole does not count then.
    doubt: Cell<bool>,
}

impl Judge<'_> {
    fn accepts(&self, place: usize, value: &Value) -> bool {
        if place == ANYTHING {
            return true;
        }
        let schema = &self.rules.schemas[place];
        if schema.never || schema.kind.is_some_and(|kind| !is_of(kind, value)) {
            return false;
        }
        if let Some(words) = &schema.words {
            if !value.text().is_some_and(|text| words.iter().any(|word| word == text)) {
                return false;
            }
        }
        let by_kind = match &value.kind {
            Kind::Text(text) => schema.pattern.is_none_or(|pattern| self.rules.patterns[pattern].matches(text)),
            Kind::Number(text) => self.is_within(schema, text),
            Kind::Array(items) => self.accepts_items(schema, items),
            Kind::Object(_) => self.accepts_members(schema, value),
            Kind::Null | Kind::Bool(_) => true,
        };
        by_kind
            && schema.all.iter().all(|part| self.accepts(*part, value))
            && (schema.any.is_empty() || self.accepts_any(&schema.any, value))
            && (schema.one.is_empty() || schema.one.iter().filter(|part| self.accepts(**part, value)).count() == 1)
            && schema.not.is_none_or(|part| !self.accepts(part, value))
            && (!schema.score_order || self.is_ordered(value))
            && (!schema.distinct_ids || self.has_distinct_ids(value))
    }

    fn accepts_any(&self, parts: &[usize], value: &Value) -> bool {
        let object_type = value.object().is_some().then(|| value.get("objectType"));
        parts.iter().any(|part| object_type.is_none_or(|held| self.may_be(*part, held)) && self.accepts(*part, value))
    }

    /// Whether an object with this `objectType`, or none, can be what a schema describes, by that alone.
    fn may_be(&self, place: usize, object_type: Option<&Value>) -> bool {
        let schema = &self.rules.schemas[place];
        match object_type {
            None => !schema.required.iter().any(|name| name == "objectType"),
            Some(held) => match schema.properties.iter().find(|(name, _)| name == "objectType") {
                Some((_, part)) => self.accepts(*part, held),
                None => true,
            },
        }
    }

    fn accepts_items(&self, schema: &Schema, items: &[Value]) -> bool {
        items.len() >= schema.min_items
            && schema.max_items.is_none_or(|most| items.len() <= most)
            && schema.items.is_none_or(|part| items.iter().all(|item| self.accepts(part, item)))
            && schema.contains.is_none_or(|part| items.iter().any(|item| self.accepts(part, item)))
    }

    fn accepts_members(&self, schema: &Schema, value: &Value) -> bool {
        let Some(members) = value.object() else { return true };
        members.len() >= schema.min_properties
            && schema.required.iter().all(|name| value.get(name).is_some())
            && (schema.properties.is_empty() && schema.additional.is_none() && schema.names.is_none()
                || members.iter().all(|(name, held)| {
                    let known = schema.properties.iter().find(|(property, _)| property == name);
                    let part = known.map(|(_, part)| *part).or(schema.additional);
                    schema.names.is_none_or(|part| self.accepts_name(part, name))
                        && part.is_none_or(|part| self.accepts(part, held))
                }))
            && schema.dependent.iter().all(|(name, part)| value.get(name).is_none() || self.accepts(*part, value))
    }

    fn accepts_name(&self, place: usize, name: &str) -> bool {
        self.accepts(place, &Value { kind: Kind::Text(name.into()), start: 0, end: 0 })
    }

    fn is_within(&self, schema: &Schema, text: &str) -> bool {
        if schema.minimum.is_none() && schema.maximum.is_none() {
            return true;
        }
        let number = float(text);
        for limit in [schema.minimum, schema.maximum].into_iter().flatten() {
            self.compare((number, is_whole(text)), (limit, false));
        }
        schema.minimum.is_none_or(|least| number >= least) && schema.maximum.is_none_or(|most| number <= most)
    }

    /// Of two numbers, and whether they are written as whole ones: those Python compares digit by digit, and large ones that are equal
    /// as floats may differ.
    fn compare(&self, one: (f64, bool), other: (f64, bool)) -> Ordering {
        if one.0 == other.0 && one.0.abs() >= EXACT && (one.1 || other.1) {
            self.doubt.set(true);
        }
        one.0.partial_cmp(&other.0).unwrap_or_else(|| {
            self.doubt.set(true);
            Ordering::Equal
        })
    }

    /// `schemas.rules.ScoreOrder`. What is no number is for other rules to refuse.
    fn is_ordered(&self, value: &Value) -> bool {
        let [low, raw, high] = ["min", "raw", "max"].map(|name| match value.get(name).map(|held| &held.kind) {
            Some(Kind::Number(text)) => Some((float(text), is_whole(text))),
            None | Some(Kind::Null) => None,
            Some(_) => {
                self.doubt.set(true);
                None
            }
        });
        let ordering = |one: Option<_>, other: Option<_>| Some(self.compare(one?, other?));
        ordering(low, high).is_none_or(Ordering::is_lt)
            && ordering(low, raw).is_none_or(Ordering::is_le)
            && ordering(raw, high).is_none_or(Ordering::is_le)
    }

    /// `schemas.rules.ComponentList`.
    fn has_distinct_ids(&self, value: &Value) -> bool {
        let Some(items) = value.array() else { return true };
        let ids: Option<Vec<&str>> = items.iter().map(|item| item.get("id")?.text()).collect();
        let Some(mut ids) = ids else {
            self.doubt.set(true);
            return true;
        };
        ids.sort_unstable();
        ids.windows(2).all(|pair| pair[0] != pair[1])
    }
}

fn is_of(kind: Type, value: &Value) -> bool {
    match &value.kind {
        Kind::Object(_) => kind == Type::Object,
        Kind::Array(_) => kind == Type::Array,
        Kind::Text(_) => kind == Type::Text,
        Kind::Number(text) => kind == Type::Number || kind == Type::Integer && float(text).fract() == 0.0,
        Kind::Bool(_) => kind == Type::Boolean,
        Kind::Null => false,
    }
}

fn is_whole(text: &str) -> bool {
    !text.bytes().any(|byte| matches!(byte, b'.' | b'e' | b'E'))
}

/// JSON's numbers are all numbers to Rust, and those read are finite.
fn float(text: &str) -> f64 {
    text.parse().unwrap_or(f64::NAN)
}
