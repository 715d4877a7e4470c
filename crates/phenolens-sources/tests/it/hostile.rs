//! Files that mean harm: each is refused at once, by a clear message.

use std::fs;
use std::io::Write;

use phenolens_core::cohort::RawVector;
use phenolens_sources::{Limits, ReadOptions, read_bytes};

use crate::assembler::{
    bytes, dtype, global, hollow_array, int, join, long_text, one_sample, pickle, shape,
    stack_global, state, text,
};
use crate::checks::{check, check_value, refused};
use crate::fixtures::folder;

#[test]
fn calls_are_refused_by_name_whatever_the_instruction() {
    let asks = |name: &str| format!("asks for `{name}`");
    let code = "pickle_callable";
    check(b"cos\nsystem\n(S'echo'\ntR.", code, &asks("os.system"), 0);
    let os = global("os", "system");
    check_value(&os, code, &asks("os.system"), 0);
    check_value(
        pickle![os, text("id"), [0x85], "R"],
        code,
        &asks("os.system"),
        0,
    );
    let posix = stack_global("posix", "system");
    check_value(&posix, code, &asks("posix.system"), posix.len() as u64 - 1);
    check_value(
        pickle!["(", text("id"), "ios\nsystem\n"],
        code,
        &asks("os.system"),
        5,
    );
    check_value(
        pickle!["(", os, text("id"), "o"],
        code,
        &asks("os.system"),
        1,
    );
    check_value(
        pickle![os, text("id"), [0x85, 0x81]],
        code,
        &asks("os.system"),
        0,
    );
    check_value(pickle![os, ")}", [0x92]], code, &asks("os.system"), 0);

    for (module, name) in [
        ("builtins", "eval"),
        ("__builtin__", "exec"),
        ("builtins", "getattr"),
        ("builtins", "__import__"),
        ("builtins", "open"),
        ("subprocess", "Popen"),
        ("nt", "system"),
        ("numpy", "load"),
        ("numpy", "ndarray.tofile"),
        ("numpy.core.multiarray", "fromfile"),
        ("numpy.testing._private.utils", "runstring"),
        ("collections", "OrderedDict.fromkeys"),
        ("_codecs", "lookup"),
        ("copyreg", "_reconstructor"),
        ("torch._utils", "_rebuild_tensor_v2"),
    ] {
        check_value(
            global(module, name),
            code,
            &asks(&format!("{module}.{name}")),
            0,
        );
    }
    let pandas = global("pandas.core.frame", "DataFrame");
    check_value(&pandas, "pickle_pandas", "pandas.core.frame.DataFrame", 0);
}

#[test]
fn known_callables_are_only_called_as_writers_of_data_call_them() {
    let code = "pickle_not_data";
    let call =
        |function: Vec<u8>, arguments: &[Vec<u8>]| pickle![function, "(", join(arguments), "tR"];
    let numpy = |name| global("numpy.core.multiarray", name);
    let ndarray = || global("numpy", "ndarray");
    let empty_shape = || shape(0);
    for (value, message) in [
        (
            call(ndarray(), &[shape(3)]),
            "`numpy.ndarray` is called with (a tuple)",
        ),
        (
            call(global("builtins", "bytearray"), &[int(1 << 30)]),
            "bytearray` is called with (an integer)",
        ),
        (
            call(global("builtins", "bytes"), &[int(1 << 30)]),
            "bytes` is called with (an integer)",
        ),
        (
            call(global("builtins", "list"), &[text("abc")]),
            "list` is called with (text)",
        ),
        (
            call(global("_codecs", "encode"), &[text("a"), text("rot13")]),
            "_codecs.encode` is called",
        ),
        (
            call(global("_codecs", "encode"), &[text("a"), text("utf-8")]),
            "_codecs.encode` is called",
        ),
        (
            call(global("_codecs", "encode"), &[text("€"), text("latin1")]),
            "_codecs.encode` is called",
        ),
        (
            call(global("_codecs", "encode"), &[text("a")]),
            "_codecs.encode` is called with (text)",
        ),
        (
            call(global("collections", "defaultdict"), &[ndarray()]),
            "defaultdict` is called",
        ),
        (
            call(global("collections", "OrderedDict"), &[text("ab")]),
            "OrderedDict` is called with (text)",
        ),
        (
            call(
                numpy("_reconstruct"),
                &[global("numpy", "dtype"), empty_shape(), bytes(b"b")],
            ),
            "_reconstruct` is called",
        ),
        (
            call(numpy("_reconstruct"), &[ndarray(), shape(9), bytes(b"b")]),
            "_reconstruct` is called",
        ),
        (
            call(
                numpy("_reconstruct"),
                &[ndarray(), empty_shape(), bytes(b"O")],
            ),
            "_reconstruct` is called",
        ),
        (
            call(global("numpy", "dtype"), &[]),
            "`numpy.dtype` is called with no arguments",
        ),
    ] {
        let offset = value.len() as u64 - 1;
        check_value(value, code, message, offset);
    }
    let ordered = global("collections", "OrderedDict");
    let n_name = ordered.len() as u64;
    check_value(
        pickle![ordered, ")", [0x81]],
        code,
        "NEWOBJ makes an object",
        n_name + 1,
    );
    check_value(
        pickle!["(", ordered, "o"],
        code,
        "OBJ makes an object",
        n_name + 1,
    );
    check_value(
        b"(icollections\nOrderedDict\n",
        code,
        "INST makes an object",
        1,
    );
    check_value(
        pickle![text("f"), ")R"],
        "pickle_malformed",
        "REDUCE calls text",
        4,
    );
    check_value(
        pickle![ordered, "]R"],
        "pickle_malformed",
        "instead of a tuple",
        n_name + 1,
    );
}

#[test]
fn instructions_that_reach_outside_the_file_are_refused_by_name() {
    let code = "pickle_not_data";
    check_value(b"Psecret\n", code, "PERSID refers to an object outside", 0);
    check_value(b"NQ", code, "BINPERSID refers to an object outside", 1);
    check_value(b"\x82\x01", code, "EXT1 refers to a registry", 0);
    check_value(b"\x83\x01\x01", code, "EXT2 refers to a registry", 0);
    check_value(
        b"\x84\x01\x01\x01\x01",
        code,
        "EXT4 refers to a registry",
        0,
    );
    check_value(b"\x97", code, "NEXT_BUFFER refers to a buffer", 0);
    check_value(b"N\x98", code, "READONLY_BUFFER refers to a buffer", 1);
    check_value(b"\x8f", code, "EMPTY_SET makes a set", 0);
    check_value(b"(\x91", code, "FROZENSET makes a set", 1);
}

#[test]
fn claimed_lengths_are_not_believed() {
    let code = "pickle_truncated";
    let huge = (1_u64 << 62).to_le_bytes();
    for (opcode, name) in [
        (0x8d, "BINUNICODE8"),
        (0x8e, "BINBYTES8"),
        (0x96, "BYTEARRAY8"),
        (0x95, "FRAME"),
    ] {
        let message = format!("{name} needs 4611686018427387904 more bytes, and 4 are left");
        check_value(pickle![[opcode], huge], code, &message, 9);
        check_value(pickle![[opcode], [0xff; 8]], code, name, 9);
    }
    check_value(b"T\xff\xff\xff\x7f", code, "BINSTRING needs 2147483647", 5);
    check_value(b"\x8b\xff\xff\xff\x7f", code, "LONG4 needs 2147483647", 5);
    check_value(
        b"T\xff\xff\xff\xff",
        "pickle_malformed",
        "claims a length of -1",
        0,
    );
    check_value(
        b"\x8b\xff\xff\xff\xff",
        "pickle_malformed",
        "claims a length of -1",
        0,
    );

    let two_to_62 = pickle![[0x8a, 8], huge];
    for sides in [
        pickle![two_to_62, [0x85]],
        pickle![two_to_62, two_to_62, [0x86]],
        pickle![two_to_62, int(0), [0x86]],
        pickle![int(-1), [0x85]],
        pickle![text("3"), [0x85]],
        pickle![two_to_62],
        pickle!["(", join(vec![int(1); 65]), "t"],
    ] {
        let data = bytes(&[0; 4]);
        let value = pickle![hollow_array(), state(sides, dtype("f4"), data), "b"];
        let offset = value.len() as u64 - 1;
        check_value(value, "pickle_array", "a numpy array", offset);
    }
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    for name in ["numpy-2.3.5-protocol-5.p", "numpy-1.23.5-protocol-0.p"] {
        let whole = fs::read(folder().join(name)).expect("a committed file");
        for len in 0..whole.len() {
            let error = refused(&whole[..len]);
            let codes = ["pickle_truncated", "file_empty"];
            assert!(
                codes.contains(&error.code()),
                "{name}, {len} bytes: {error}"
            );
        }
    }
}

#[test]
fn nesting_without_end_is_refused() {
    const N: usize = 200_000;
    let lists = pickle![[0x80, 4], "]".repeat(N), "a".repeat(N - 1), "."];
    check(&lists, "pickle_depth", "nested over 32 deep", 2 + 32);
    let tuples = pickle![")", vec![0x85; N]];
    let deep = refused(&one_sample(&tuples));
    assert_eq!(deep.code(), "pickle_depth", "{deep}");
    let mappings = pickle![[0x80, 4], "}K\0".repeat(N), "N", "s".repeat(N), "."];
    check(&mappings, "pickle_depth", "nested over 32 deep", 2 + 3 * 32);

    // Three mappings and 29 lists are 32.
    let lists = |n: usize| pickle!["]".repeat(n), "a".repeat(n - 1)];
    assert!(read_bytes(&one_sample(lists(29)), &ReadOptions::default()).is_ok());
    check_value(lists(30), "pickle_depth", "nested over 32 deep", 29);

    // The same where the deep part is known from a shallower place: 20 lists around 20 lists.
    let inner = pickle![lists(20), [0x94]];
    let outer = pickle!["]".repeat(20), "h\0", "a".repeat(20)];
    let both = pickle!["(", inner, outer, "l"];
    assert_eq!(refused(&one_sample(both)).code(), "pickle_depth");
}

#[test]
fn values_inside_themselves_are_refused() {
    let code = "pickle_cycle";
    check_value(b"]\x94h\0a", code, "this list contains itself", 0);
    check_value(b"}\x94K\0h\0s", code, "this mapping contains itself", 0);
    check_value(b"]\x94h\0\x85a", code, "this list contains itself", 0);
    check_value(b"]\x94](h\0K\0eaK\0a", code, "this list contains itself", 0);
    let top = pickle![[0x80, 4], "}", [0x94], text("class"), "h\0s."];
    check(&top, code, "this mapping contains itself", 2);
    // A dropped cycle does no harm.
    let dropped = one_sample(b"]\x94h\0a0]");
    assert!(read_bytes(&dropped, &ReadOptions::default()).is_ok());
}

#[test]
fn shared_values_cannot_blow_up() {
    // Each list holds the one before ten times: 10^25 numbers, none of which is looked at.
    let mut laughs = pickle!["]", [0x94]];
    for level in 0..25_u8 {
        laughs.extend(pickle!["0](", [b'h', level].repeat(10), "e", [0x94]]);
    }
    let source = read_bytes(&one_sample(&laughs), &ReadOptions::default()).expect("unusable only");
    let vector = &source.cohort.records[0].vector;
    assert_eq!(
        *vector,
        RawVector::Unusable("a list that begins with a list".to_owned())
    );

    let numbered = |n: u16, value: &str| {
        let item = |key: u16| pickle!["M", key.to_le_bytes(), value];
        pickle!["}(", join((0..n).map(item)), "u"]
    };
    let code = "pickle_limit";
    // 30,000 subjects share a mapping of 30,000 samples.
    let samples = numbered(30_000, "N");
    let subjects = numbered(30_000, "h\0");
    let file = pickle![
        [0x80, 4],
        samples,
        [0x94],
        "0}",
        text("class"),
        subjects,
        "s."
    ];
    assert_eq!(refused(&file).code(), code);
    // 30,000 samples share a vector of 100,000 numbers.
    let vector = pickle!["](", "K\x01".repeat(100_000), "e", [0x94]];
    let samples = numbered(30_000, "h\0");
    let file = pickle![
        [0x80, 4],
        vector,
        "0}",
        text("c"),
        "}",
        text("s"),
        samples,
        "ss."
    ];
    assert_eq!(refused(&file).code(), code);
    // 60,000 samples of a class with a long name.
    let name = long_text(&"x".repeat(4096));
    let file = pickle![
        [0x80, 4],
        "}",
        name,
        "}",
        text("s"),
        numbered(60_000, "N"),
        "ss."
    ];
    assert_eq!(refused(&file).code(), code);
    // The same list of 10,000 pairs becomes a mapping 10,000 times.
    let pair = pickle!["NN", [0x86]];
    let pairs = pickle!["](", pair.repeat(10_000), "e", [0x85, 0x94], "0"];
    let ordered = pickle![global("collections", "OrderedDict"), [0x94], "0"];
    let file = pickle![[0x80, 4], pairs, ordered, "h\x01h\0R0".repeat(10_000), "}."];
    assert_eq!(refused(&file).code(), code);
    // The same text is decoded 10,000 times.
    let long = pickle![long_text(&"x".repeat(100_000)), [0x94], "0"];
    let encode = pickle![
        global("_codecs", "encode"),
        "h\0",
        text("latin1"),
        [0x86],
        "R0"
    ];
    let file = pickle![[0x80, 4], long, encode.repeat(10_000), "}."];
    assert_eq!(refused(&file).code(), code);
}

#[test]
fn what_is_dropped_counts_too() {
    let limits = Limits {
        steps_floor: 1000,
        steps_per_byte: 0,
        ..Limits::default()
    };
    let few = ReadOptions {
        limits,
        ..ReadOptions::default()
    };
    let dropping = |n: usize| pickle![[0x80, 4], "]0".repeat(n), "}."];
    assert!(read_bytes(&dropping(498), &few).is_ok());
    let error = read_bytes(&dropping(499), &few).expect_err("one instruction too many");
    assert_eq!(error.code(), "pickle_limit");
    assert_eq!(error.offset(), Some(1001));
}

#[test]
fn memo_and_stack_bombs_are_refused() {
    let code = "pickle_malformed";
    check_value(
        b"]r\xff\xff\xff\xff",
        code,
        "LONG_BINPUT of memo entry 4294967295",
        1,
    );
    check_value(b"]p99999999999\n", code, "PUT of memo entry 99999999999", 1);
    check_value(
        b"]q\x02",
        code,
        "BINPUT of memo entry 2, where 0 are set",
        1,
    );
    check_value(b"]p-1\n", code, "it is no memo index", 1);
    check_value(
        b"]\x94h\x01",
        code,
        "BINGET of memo entry 1, where 1 are set",
        2,
    );
    check_value(
        b"]q\x01h\x00",
        code,
        "BINGET of memo entry 0, where 1 are set",
        3,
    );
    check_value(b"gx\n", code, "it is no memo index", 0);
    check_value(b"(\x94", code, "MEMOIZE finds no value", 1);

    let doubled = pickle![[0x80, 4], "}", "2".repeat(1 << 20), "."];
    check(
        &doubled,
        code,
        "finds 1048577 values and 0 marks",
        doubled.len() as u64 - 1,
    );
    let marks = pickle![[0x80, 4], "}", "(".repeat(1 << 20), "."];
    check(
        &marks,
        code,
        "finds 1 values and 1048576 marks",
        marks.len() as u64 - 1,
    );
    let memo = pickle![[0x80, 4], "}", [0x94].repeat(1 << 20), "."];
    assert!(read_bytes(&memo, &ReadOptions::default()).is_ok());
}

#[test]
fn compression_bombs_and_layers_are_refused() {
    let zeros = vec![0; 20 << 20];
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(&zeros).expect("memory");
    let gzip = gzip.finish().expect("memory");
    let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
    bzip2.write_all(&zeros).expect("memory");
    let bzip2 = bzip2.finish().expect("memory");
    let zstd =
        ruzstd::encoding::compress_to_vec(&zeros[..], ruzstd::encoding::CompressionLevel::Fastest);
    let xz = fs::read(folder().join("bomb.xz")).expect("a committed file");
    for (bomb, method) in [(gzip, "gzip"), (bzip2, "bzip2"), (zstd, "zstd"), (xz, "xz")] {
        let error = refused(&bomb);
        assert_eq!(error.code(), "compression_expansion", "{error}");
        assert!(
            error.to_string().starts_with(&format!("the {method} file")),
            "{error}"
        );
    }

    let inner = fs::read(folder().join("one.p.xz")).expect("a committed file");
    let mut outer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    outer.write_all(&inner).expect("memory");
    let error = refused(&outer.finish().expect("memory"));
    assert_eq!(error.code(), "compression_nested");
    assert!(
        error.to_string().contains("the gzip file holds xz data"),
        "{error}"
    );
}
