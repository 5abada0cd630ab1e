//! Reading of JSON text what is wanted and passing over the rest, which makes nothing of what nobody asks for.
//!
//! As `json`: whatever is not plainly JSON is `None`, also where nobody looks. A name that is there twice is left to who asks.

use std::borrow::Cow;

/// Objects and arrays within each other.
const MOST_LEVELS: usize = 150;
/// Python refuses to read integers of more than 4,300 digits.
const LONGEST_NUMBER: usize = 300;

pub struct Skimmer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    levels: usize,
}

/// Where a value begins.
#[derive(Clone, Copy)]
pub struct Mark {
    at: usize,
    levels: usize,
}

impl Mark {
    pub fn at(&self) -> usize {
        self.at
    }
}

impl<'a> Skimmer<'a> {
    pub fn new(text: &'a [u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?;
        let mut skimmer = Self { text, bytes: text.as_bytes(), at: 0, levels: 0 };
        skimmer.pass_space();
        Some(skimmer)
    }

    /// Whether nothing is left.
    pub fn is_at_end(&mut self) -> bool {
        self.pass_space();
        self.at == self.bytes.len()
    }

    pub fn mark(&self) -> Mark {
        Mark { at: self.at, levels: self.levels }
    }

    pub fn go_back(&mut self, mark: Mark) {
        (self.at, self.levels) = (mark.at, mark.levels);
    }

    /// Where the next value begins, or the last one ended.
    pub fn at(&self) -> usize {
        self.at
    }

    pub fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn pass_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    fn take(&mut self, wanted: u8) -> Option<()> {
        (self.peek()? == wanted).then(|| self.at += 1)
    }

    fn enter(&mut self, opening: u8) -> Option<()> {
        self.take(opening)?;
        self.levels += 1;
        (self.levels <= MOST_LEVELS).then(|| self.pass_space())
    }

    /// Whether there is another member or item; the first one follows the bracket at once.
    fn another(&mut self, closing: u8, first: bool) -> Option<bool> {
        if first {
            if self.peek()? != closing {
                return Some(true);
            }
        } else {
            self.pass_space();
            if self.peek()? == b',' {
                self.at += 1;
                self.pass_space();
                return Some(true);
            }
        }
        self.take(closing)?;
        self.levels -= 1;
        Some(false)
    }

    /// An object: `member` is called with the name of each and reads its value.
    pub fn object(&mut self, mut member: impl FnMut(&mut Self, &str) -> Option<()>) -> Option<()> {
        self.enter(b'{')?;
        let mut first = true;
        while self.another(b'}', first)? {
            first = false;
            let name = self.string()?;
            self.pass_space();
            self.take(b':')?;
            self.pass_space();
            member(self, &name)?;
        }
        Some(())
    }

    /// An array: `item` reads each.
    pub fn array(&mut self, mut item: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.enter(b'[')?;
        let mut first = true;
        while self.another(b']', first)? {
            first = false;
            item(self)?;
        }
        Some(())
    }

    pub fn flag(&mut self) -> Option<bool> {
        match self.peek()? {
            b't' => self.word("true").map(|()| true),
            _ => self.word("false").map(|()| false),
        }
    }

    /// A number without sign, point or exponent.
    pub fn whole_number(&mut self) -> Option<u32> {
        self.number()?.parse().ok()
    }

    /// Pass over a value; the bytes (from, to) that it is.
    pub fn pass(&mut self) -> Option<(usize, usize)> {
        let start = self.at;
        match self.peek()? {
            b'{' => self.object(|within, _| within.pass().map(|_| ()))?,
            b'[' => self.array(|within| within.pass().map(|_| ()))?,
            b'"' => self.pass_string()?,
            b't' => self.word("true")?,
            b'f' => self.word("false")?,
            b'n' => self.word("null")?,
            _ => {
                self.number()?;
            }
        }
        Some((start, self.at))
    }

    fn word(&mut self, word: &str) -> Option<()> {
        self.bytes[self.at..].starts_with(word.as_bytes()).then(|| self.at += word.len())
    }

    pub fn string(&mut self) -> Option<Cow<'a, str>> {
        let start = self.at + 1;
        self.take(b'"')?;
        self.pass_plain();
        if self.peek()? == b'"' {
            self.at += 1;
            return Some(Cow::Borrowed(&self.text[start..self.at - 1]));
        }
        let mut said = String::with_capacity(self.at - start + 32);
        let mut from = start;
        loop {
            said.push_str(&self.text[from..self.at]);
            match self.peek()? {
                b'"' => break,
                b'\\' => said.push(self.escape()?),
                _ => return None,
            }
            from = self.at;
            self.pass_plain();
        }
        self.at += 1;
        Some(Cow::Owned(said))
    }

    fn pass_string(&mut self) -> Option<()> {
        self.take(b'"')?;
        loop {
            self.pass_plain();
            match self.peek()? {
                b'"' => break,
                b'\\' => self.escape()?,
                _ => return None,
            };
        }
        self.at += 1;
        Some(())
    }

    /// As far as the next quotation mark, backslash or control character, eight bytes at a time.
    fn pass_plain(&mut self) {
        const ONES: u64 = u64::from_ne_bytes([1; 8]);
        const HIGHS: u64 = u64::from_ne_bytes([0x80; 8]);
        let has_zero = |word: u64| word.wrapping_sub(ONES) & !word;
        while let Some(eight) = self.bytes.get(self.at..).and_then(|rest| rest.first_chunk::<8>()) {
            let word = u64::from_le_bytes(*eight);
            let controls = word.wrapping_sub(ONES * 0x20) & !word;
            let found = (has_zero(word ^ (ONES * 0x22)) | has_zero(word ^ (ONES * 0x5c)) | controls) & HIGHS;
            if found != 0 {
                self.at += found.trailing_zeros() as usize / 8;
                return;
            }
            self.at += 8;
        }
        while let Some(byte) = self.peek() {
            if byte < 0x20 || byte == b'"' || byte == b'\\' {
                return;
            }
            self.at += 1;
        }
    }

    fn escape(&mut self) -> Option<char> {
        self.take(b'\\')?;
        let escape = self.peek()?;
        self.at += 1;
        match escape {
            b'"' => Some('"'),
            b'\\' => Some('\\'),
            b'/' => Some('/'),
            b'b' => Some('\u{8}'),
            b'f' => Some('\u{c}'),
            b'n' => Some('\n'),
            b'r' => Some('\r'),
            b't' => Some('\t'),
            b'u' => self.code_point(),
            _ => None,
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
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        let number = &self.text[start..self.at];
        (number.len() <= LONGEST_NUMBER).then_some(number)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(text: &[u8]) -> Option<()> {
        let mut skimmer = Skimmer::new(text)?;
        skimmer.pass()?;
        skimmer.is_at_end().then_some(())
    }

    #[test]
    fn what_is_plainly_json_is_passed_over() {
        let right: &[&[u8]] = &[
            b" {} ",
            b"[]",
            b"[1, 2]",
            b"{ \"a\" : [ {\"b\": null} , true,false ] }",
            b"\"\\u00e9\\ud83d\\ude00\\/\\\\ \x7f\"",
            b"-0.5e+3",
            "\"selesai é dan panjang sekali\"".as_bytes(),
        ];
        for text in right {
            assert!(whole(text).is_some(), "{:?}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn what_is_not_is_none() {
        let wrong: &[&[u8]] = &[
            b"",
            b" ",
            b"{",
            b"[1,]",
            b"[,1]",
            b"[1 2]",
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
            b"\"\\ud800\"",
            b"\"\\udc00\"",
            b"\"\\ud800\\u0041\"",
            b"\"\\x\"",
            b"\"12345678\n\"",
            b"\"\n\"",
            b"\"\xff\"",
            b"truE",
            b"1 2",
            b"nul",
            b"\"open",
            b"\"opened for long",
            b"[}",
            b"{]",
        ];
        for text in wrong {
            assert!(whole(text).is_none(), "{:?}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn strings_are_read() {
        let read = |text: &'static [u8]| Skimmer::new(text).unwrap().string().map(Cow::into_owned);
        assert_eq!(read(b"\"a\\n\\u00e9 and something longer \\\"b\\\"\"").unwrap(), "a\n\u{e9} and something longer \"b\"");
        assert_eq!(read(b"\"plain\"").unwrap(), "plain");
        assert_eq!(read(b"\"\"").unwrap(), "");
    }
}
