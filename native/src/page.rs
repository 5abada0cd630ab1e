//! The statements of a page as they are given out: what `xapi.statement.finish` makes of each, joined by commas.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple};

const DAY_MS: i64 = 86_400_000;
/// The years 1 to 9999, in milliseconds since the epoch.
const FIRST_MS: i64 = -62_135_596_800_000;
const LAST_MS: i64 = 253_402_300_799_999;
const STORED: &[u8] = b",\"stored\":\"";
const TIMESTAMP: &[u8] = b",\"timestamp\":\"";
const TIME_BYTES: usize = 24;
/// Where a `StoredStatement` has what is looked at here.
const STORED_MS_AT: usize = 1;
const TEXT_AT: usize = 2;
const TIMESTAMPED_AT: usize = 4;

/// Of `StoredStatement`s, which are tuples; None where one was stored outside the years 1 to 9999.
pub fn joined<'py>(py: Python<'py>, statements: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyBytes>>> {
    let mut held = Vec::new();
    let mut size = 0;
    for one in statements.try_iter()? {
        let one = one?.cast_into::<PyTuple>()?;
        let stored_ms: i64 = one.get_item(STORED_MS_AT)?.extract()?;
        if !(FIRST_MS..=LAST_MS).contains(&stored_ms) {
            return Ok(None);
        }
        let text = one.get_item(TEXT_AT)?.cast_into::<PyBytes>()?;
        let timestamped = one.get_item(TIMESTAMPED_AT)?.is_truthy()?;
        size += text.as_bytes().len() + STORED.len() + TIME_BYTES + 2;
        if !timestamped {
            size += TIMESTAMP.len() + TIME_BYTES + 1;
        }
        held.push((text, stored_ms, timestamped));
    }
    let page = PyBytes::new_with(py, size.saturating_sub(1), |page| {
        let mut rest = page;
        for (place, (text, stored_ms, timestamped)) in held.iter().enumerate() {
            let stored = time_text(*stored_ms);
            if place > 0 {
                put(&mut rest, b",");
            }
            let text = text.as_bytes();
            put(&mut rest, &text[..text.len().saturating_sub(1)]);
            if !timestamped {
                put(&mut rest, TIMESTAMP);
                put(&mut rest, &stored);
                put(&mut rest, b"\"");
            }
            put(&mut rest, STORED);
            put(&mut rest, &stored);
            put(&mut rest, b"\"}");
        }
        Ok(())
    })?;
    Ok(Some(page))
}

fn put(rest: &mut &mut [u8], piece: &[u8]) {
    let (here, further) = std::mem::take(rest).split_at_mut(piece.len());
    here.copy_from_slice(piece);
    *rest = further;
}

/// `YYYY-MM-DDTHH:MM:SS.mmmZ`. Source of the calendar: https://howardhinnant.github.io/date_algorithms.html#civil_from_days
fn time_text(ms: i64) -> [u8; TIME_BYTES] {
    let (days, of_day) = (ms.div_euclid(DAY_MS), ms.rem_euclid(DAY_MS));
    let shifted = days + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (seconds, rest_ms) = (of_day / 1_000, of_day % 1_000);
    let mut text = *b"0000-00-00T00:00:00.000Z";
    for (at, digits, number) in [
        (0, 4, year),
        (5, 2, month),
        (8, 2, day),
        (11, 2, seconds / 3_600),
        (14, 2, seconds / 60 % 60),
        (17, 2, seconds % 60),
        (20, 3, rest_ms),
    ] {
        let mut left = number;
        for place in (at..at + digits).rev() {
            text[place] = b'0' + (left % 10) as u8;
            left /= 10;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_python_writes_them() {
        for (ms, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_700_000_000_007, "2023-11-14T22:13:20.007Z"),
            (FIRST_MS, "0001-01-01T00:00:00.000Z"),
            (LAST_MS, "9999-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(std::str::from_utf8(&time_text(ms)).unwrap(), text);
        }
    }
}
