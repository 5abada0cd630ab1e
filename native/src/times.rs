//! Times in other zones. Stands for `xapi.values.in_utc`.

use std::borrow::Cow;

/// An RFC 3339 time as the same instant in UTC; `None` where Python has to look. The text is known to follow `TIMESTAMP_RFC3339`.
pub fn in_utc(text: &str) -> Option<Cow<'_, str>> {
    if text.ends_with('Z') {
        return Some(Cow::Borrowed(text));
    }
    let bytes = text.as_bytes();
    let zone = bytes.len().checked_sub(6).filter(|at| *at >= 19)?;
    let ahead = match bytes[zone] {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':'), (zone + 3, b':')];
    if !text.is_ascii() || marks.iter().any(|(at, mark)| bytes[*at] != *mark) {
        return None;
    }
    let number = |from: usize, to: usize| text[from..to].parse::<i64>().ok();
    let offset = ahead * (number(zone + 1, zone + 3)? * 60 + number(zone + 4, zone + 6)?);
    let minutes = number(11, 13)? * 60 + number(14, 16)? - offset;
    let seconds = days_before(number(0, 4)?, number(5, 7)?, number(8, 10)?) * 86_400 + minutes * 60 + number(17, 19)?;
    let (year, month, day) = date_after(seconds.div_euclid(86_400));
    if !(1..=9999).contains(&year) {
        return None;
    }
    let rest = seconds.rem_euclid(86_400);
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    Some(Cow::Owned(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{}Z", &text[19..zone])))
}

/// Days from 1970-01-01 to a day of the Gregorian calendar.
fn days_before(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2); // years begin in March: the day that may be missing is their last
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    year.div_euclid(400) * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Year, month and day so many days after 1970-01-01.
fn date_after(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = (shifted + 2) % 12 + 1;
    let year = year_of_era + days.div_euclid(146_097) * 400 + i64::from(month <= 2);
    (year, month, of_year - (153 * shifted + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_the_same_instant_in_utc() {
        for (text, wanted) in [
            ("2026-01-01T00:00:00+07:00", "2025-12-31T17:00:00Z"),
            ("2024-02-28T23:30:01.1234567-00:30", "2024-02-29T00:00:01.1234567Z"),
            ("2000-03-01T00:00:00+00:01", "2000-02-29T23:59:00Z"),
            ("2016-12-31T23:59:60+00:00", "2017-01-01T00:00:00Z"),
            ("2026-01-01T00:00:00.5Z", "2026-01-01T00:00:00.5Z"),
        ] {
            assert_eq!(in_utc(text).as_deref(), Some(wanted));
        }
        assert_eq!(in_utc("0001-01-01T00:00:00+07:00"), None);
        assert_eq!(in_utc("9999-12-31T23:59:59-07:00"), None);
        assert_eq!(in_utc("2026-01-01T00:00:00"), None);
    }

    #[test]
    fn days_and_dates_are_each_others_way_back() {
        for days in (-719_162..2_932_897).step_by(97) {
            let (year, month, day) = date_after(days);
            assert_eq!(days_before(year, month, day), days);
        }
    }
}
