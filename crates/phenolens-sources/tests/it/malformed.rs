//! Files that no program writes, or that hold something else than labelled vectors.

use phenolens_sources::{ReadOptions, read_bytes};

use crate::assembler::{
    bytes, dtype, global, hollow_array, int, join, long_text, one_sample, pickle, shape,
    stack_global, state, text,
};
use crate::checks::{check, check_value, refused};

#[test]
fn instructions_that_do_not_fit_the_stack_are_refused() {
    let code = "pickle_malformed";
    for (value, message, offset) in [
        (&b"(0"[..], "POP finds no value", 1),
        (b"(2", "DUP finds no value", 1),
        (b"1", "POP_MARK finds no mark", 0),
        (b"e", "APPENDS finds no mark", 0),
        (b"t", "TUPLE finds no mark", 0),
        (b"(K\x01d", "DICT finds a key without a value", 3),
        (b"}(K\x01u", "SETITEMS finds a key without a value", 4),
        (
            b"}K\x01a",
            "APPEND is applied to a mapping instead of a list",
            3,
        ),
        (
            b"]K\x01K\x01s",
            "SETITEM is applied to a list instead of a mapping",
            5,
        ),
        (b"(K\x01\x86", "TUPLE2 finds fewer than 2 values", 3),
        (b"(N\x93", "STACK_GLOBAL finds no value", 2),
        (
            b"NN\x93",
            "STACK_GLOBAL finds None and None instead of two names",
            2,
        ),
        (b"]Nb", "BUILD gives a state to a list", 2),
        (b"\xff", "0xff is no pickle instruction", 0),
        (b"\x80\x06", "pickle protocol 6 is not known", 0),
        (b"I1x\n", "INT of \"1x\": it is no number", 0),
        (
            b"L18446744073709551616L\n",
            "LONG of \"18446744073709551616L\": it is no number of at most 64 bits",
            0,
        ),
        (b"\x8a\x09\0\0\0\0\0\0\0\0\x01", "LONG1 of", 0),
        (b"F1,5\n", "FLOAT of \"1,5\": it is no number", 0),
        (
            b"V\\ud800\n",
            "UNICODE of \"\\\\ud800\": an escape in it is no character",
            0,
        ),
        (
            b"Sno quotes\n",
            "STRING of \"no quotes\": it is no quoted string",
            0,
        ),
        (b"\x8c\x02\xff\xfe", "it is not valid UTF-8", 0),
        (b"\x8c\x03\xed\xa0\x80", "it is not valid UTF-8", 0),
    ] {
        check_value(value, code, message, offset);
    }
    check(b"\x80\x04}}.", code, "STOP finds 2 values and 0 marks", 4);
    check(b"\x80\x04.", code, "STOP finds 0 values and 0 marks", 2);
    check(b"\x80\x04(}.", code, "STOP finds 1 values and 1 marks", 4);
    check(
        b"\x80\x04}.}.",
        "pickle_trailing_bytes",
        "2 bytes follow the end",
        4,
    );
    check(
        b"(dp0\n.\n",
        "pickle_trailing_bytes",
        "1 bytes follow the end",
        6,
    );
}

#[test]
fn frames_hold_whole_instructions_one_after_another() {
    let frame = |len: u64| pickle![[0x95], len.to_le_bytes()];
    let code = "pickle_malformed";
    check(
        &pickle![[0x80, 4], frame(11), frame(2), "}."],
        code,
        "begins inside another",
        11,
    );
    check(
        &pickle![[0x80, 4], frame(3), "}", text("ab"), "}s."],
        code,
        "reaches beyond its frame",
        12,
    );
    check(
        &pickle![[0x80, 4], frame(3), "}."],
        "pickle_truncated",
        "FRAME needs 3 more bytes, and 2",
        11,
    );
    // What stands between frames belongs to none.
    let between = pickle![[0x80, 4], frame(1), "}", text("c"), frame(3), "}s."];
    assert!(read_bytes(&between, &ReadOptions::default()).is_ok());
}

#[test]
fn arrays_are_built_once_from_what_fits() {
    let code = "pickle_array";
    let four = bytes(&[0; 4]);
    let f4 = dtype("f4");
    let good = state(shape(1), &f4, &four);
    let built = pickle![hollow_array(), good, "b"];
    assert!(read_bytes(&one_sample(&built), &ReadOptions::default()).is_ok());

    let n_hollow = hollow_array().len() as u64;
    check_value(
        hollow_array(),
        code,
        "never receives its values",
        n_hollow - 1,
    );
    check_value(
        pickle![hollow_array(), "0N"],
        code,
        "never receives its values",
        n_hollow - 1,
    );
    let twice = pickle![built, good, "b"];
    check_value(
        &twice,
        code,
        "arrives a second time",
        twice.len() as u64 - 1,
    );

    let with = |state: Vec<u8>| pickle![hollow_array(), state, "b"];
    for (value, message) in [
        (
            with(state(shape(2), &f4, &four)),
            "of shape [2] and 4 bytes per value has 4 bytes",
        ),
        (with(state(shape(1), &f4, "]")), "has a list for its bytes"),
        (with(state(shape(1), "N", &four)), "has no dtype"),
        (
            with(pickle!["(", int(2), shape(1), f4, [0x89], four, "t"]),
            "has an unknown version",
        ),
        (
            with(pickle!["(", int(1), shape(1), f4, "N", four, "t"]),
            "Fortran order",
        ),
        (with(pickle!["N"]), "is no tuple of 4 or 5"),
    ] {
        let offset = value.len() as u64 - 1;
        check_value(value, code, message, offset);
    }

    // Axes in another order are those of an array of as many, each once.
    let from_buffer = |axes: &[i32]| {
        let sides = pickle![int(2), int(2), int(1), [0x87]];
        let axes = axes.iter().map(|&axis| int(axis));
        pickle![
            global("numpy._core.numeric", "_frombuffer"),
            "(",
            &four,
            dtype("u1"),
            sides,
            text("K"),
            "(",
            join(axes),
            "ttR"
        ]
    };
    assert!(
        read_bytes(
            &one_sample(from_buffer(&[2, 0, 1])),
            &ReadOptions::default()
        )
        .is_ok()
    );
    for axes in [
        &[0, 1][..],
        &[0, 1, 1],
        &[0, 1, 3],
        &[0, 1, -1],
        &[0, 1, 2, 3],
    ] {
        let value = from_buffer(axes);
        let offset = value.len() as u64 - 1;
        check_value(value, code, "of 3 axes names them in no order", offset);
    }

    // A dtype may change until an array is made of it.
    let big_endian = pickle![
        "(",
        int(3),
        text(">"),
        "NNN",
        int(-1),
        int(-1),
        int(0),
        "tb"
    ];
    let early = with(state(
        shape(1),
        pickle![f4, big_endian],
        bytes(&[0x3f, 0x80, 0, 0]),
    ));
    let source = read_bytes(&one_sample(early), &ReadOptions::default()).expect("a good array");
    let record = &source.cohort.records[0];
    assert_eq!(source.cohort.values(record), Some(&[1.0][..]));
    let late = pickle![
        f4,
        [0x94],
        "0",
        with(state(shape(1), "h\0", &four)),
        "0h\0",
        big_endian
    ];
    check_value(
        &late,
        code,
        "changes after an array was made of it",
        late.len() as u64 - 1,
    );

    let dtype_state = |state: &[Vec<u8>]| {
        pickle![
            global("numpy", "dtype"),
            text("f4"),
            [0x85],
            "R(",
            join(state),
            "tb"
        ]
    };
    let none = || b"N".to_vec();
    for (members, message) in [
        (vec![int(3); 7], "fewer than 8 members"),
        (
            vec![
                int(5),
                text("<"),
                none(),
                none(),
                none(),
                int(-1),
                int(-1),
                int(0),
            ],
            "unknown version",
        ),
        (
            vec![
                int(4),
                text("<"),
                none(),
                none(),
                none(),
                int(-1),
                int(-1),
                int(0),
            ],
            "number of members",
        ),
        (
            vec![
                int(3),
                text("?"),
                none(),
                none(),
                none(),
                int(-1),
                int(-1),
                int(0),
            ],
            "unknown byte order",
        ),
        (
            vec![
                int(3),
                text("<"),
                none(),
                none(),
                none(),
                int(8),
                int(-1),
                int(0),
            ],
            "contradicts its size",
        ),
        (
            vec![
                int(3),
                text("<"),
                none(),
                none(),
                none(),
                none(),
                int(-1),
                int(0),
            ],
            "no integer",
        ),
    ] {
        let value = dtype_state(&members);
        let offset = value.len() as u64 - 1;
        check_value(value, code, message, offset);
    }
}

#[test]
fn python_2_files_are_read() {
    let file = b"(dp1\nS'class'\np2\n(dp3\nI7\n(dp4\nS'caf\\xc3\\xa9'\np5\n\
        cnumpy.core.multiarray\n_reconstruct\np6\n(cnumpy\nndarray\np7\n(I0\ntp8\nS'b'\np9\ntp10\nRp11\n\
        (I1\n(L2L\ntp12\ncnumpy\ndtype\np13\n(S'f4'\np14\nI0\nI1\ntp15\nRp16\n\
        (I3\nS'<'\np17\nNNNI-1\nI-1\nI0\ntp18\nbI00\nS'\\x00\\x00\\x80?\\x00\\x00\\x00@'\np19\ntp20\nb\
        sssV\\u00e9\np21\n(ds.";
    let cohort = read_bytes(file, &ReadOptions::default())
        .expect("a good file")
        .cohort;
    let record = &cohort.records[0];
    assert_eq!(
        [&record.class[..], &record.subject, &record.sample],
        ["class", "7", "café"]
    );
    assert_eq!(cohort.values(record), Some(&[1.0, 2.0][..]));
    assert_eq!(cohort.empty_groups[0].class, "é");

    // An ordered dictionary as Python 2 writes it, and the state of an array without a version.
    let old_state = pickle!["(", shape(1), dtype("u1"), [0x89], bytes(b"\x05"), "t"];
    let pair = pickle!["](", text("x"), hollow_array(), old_state, "be"];
    let ordered = pickle![
        global("collections", "OrderedDict"),
        "](",
        pair,
        "e",
        [0x85],
        "R"
    ];
    let file = pickle![[0x80, 2], "}", text("c"), "}", text("s"), ordered, "ss."];
    let cohort = read_bytes(&file, &ReadOptions::default())
        .expect("a good file")
        .cohort;
    assert_eq!(cohort.values(&cohort.records[0]), Some(&[5.0][..]));
}

#[test]
fn other_formats_are_named() {
    for (start, code, name) in [
        (&b""[..], "file_empty", "0 bytes"),
        (b"FEA1....", "format_unsupported", "Feather table"),
        (b"7z\xbc\xaf\x27\x1c", "format_unsupported", "7-Zip archive"),
        (b"words\n", "format_unknown", "begins with \"words\\n\""),
        (
            b"\x1b[31m\xe2\x80\xae",
            "format_unknown",
            "\\u{1b}[31m\\u{202e}",
        ),
    ] {
        let error = refused(start);
        assert_eq!(error.code(), code, "{error}");
        assert!(error.to_string().contains(name), "{error}");
        assert_eq!(error.offset(), None);
        assert!(error.hint().is_some());
    }
}

#[test]
fn messages_are_safe_to_print() {
    let value = stack_global("\u{1b}[31m\u{202e}evil", "run\n\"");
    let message = refused(&one_sample(value)).to_string();
    assert!(
        message.contains("`\\u{1b}[31m\\u{202e}evil.run\\n\\\"`"),
        "{message}"
    );

    let class = long_text(&format!("\u{7}{}", "x".repeat(3000)));
    let file = pickle![[0x80, 4], "}", class, "}", text("s"), "K\x01ss."];
    let message = refused(&file).to_string();
    assert!(message.contains("class \"\\u{7}xxx"), "{message}");
    assert!(
        message.len() < 500 && !message.contains('\u{7}'),
        "{message}"
    );
}

#[test]
fn two_levels_are_refused_with_the_reason_and_the_remedy() {
    let file = pickle![[0x80, 4], "}", text("class"), "}", text("image"), "]ss."];
    let error = refused(&file);
    assert_eq!(error.code(), "levels");
    assert_eq!(
        error.hint(),
        Some("arrange the file as {class: {subject: {sample: vector}}}")
    );
    assert!(error.to_string().contains("lacks the subjects"), "{error}");
}
