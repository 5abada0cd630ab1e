//! The hot paths of Rekam, compiled: what every statement passes on its way. Each function either gives exactly what the Python it
//! stands for gives, or `None`, and that Python decides. So nothing here explains anything, and nothing is refused here.

mod accepted;
mod bson;
mod extract;
mod hashing;
mod json;
mod recording;
mod skim;

use pyo3::prelude::*;

#[pymodule]
mod rekam_native {
    use super::*;

    #[pymodule_export]
    use super::recording::{extract_text, read_accepted, sayings, Extract, KeyHashes};

    /// Whether the text is plain JSON in UTF-8, as strictly as Rekam takes it; False where Python has to look.
    #[pyfunction]
    fn is_plain_json(text: &[u8]) -> bool {
        json::parse(text).is_some()
    }
}
