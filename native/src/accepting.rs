//! Requests as Python asks about them: see the stubs for what each gives.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyString};

use crate::json;
use crate::rules::Rules as Tree;
use crate::schema::compile;
use crate::statements::{Id, Name, Statement, Statements, Terms};

#[pyclass(frozen)]
pub struct Rules(Tree);

#[pymethods]
impl Rules {
    #[new]
    fn new(document: &str) -> PyResult<Self> {
        compile(document).map(Self).map_err(PyValueError::new_err)
    }

    fn accept(&self, text: &[u8]) -> bool {
        json::parse(text).is_some_and(|value| self.0.accept(&value))
    }

    #[allow(clippy::too_many_arguments)]
    #[pyo3(signature = (body, *, authority, version, times_in_utc, voided, max_depth, max_bytes, new_names))]
    fn prepare(
        &self,
        py: Python<'_>,
        body: Bound<'_, PyBytes>,
        authority: &[u8],
        version: &str,
        times_in_utc: bool,
        voided: &str,
        max_depth: usize,
        max_bytes: usize,
        new_names: Bound<'_, PyAny>,
    ) -> PyResult<Option<Prepared>> {
        let terms = Terms { authority, version: version.as_bytes(), times_in_utc, voided, max_depth, max_bytes };
        let text = body.as_bytes();
        let Some(mut found) = py.detach(|| Statements::of(text, &self.0, &terms)) else { return Ok(None) };
        let lacking = found.lacking();
        if lacking > 0 {
            let made: Vec<String> = new_names.call1((lacking,))?.extract()?;
            let names: Result<Vec<Name>, _> = made.iter().map(|name| name.as_bytes().try_into()).collect();
            if names.is_err() || found.fill(&names.unwrap_or_default()).is_none() {
                return Ok(None);
            }
        }
        if !found.differ() {
            return Ok(None);
        }
        let text = PyBytes::new(py, &found.text).unbind();
        Ok(Some(Prepared { batch: found.batch, text, all: found.all, body: body.unbind() }))
    }
}

/// A statement as `Prepared.each` tells it: name, id, text as sent and as completed, whether the id was given, what it voids.
type Told<'py> = (&'py str, Bound<'py, PyBytes>, Bound<'py, PyBytes>, Bound<'py, PyBytes>, bool, Option<Bound<'py, PyBytes>>);

#[pyclass(frozen)]
pub struct Prepared {
    #[pyo3(get)]
    batch: bool,
    #[pyo3(get)]
    text: Py<PyBytes>,
    all: Vec<Statement>,
    body: Py<PyBytes>,
}

#[pymethods]
impl Prepared {
    fn __len__(&self) -> usize {
        self.all.len()
    }

    /// Whether one of them voids.
    #[getter]
    fn voids(&self) -> bool {
        self.all.iter().any(|one| one.voids.is_some())
    }

    fn names<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        PyList::new(py, self.all.iter().map(|one| text_of(py, &one.name)))
    }

    fn named<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let given = self.all.iter().filter(|one| one.given).map(|one| &one.id);
        PyList::new(
            py,
            given.chain(self.all.iter().filter_map(|one| one.voids.as_ref())).map(|id| bytes(py, id)).collect::<Vec<_>>(),
        )
    }

    #[getter]
    fn key<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyBytes>> {
        self.all.iter().find(|one| one.given).map(|one| bytes(py, &one.id))
    }

    fn each<'py>(&'py self, py: Python<'py>) -> Vec<Told<'py>> {
        let (text, body) = (self.text.bind(py).as_bytes(), self.body.bind(py).as_bytes());
        let told = self.all.iter().map(|one| {
            let (sent, kept) = (PyBytes::new(py, &body[one.sent.clone()]), PyBytes::new(py, &text[one.text.clone()]));
            let name = std::str::from_utf8(&one.name).unwrap_or_default();
            (name, bytes(py, &one.id), sent, kept, one.given, one.voids.as_ref().map(|id| bytes(py, id)))
        });
        told.collect()
    }
}

fn bytes<'py>(py: Python<'py>, id: &Id) -> Bound<'py, PyBytes> {
    PyBytes::new(py, id)
}

fn text_of<'py>(py: Python<'py>, name: &Name) -> Bound<'py, PyString> {
    PyString::new(py, std::str::from_utf8(name).unwrap_or_default())
}
