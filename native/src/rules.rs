//! The rules of a version of xAPI, compiled from the JSON Schema that is derived from where they are stated.
//!
//! Exactly the keywords that the derivation uses are known; a document with another one is not compiled. The verdict is that of JSON
//! Schema 2020-12, with the two keywords that are Rekam's own. What a number of very many digits is, is not decided here.

use std::cell::Cell;
use std::collections::HashMap;

use regex::Regex;

use crate::json::{Kind, Value};

/// So many digits a double holds exactly, as an integer.
const EXACT_DIGITS: usize = 15;

const OBJECT: u8 = 1;
const ARRAY: u8 = 2;
const STRING: u8 = 4;
const NUMBER: u8 = 8;
const BOOLEAN: u8 = 16;

type Place = usize;

#[derive(Default)]
struct Rule {
    never: bool,
    kind: Option<u8>,
    reference: Option<Place>,
    one_of_words: Option<Vec<String>>,
    pattern: Option<Place>,
    whole: bool,
    minimum: Option<f64>,
    maximum: Option<f64>,
    items: Option<Place>,
    min_items: usize,
    max_items: Option<usize>,
    contains: Option<Place>,
    distinct_ids: bool,
    properties: Vec<(String, Place)>,
    required: Vec<String>,
    others: Option<Place>,
    /// A pattern of the names.
    names: Option<Place>,
    min_properties: usize,
    dependents: Vec<(String, Place)>,
    score_order: bool,
    any: Vec<Vec<Place>>,
    exactly_one: Vec<Place>,
    all: Vec<Place>,
    not: Option<Place>,
}

pub struct Rules {
    rules: Vec<Rule>,
    patterns: Vec<Regex>,
}

impl Rules {
    /// `None` for a document with anything in it that is not known here.
    pub fn of(document: &Value<'_>) -> Option<Rules> {
        let mut making = Making { rules: Vec::new(), patterns: Vec::new(), known_patterns: HashMap::new(), places: HashMap::new() };
        making.rules.push(Rule::default());
        let definitions = document.get("$defs")?.object()?;
        for (name, _) in definitions {
            making.places.insert(format!("#/$defs/{name}"), making.rules.len());
            making.rules.push(Rule::default());
        }
        for (name, definition) in definitions {
            let place = making.places[&format!("#/$defs/{name}")];
            making.rules[place] = making.rule(definition)?;
        }
        making.rules[0] = making.rule(document)?;
        Some(Rules { rules: making.rules, patterns: making.patterns })
    }

    /// Whether the value certainly keeps them. False where it breaks one, or may.
    pub fn are_kept_by(&self, value: &Value<'_>) -> bool {
        let unsure = Cell::new(false);
        Check { rules: self, unsure: &unsure }.keeps(0, value) && !unsure.get()
    }
}

struct Making {
    rules: Vec<Rule>,
    patterns: Vec<Regex>,
    known_patterns: HashMap<String, Place>,
    places: HashMap<String, Place>,
}

impl Making {
    fn add(&mut self, schema: &Value<'_>) -> Option<Place> {
        let rule = self.rule(schema)?;
        self.rules.push(rule);
        Some(self.rules.len() - 1)
    }

    fn rule(&mut self, schema: &Value<'_>) -> Option<Rule> {
        let mut made = Rule::default();
        if let Kind::Bool(allowed) = schema.kind {
            made.never = !allowed;
            return Some(made);
        }
        for (keyword, said) in schema.object()? {
            match keyword.as_ref() {
                "$schema" | "title" | "$defs" => {}
                "$ref" => made.reference = Some(*self.places.get(said.text()?)?),
                "type" => {
                    made.kind = Some(match said.text()? {
                        "object" => OBJECT,
                        "array" => ARRAY,
                        "string" => STRING,
                        "number" => NUMBER,
                        "boolean" => BOOLEAN,
                        "integer" => {
                            made.whole = true;
                            NUMBER
                        }
                        _ => return None,
                    });
                }
                "const" => made.one_of_words = Some(vec![said.text()?.to_owned()]),
                "enum" => made.one_of_words = Some(words(said)?),
                "pattern" => made.pattern = Some(self.pattern(said.text()?)?),
                "minimum" => made.minimum = Some(number(said)?),
                "maximum" => made.maximum = Some(number(said)?),
                "items" => made.items = Some(self.add(said)?),
                "minItems" => made.min_items = number(said)? as usize,
                "maxItems" => made.max_items = Some(number(said)? as usize),
                "contains" => made.contains = Some(self.add(said)?),
                "x-distinct-ids" => made.distinct_ids = true,
                "properties" => made.properties = self.each(said)?,
                "required" => made.required = words(said)?,
                "additionalProperties" => made.others = Some(self.add(said)?),
                "propertyNames" => made.names = Some(self.pattern(only(said, "pattern")?.text()?)?),
                "minProperties" => made.min_properties = number(said)? as usize,
                "dependentSchemas" => made.dependents = self.each(said)?,
                "x-score-order" => made.score_order = true,
                "anyOf" => made.any.push(self.list(said)?),
                "oneOf" => made.exactly_one = self.list(said)?,
                "allOf" => made.all = self.list(said)?,
                "not" => made.not = Some(self.add(said)?),
                _ => return None,
            }
        }
        Some(made)
    }

    fn list(&mut self, said: &Value<'_>) -> Option<Vec<Place>> {
        said.array()?.iter().map(|schema| self.add(schema)).collect()
    }

    fn each(&mut self, said: &Value<'_>) -> Option<Vec<(String, Place)>> {
        said.object()?.iter().map(|(name, schema)| Some((name.clone().into_owned(), self.add(schema)?))).collect()
    }

    fn pattern(&mut self, text: &str) -> Option<Place> {
        if let Some(place) = self.known_patterns.get(text) {
            return Some(*place);
        }
        self.patterns.push(Regex::new(text).ok()?);
        self.known_patterns.insert(text.to_owned(), self.patterns.len() - 1);
        Some(self.patterns.len() - 1)
    }
}

/// The one member of an object that has no other.
fn only<'v, 'a>(said: &'v Value<'a>, name: &str) -> Option<&'v Value<'a>> {
    if said.object()?.len() != 1 {
        return None;
    }
    said.get(name)
}

fn words(said: &Value<'_>) -> Option<Vec<String>> {
    said.array()?.iter().map(|word| word.text().map(str::to_owned)).collect()
}

fn number(said: &Value<'_>) -> Option<f64> {
    match said.kind {
        Kind::Number(text) => text.parse().ok(),
        _ => None,
    }
}

struct Check<'r> {
    rules: &'r Rules,
    unsure: &'r Cell<bool>,
}

impl Check<'_> {
    fn keeps(&self, place: Place, value: &Value<'_>) -> bool {
        let rule = &self.rules.rules[place];
        if rule.never || rule.kind.is_some_and(|kind| kind != kind_of(value)) {
            return false;
        }
        if let Some(words) = &rule.one_of_words {
            if !value.text().is_some_and(|text| words.iter().any(|word| word == text)) {
                return false;
            }
        }
        let kept = match &value.kind {
            Kind::Text(text) => rule.pattern.is_none_or(|pattern| self.rules.patterns[pattern].is_match(text)),
            Kind::Number(text) => {
                // 1.0 is an integer as well, and so is 10e-1.
                if rule.whole && !is_whole(text) {
                    self.unsure.set(true);
                }
                is_within(rule, text)
            }
            Kind::Array(items) => self.list_keeps(rule, items),
            Kind::Object(_) => self.object_keeps(rule, value),
            Kind::Null | Kind::Bool(_) => true,
        };
        kept && rule.reference.is_none_or(|named| self.keeps(named, value))
            && rule.all.iter().all(|one| self.keeps(*one, value))
            && rule.any.iter().all(|some| some.iter().any(|one| self.keeps(*one, value)))
            && (rule.exactly_one.is_empty() || rule.exactly_one.iter().filter(|one| self.keeps(**one, value)).count() == 1)
            && rule.not.is_none_or(|one| !self.keeps(one, value))
    }

    fn list_keeps(&self, rule: &Rule, items: &[Value<'_>]) -> bool {
        items.len() >= rule.min_items
            && rule.max_items.is_none_or(|most| items.len() <= most)
            && rule.items.is_none_or(|one| items.iter().all(|item| self.keeps(one, item)))
            && rule.contains.is_none_or(|one| items.iter().any(|item| self.keeps(one, item)))
            && (!rule.distinct_ids || self.ids_differ(items))
    }

    /// Only texts are compared: with an id of another type something else is wrong.
    fn ids_differ(&self, items: &[Value<'_>]) -> bool {
        let mut ids: Vec<&str> = Vec::with_capacity(items.len());
        for item in items {
            match item.get("id").and_then(Value::text) {
                Some(id) => ids.push(id),
                None => {
                    self.unsure.set(true);
                    return true;
                }
            }
        }
        ids.sort_unstable();
        ids.windows(2).all(|pair| pair[0] != pair[1])
    }

    fn object_keeps(&self, rule: &Rule, value: &Value<'_>) -> bool {
        let Some(members) = value.object() else { return true };
        if members.len() < rule.min_properties || !rule.required.iter().all(|name| value.get(name).is_some()) {
            return false;
        }
        for (name, member) in members {
            match rule.properties.iter().find(|(known, _)| known == name) {
                Some((_, one)) if !self.keeps(*one, member) => return false,
                None if rule.others.is_some_and(|one| !self.keeps(one, member)) => return false,
                _ => {}
            }
            if rule.names.is_some_and(|pattern| !self.rules.patterns[pattern].is_match(name)) {
                return false;
            }
        }
        rule.dependents.iter().all(|(name, one)| value.get(name).is_none() || self.keeps(*one, value))
            && (!rule.score_order || self.is_in_order(value))
    }

    /// `min` < `max`, and `raw` between them, each where it is there.
    fn is_in_order(&self, score: &Value<'_>) -> bool {
        let [low, raw, high] = ["min", "raw", "max"].map(|name| score.get(name).map(|value| self.exactly(value)));
        !matches!((low, high), (Some(low), Some(high)) if low >= high)
            && !matches!((raw, low), (Some(raw), Some(low)) if raw < low)
            && !matches!((raw, high), (Some(raw), Some(high)) if raw > high)
    }

    fn exactly(&self, value: &Value<'_>) -> f64 {
        if let Kind::Number(text) = value.kind {
            if !is_whole(text) || text.len() <= EXACT_DIGITS {
                if let Ok(number) = text.parse() {
                    return number;
                }
            }
        }
        self.unsure.set(true);
        0.0
    }
}

fn kind_of(value: &Value<'_>) -> u8 {
    match value.kind {
        Kind::Object(_) => OBJECT,
        Kind::Array(_) => ARRAY,
        Kind::Text(_) => STRING,
        Kind::Number(_) => NUMBER,
        Kind::Bool(_) => BOOLEAN,
        Kind::Null => 0,
    }
}

fn is_whole(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
}

fn is_within(rule: &Rule, text: &str) -> bool {
    if rule.minimum.is_none() && rule.maximum.is_none() {
        return true;
    }
    text.parse::<f64>()
        .is_ok_and(|number| rule.minimum.is_none_or(|least| number >= least) && rule.maximum.is_none_or(|most| number <= most))
}
