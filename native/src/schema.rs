//! From a JSON Schema, as text, to `Rules`. What is not known here is not compiled: a rule that is passed over would accept too much.

use crate::json::{parse, Kind, Value};
use crate::patterns::Pattern;
use crate::rules::{Rules, Schema, Type, ANYTHING};

/// The rules that a document states, or what it has that is not known here.
pub fn compile(document: &str) -> Result<Rules, String> {
    let root = parse(document.as_bytes()).ok_or("the document is no plain JSON")?;
    let mut compiler = Compiler { schemas: vec![Schema::default()], patterns: Vec::new(), defined: Vec::new() };
    let definitions = root.get("$defs").and_then(Value::object).unwrap_or_default();
    for (name, _) in definitions {
        compiler.defined.push((name.to_string(), compiler.schemas.len()));
        compiler.schemas.push(Schema::default());
    }
    for (place, (_, definition)) in definitions.iter().enumerate() {
        let schema = compiler.schema(definition)?;
        compiler.schemas[place + 1] = schema;
    }
    let root = compiler.place(&root)?;
    let patterns = compiler.patterns.into_iter().map(|(_, pattern)| pattern).collect();
    Ok(Rules { schemas: compiler.schemas, patterns, root })
}

struct Compiler {
    schemas: Vec<Schema>,
    patterns: Vec<(String, Pattern)>,
    defined: Vec<(String, usize)>,
}

impl Compiler {
    /// Where a schema stands once it is compiled.
    fn place(&mut self, value: &Value) -> Result<usize, String> {
        match &value.kind {
            Kind::Bool(true) => return Ok(ANYTHING),
            Kind::Object(members) => match &members[..] {
                [] => return Ok(ANYTHING),
                [(keyword, target)] if keyword == "$ref" => return self.defined_at(words(keyword, target)?),
                _ => {}
            },
            _ => {}
        }
        let schema = self.schema(value)?;
        self.schemas.push(schema);
        Ok(self.schemas.len() - 1)
    }

    fn defined_at(&self, target: &str) -> Result<usize, String> {
        let name = target.strip_prefix("#/$defs/");
        let found = self.defined.iter().find(|(defined, _)| Some(defined.as_str()) == name);
        found.map(|(_, place)| *place).ok_or_else(|| format!("nothing is defined at {target}"))
    }

    fn schema(&mut self, value: &Value) -> Result<Schema, String> {
        let mut made = Schema::default();
        if let Kind::Bool(taken) = value.kind {
            made.never = !taken;
            return Ok(made);
        }
        for (keyword, held) in value.object().ok_or("a schema is an object or a boolean")? {
            match keyword.as_ref() {
                "$schema" | "title" | "$defs" => {}
                "type" => made.kind = Some(type_of(words(keyword, held)?)?),
                "const" if made.words.is_none() => made.words = Some(vec![words(keyword, held)?.to_owned()]),
                "enum" if made.words.is_none() => made.words = Some(texts(keyword, held)?),
                "pattern" => made.pattern = Some(self.pattern(words(keyword, held)?)?),
                "minimum" => made.minimum = Some(number(keyword, held)?),
                "maximum" => made.maximum = Some(number(keyword, held)?),
                "properties" => made.properties = self.named(keyword, held)?,
                "dependentSchemas" => made.dependent = self.named(keyword, held)?,
                "required" => made.required = texts(keyword, held)?,
                "additionalProperties" => made.additional = Some(self.place(held)?).filter(|place| *place != ANYTHING),
                "propertyNames" => made.names = Some(self.place(held)?),
                "minProperties" => made.min_properties = count(keyword, held)?,
                "items" => made.items = Some(self.place(held)?),
                "contains" => made.contains = Some(self.place(held)?),
                "minItems" => made.min_items = count(keyword, held)?,
                "maxItems" => made.max_items = Some(count(keyword, held)?),
                "allOf" => made.all = self.places(keyword, held)?,
                "anyOf" => made.any = self.places(keyword, held)?,
                "oneOf" => made.one = self.places(keyword, held)?,
                "not" => made.not = Some(self.place(held)?),
                "x-score-order" => made.score_order = true,
                "x-distinct-ids" => made.distinct_ids = true,
                _ => return Err(format!("{keyword} is not known here, or not as it is used")),
            }
        }
        Ok(made)
    }

    fn places(&mut self, keyword: &str, value: &Value) -> Result<Vec<usize>, String> {
        let parts = value.array().filter(|parts| !parts.is_empty()).ok_or_else(|| format!("{keyword} takes schemas"))?;
        parts.iter().map(|part| self.place(part)).collect()
    }

    fn named(&mut self, keyword: &str, value: &Value) -> Result<Vec<(String, usize)>, String> {
        let parts = value.object().ok_or_else(|| format!("{keyword} takes schemas by name"))?;
        parts.iter().map(|(name, part)| Ok((name.to_string(), self.place(part)?))).collect()
    }

    fn pattern(&mut self, text: &str) -> Result<usize, String> {
        if let Some(place) = self.patterns.iter().position(|(held, _)| held == text) {
            return Ok(place);
        }
        let pattern = Pattern::new(text).ok_or_else(|| format!("the pattern {text} is not compiled"))?;
        self.patterns.push((text.to_owned(), pattern));
        Ok(self.patterns.len() - 1)
    }
}

fn words<'v>(keyword: &str, value: &'v Value) -> Result<&'v str, String> {
    value.text().ok_or_else(|| format!("{keyword} takes a string here"))
}

fn texts(keyword: &str, value: &Value) -> Result<Vec<String>, String> {
    let items = value.array().ok_or_else(|| format!("{keyword} takes strings here"))?;
    items.iter().map(|item| words(keyword, item).map(str::to_owned)).collect()
}

fn number(keyword: &str, value: &Value) -> Result<f64, String> {
    let Kind::Number(text) = value.kind else { return Err(format!("{keyword} takes a number")) };
    text.parse().map_err(|_| format!("{keyword} takes a number"))
}

fn count(keyword: &str, value: &Value) -> Result<usize, String> {
    let Kind::Number(text) = value.kind else { return Err(format!("{keyword} takes a number")) };
    text.parse().map_err(|_| format!("{keyword} takes a whole number"))
}

fn type_of(word: &str) -> Result<Type, String> {
    Ok(match word {
        "object" => Type::Object,
        "array" => Type::Array,
        "string" => Type::Text,
        "number" => Type::Number,
        "integer" => Type::Integer,
        "boolean" => Type::Boolean,
        _ => return Err(format!("the type {word} is not known here")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(document: &str, text: &str) -> bool {
        compile(document).unwrap().accept(&parse(text.as_bytes()).unwrap())
    }

    #[test]
    fn keywords_are_judged_as_json_schema_has_them() {
        assert!(accepts(r#"{"properties": {"a": false}}"#, "[1]"));
        assert!(!accepts(r#"{"properties": {"a": false}}"#, r#"{"a": 1}"#));
        assert!(accepts(r#"{"type": "integer"}"#, "1.0"));
        assert!(!accepts(r#"{"type": "integer"}"#, "1.5"));
        assert!(accepts(r#"{"additionalProperties": {}}"#, r#"{"a": 1}"#));
        assert!(!accepts(r#"{"properties": {"a": {}}, "additionalProperties": false}"#, r#"{"a": 1, "b": 1}"#));
        assert!(!accepts(r#"{"dependentSchemas": {"a": {"required": ["b"]}}}"#, r#"{"a": 1}"#));
        assert!(!accepts(r#"{"oneOf": [{"required": ["a"]}, {"required": ["b"]}]}"#, r#"{"a": 1, "b": 1}"#));
        assert!(!accepts(r#"{"contains": {"required": ["a"]}}"#, "[]"));
        assert!(accepts(
            r##"{"items": {"$ref": "#/$defs/A"}, "$defs": {"A": {"items": {"$ref": "#/$defs/A"}, "type": "array"}}}"##,
            "[[], [[]]]"
        ));
    }

    #[test]
    fn a_verdict_that_is_not_certain_is_none() {
        let order = r#"{"x-score-order": true}"#;
        assert!(accepts(order, r#"{"min": 1, "raw": 1, "max": 2}"#));
        assert!(!accepts(order, r#"{"min": 1, "max": 1}"#));
        assert!(!accepts(order, r#"{"raw": 90071992547409930, "max": 90071992547409931}"#));
        assert!(!accepts(r#"{"minimum": 9007199254740992}"#, "9007199254740993"));
        assert!(accepts(r#"{"maximum": 1e300}"#, "1e300"));
    }

    #[test]
    fn what_is_not_known_is_not_compiled() {
        for document in [r#"{"format": "uri"}"#, r#"{"const": 1}"#, r#"{"pattern": "a"}"#, r##"{"$ref": "#/$defs/A"}"##, "1"] {
            assert!(compile(document).is_err(), "{document}");
        }
    }
}
