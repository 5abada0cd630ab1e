//! The hot paths of Rekam, compiled: what every statement passes on its way. Each function either gives exactly what the Python it
//! stands for gives, or `None`, and that Python decides. So nothing here explains anything, and nothing is refused here.

mod accepting;
mod json;
mod page;
mod rules;

use pyo3::prelude::*;
use pyo3::types::PyBytes;

#[pymodule]
mod rekam_native {
    use super::*;
    use crate::accepting::{accept, Completion, Limits};
    use crate::rules::Rules;
    use pyo3::exceptions::PyValueError;

    /// Raised whenever a function here comes, goes or means something else; `xapi.native` has the same number.
    #[pymodule_export]
    const INTERFACE: u32 = 1;

    /// `StoredStatement`s as they are given out, joined by commas; None where one was stored outside the years 1 to 9999.
    #[pyfunction]
    fn joined<'py>(py: Python<'py>, statements: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyBytes>>> {
        page::joined(py, statements)
    }

    type Prepared<'py> = (Option<String>, Bound<'py, PyBytes>, usize, usize, Option<Bound<'py, PyBytes>>);

    /// Accepts the statements of one version of xAPI.
    #[pyclass(frozen)]
    struct Acceptor {
        rules: Rules,
        completion: Completion,
        limits: Limits,
    }

    #[pymethods]
    impl Acceptor {
        #[new]
        fn new(
            document: &[u8],
            version: String,
            times_in_utc: bool,
            max_depth: usize,
            max_statement_bytes: usize,
        ) -> PyResult<Self> {
            let rules = json::parse(document).as_ref().and_then(Rules::of);
            let rules = rules.ok_or_else(|| PyValueError::new_err("the schema has what this compiler does not know"))?;
            let limits = Limits { levels: max_depth, statement_bytes: max_statement_bytes };
            Ok(Acceptor { rules, completion: Completion { version, times_in_utc }, limits })
        }

        /// Whether the body is a batch, and of each of its statements: its id as it is written, or as `new_ids(how many)` gives it in
        /// turn; its text as it is kept; where in the body it begins and ends; the 16 bytes of the id of what it voids. None where
        /// Python has to look.
        fn accept<'py>(
            &self,
            py: Python<'py>,
            body: &[u8],
            authority: &[u8],
            new_ids: &Bound<'py, PyAny>,
        ) -> PyResult<Option<(bool, Vec<Prepared<'py>>)>> {
            let found = py.detach(|| accept(body, &self.rules, &self.completion, &self.limits, authority));
            let Some((batch, accepted)) = found else { return Ok(None) };
            let lacking = accepted.iter().filter(|one| one.name.is_none()).count();
            let made: Vec<String> = if lacking > 0 { new_ids.call1((lacking,))?.extract()? } else { Vec::new() };
            let mut made = made.into_iter();
            let mut prepared = Vec::with_capacity(accepted.len());
            for one in accepted {
                let voids = one.voids.map(|id| PyBytes::new(py, &id));
                let (name, text) = match one.name {
                    Some(_) => (None, PyBytes::new(py, &one.text)),
                    None => {
                        let name = made.next().ok_or_else(|| PyValueError::new_err("too few ids were made"))?;
                        let text = [&one.text, b",\"id\":\"".as_slice(), name.as_bytes(), b"\"", &one.text_after_id].concat();
                        (Some(name), PyBytes::new(py, &text))
                    }
                };
                prepared.push((one.name.or(name), text, one.start, one.end, voids));
            }
            Ok(Some((batch, prepared)))
        }
    }
}
