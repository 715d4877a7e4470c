//! Numbers and texts as pickles write them.

use super::values::Value;

#[cfg(test)]
mod tests;

/// An integer in decimal, as `INT` and `LONG` hold it; `None` where it is none of 64 bits.
pub(super) fn integer(digits: &[u8]) -> Option<Value> {
    let digits = std::str::from_utf8(digits).ok()?;
    if let Ok(value) = digits.parse() {
        return Some(Value::Int(value));
    }
    digits.parse().ok().map(Value::LargeInt)
}

/// An integer in two's complement, least byte first, as `LONG1` holds it; `None` where it needs
/// more than 64 bits.
pub(super) fn twos_complement(bytes: &[u8]) -> Option<Value> {
    let sign = match bytes.last() {
        Some(last) if last & 0x80 != 0 => 0xff,
        _ => 0,
    };
    let mut low = [sign; 8];
    let n_low = bytes.len().min(8);
    low[..n_low].copy_from_slice(&bytes[..n_low]);
    if bytes[n_low..].iter().any(|&byte| byte != sign) {
        return None;
    }
    match i64::from_le_bytes(low) {
        value if (value < 0) == (sign == 0xff) => Some(Value::Int(value)),
        // The sign stands in a ninth byte: positive and over 63 bits, or too small.
        _ if sign == 0 => Some(Value::LargeInt(u64::from_le_bytes(low))),
        _ => None,
    }
}

/// A number as Python's `repr` writes it.
pub(super) fn float(digits: &[u8]) -> Option<f64> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// Latin-1 text in which `\uXXXX` and `\UXXXXXXXX` stand for other characters; `None` where one of
/// them is no character.
pub(super) fn raw_unicode_escape(line: &[u8]) -> Option<String> {
    let mut text = String::with_capacity(line.len());
    let mut rest = line;
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first != b'\\' {
            text.push(char::from(*first));
            continue;
        }
        let n_digits = match tail {
            [b'u', ..] => 4,
            [b'U', ..] => 8,
            // A backslash before anything else stands for itself, and so does what follows it.
            [other, after @ ..] => {
                text.extend(['\\', char::from(*other)]);
                rest = after;
                continue;
            }
            [] => {
                text.push('\\');
                continue;
            }
        };
        let digits = tail.get(1..=n_digits)?;
        let code = hexadecimal(digits)?;
        text.push(char::from_u32(code)?);
        rest = &tail[1 + n_digits..];
    }
    Some(text)
}

/// The bytes of a quoted string of Python 2, quotes included; `None` where it is none.
pub(super) fn quoted_string(line: &[u8]) -> Option<Vec<u8>> {
    let (&quote, rest) = line.split_first()?;
    let (&last, mut rest) = rest.split_last()?;
    if quote != last || !matches!(quote, b'\'' | b'"') {
        return None;
    }
    let mut bytes = Vec::with_capacity(rest.len());
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first != b'\\' {
            bytes.push(*first);
            continue;
        }
        let (&escape, tail) = tail.split_first()?;
        rest = tail;
        let byte = match escape {
            b'\\' | b'\'' | b'"' => escape,
            b'a' => 0x07,
            b'b' => 0x08,
            b'f' => 0x0c,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'v' => 0x0b,
            b'x' => {
                let digits = tail.get(..2)?;
                rest = &tail[2..];
                hexadecimal(digits)? as u8
            }
            b'0'..=b'7' => {
                let is_octal = |byte: &&u8| matches!(byte, b'0'..=b'7');
                let n_more = tail.iter().take(2).take_while(is_octal).count();
                rest = &tail[n_more..];
                let digits = tail[..n_more].iter();
                let value = digits.fold(u32::from(escape - b'0'), |value, digit| {
                    8 * value + u32::from(digit - b'0')
                });
                u8::try_from(value).ok()?
            }
            _ => {
                bytes.push(b'\\');
                escape
            }
        };
        bytes.push(byte);
    }
    Some(bytes)
}

fn hexadecimal(digits: &[u8]) -> Option<u32> {
    // `from_str_radix` would take a sign.
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}
