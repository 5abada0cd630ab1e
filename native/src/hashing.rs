//! BLAKE2b (RFC 7693) as Python's `hashlib.blake2b` has it, with a digest's size and a person and no key.

const IV: [u64; 8] = [
    0x6a09e667f3bcc908,
    0xbb67ae8584caa73b,
    0x3c6ef372fe94f82b,
    0xa54ff53a5f1d36f1,
    0x510e527fade682d1,
    0x9b05688c2b3e6c1f,
    0x1f83d9abfb41bd6b,
    0x5be0cd19137e2179,
];
const SIGMA: [[usize; 16]; 10] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
    [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
    [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
    [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
    [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
    [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
    [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
    [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
];
const BLOCK: usize = 128;

/// How many bytes long a digest is, and the person, padded with zeros.
#[derive(Clone, Copy)]
pub struct Blake2b {
    begin: [u64; 8],
}

impl Blake2b {
    pub fn new(digest_bytes: u8, person: &[u8; 16]) -> Self {
        let mut begin = IV;
        begin[0] ^= 0x0101_0000 ^ u64::from(digest_bytes);
        begin[6] ^= word(&person[..8]);
        begin[7] ^= word(&person[8..]);
        Self { begin }
    }

    /// The digest of these parts, one after the other, as words; of its bytes the first as many as it has count.
    fn digest(&self, parts: &[&[u8]]) -> [u64; 8] {
        let mut state = self.begin;
        let mut block = [0u8; BLOCK];
        let (mut held, mut done) = (0, 0u64);
        for part in parts {
            let mut rest = *part;
            while !rest.is_empty() {
                if held == BLOCK {
                    done += BLOCK as u64;
                    compress(&mut state, &block, done, false);
                    held = 0;
                }
                let taken = rest.len().min(BLOCK - held);
                block[held..held + taken].copy_from_slice(&rest[..taken]);
                held += taken;
                rest = &rest[taken..];
            }
        }
        block[held..].fill(0);
        compress(&mut state, &block, done + held as u64, true);
        state
    }

    /// Of a digest of eight bytes: as a signed number, the first byte its greatest.
    pub fn number(&self, parts: &[&[u8]]) -> i64 {
        self.digest(parts)[0].swap_bytes() as i64
    }

    /// Of a digest of sixteen.
    pub fn sixteen(&self, parts: &[&[u8]]) -> [u8; 16] {
        let state = self.digest(parts);
        let mut digest = [0; 16];
        digest[..8].copy_from_slice(&state[0].to_le_bytes());
        digest[8..].copy_from_slice(&state[1].to_le_bytes());
        digest
    }
}

fn word(bytes: &[u8]) -> u64 {
    bytes.try_into().map_or(0, u64::from_le_bytes)
}

/// A round, with the places of the message's words known when it is compiled: twice as fast as looking them up.
macro_rules! round {
    ($v:ident, $m:ident, $s:expr) => {
        mix!($v, 0, 4, 8, 12, $m[$s[0]], $m[$s[1]]);
        mix!($v, 1, 5, 9, 13, $m[$s[2]], $m[$s[3]]);
        mix!($v, 2, 6, 10, 14, $m[$s[4]], $m[$s[5]]);
        mix!($v, 3, 7, 11, 15, $m[$s[6]], $m[$s[7]]);
        mix!($v, 0, 5, 10, 15, $m[$s[8]], $m[$s[9]]);
        mix!($v, 1, 6, 11, 12, $m[$s[10]], $m[$s[11]]);
        mix!($v, 2, 7, 8, 13, $m[$s[12]], $m[$s[13]]);
        mix!($v, 3, 4, 9, 14, $m[$s[14]], $m[$s[15]]);
    };
}

macro_rules! mix {
    ($v:ident, $a:expr, $b:expr, $c:expr, $d:expr, $x:expr, $y:expr) => {
        $v[$a] = $v[$a].wrapping_add($v[$b]).wrapping_add($x);
        $v[$d] = ($v[$d] ^ $v[$a]).rotate_right(32);
        $v[$c] = $v[$c].wrapping_add($v[$d]);
        $v[$b] = ($v[$b] ^ $v[$c]).rotate_right(24);
        $v[$a] = $v[$a].wrapping_add($v[$b]).wrapping_add($y);
        $v[$d] = ($v[$d] ^ $v[$a]).rotate_right(16);
        $v[$c] = $v[$c].wrapping_add($v[$d]);
        $v[$b] = ($v[$b] ^ $v[$c]).rotate_right(63);
    };
}

fn compress(state: &mut [u64; 8], block: &[u8; BLOCK], bytes_so_far: u64, last: bool) {
    let mut m = [0u64; 16];
    for (held, eight) in m.iter_mut().zip(block.chunks_exact(8)) {
        *held = word(eight);
    }
    let mut v = [0u64; 16];
    v[..8].copy_from_slice(state);
    v[8..].copy_from_slice(&IV);
    v[12] ^= bytes_so_far;
    if last {
        v[14] = !v[14];
    }
    round!(v, m, SIGMA[0]);
    round!(v, m, SIGMA[1]);
    round!(v, m, SIGMA[2]);
    round!(v, m, SIGMA[3]);
    round!(v, m, SIGMA[4]);
    round!(v, m, SIGMA[5]);
    round!(v, m, SIGMA[6]);
    round!(v, m, SIGMA[7]);
    round!(v, m, SIGMA[8]);
    round!(v, m, SIGMA[9]);
    round!(v, m, SIGMA[0]);
    round!(v, m, SIGMA[1]);
    for (place, held) in state.iter_mut().enumerate() {
        *held ^= v[place] ^ v[place + 8];
    }
}
