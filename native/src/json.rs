//! JSON text as a tree that remembers where in the text each value stands.
//!
//! Strict where Rekam is: UTF-8, no property twice in an object, no lone surrogate, no number beyond a 64-bit float. Whatever is not
//! plainly right is `None`, never an error: who asked then takes the way that explains.

use std::borrow::Cow;

/// Objects and arrays within each other, the outermost included.
pub const MOST_LEVELS: usize = 190;
/// Longer numbers are left to who explains: Python refuses to read integers of more than 4,300 digits.
const LONGEST_NUMBER: usize = 300;

/// A value, and the bytes of the text from `start` to `end` (exclusive) that say it.
#[derive(Debug)]
pub struct Value<'a> {
    pub kind: Kind<'a>,
    pub start: usize,
    pub end: usize,
}

#[derive(Debug)]
pub enum Kind<'a> {
    Null,
    Bool(bool),
    /// As it is written.
    Number(&'a str),
    Text(Cow<'a, str>),
    Array(Vec<Value<'a>>),
    /// In the order of the text, each name once.
    Object(Vec<(Cow<'a, str>, Value<'a>)>),
}

impl<'a> Value<'a> {
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn array(&self) -> Option<&[Value<'a>]> {
        match &self.kind {
            Kind::Array(items) => Some(items),
            _ => None,
        }
    }

    pub fn object(&self) -> Option<&[(Cow<'a, str>, Value<'a>)]> {
        match &self.kind {
            Kind::Object(members) => Some(members),
            _ => None,
        }
    }

    /// A member of an object; `None` where it has none of that name, or is no object.
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.object()?.iter().find(|(held, _)| held == name).map(|(_, value)| value)
    }

    /// The bytes of `text`, which this was parsed from, that say this value.
    pub fn slice<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        &text[self.start..self.end]
    }
}

/// The one value that `text` is, with white space around it.
pub fn parse(text: &[u8]) -> Option<Value<'_>> {
    let text = std::str::from_utf8(text).ok()?;
    let mut reader = Reader { text, bytes: text.as_bytes(), at: 0, levels: 0 };
    reader.skip_space();
    let value = reader.value()?;
    reader.skip_space();
    (reader.at == reader.bytes.len()).then_some(value)
}

/// Each value of an array in turn, or the one value that `text` is; each is gone when the next is read. Whether it is an array; `None`
/// as `parse` has it, and where `take` gives it.
pub fn each<'a>(text: &'a [u8], mut take: impl FnMut(Value<'a>) -> Option<()>) -> Option<bool> {
    let text = std::str::from_utf8(text).ok()?;
    let mut reader = Reader { text, bytes: text.as_bytes(), at: 0, levels: 0 };
    reader.skip_space();
    let array = reader.peek()? == b'[';
    if array {
        reader.levels = 1;
        reader.at += 1;
        reader.skip_space();
        while reader.peek()? != b']' {
            take(reader.value()?)?;
            reader.skip_space();
            if reader.peek()? == b',' {
                reader.at += 1;
                reader.skip_space();
                if reader.peek()? == b']' {
                    return None;
                }
            } else if reader.peek()? != b']' {
                return None;
            }
        }
        reader.at += 1;
    } else {
        take(reader.value()?)?;
    }
    reader.skip_space();
    (reader.at == reader.bytes.len()).then_some(array)
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    levels: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    fn value(&mut self) -> Option<Value<'a>> {
        let start = self.at;
        let kind = match self.peek()? {
            b'{' => self.nested(Self::members)?,
            b'[' => self.nested(Self::items)?,
            b'"' => Kind::Text(self.string()?),
            b't' => self.word("true", Kind::Bool(true))?,
            b'f' => self.word("false", Kind::Bool(false))?,
            b'n' => self.word("null", Kind::Null)?,
            _ => Kind::Number(self.number()?),
        };
        Some(Value { kind, start, end: self.at })
    }

    fn nested(&mut self, read: fn(&mut Self) -> Option<Kind<'a>>) -> Option<Kind<'a>> {
        self.levels += 1;
        if self.levels > MOST_LEVELS {
            return None;
        }
        self.at += 1;
        let kind = read(self)?;
        self.levels -= 1;
        Some(kind)
    }

    fn members(&mut self) -> Option<Kind<'a>> {
        let mut members: Vec<(Cow<'a, str>, Value<'a>)> = Vec::new();
        self.skip_space();
        if self.peek()? == b'}' {
            self.at += 1;
            return Some(Kind::Object(members));
        }
        members.reserve(4);
        loop {
            self.skip_space();
            if self.peek()? != b'"' {
                return None;
            }
            let name = self.string()?;
            self.skip_space();
            self.take(b':')?;
            self.skip_space();
            let value = self.value()?;
            members.push((name, value));
            self.skip_space();
            match self.peek()? {
                b',' => self.at += 1,
                b'}' => break,
                _ => return None,
            }
        }
        self.at += 1;
        each_once(&members).then_some(Kind::Object(members))
    }

    fn items(&mut self) -> Option<Kind<'a>> {
        let mut items = Vec::new();
        self.skip_space();
        if self.peek()? == b']' {
            self.at += 1;
            return Some(Kind::Array(items));
        }
        loop {
            self.skip_space();
            items.push(self.value()?);
            self.skip_space();
            match self.peek()? {
                b',' => self.at += 1,
                b']' => break,
                _ => return None,
            }
        }
        self.at += 1;
        Some(Kind::Array(items))
    }

    fn take(&mut self, wanted: u8) -> Option<()> {
        (self.peek()? == wanted).then(|| self.at += 1)
    }

    fn word(&mut self, word: &str, kind: Kind<'a>) -> Option<Kind<'a>> {
        self.bytes[self.at..].starts_with(word.as_bytes()).then(|| {
            self.at += word.len();
            kind
        })
    }

    fn string(&mut self) -> Option<Cow<'a, str>> {
        self.at += 1;
        let start = self.at;
        loop {
            self.skip_plain();
            match self.peek()? {
                b'"' => {
                    self.at += 1;
                    return Some(Cow::Borrowed(&self.text[start..self.at - 1]));
                }
                b'\\' => return self.escaped(start).map(Cow::Owned),
                0..=0x1f => return None,
                _ => self.at += 1,
            }
        }
    }

    /// Past bytes of a string that are only themselves, eight at a time: no quote, no backslash, no control character.
    fn skip_plain(&mut self) {
        const ONES: u64 = u64::MAX / 255;
        const HIGHS: u64 = ONES << 7;
        while let Some(eight) = self.bytes.get(self.at..self.at + 8) {
            let eight = u64::from_le_bytes(eight.try_into().unwrap_or_default());
            let has_zero = |word: u64| word.wrapping_sub(ONES) & !word & HIGHS;
            let quotes = has_zero(eight ^ (ONES * b'"' as u64));
            let backslashes = has_zero(eight ^ (ONES * b'\\' as u64));
            let controls = eight.wrapping_sub(ONES * 0x20) & !eight & HIGHS;
            let found = quotes | backslashes | controls;
            if found != 0 {
                self.at += found.trailing_zeros() as usize / 8;
                return;
            }
            self.at += 8;
        }
    }

    /// The rest of a string that has an escape, which the reader stands at; its content began at `start`.
    fn escaped(&mut self, start: usize) -> Option<String> {
        let mut said = String::with_capacity(self.at - start + 32);
        let mut from = start;
        loop {
            match self.peek()? {
                b'"' => {
                    said.push_str(&self.text[from..self.at]);
                    self.at += 1;
                    return Some(said);
                }
                b'\\' => {
                    said.push_str(&self.text[from..self.at]);
                    self.at += 1;
                    let escape = self.peek()?;
                    self.at += 1;
                    said.push(match escape {
                        b'"' => '"',
                        b'\\' => '\\',
                        b'/' => '/',
                        b'b' => '\u{8}',
                        b'f' => '\u{c}',
                        b'n' => '\n',
                        b'r' => '\r',
                        b't' => '\t',
                        b'u' => self.code_point()?,
                        _ => return None,
                    });
                    from = self.at;
                }
                0..=0x1f => return None,
                _ => self.at += 1,
            }
        }
    }

    fn code_point(&mut self) -> Option<char> {
        let first = self.hexadecimal()?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first); // None for a low surrogate by itself
        }
        self.take(b'\\')?;
        self.take(b'u')?;
        let second = self.hexadecimal()?;
        if !(0xdc00..0xe000).contains(&second) {
            return None;
        }
        char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00))
    }

    fn hexadecimal(&mut self) -> Option<u32> {
        let digits = self.bytes.get(self.at..self.at + 4)?;
        let mut number = 0;
        for digit in digits {
            number = number << 4 | (*digit as char).to_digit(16)?;
        }
        self.at += 4;
        Some(number)
    }

    fn number(&mut self) -> Option<&'a str> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek()? == b'0' {
            self.at += 1;
        } else {
            self.digits()?;
        }
        let mut plain = true;
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            plain = false;
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        let number = &self.text[start..self.at];
        let finite = number.len() <= LONGEST_NUMBER && (plain || number.parse::<f64>().is_ok_and(f64::is_finite));
        finite.then_some(number)
    }

    /// One digit or more.
    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }
}

/// Whether no two members have one name.
fn each_once(members: &[(Cow<'_, str>, Value<'_>)]) -> bool {
    if members.len() <= 16 {
        return members.iter().enumerate().all(|(place, (name, _))| members[..place].iter().all(|(earlier, _)| earlier != name));
    }
    let mut names: Vec<&str> = members.iter().map(|(name, _)| name.as_ref()).collect();
    names.sort_unstable();
    names.windows(2).all(|pair| pair[0] != pair[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_know_where_they_stand() {
        let text = br#" {"a": [1, "x\n", true], "b": {"c": null}} "#;
        let value = parse(text).unwrap();
        assert_eq!(value.get("a").unwrap().slice(text), br#"[1, "x\n", true]"#);
        assert_eq!(value.get("a").unwrap().array().unwrap()[1].text(), Some("x\n"));
        assert!(matches!(value.get("b").unwrap().get("c").unwrap().kind, Kind::Null));
        assert!(value.get("c").is_none());
    }

    #[test]
    fn escapes_are_read() {
        let value = parse(br#""\u00e9\ud83d\ude00\/\\\"""#).unwrap();
        assert_eq!(value.text(), Some("\u{e9}\u{1f600}/\\\""));
    }

    #[test]
    fn what_is_not_plainly_json_is_none() {
        let wrong: &[&[u8]] = &[
            b"",
            b" ",
            b"{",
            b"[1,]",
            b"{\"a\":1,}",
            b"{\"a\" 1}",
            b"{a:1}",
            b"01",
            b"-",
            b"1.",
            b"1e",
            b".5",
            b"+1",
            b"NaN",
            b"Infinity",
            b"1e999",
            b"\"\\ud800\"",
            b"\"\\udc00\"",
            b"\"\\ud800\\u0041\"",
            b"\"\\x\"",
            b"\"\n\"",
            b"\"\xff\"",
            b"truE",
            b"1 2",
            b"{\"a\":1,\"a\":2}",
            b"{\"a\":1,\"\\u0061\":2}",
            b"\xef\xbb\xbf1",
            b"nul",
        ];
        for text in wrong {
            assert!(parse(text).is_none(), "{:?}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn values_of_an_array_come_one_by_one() {
        let taken = |text: &[u8]| {
            let mut spans = Vec::new();
            each(text, |value| Some(spans.push((value.start, value.end)))).map(|array| (array, spans))
        };
        assert_eq!(taken(b" [ {} ,[1] ] "), Some((true, vec![(3, 5), (7, 10)])));
        assert_eq!(taken(b"[]"), Some((true, vec![])));
        assert_eq!(taken(b" 1 "), Some((false, vec![(1, 2)])));
        for wrong in [b"[1,]" as &[u8], b"[,1]", b"[1 2]", b"[1", b"[1]]", b"", b"1 2"] {
            assert_eq!(taken(wrong), None, "{:?}", String::from_utf8_lossy(wrong));
        }
        assert!(each(b"[1,2]", |_| None).is_none());
    }

    #[test]
    fn many_members_and_many_levels_are_bounded() {
        let names: Vec<String> = (0..40).map(|number| format!("\"{number}\":0")).collect();
        assert!(parse(format!("{{{}}}", names.join(",")).as_bytes()).is_some());
        assert!(parse(format!("{{{},\"7\":1}}", names.join(",")).as_bytes()).is_none());
        assert!(parse(("[".repeat(190) + &"]".repeat(190)).as_bytes()).is_some());
        assert!(parse(("[".repeat(191) + &"]".repeat(191)).as_bytes()).is_none());
    }
}
