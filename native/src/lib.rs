//! The hot paths of Rekam, compiled: what every statement passes on its way. Each function either gives exactly what the Python it
//! stands for gives, or `None`, and that Python decides. So nothing here explains anything, and nothing is refused here.

mod accepted;
mod accepting;
mod bson;
mod extract;
mod hashing;
mod json;
mod page;
mod patterns;
mod recording;
mod rules;
mod schema;
mod skim;
mod statements;
mod times;

use pyo3::prelude::*;
use pyo3::types::PyBytes;

#[pymodule]
mod rekam_native {
    use super::*;

    #[pymodule_export]
    use super::accepting::{Prepared, Rules};
    #[pymodule_export]
    use super::recording::{extract_text, read_accepted, sayings, Extract, KeyHashes};

    /// Raised whenever a function here comes, goes or means something else; `xapi.native` has the same number.
    #[pymodule_export]
    const INTERFACE: u32 = 1;

    /// `StoredStatement`s as they are given out, joined by commas; None where one was stored outside the years 1 to 9999.
    #[pyfunction]
    fn joined<'py>(py: Python<'py>, statements: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyBytes>>> {
        page::joined(py, statements)
    }
}
