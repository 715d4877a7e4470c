use super::*;

fn int(value: i64) -> Option<String> {
    Some(format!("{:?}", Value::Int(value)))
}

fn large(value: u64) -> Option<String> {
    Some(format!("{:?}", Value::LargeInt(value)))
}

fn shown(value: Option<Value>) -> Option<String> {
    value.map(|value| format!("{value:?}"))
}

#[test]
fn decimal_integers_up_to_64_bits() {
    assert_eq!(shown(integer(b"-7")), int(-7));
    assert_eq!(shown(integer(b"9223372036854775807")), int(i64::MAX));
    assert_eq!(shown(integer(b"-9223372036854775808")), int(i64::MIN));
    assert_eq!(shown(integer(b"9223372036854775808")), large(1 << 63));
    assert_eq!(shown(integer(b"18446744073709551615")), large(u64::MAX));
    for bad in [
        "18446744073709551616",
        "-9223372036854775809",
        "",
        "0x10",
        "1 ",
        "1_0",
        "1.0",
    ] {
        assert_eq!(shown(integer(bad.as_bytes())), None, "{bad}");
    }
}

/// The bytes are Python's `value.to_bytes(n, "little", signed=True)`.
#[test]
fn binary_integers_up_to_64_bits() {
    assert_eq!(shown(twos_complement(b"")), int(0));
    assert_eq!(shown(twos_complement(b"\xff")), int(-1));
    assert_eq!(shown(twos_complement(b"\xff\x00")), int(255));
    assert_eq!(shown(twos_complement(b"\x00\x80")), int(-32768));
    assert_eq!(shown(twos_complement(b"\0\0\0\0\0\0\0\x80")), int(i64::MIN));
    assert_eq!(
        shown(twos_complement(b"\0\0\0\0\0\0\0\x80\0")),
        large(1 << 63)
    );
    assert_eq!(shown(twos_complement(&[0xff; 20])), int(-1));
    let all_64_bits = b"\xff\xff\xff\xff\xff\xff\xff\xff\0";
    assert_eq!(shown(twos_complement(all_64_bits)), large(u64::MAX));
    // 2^64, and -(2^63) - 1.
    assert_eq!(shown(twos_complement(b"\0\0\0\0\0\0\0\0\x01")), None);
    let too_small = b"\xff\xff\xff\xff\xff\xff\xff\x7f\xff";
    assert_eq!(shown(twos_complement(too_small)), None);
}

#[test]
fn floats_as_python_writes_them() {
    assert_eq!(float(b"1e-05"), Some(1e-5));
    assert_eq!(float(b"-inf"), Some(f64::NEG_INFINITY));
    assert!(float(b"nan").is_some_and(f64::is_nan));
    assert_eq!(float(b"0.1\xff"), None);
    assert_eq!(float(b""), None);
}

/// Expected: Python's `line.decode("raw-unicode-escape")`, but surrogates are refused.
#[test]
fn raw_unicode_escapes() {
    let check = |line: &[u8], text: Option<&str>| {
        assert_eq!(raw_unicode_escape(line).as_deref(), text, "{line:?}");
    };
    check(b"plain \xe9", Some("plain é"));
    check(b"\\u20ac\\U0001f600!", Some("€😀!"));
    check(b"\\u005c", Some("\\"));
    check(b"\\n\\\\u0041\\", Some("\\n\\\\u0041\\"));
    check(b"\\u12", None);
    check(b"\\u+123", None);
    check(b"\\ud800", None);
    check(b"\\U00110000", None);
}

/// Expected: Python's `ast.literal_eval("b" + line)`.
#[test]
fn quoted_strings_of_python_2() {
    let check = |line: &[u8], bytes: Option<&[u8]>| {
        assert_eq!(quoted_string(line).as_deref(), bytes, "{line:?}");
    };
    check(b"''", Some(b""));
    check(b"\"it's\"", Some(b"it's"));
    check(b"'\\'\\\"\\\\'", Some(b"'\"\\"));
    check(b"'\\a\\b\\f\\n\\r\\t\\v'", Some(b"\x07\x08\x0c\n\r\t\x0b"));
    check(
        b"'\\x00\\xfF\\7\\18\\101\\377'",
        Some(b"\0\xff\x07\x018A\xff"),
    );
    check(b"'\\q\\ \xe9'", Some(b"\\q\\ \xe9"));
    for bad in [
        &b""[..],
        b"'",
        b"'a",
        b"a'",
        b"'a\"",
        b"a",
        b"'\\x1'",
        b"'\\xg0'",
        b"'\\'",
        b"'\\777'",
    ] {
        check(bad, None);
    }
}
