//! From the body of a request to statements as they would be kept: parsed, judged and completed, one at a time.
//!
//! What `ingest_api.candidates` does for the usual request, which `xapi.statement.complete` says in detail. A request with anything
//! in it that is wrong, or that takes more than this, is left to that.

use crate::json::{self, Kind, Value};
use crate::rules::Rules;

const VOIDED: &str = "http://adlnet.gov/expapi/verbs/voided";

/// What a version of xAPI has its record store set or change: `xapi.statement.Completion`.
pub struct Completion {
    pub version: String,
    pub times_in_utc: bool,
}

pub struct Limits {
    pub levels: usize,
    pub statement_bytes: usize,
}

/// A valid statement: where in the body it stands, the id that it has and how that is written, what it voids, and its completed text in
/// two parts, between which an id goes that is still to be made.
pub struct Accepted {
    pub start: usize,
    pub end: usize,
    pub id: Option<[u8; 16]>,
    pub name: Option<String>,
    pub voids: Option<[u8; 16]>,
    pub text: Vec<u8>,
    pub text_after_id: Vec<u8>,
}

/// Whether the body is a batch, and its statements; `None` where it is left to Python.
pub fn accept(
    body: &[u8],
    rules: &Rules,
    completion: &Completion,
    limits: &Limits,
    authority: &[u8],
) -> Option<(bool, Vec<Accepted>)> {
    let (batch, accepted) = json::parse_each(body, limits.levels, |statement| {
        if statement.end - statement.start > limits.statement_bytes || !rules.are_kept_by(&statement) {
            return None;
        }
        completed(body, &statement, completion, authority)
    })?;
    ids_differ(&accepted).then_some((batch, accepted))
}

fn ids_differ(accepted: &[Accepted]) -> bool {
    let mut ids: Vec<&[u8; 16]> = accepted.iter().filter_map(|one| one.id.as_ref()).collect();
    ids.sort_unstable();
    ids.windows(2).all(|pair| pair[0] != pair[1])
}

fn completed(body: &[u8], statement: &Value<'_>, completion: &Completion, authority: &[u8]) -> Option<Accepted> {
    let target = statement.get("object")?;
    let within = (target.get("objectType").and_then(Value::text) == Some("SubStatement")).then_some(target);
    for one in [Some(statement), within].into_iter().flatten() {
        if one.get("attachments").is_some() {
            return None;
        }
        let time = one.get("timestamp").and_then(Value::text);
        if completion.times_in_utc && time.is_some_and(|time| !time.ends_with('Z')) {
            return None;
        }
    }
    let mut text = Vec::with_capacity(statement.end - statement.start + authority.len() + 160);
    let rewritten = statement.get("stored").is_some() || statement.get("authority").is_some();
    if rewritten || has_single_activity(statement) || within.is_some_and(has_single_activity) {
        rewrite(body, statement, &mut text)?;
    } else {
        text.extend_from_slice(statement.slice(body));
    }
    text.pop(); // the brace at the end
    while text.last().is_some_and(u8::is_ascii_whitespace) {
        text.pop();
    }
    text.extend_from_slice(b",\"authority\":");
    text.extend_from_slice(authority);
    let given = statement.get("id");
    let mut text_after_id = if given.is_some() { Vec::new() } else { Vec::with_capacity(24) };
    let end = if given.is_some() { &mut text } else { &mut text_after_id };
    if statement.get("version").is_none() {
        end.extend_from_slice(b",\"version\":\"");
        end.extend_from_slice(completion.version.as_bytes());
        end.push(b'"');
    }
    end.push(b'}');
    let voids = if statement.get("verb")?.get("id")?.text()? == VOIDED { Some(uuid(target.get("id")?.text()?)?) } else { None };
    let name = given.and_then(Value::text).map(str::to_owned);
    let id = match &name {
        Some(name) => Some(uuid(name)?),
        None => None,
    };
    Some(Accepted { start: statement.start, end: statement.end, id, name, voids, text, text_after_id })
}

/// Of a text that has the form of one.
fn uuid(text: &str) -> Option<[u8; 16]> {
    let mut digits = text.bytes().filter(|byte| *byte != b'-').map(|byte| (byte as char).to_digit(16));
    let mut id = [0; 16];
    for byte in &mut id {
        *byte = (digits.next()?? << 4 | digits.next()??) as u8;
    }
    digits.next().is_none().then_some(id)
}

fn activities<'v, 'a>(statement: &'v Value<'a>) -> &'v [(std::borrow::Cow<'a, str>, Value<'a>)] {
    statement.get("context").and_then(|context| context.get("contextActivities")).and_then(Value::object).unwrap_or_default()
}

fn has_single_activity(statement: &Value<'_>) -> bool {
    activities(statement).iter().any(|(_, named)| named.object().is_some())
}

/// The statement without the client's stored and authority, context activities as arrays, also in a SubStatement; every other member as
/// its bytes (`xapi.statement._rewritten`).
fn rewrite(body: &[u8], statement: &Value<'_>, text: &mut Vec<u8>) -> Option<()> {
    write_members(statement, text, |name, value, text| {
        match name {
            "stored" | "authority" => return Some(false),
            "context" => write_context(body, value, text)?,
            "object" => write_object(body, value, text)?,
            _ => text.extend_from_slice(value.slice(body)),
        }
        Some(true)
    })
}

fn write_object(body: &[u8], object: &Value<'_>, text: &mut Vec<u8>) -> Option<()> {
    let sub_statement = object.get("objectType").and_then(Value::text) == Some("SubStatement");
    if sub_statement != contains(object.slice(body), b"\"SubStatement\"") {
        return None; // written with an escape, or said elsewhere in it
    }
    if !sub_statement || object.get("context").is_none() {
        text.extend_from_slice(object.slice(body));
        return Some(());
    }
    write_members(object, text, |name, value, text| {
        if name == "context" {
            write_context(body, value, text)?;
        } else {
            text.extend_from_slice(value.slice(body));
        }
        Some(true)
    })
}

fn write_context(body: &[u8], context: &Value<'_>, text: &mut Vec<u8>) -> Option<()> {
    let Some(kinds) = context.get("contextActivities") else {
        text.extend_from_slice(context.slice(body));
        return Some(());
    };
    write_members(context, text, |name, value, text| {
        if name != "contextActivities" {
            text.extend_from_slice(value.slice(body));
            return Some(true);
        }
        write_members(kinds, text, |_, named, text| {
            if matches!(named.kind, Kind::Object(_)) {
                text.push(b'[');
                text.extend_from_slice(named.slice(body));
                text.push(b']');
            } else {
                text.extend_from_slice(named.slice(body));
            }
            Some(true)
        })?;
        Some(true)
    })
}

/// An object, of which `write` writes the value of each member, or says that it is left out. `None` for a name that JSON has to escape.
fn write_members(
    object: &Value<'_>,
    text: &mut Vec<u8>,
    mut write: impl FnMut(&str, &Value<'_>, &mut Vec<u8>) -> Option<bool>,
) -> Option<()> {
    text.push(b'{');
    let mut first = true;
    for (name, value) in object.object()? {
        if name.bytes().any(|byte| byte < 0x20 || byte == b'"' || byte == b'\\' || byte == 0x7f) {
            return None;
        }
        let begun = text.len();
        if !first {
            text.push(b',');
        }
        text.push(b'"');
        text.extend_from_slice(name.as_bytes());
        text.extend_from_slice(b"\":");
        if write(name, value, text)? {
            first = false;
        } else {
            text.truncate(begun);
        }
    }
    text.push(b'}');
    Some(())
}

fn contains(text: &[u8], wanted: &[u8]) -> bool {
    text.windows(wanted.len()).any(|window| window == wanted)
}
