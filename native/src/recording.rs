//! What recording asks for, as Python sees it.

use std::collections::HashMap;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict, PyList, PyString, PyTuple, PyType};

use crate::accepted;
use crate::bson::Writer;
use crate::extract::{extract, hyphenated, KeyKind, KINDS};
use crate::hashing::Blake2b;
use crate::skim::Skimmer;

/// What a store and the workers need of a statement. Attributes are those of `xapi.extraction.Extract`, made when they are asked for.
#[pyclass(frozen, module = "rekam_native")]
pub struct Extract {
    held: crate::extract::Extract,
    text: Py<PyBytes>,
    statement_id: PyOnceLock<Py<PyAny>>,
}

impl Extract {
    fn new(held: crate::extract::Extract, text: Py<PyBytes>) -> Self {
        Self { held, text, statement_id: PyOnceLock::new() }
    }
}

#[pymethods]
impl Extract {
    /// The 16 bytes of the statement's id.
    #[getter]
    fn key<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.held.id)
    }

    /// The 16 bytes of `refers_to`.
    #[getter]
    fn target_key<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyBytes>> {
        self.held.refers_to.map(|id| PyBytes::new(py, &id))
    }

    #[getter]
    fn is_voiding(&self) -> bool {
        self.held.is_voiding
    }

    #[getter]
    fn timestamped(&self) -> bool {
        self.held.timestamped
    }

    #[getter]
    fn statement_id(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let made = self.statement_id.get_or_try_init(py, || uuid(py, &hyphenated(&self.held.id)).map(Bound::unbind))?;
        Ok(made.clone_ref(py))
    }

    /// The statement has no more keys than that.
    #[getter]
    fn most_keys(&self) -> usize {
        self.held.keys.iter().filter(|(kind, _)| !matches!(kind, KeyKind::Verb | KeyKind::Registration)).count() + 2
    }

    #[getter]
    fn refers_to<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.held.refers_to.map(|id| uuid(py, &hyphenated(&id))).transpose()
    }

    #[getter]
    fn voids<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        if self.held.is_voiding {
            self.refers_to(py)
        } else {
            Ok(None)
        }
    }

    #[getter]
    fn learners<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.held.learners.iter().map(|span| self.held.text(*span)).collect::<Vec<_>>())
    }

    #[getter]
    fn keys<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        let texts =
            |kinds: &[KeyKind]| PyTuple::new(py, kinds.iter().flat_map(|kind| self.held.of_kind(*kind)).collect::<Vec<_>>());
        let registration = self.held.of_kind(KeyKind::Registration).next().map(|text| uuid(py, text)).transpose()?;
        CLASS.import(py, "xapi.extraction", "StatementKeys")?.call1((
            texts(&[KeyKind::Agent])?,
            texts(&[KeyKind::Agent, KeyKind::RelatedAgent])?,
            self.held.of_kind(KeyKind::Verb).next(),
            texts(&[KeyKind::Activity])?,
            texts(&[KeyKind::Activity, KeyKind::RelatedActivity])?,
            registration,
        ))
    }

    #[getter]
    fn activities<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        let class = CLASS.import(py, "xapi.extraction", "ActivityObservation")?;
        let text = self.text.as_bytes(py);
        let seen = self.held.observed.iter().map(|one| {
            let definition = one.definition.map(|(from, to)| PyBytes::new(py, &text[from as usize..to as usize]));
            class.call1((self.held.text(one.activity), definition))
        });
        PyTuple::new(py, seen.collect::<PyResult<Vec<_>>>()?)
    }
}

fn uuid<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    static CONVERT: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    CONVERT.import(py, "msgspec", "convert")?.call1((text, CLASS.import(py, "uuid", "UUID")?))
}

/// As `xapi.reading.extract_text`.
#[pyfunction]
pub fn extract_text(text: Bound<'_, PyBytes>) -> Option<Extract> {
    let mut from = Skimmer::new(text.as_bytes())?;
    let held = extract(&mut from)?;
    if !from.is_at_end() {
        return None;
    }
    Some(Extract::new(held, text.unbind()))
}

/// The requests of a record of `statements.accepted`, each as its partner, `may_void_any`, its statements (the text, and its Extract or
/// None where Python has to look) and by their places those that needed tolerances: their names, the text as it was sent.
#[pyfunction]
pub fn read_accepted<'py>(py: Python<'py>, record: Bound<'py, PyBytes>) -> PyResult<Option<Bound<'py, PyList>>> {
    let bytes = record.as_bytes();
    let Some(requests) = py.detach(|| accepted::read(bytes)) else { return Ok(None) };
    let found = PyList::empty(py);
    for request in requests {
        let statements = PyList::empty(py);
        for ((from, to), held) in request.statements {
            let text = PyBytes::new(py, &bytes[from..to]);
            let held = held.map(|held| Extract::new(held, text.clone().unbind()));
            statements.append((text, held))?;
        }
        let tolerated = PyDict::new(py);
        for one in request.tolerated {
            let received = PyBytes::new(py, &bytes[one.received.0..one.received.1]);
            tolerated.set_item(one.index, (PyTuple::new(py, one.tolerances)?, received))?;
        }
        found.append((PyString::intern(py, &request.partner), request.may_void_any, statements, tolerated))?;
    }
    Ok(Some(found))
}

struct KindHash {
    hash: Blake2b,
    prefix: String,
}

/// Keys of statements as numbers of 64 bits.
#[pyclass(frozen, module = "rekam_native")]
pub struct KeyHashes {
    kinds: Vec<KindHash>,
    longest: usize,
    bare_registration: bool,
}

impl KeyHashes {
    fn numbers(&self, extract: &crate::extract::Extract) -> Option<Vec<i64>> {
        extract.keys.iter().map(|(kind, span)| self.number(*kind, extract.text(*span))).collect()
    }

    fn number(&self, kind: KeyKind, text: &str) -> Option<i64> {
        if text.len() > self.longest && text.chars().count() > self.longest {
            return None;
        }
        let of = &self.kinds[kind as usize];
        if kind == KeyKind::Registration && self.bare_registration {
            return Some(of.hash.number(&[of.prefix.as_bytes(), text.replace('-', "").as_bytes()]));
        }
        Some(of.hash.number(&[of.prefix.as_bytes(), text.as_bytes()]))
    }
}

#[pymethods]
impl KeyHashes {
    /// `kinds`: of each `xapi.keys.KeyKind`, in their order, the person and how the hashed text begins. Of texts longer than `longest`
    /// characters there is no number.
    #[new]
    fn new(kinds: Vec<(Vec<u8>, String)>, longest: usize, bare_registration: bool) -> PyResult<Self> {
        if kinds.len() != KINDS || kinds.iter().any(|(person, _)| person.len() > 16) {
            return Err(PyValueError::new_err("six kinds, each with a person of at most 16 bytes"));
        }
        let kinds = kinds.into_iter().map(|(name, prefix)| {
            let mut person = [0; 16];
            person[..name.len()].copy_from_slice(&name);
            KindHash { hash: Blake2b::new(8, &person), prefix }
        });
        Ok(Self { kinds: kinds.collect(), longest, bare_registration })
    }

    /// In the order of `xapi.keys.in_order`.
    fn of<'py>(&self, py: Python<'py>, extract: &Extract) -> PyResult<Option<Bound<'py, PyTuple>>> {
        self.numbers(&extract.held).map(|numbers| PyTuple::new(py, numbers)).transpose()
    }

    /// The rows (key, place, number) of statements by their own keys and those given of each, the numbers from `first` on; in order,
    /// `at_once` of them in one tuple. A statement is an Extract, or its own keys.
    fn rows<'py>(
        &self,
        py: Python<'py>,
        statements: Vec<Bound<'py, PyAny>>,
        further: Vec<i64>,
        places: Vec<i64>,
        first: i64,
        at_once: usize,
    ) -> PyResult<Option<Bound<'py, PyList>>> {
        let mut rows: Vec<[i64; 3]> = Vec::with_capacity(statements.len() * 10);
        for (number, ((statement, key), place)) in (first..).zip(statements.iter().zip(further).zip(places)) {
            let keys = match statement.cast::<Extract>() {
                Ok(extract) => match self.numbers(&extract.get().held) {
                    Some(keys) => keys,
                    None => return Ok(None),
                },
                Err(_) => statement.extract()?,
            };
            rows.extend(keys.into_iter().chain([key]).map(|key| [key, place, number]));
        }
        py.detach(|| rows.sort_unstable());
        let found = PyList::empty(py);
        for some in rows.chunks(at_once.max(1)) {
            found.append(PyTuple::new(py, some.as_flattened())?)?;
        }
        Ok(Some(found))
    }

    /// The statement's document, in BSON (`store.mongodb.statement_document.to_document`). `owner` is joined with each key; there is
    /// no document for one of more than `most` keys.
    #[allow(clippy::too_many_arguments)]
    fn document<'py>(
        &self,
        py: Python<'py>,
        extract: &Extract,
        stored_ms: i64,
        partner: &str,
        may_void_any: bool,
        owner: i64,
        most: usize,
    ) -> Option<Bound<'py, PyBytes>> {
        let held = &extract.held;
        let mut keys = self.numbers(held)?;
        if keys.len() > most {
            return None;
        }
        keys.iter_mut().for_each(|key| *key ^= owner);
        let text = extract.text.as_bytes(py);
        let mut writer = Writer::new(text.len() + 512);
        writer.binary("_id", 4, &held.id);
        writer.number("stored", stored_ms);
        writer.text("partner", partner);
        writer.flag("timestamped", held.timestamped);
        writer.flag("voided", false);
        writer.array("match");
        writer.document("0");
        writer.numbers("keys", &keys);
        if let Some(target) = &held.refers_to {
            writer.binary("to", 4, target);
        }
        writer.end();
        writer.end();
        writer.binary("text", 0, text);
        if let (true, Some(target)) = (held.is_voiding, &held.refers_to) {
            writer.binary("voids", 4, target);
            if may_void_any {
                writer.flag("may_void_any", true);
            }
        }
        Some(PyBytes::new(py, &writer.finish()))
    }
}

/// Which statement and which of its sayings, and when: `stored` in milliseconds and the statement's id.
type Said = (usize, usize, (i64, [u8; 16]));

/// What statements say of activities (`store.sqlite.activities`), each said by an owner and stored at a time: the names alone, each
/// with its owner; and by digest (activity, owner, text) and (stored, id) of the last that says so.
#[pyfunction]
pub fn sayings<'py>(
    py: Python<'py>,
    statements: Vec<PyRef<'py, Extract>>,
    owners: Vec<Bound<'py, PyString>>,
    stored_ms: Vec<i64>,
) -> PyResult<Option<(Bound<'py, PyList>, Bound<'py, PyDict>)>> {
    let hash = Blake2b::new(16, &[0; 16]);
    let mut last: HashMap<[u8; 16], Said> = HashMap::with_capacity(statements.len());
    let mut order: Vec<[u8; 16]> = Vec::with_capacity(statements.len());
    let mut names: HashMap<(&str, &str), ()> = HashMap::new();
    for (place, ((statement, owner), stored_ms)) in statements.iter().zip(&owners).zip(stored_ms).enumerate() {
        let owner = owner.to_str()?;
        let text = statement.text.as_bytes(py);
        for (number, seen) in statement.held.observed.iter().enumerate() {
            let activity = statement.held.text(seen.activity);
            let Some((from, to)) = seen.definition else {
                names.insert((activity, owner), ());
                continue;
            };
            if !is_plain(activity) || !is_plain(owner) {
                return Ok(None);
            }
            let definition = &text[from as usize..to as usize];
            let parts: [&[u8]; 6] = [b"[\"", activity.as_bytes(), b"\",\"", owner.as_bytes(), b"\"]", definition];
            let digest = hash.sixteen(&parts);
            let when = (stored_ms, statement.held.id);
            match last.entry(digest) {
                std::collections::hash_map::Entry::Vacant(entry) => {
                    entry.insert((place, number, when));
                    order.push(digest);
                }
                std::collections::hash_map::Entry::Occupied(mut entry) => {
                    if entry.get().2 < when {
                        entry.get_mut().2 = when;
                    }
                }
            }
        }
    }
    let said = PyDict::new(py);
    for digest in order {
        let (place, number, (stored_ms, id)) = last[&digest];
        let statement = &statements[place];
        let seen = &statement.held.observed[number];
        let definition =
            seen.definition.map(|(from, to)| PyBytes::new(py, &statement.text.as_bytes(py)[from as usize..to as usize]));
        let saying = (statement.held.text(seen.activity), &owners[place], definition);
        said.set_item(PyBytes::new(py, &digest), (saying, (stored_ms, PyBytes::new(py, &id))))?;
    }
    Ok(Some((PyList::new(py, names.into_keys())?, said)))
}

/// Whether JSON has a text as it is.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\')
}
