//! Safetensors: named tensors, of which one is the matrix of the vectors.

use phenolens_core::cohort::{Labelling, RawCohort};
use safetensors::{Dtype, SafeTensors};

use crate::elements::Number;
use crate::format_error::{Fault, FormatError, Place};
use crate::guard::guarded;
use crate::labels::Labels;
use crate::quote::quote;
use crate::records::Records;
use crate::{Format, ReadOptions};

/// Reads the bytes of a file that had `n_stored` bytes before it was unpacked.
pub(crate) fn read(
    bytes: &[u8],
    n_stored: u64,
    labels: Option<Labels>,
    options: &ReadOptions,
) -> Result<RawCohort, FormatError> {
    refuse_repeated_names(bytes)?;
    let tensors =
        guarded(Format::Safetensors, || SafeTensors::deserialize(bytes))?.map_err(|error| {
            damaged(&format_args!(
                "the header and the bytes of the tensors do not fit together: {error}"
            ))
        })?;
    let (name, tensor) = matrix(&tensors, options.vector.as_deref())?;
    let &[n_rows, n_columns] = tensor.shape() else {
        unreachable!("a matrix has two axes");
    };
    let number = number(tensor.dtype()).map_err(|error| error.at(in_tensor(&name)))?;
    if let Some(labels) = &labels {
        labels.check_count(Format::Safetensors, n_rows as u64)?;
    }
    let labelling = labels
        .as_ref()
        .map_or(Labelling::Bare, |labels| labels.labelling);
    let mut records = Records::new(labelling, n_stored, &options.limits);
    records.reserve_values((n_rows * n_columns) as u64);
    let mut ids = labels.map(|labels| labels.ids.into_iter());
    let mut values = Vec::new();
    let n_row_bytes = n_columns * number.size();
    for row in 0..n_rows {
        values.clear();
        let bytes = &tensor.data()[row * n_row_bytes..][..n_row_bytes];
        number.decode(bytes, false, &mut values);
        let ids = match &mut ids {
            Some(ids) => ids.next().expect("there are as many labels as rows"),
            None => [String::new(), String::new(), row.to_string()],
        };
        let pushed = records.push(ids, &values, number.stored());
        pushed.map_err(|excess| excess.of(Format::Safetensors))?;
    }
    Ok(records.finish())
}

/// The tensor with the vectors.
fn matrix<'a>(
    tensors: &SafeTensors<'a>,
    wanted: Option<&str>,
) -> Result<(String, safetensors::tensor::TensorView<'a>), FormatError> {
    let mut all: Vec<(String, safetensors::tensor::TensorView<'a>)> = tensors.tensors();
    all.sort_by(|one, other| one.0.cmp(&other.0));
    let names: Vec<String> = all.iter().take(8).map(|(name, _)| quote(name)).collect();
    let names = names.join(", ");
    let mut matrices: Vec<_> = all
        .into_iter()
        .filter(|(name, tensor)| match wanted {
            Some(wanted) => name == wanted && tensor.shape().len() == 2,
            None => tensor.shape().len() == 2,
        })
        .collect();
    let refused = |what: String, hint: &str| {
        Err(FormatError::new(Format::Safetensors, Fault::Columns, what).hint(hint))
    };
    match (matrices.len(), wanted) {
        (1, _) => Ok(matrices.remove(0)),
        (0, Some(wanted)) => refused(
            format!(
                "there is no tensor {} of two axes among {names}",
                quote(wanted)
            ),
            "data.vector names the tensor with the vectors",
        ),
        (0, None) => refused(
            format!("there is no tensor of two axes among {names}"),
            "the vectors must stand in one tensor, one in each row",
        ),
        _ => refused(
            format!("several tensors may be the vectors: {names}"),
            "name one by data.vector",
        ),
    }
}

fn number(dtype: Dtype) -> Result<Number, FormatError> {
    Ok(match dtype {
        Dtype::F16 => Number::F16,
        Dtype::BF16 => Number::Bf16,
        Dtype::F32 => Number::F32,
        Dtype::F64 => Number::F64,
        Dtype::I8 => Number::I8,
        Dtype::I16 => Number::I16,
        Dtype::I32 => Number::I32,
        Dtype::I64 => Number::I64,
        Dtype::U8 => Number::U8,
        Dtype::U16 => Number::U16,
        Dtype::U32 => Number::U32,
        Dtype::U64 => Number::U64,
        other => {
            let what =
                format!("a tensor of {other:?} values; real numbers of 8 to 64 bits are read");
            return Err(FormatError::new(Format::Safetensors, Fault::Dtype, what)
                .hint("store the vectors as 32-bit floats"));
        }
    })
}

/// The library takes the last of two tensors of one name.
fn refuse_repeated_names(bytes: &[u8]) -> Result<(), FormatError> {
    let Some((length, rest)) = bytes.split_first_chunk::<8>() else {
        return Err(damaged(&"the file is shorter than its header"));
    };
    let n_header = usize::try_from(u64::from_le_bytes(*length)).unwrap_or(usize::MAX);
    let Some(header) = rest.get(..n_header) else {
        let what = format!("the header claims {n_header} bytes of {}", bytes.len());
        return Err(
            FormatError::new(Format::Safetensors, Fault::Truncated, what)
                .at(Place::Byte(0))
                .hint("was it copied or downloaded completely?"),
        );
    };
    let header = std::str::from_utf8(header)
        .map_err(|error| damaged(&format_args!("the header is not UTF-8: {error}")))?;
    if crate::json_lines::depth(header) > 8 {
        return Err(damaged(&"the header nests too deep"));
    }
    let header: crate::json_lines::Object<'_> = serde_json::from_str(header)
        .map_err(|error| damaged(&format_args!("the header is no JSON object: {error}")))?;
    match header.repeated() {
        Some(name) => {
            let what = format!("the tensor {} stands twice", quote(name));
            Err(FormatError::new(
                Format::Safetensors,
                Fault::DuplicateKey,
                what,
            ))
        }
        None => Ok(()),
    }
}

fn in_tensor(name: &str) -> Place {
    Place::Named(format!("tensor {}", quote(name)))
}

fn damaged(error: &dyn std::fmt::Display) -> FormatError {
    let what = format!("the file is damaged or cut short: {error}");
    FormatError::new(Format::Safetensors, Fault::Malformed, what)
        .hint("was it copied or downloaded completely?")
}
