//! The hot paths of Rekam, compiled: what every statement passes on its way. Each function either gives exactly what the Python it
//! stands for gives, or `None`, and that Python decides. So nothing here explains anything, and nothing is refused here.

mod accepting;
mod json;
mod patterns;
mod rules;
mod schema;
mod statements;
mod times;

use pyo3::prelude::*;

#[pymodule]
mod rekam_native {
    use super::*;

    #[pymodule_export]
    use super::accepting::{Prepared, Rules};

    /// Whether the text is plain JSON in UTF-8, as strictly as Rekam takes it; False where Python has to look.
    #[pyfunction]
    fn is_plain_json(text: &[u8]) -> bool {
        json::parse(text).is_some()
    }
}
