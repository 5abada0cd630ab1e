//! Records of `statements.accepted`: what `schemas.events.decode_accepted` reads, with what is to be known of each statement.

use crate::extract::{extract, Extract};
use crate::skim::Skimmer;

/// Some bytes of the record (from, to).
pub type Part = (usize, usize);

pub struct Request {
    pub partner: String,
    pub may_void_any: bool,
    /// Each statement's text, and what it says, where that is plain.
    pub statements: Vec<(Part, Option<Extract>)>,
    pub tolerated: Vec<Tolerated>,
}

pub struct Tolerated {
    pub index: u32,
    pub tolerances: Vec<String>,
    pub received: Part,
}

/// `None` for anything that is not plainly such a record. A statement that is not plain has only its text.
pub fn read(record: &[u8]) -> Option<Vec<Request>> {
    let mut requests = None;
    let mut from = Skimmer::new(record)?;
    from.object(|within, name| match name {
        "requests" => once(&mut requests, list(within, request)?),
        "v" => within.whole_number().map(|_| ()),
        _ => within.pass().map(|_| ()),
    })?;
    if from.is_at_end() {
        requests
    } else {
        None
    }
}

fn once<T>(place: &mut Option<T>, value: T) -> Option<()> {
    place.replace(value).is_none().then_some(())
}

fn list<'a, T>(from: &mut Skimmer<'a>, read: fn(&mut Skimmer<'a>) -> Option<T>) -> Option<Vec<T>> {
    let mut found = Vec::new();
    from.array(|within| {
        found.push(read(within)?);
        Some(())
    })?;
    Some(found)
}

fn text(from: &mut Skimmer<'_>) -> Option<String> {
    Some(from.string()?.into_owned())
}

fn request(from: &mut Skimmer<'_>) -> Option<Request> {
    let (mut request_id, mut credential, mut partner) = (None, None, None);
    let (mut may_void_any, mut statements, mut tolerated) = (None, None, None);
    from.object(|within, name| match name {
        "request_id" => once(&mut request_id, text(within)?),
        "credential" => once(&mut credential, text(within)?),
        "partner" => once(&mut partner, text(within)?),
        "may_void_any" => once(&mut may_void_any, within.flag()?),
        "statements" => once(&mut statements, list(within, statement)?),
        "tolerated" => once(&mut tolerated, list(within, one_tolerated)?),
        _ => within.pass().map(|_| ()),
    })?;
    request_id?;
    credential?;
    Some(Request {
        partner: partner?,
        may_void_any: may_void_any?,
        statements: statements?,
        tolerated: tolerated.unwrap_or_default(),
    })
}

fn statement(from: &mut Skimmer<'_>) -> Option<(Part, Option<Extract>)> {
    let begin = from.mark();
    if let Some(found) = extract(from) {
        return Some(((begin.at(), from.at()), Some(found)));
    }
    from.go_back(begin);
    Some((from.pass()?, None))
}

fn one_tolerated(from: &mut Skimmer<'_>) -> Option<Tolerated> {
    let (mut index, mut tolerances, mut received) = (None, None, None);
    from.object(|within, name| match name {
        "index" => once(&mut index, within.whole_number()?),
        "tolerances" => once(&mut tolerances, list(within, text)?),
        "received" => once(&mut received, within.pass()?),
        _ => within.pass().map(|_| ()),
    })?;
    Some(Tolerated { index: index?, tolerances: tolerances?, received: received? })
}
