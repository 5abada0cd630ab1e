//! The statements of a request: judged, and completed as a record store has to. Stands for `ingest_api.candidates.Preparation._plain`.

use std::ops::Range;

use crate::json::{each, Kind, Value};
use crate::rules::Rules;
use crate::times::in_utc;

/// What a request's statements are completed with, and bounded by.
pub struct Terms<'t> {
    /// JSON.
    pub authority: &'t [u8],
    pub version: &'t [u8],
    /// Whether times are converted (IEEE 9274.1.1, 4.2.7).
    pub times_in_utc: bool,
    /// The verb that voids.
    pub voided: &'t str,
    pub max_depth: usize,
    pub max_bytes: usize,
}

pub type Name = [u8; 36];
pub type Id = [u8; 16];

pub struct Statement {
    pub name: Name,
    pub id: Id,
    /// Whether the id came with it; another has to be filled in.
    pub given: bool,
    pub voids: Option<Id>,
    /// In the body.
    pub sent: Range<usize>,
    /// In the completed text.
    pub text: Range<usize>,
    hole: usize,
}

/// All statements of a body. `text` is a JSON array of them, completed.
pub struct Statements {
    pub batch: bool,
    pub text: Vec<u8>,
    pub all: Vec<Statement>,
}

impl Statements {
    /// `None` unless each of them is plainly valid, and needs nothing of what takes more: Python decides then.
    pub fn of(body: &[u8], rules: &Rules, terms: &Terms) -> Option<Self> {
        let mut all = Vec::new();
        let mut text = Vec::with_capacity(body.len() + body.len() / 4 + 256);
        text.push(b'[');
        let batch = each(body, |value| {
            if !is_within(&value, body, terms) || !rules.accept(&value) {
                return None;
            }
            if !all.is_empty() {
                text.push(b',');
            }
            all.push(complete(&value, body, terms, &mut text)?);
            Some(())
        })?;
        text.push(b']');
        (!all.is_empty()).then_some(Self { batch, text, all })
    }

    pub fn lacking(&self) -> usize {
        self.all.iter().filter(|one| !one.given).count()
    }

    /// Give those that lack an id these, in turn. `None` if one is no UUID, or there are too few.
    pub fn fill(&mut self, names: &[Name]) -> Option<()> {
        let mut names = names.iter();
        for one in self.all.iter_mut().filter(|one| !one.given) {
            one.name = *names.next()?;
            one.id = id_of(&one.name)?;
            self.text[one.hole..one.hole + 36].copy_from_slice(&one.name);
        }
        Some(())
    }

    pub fn differ(&self) -> bool {
        let mut ids: Vec<&Id> = self.all.iter().map(|one| &one.id).collect();
        ids.sort_unstable();
        ids.windows(2).all(|pair| pair[0] != pair[1])
    }
}

fn is_within(value: &Value, body: &[u8], terms: &Terms) -> bool {
    let sent = value.slice(body);
    let brackets = || sent.iter().filter(|byte| matches!(byte, b'{' | b'[')).count();
    sent.len() <= terms.max_bytes && (brackets() <= terms.max_depth || depth(value) <= terms.max_depth)
}

fn depth(value: &Value) -> usize {
    match &value.kind {
        Kind::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Kind::Object(members) => 1 + members.iter().map(|(_, held)| depth(held)).max().unwrap_or(0),
        _ => 0,
    }
}

/// Stands for `xapi.statement.complete`: the same bytes, at the end of `text`.
fn complete(value: &Value, body: &[u8], terms: &Terms, text: &mut Vec<u8>) -> Option<Statement> {
    let target = value.get("object")?;
    let inner = (target.get("objectType").and_then(Value::text) == Some("SubStatement")).then_some(target);
    if [Some(value), inner].into_iter().flatten().any(|event| event.get("attachments").is_some()) {
        return None;
    }
    let begin = text.len();
    let dropped = ["stored", "authority"].iter().any(|name| value.get(name).is_some());
    let rewritten = dropped || has_single_activity(value) || inner.is_some_and(has_single_activity);
    let elsewhere = terms.times_in_utc && (has_time_elsewhere(value)? || inner.map_or(Some(false), has_time_elsewhere)?);
    if rewritten || elsewhere {
        Rewriting { body, arrays: rewritten, utc: elsewhere }.event(value, inner, text)?;
        text.pop();
    } else {
        let members = &body[value.start..value.end - 1];
        text.extend_from_slice(members.trim_ascii_end());
    }
    text.extend_from_slice(b",\"authority\":");
    text.extend_from_slice(terms.authority);
    let given = value.get("id").map(|id| id.text().and_then(|id| id.as_bytes().try_into().ok()));
    let mut hole = 0;
    let name: Name = match given {
        Some(name) => name?,
        None => {
            text.extend_from_slice(b",\"id\":\"");
            hole = text.len();
            text.extend_from_slice(&[b'0'; 36]);
            text.push(b'"');
            [b'0'; 36]
        }
    };
    if value.get("version").is_none() {
        text.extend_from_slice(b",\"version\":\"");
        text.extend_from_slice(terms.version);
        text.push(b'"');
    }
    text.push(b'}');
    let voiding = value.get("verb")?.get("id")?.text()? == terms.voided;
    Some(Statement {
        name,
        id: if given.is_some() { id_of(&name)? } else { [0; 16] },
        given: given.is_some(),
        voids: if voiding { Some(id_of(target.get("id")?.text()?.as_bytes())?) } else { None },
        sent: value.start..value.end,
        text: begin..text.len(),
        hole,
    })
}

fn has_single_activity(event: &Value) -> bool {
    let kinds = event.get("context").and_then(|context| context.get("contextActivities")).and_then(Value::object);
    kinds.is_some_and(|kinds| kinds.iter().any(|(_, named)| named.object().is_some()))
}

fn has_time_elsewhere(event: &Value) -> Option<bool> {
    let Some(time) = event.get("timestamp") else { return Some(false) };
    let time = time.text()?;
    Some(in_utc(time)? != time)
}

/// A statement written anew, member by member. Its names, and those within contexts, are of the data model, so they need no escapes.
struct Rewriting<'b> {
    body: &'b [u8],
    /// Without `stored` and `authority`, and context activities as arrays.
    arrays: bool,
    /// Times in UTC.
    utc: bool,
}

impl Rewriting<'_> {
    fn event(&self, event: &Value, inner: Option<&Value>, text: &mut Vec<u8>) -> Option<()> {
        let inner = inner.filter(|inner| self.utc || inner.get("context").is_some());
        let members = event.object()?.iter().filter(|(name, _)| !(self.arrays && (name == "stored" || name == "authority")));
        joined(members, text, |name, held, text| match (name, inner) {
            ("context", _) if self.arrays => self.context(held, text),
            ("timestamp", _) if self.utc => {
                text.push(b'"');
                text.extend_from_slice(in_utc(held.text()?)?.as_bytes());
                text.push(b'"');
                Some(())
            }
            ("object", Some(inner)) => self.event(inner, None, text),
            _ => self.same(held, text),
        })
    }

    fn context(&self, context: &Value, text: &mut Vec<u8>) -> Option<()> {
        if context.get("contextActivities").is_none() {
            return self.same(context, text);
        }
        joined(context.object()?.iter(), text, |name, held, text| match name {
            "contextActivities" => joined(held.object()?.iter(), text, |_, named, text| match named.object() {
                Some(_) => {
                    text.push(b'[');
                    self.same(named, text)?;
                    text.push(b']');
                    Some(())
                }
                None => self.same(named, text),
            }),
            _ => self.same(held, text),
        })
    }

    fn same(&self, value: &Value, text: &mut Vec<u8>) -> Option<()> {
        text.extend_from_slice(value.slice(self.body));
        Some(())
    }
}

type Member<'a> = (std::borrow::Cow<'a, str>, Value<'a>);

fn joined<'v, 'a: 'v>(
    members: impl Iterator<Item = &'v Member<'a>>,
    text: &mut Vec<u8>,
    mut write: impl FnMut(&str, &'v Value<'a>, &mut Vec<u8>) -> Option<()>,
) -> Option<()> {
    text.push(b'{');
    for (place, (name, held)) in members.enumerate() {
        if place > 0 {
            text.push(b',');
        }
        text.push(b'"');
        text.extend_from_slice(name.as_bytes());
        text.extend_from_slice(b"\":");
        write(name, held, text)?;
    }
    text.push(b'}');
    Some(())
}

/// The sixteen bytes that a UUID in its standard form says.
pub fn id_of(name: &[u8]) -> Option<Id> {
    let mut digits = name.iter().enumerate().filter(|(place, _)| !matches!(place, 8 | 13 | 18 | 23)).map(|(_, digit)| *digit);
    let dashed = name.len() == 36 && [8, 13, 18, 23].iter().all(|place| name[*place] == b'-');
    let mut id = [0; 16];
    for byte in id.iter_mut().filter(|_| dashed) {
        let mut digit = || (digits.next()? as char).to_digit(16);
        *byte = (digit()? << 4 | digit()?) as u8;
    }
    dashed.then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::compile;

    const TERMS: Terms =
        Terms { authority: b"{}", version: b"1.0.0", times_in_utc: true, voided: "v:v", max_depth: 5, max_bytes: 1000 };

    fn texts(body: &str, new: &[Name]) -> Option<String> {
        let mut found = Statements::of(body.as_bytes(), &compile("{\"type\": \"object\"}").unwrap(), &TERMS)?;
        found.fill(new)?;
        found.differ().then(|| String::from_utf8(found.text).unwrap())
    }

    #[test]
    fn statements_are_completed() {
        let id = "fd41c918-b88b-4b20-a0a5-a4c32391aaa0";
        let new = id.as_bytes().try_into().unwrap();
        let body = r#"{ "verb":{"id":"x:y"}, "object":{} }"#;
        let done = format!(r#"[{{ "verb":{{"id":"x:y"}}, "object":{{}},"authority":{{}},"id":"{id}","version":"1.0.0"}}]"#);
        assert_eq!(texts(body, &[new]), Some(done));
        assert_eq!(texts(body, &[]), None);
        let body = format!(r#"[{{"id":"{id}","verb":{{"id":"x:y"}},"object":{{}},"stored" : 1,"version":"1"}}]"#);
        let done = format!(r#"[{{"id":"{id}","verb":{{"id":"x:y"}},"object":{{}},"version":"1","authority":{{}}}}]"#);
        assert_eq!(texts(&body, &[]), Some(done));
        assert_eq!(texts(&format!("[{0},{0}]", &body[1..body.len() - 1]), &[]), None);
        assert_eq!(texts(r#"{"verb":{"id":"x:y"},"object":{"a":[[[[1]]]]}}"#, &[new]), None);
    }

    #[test]
    fn ids_are_read() {
        assert_eq!(id_of(b"FD41c918-b88b-4b20-a0a5-a4c32391aaa0").unwrap()[..2], [0xfd, 0x41]);
        assert_eq!(id_of(b"gd41c918-b88b-4b20-a0a5-a4c32391aaa0"), None);
        assert_eq!(id_of(b"fd41c918b88b-4b20-a0a5-a4c32391aaa0-"), None);
        assert_eq!(id_of(b""), None);
    }
}
