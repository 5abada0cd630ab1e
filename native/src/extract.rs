//! What a store and the workers need of a statement: what `xapi.reading.extract_text` reads from its text.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::skim::Skimmer;

const VOIDED: &str = "http://adlnet.gov/expapi/verbs/voided";
const FEW: usize = 12;

/// The kinds of keys, in the order of `xapi.keys.KeyKind`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeyKind {
    Verb,
    Activity,
    Registration,
    Agent,
    RelatedActivity,
    RelatedAgent,
}

pub const KINDS: usize = 6;

/// A part of `Extract::said`.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    start: u32,
    end: u32,
}

/// What is said of an activity: its id, and the bytes of the statement's text (from, to) that are the definition, if it says something.
#[derive(Clone, Copy, Debug)]
pub struct Observation {
    pub activity: Span,
    pub definition: Option<(u32, u32)>,
}

/// As `xapi.extraction.Extract`, with all texts in one.
pub struct Extract {
    said: String,
    pub id: [u8; 16],
    /// In the order of `xapi.keys.in_order`.
    pub keys: Vec<(KeyKind, Span)>,
    pub learners: Vec<Span>,
    pub refers_to: Option<[u8; 16]>,
    pub is_voiding: bool,
    pub timestamped: bool,
    pub observed: Vec<Observation>,
}

impl Extract {
    pub fn text(&self, span: Span) -> &str {
        &self.said[span.start as usize..span.end as usize]
    }

    pub fn of_kind(&self, wanted: KeyKind) -> impl Iterator<Item = &str> {
        self.keys.iter().filter(move |(kind, _)| *kind == wanted).map(|(_, span)| self.text(*span))
    }
}

/// Of the statement that is read next. `None` where Python has to look; then nobody reads on.
pub fn extract(from: &mut Skimmer<'_>) -> Option<Extract> {
    let base = from.at() as u32;
    let mut parts = Parts::default();
    from.object(|within, name| match name {
        "id" => once(&mut parts.id, uuid(&within.string()?)?),
        "actor" => once(&mut parts.actor, party(within)?),
        "verb" => once(&mut parts.verb, identified(within)?.0),
        "object" => once(&mut parts.object, object(within)?),
        "context" => once(&mut parts.context, context(within)?),
        "authority" => once(&mut parts.authority, party(within)?),
        "timestamp" => once(&mut parts.timestamp, within.string()?),
        _ => within.pass().map(|_| ()),
    })?;
    let (id, actor, verb, target) = (parts.id?, parts.actor?, parts.verb?, parts.object?);
    let kind = target.kind();
    let refers_to = if kind == "StatementRef" { Some(uuid(target.id.as_ref()?)?) } else { None };

    let mut said = Said(String::with_capacity(640));
    let mut keys = Vec::with_capacity(16);
    keys.push((KeyKind::Verb, said.add(&verb)));

    let mut agents = Vec::with_capacity(4);
    let own = said.add_key(&actor)?;
    agents.extend(own);
    for member in &actor.members {
        agents.extend(said.add_key(member)?);
    }
    let learners = match own {
        _ if actor.is_group() => {
            let mut members = agents[usize::from(own.is_some())..].to_vec();
            members.sort_unstable_by(|one, other| said.text(*one).cmp(said.text(*other)));
            members.dedup_by(|one, other| said.text(*one) == said.text(*other));
            members
        }
        Some(own) => vec![own],
        None => Vec::new(),
    };
    if is_actor(kind) {
        said.add_keys(&target.party, &mut agents)?;
    }
    let mut related = Vec::with_capacity(4);
    let mut observed = Vec::with_capacity(4);
    add_related(&target, parts.context.as_ref(), parts.authority.as_ref(), &mut said, &mut related, &mut observed)?;
    let registration = parts.context.as_ref().and_then(|one| one.registration).map(|id| said.add(&hyphenated(&id)));
    for one in &mut observed {
        one.definition = one.definition.map(|(start, end)| (start - base, end - base));
    }

    let ids = said.each_once(&observed.iter().map(|one| one.activity).collect::<Vec<_>>(), &[]);
    let objects = usize::from(kind == "Activity");
    keys.extend(ids.iter().take(objects).map(|span| (KeyKind::Activity, *span)));
    keys.extend(registration.map(|span| (KeyKind::Registration, span)));
    keys.extend(said.each_once(&agents, &[]).into_iter().map(|span| (KeyKind::Agent, span)));
    keys.extend(ids.iter().skip(objects).map(|span| (KeyKind::RelatedActivity, *span)));
    keys.extend(said.each_once(&related, &agents).into_iter().map(|span| (KeyKind::RelatedAgent, span)));
    Some(Extract {
        id,
        learners,
        refers_to,
        is_voiding: refers_to.is_some() && verb == VOIDED,
        timestamped: parts.timestamp.is_some(),
        observed,
        keys,
        said: said.0,
    })
}

/// Of a name that is there twice the last value counts, which is left to Python.
fn once<T>(place: &mut Option<T>, value: T) -> Option<()> {
    place.replace(value).is_none().then_some(())
}

#[derive(Default)]
struct Parts<'a> {
    id: Option<[u8; 16]>,
    actor: Option<Party<'a>>,
    verb: Option<Cow<'a, str>>,
    object: Option<Object<'a>>,
    context: Option<Context<'a>>,
    authority: Option<Party<'a>>,
    timestamp: Option<Cow<'a, str>>,
}

struct Said(String);

impl Said {
    fn text(&self, span: Span) -> &str {
        &self.0[span.start as usize..span.end as usize]
    }

    fn add(&mut self, text: &str) -> Span {
        let start = self.0.len();
        self.0.push_str(text);
        self.since(start)
    }

    fn since(&self, start: usize) -> Span {
        Span { start: start as u32, end: self.0.len() as u32 }
    }

    /// As `xapi.agents.agent_key`; the outer `None` where Python has to say it.
    fn add_key(&mut self, party: &Party<'_>) -> Option<Option<Span>> {
        let start = self.0.len();
        if let Some(mbox) = &party.mbox {
            let domain = mbox.rfind('@').map_or(0, |at| at + 1);
            self.0.push_str("mbox|");
            self.0.push_str(&mbox[..domain]);
            self.add_in_lower_case(&mbox[domain..])?;
        } else if let Some((home_page, name)) = &party.account {
            self.0.push_str("account|");
            self.0.push_str(home_page);
            self.0.push('|');
            self.0.push_str(name);
        } else if let Some(sum) = &party.mbox_sha1sum {
            self.0.push_str("mbox_sha1sum|");
            self.add_in_lower_case(sum)?;
        } else if let Some(openid) = &party.openid {
            self.0.push_str("openid|");
            self.0.push_str(openid);
        } else {
            return Some(None);
        }
        Some(Some(self.since(start)))
    }

    /// `None` where that is more than letters of ASCII.
    fn add_in_lower_case(&mut self, text: &str) -> Option<()> {
        let start = self.0.len();
        self.0.push_str(text);
        self.0[start..].make_ascii_lowercase();
        text.is_ascii().then_some(())
    }

    /// As `xapi.agents.agent_keys`.
    fn add_keys(&mut self, party: &Party<'_>, keys: &mut Vec<Span>) -> Option<()> {
        keys.extend(self.add_key(party)?);
        for member in &party.members {
            keys.extend(self.add_key(member)?);
        }
        Some(())
    }

    /// Those of `spans` whose text is none of `before` and none of the earlier ones.
    fn each_once(&self, spans: &[Span], before: &[Span]) -> Vec<Span> {
        if spans.len() + before.len() <= FEW {
            let is_new = |place: &usize| {
                let text = self.text(spans[*place]);
                spans[..*place].iter().chain(before).all(|earlier| self.text(*earlier) != text)
            };
            return (0..spans.len()).filter(is_new).map(|place| spans[place]).collect();
        }
        let mut held: HashSet<&str> = before.iter().map(|span| self.text(*span)).collect();
        spans.iter().copied().filter(|span| held.insert(self.text(*span))).collect()
    }
}

#[derive(Default)]
struct Party<'a> {
    kind: Option<Cow<'a, str>>,
    mbox: Option<Cow<'a, str>>,
    account: Option<(Cow<'a, str>, Cow<'a, str>)>,
    mbox_sha1sum: Option<Cow<'a, str>>,
    openid: Option<Cow<'a, str>>,
    members: Vec<Party<'a>>,
}

impl<'a> Party<'a> {
    /// Read a property, if it is of these; whether it is.
    fn take(&mut self, from: &mut Skimmer<'a>, name: &str) -> Option<bool> {
        match name {
            "objectType" => once(&mut self.kind, from.string()?)?,
            "mbox" => once(&mut self.mbox, from.string()?)?,
            "account" => once(&mut self.account, account(from)?)?,
            "mbox_sha1sum" => once(&mut self.mbox_sha1sum, from.string()?)?,
            "openid" => once(&mut self.openid, from.string()?)?,
            "member" => {
                if !self.members.is_empty() {
                    return None;
                }
                from.array(|within| {
                    self.members.push(party(within)?);
                    Some(())
                })?;
            }
            _ => return Some(false),
        }
        Some(true)
    }

    fn is_group(&self) -> bool {
        self.kind.as_deref() == Some("Group")
    }
}

fn party<'a>(from: &mut Skimmer<'a>) -> Option<Party<'a>> {
    let mut found = Party::default();
    from.object(|within, name| {
        if !found.take(within, name)? {
            within.pass()?;
        }
        Some(())
    })?;
    Some(found)
}

fn account<'a>(from: &mut Skimmer<'a>) -> Option<(Cow<'a, str>, Cow<'a, str>)> {
    let (mut home_page, mut account_name) = (None, None);
    from.object(|within, name| match name {
        "homePage" => once(&mut home_page, within.string()?),
        "name" => once(&mut account_name, within.string()?),
        _ => within.pass().map(|_| ()),
    })?;
    Some((home_page?, account_name?))
}

type Definition = Option<(u32, u32)>;

/// Anything with an `id`, which may have a `definition`.
fn identified<'a>(from: &mut Skimmer<'a>) -> Option<(Cow<'a, str>, Definition)> {
    let (mut id, mut definition) = (None, None);
    from.object(|within, name| match name {
        "id" => once(&mut id, within.string()?),
        "definition" => once(&mut definition, passed_definition(within)?),
        _ => within.pass().map(|_| ()),
    })?;
    Some((id?, definition.flatten()))
}

/// The bytes that are an object with something in it.
fn passed_definition(from: &mut Skimmer<'_>) -> Option<Definition> {
    if from.peek()? != b'{' {
        return None;
    }
    let (start, end) = from.pass()?;
    Some((end - start > 2).then_some((start as u32, end as u32)))
}

#[derive(Default)]
struct Object<'a> {
    party: Party<'a>,
    id: Option<Cow<'a, str>>,
    definition: Option<Definition>,
    actor: Option<Party<'a>>,
    object: Option<Box<Object<'a>>>,
    context: Option<Context<'a>>,
    authority: Option<Party<'a>>,
}

impl Object<'_> {
    fn kind(&self) -> &str {
        self.party.kind.as_deref().unwrap_or("Activity")
    }
}

fn object<'a>(from: &mut Skimmer<'a>) -> Option<Object<'a>> {
    let mut found = Object::default();
    from.object(|within, name| {
        if found.party.take(within, name)? {
            return Some(());
        }
        match name {
            "id" => once(&mut found.id, within.string()?),
            "definition" => once(&mut found.definition, passed_definition(within)?),
            "actor" => once(&mut found.actor, party(within)?),
            "object" => once(&mut found.object, Box::new(object(within)?)),
            "context" => once(&mut found.context, context(within)?),
            "authority" => once(&mut found.authority, party(within)?),
            _ => within.pass().map(|_| ()),
        }
    })?;
    Some(found)
}

type Activity<'a> = (Cow<'a, str>, Definition);

#[derive(Default)]
struct Context<'a> {
    registration: Option<[u8; 16]>,
    instructor: Option<Party<'a>>,
    team: Option<Party<'a>>,
    activities: Option<[Vec<Activity<'a>>; 4]>,
    agents: Option<Vec<Party<'a>>>,
    groups: Option<Vec<Party<'a>>>,
}

fn context<'a>(from: &mut Skimmer<'a>) -> Option<Context<'a>> {
    let mut found = Context::default();
    from.object(|within, name| match name {
        "registration" => once(&mut found.registration, uuid(&within.string()?)?),
        "instructor" => once(&mut found.instructor, party(within)?),
        "team" => once(&mut found.team, party(within)?),
        "contextActivities" => once(&mut found.activities, context_activities(within)?),
        "contextAgents" => once(&mut found.agents, each_of(within, "agent")?),
        "contextGroups" => once(&mut found.groups, each_of(within, "group")?),
        _ => within.pass().map(|_| ()),
    })?;
    Some(found)
}

fn each_of<'a>(from: &mut Skimmer<'a>, wanted: &str) -> Option<Vec<Party<'a>>> {
    let mut found = Vec::new();
    from.array(|within| {
        let mut one = None;
        within.object(|member, name| if name == wanted { once(&mut one, party(member)?) } else { member.pass().map(|_| ()) })?;
        found.push(one?);
        Some(())
    })?;
    Some(found)
}

fn context_activities<'a>(from: &mut Skimmer<'a>) -> Option<[Vec<Activity<'a>>; 4]> {
    let mut found: [Option<Vec<Activity<'a>>>; 4] = Default::default();
    from.object(|within, name| {
        let place = match name {
            "parent" => 0,
            "grouping" => 1,
            "category" => 2,
            "other" => 3,
            _ => return within.pass().map(|_| ()),
        };
        let mut activities = Vec::new();
        within.array(|item| {
            activities.push(identified(item)?);
            Some(())
        })?;
        once(&mut found[place], activities)
    })?;
    Some(found.map(Option::unwrap_or_default))
}

/// What only a related filter finds, and every activity: of a statement's parts, then of those of its SubStatement.
fn add_related(
    target: &Object<'_>,
    context: Option<&Context<'_>>,
    authority: Option<&Party<'_>>,
    said: &mut Said,
    agents: &mut Vec<Span>,
    observed: &mut Vec<Observation>,
) -> Option<()> {
    if let Some(authority) = authority {
        said.add_keys(authority, agents)?;
    }
    if target.kind() == "Activity" {
        observed.push(Observation { activity: said.add(target.id.as_ref()?), definition: target.definition.flatten() });
    }
    if let Some(context) = context {
        let others = context.agents.iter().chain(&context.groups).flatten();
        for party in context.instructor.iter().chain(&context.team).chain(others) {
            said.add_keys(party, agents)?;
        }
        for (id, definition) in context.activities.iter().flatten().flatten() {
            observed.push(Observation { activity: said.add(id), definition: *definition });
        }
    }
    if target.kind() == "SubStatement" {
        let (actor, object) = (target.actor.as_ref()?, target.object.as_ref()?);
        said.add_keys(actor, agents)?;
        if is_actor(object.kind()) {
            said.add_keys(&object.party, agents)?;
        }
        add_related(object, target.context.as_ref(), target.authority.as_ref(), said, agents, observed)?;
    }
    Some(())
}

fn is_actor(kind: &str) -> bool {
    kind == "Agent" || kind == "Group"
}

/// The bytes that a UUID in five groups of digits names.
fn uuid(text: &str) -> Option<[u8; 16]> {
    let digits = text.as_bytes();
    if digits.len() != 36 || [8, 13, 18, 23].iter().any(|place| digits[*place] != b'-') {
        return None;
    }
    let mut found = [0; 16];
    let mut at = 0;
    for byte in &mut found {
        if digits[at] == b'-' {
            at += 1;
        }
        *byte = digit(digits[at])? << 4 | digit(digits[at + 1])?;
        at += 2;
    }
    Some(found)
}

fn digit(byte: u8) -> Option<u8> {
    (byte as char).to_digit(16).map(|digit| digit as u8)
}

pub fn hyphenated(id: &[u8; 16]) -> String {
    let mut text = String::with_capacity(36);
    for (place, byte) in id.iter().enumerate() {
        if matches!(place, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        for half in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(half), 16).unwrap_or('0'));
        }
    }
    text
}
