use super::*;

/// What becomes of numbers as 32-bit floats, and how they count as stored.
fn rounded(values: &[Value]) -> (Vec<f32>, Stored) {
    let mut rounding = Rounding::new(values.len());
    for value in values {
        assert!(rounding.push(value), "{value:?} is a number");
    }
    match rounding.finish() {
        Vector::Values { values, stored } => (values, stored),
        other => panic!("{other:?}"),
    }
}

#[test]
fn numbers_count_as_rounded_only_where_one_was_changed() {
    use Value::{Float, Int, LargeInt};
    assert_eq!(
        rounded(&[Float(0.5), Int(2)]),
        (vec![0.5, 2.0], Stored::Exact)
    );
    assert_eq!(
        rounded(&[Float(0.5), Float(0.1)]),
        (vec![0.5, 0.1], Stored::Rounded)
    );
    assert_eq!(
        rounded(&[Int(-(1 << 24))]),
        (vec![-16_777_216.0], Stored::Integer)
    );
    assert_eq!(
        rounded(&[Int((1 << 24) + 1)]),
        (vec![16_777_216.0], Stored::Rounded)
    );
    let two_to_64 = 18_446_744_073_709_551_616.0;
    assert_eq!(
        rounded(&[LargeInt(1 << 63)]),
        (vec![two_to_64 / 2.0], Stored::Integer)
    );
    assert_eq!(
        rounded(&[LargeInt(u64::MAX)]),
        (vec![two_to_64], Stored::Rounded)
    );
    assert_eq!(
        rounded(&[Int(i64::MAX)]),
        (vec![two_to_64 / 2.0], Stored::Rounded)
    );
    assert_eq!(rounded(&[]), (vec![], Stored::Exact));
}

#[test]
fn what_32_bits_do_not_hold_becomes_infinite_or_zero() {
    let values = [
        Value::Float(3.5e38),
        Value::Float(-1e300),
        Value::Float(1e-50),
    ];
    let expected = vec![f32::INFINITY, f32::NEG_INFINITY, 0.0];
    assert_eq!(rounded(&values), (expected, Stored::Rounded));

    let (values, stored) = rounded(&[Value::Float(f64::NAN), Value::Float(f64::INFINITY)]);
    assert!(values[0].is_nan() && values[1] == f32::INFINITY);
    assert_eq!(stored, Stored::Exact);
}
