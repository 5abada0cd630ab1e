//! As much of BSON (https://bsonspec.org/spec.html) as a statement's document needs, number by number as the driver writes it.

pub struct Writer {
    bytes: Vec<u8>,
    open: Vec<usize>,
}

impl Writer {
    pub fn new(size: usize) -> Self {
        let mut writer = Self { bytes: Vec::with_capacity(size), open: Vec::with_capacity(4) };
        writer.begin();
        writer
    }

    fn begin(&mut self) {
        self.open.push(self.bytes.len());
        self.bytes.extend_from_slice(&[0; 4]);
    }

    fn name(&mut self, kind: u8, name: &str) {
        self.bytes.push(kind);
        self.bytes.extend_from_slice(name.as_bytes());
        self.bytes.push(0);
    }

    fn length(&mut self, length: usize) {
        self.bytes.extend_from_slice(&(length as i32).to_le_bytes());
    }

    pub fn document(&mut self, name: &str) {
        self.name(3, name);
        self.begin();
    }

    pub fn array(&mut self, name: &str) {
        self.name(4, name);
        self.begin();
    }

    /// Of the document or the array that was begun last.
    pub fn end(&mut self) {
        self.bytes.push(0);
        if let Some(start) = self.open.pop() {
            let size = (self.bytes.len() - start) as i32;
            self.bytes[start..start + 4].copy_from_slice(&size.to_le_bytes());
        }
    }

    pub fn text(&mut self, name: &str, text: &str) {
        self.name(2, name);
        self.length(text.len() + 1);
        self.bytes.extend_from_slice(text.as_bytes());
        self.bytes.push(0);
    }

    pub fn binary(&mut self, name: &str, subtype: u8, bytes: &[u8]) {
        self.name(5, name);
        self.length(bytes.len());
        self.bytes.push(subtype);
        self.bytes.extend_from_slice(bytes);
    }

    pub fn flag(&mut self, name: &str, flag: bool) {
        self.name(8, name);
        self.bytes.push(u8::from(flag));
    }

    /// In 32 bits where it fits into them.
    pub fn number(&mut self, name: &str, number: i64) {
        match i32::try_from(number) {
            Ok(small) => {
                self.name(16, name);
                self.bytes.extend_from_slice(&small.to_le_bytes());
            }
            Err(_) => {
                self.name(18, name);
                self.bytes.extend_from_slice(&number.to_le_bytes());
            }
        }
    }

    pub fn numbers(&mut self, name: &str, numbers: &[i64]) {
        self.array(name);
        let mut digits = String::new();
        for (place, number) in numbers.iter().enumerate() {
            digits.clear();
            digits.push_str(&place.to_string());
            self.number(&digits, *number);
        }
        self.end();
    }

    pub fn finish(mut self) -> Vec<u8> {
        self.end();
        self.bytes
    }
}
