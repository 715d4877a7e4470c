//! numpy files by the letter of their format, written and read without any library.

/// A matrix of 32-bit numbers as an npy file.
pub(crate) fn npy<const N: usize>(rows: &[[f32; N]]) -> Vec<u8> {
    let n_rows = rows.len();
    let header =
        format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({n_rows}, {N}), }}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.into_bytes());
    bytes.extend(rows.as_flattened().iter().flat_map(|v| v.to_le_bytes()));
    bytes
}

/// An array in an npz archive that is not compressed.
pub(crate) struct Array {
    /// `descr` of its header.
    pub(crate) code: String,
    /// Its shape.
    pub(crate) shape: Vec<usize>,
    bytes: Vec<u8>,
}

impl Array {
    /// Finds an array by its name; `None` where there is none.
    pub(crate) fn find(archive: &[u8], name: &str) -> Option<Array> {
        // A local header of zip has the length of the name at 26, that of what follows it at 28.
        let name = format!("{name}.npy");
        let number = |at: usize| usize::from(u16::from_le_bytes([archive[at], archive[at + 1]]));
        let starts = |at: &usize| archive[*at..].starts_with(b"PK\x03\x04");
        let is_it = |at: &usize| {
            number(at + 26) == name.len() && archive[at + 30..].starts_with(name.as_bytes())
        };
        let mut entries = (0..archive.len() - 30).filter(starts);
        let at = entries.find(is_it)?;
        let array = &archive[at + 30 + number(at + 26) + number(at + 28)..];
        assert!(array.starts_with(b"\x93NUMPY\x01\x00"), "{name}");
        let data = 10 + usize::from(u16::from_le_bytes([array[8], array[9]]));
        let header = std::str::from_utf8(&array[10..data]).expect("ASCII");
        let between = |before: &str, after: &str| {
            let (_, rest) = header.split_once(before).expect(before);
            rest.split_once(after).expect(after).0.to_owned()
        };
        let code = between("'descr': '", "'");
        let sides = between("'shape': (", ")");
        let sides = sides
            .split(',')
            .map(str::trim)
            .filter(|side| !side.is_empty());
        let shape: Vec<usize> = sides.map(|side| side.parse().expect("a side")).collect();
        let n_bytes = match code.strip_prefix("<U") {
            Some(n_chars) => 4 * n_chars.parse::<usize>().expect("a length"),
            None => code[2..].parse().expect("a size"),
        };
        let n_bytes = n_bytes * shape.iter().product::<usize>();
        let bytes = array[data..][..n_bytes].to_vec();
        Some(Array { code, shape, bytes })
    }

    /// The elements of an array of whole numbers of 32 bits.
    pub(crate) fn counts(&self) -> Vec<u32> {
        assert_eq!(self.code, "<u4");
        self.elements().map(u32::from_le_bytes).collect()
    }

    /// The elements of an array of whole numbers of 64 bits.
    pub(crate) fn rows(&self) -> Vec<u64> {
        assert_eq!(self.code, "<u8");
        self.elements().map(u64::from_le_bytes).collect()
    }

    /// The elements of an array of numbers of 64 bits.
    pub(crate) fn numbers(&self) -> Vec<f64> {
        assert_eq!(self.code, "<f8");
        self.elements().map(f64::from_le_bytes).collect()
    }

    /// The elements of an array of text.
    pub(crate) fn texts(&self) -> Vec<String> {
        let n_chars: usize = self.code[2..].parse().expect("a length");
        let text = |bytes: &[u8]| {
            let codes = bytes.chunks_exact(4).map(|code| {
                let code = u32::from_le_bytes(code.try_into().expect("four bytes"));
                char::from_u32(code).expect("a character")
            });
            codes.collect::<String>().trim_end_matches('\0').to_owned()
        };
        self.bytes.chunks_exact(4 * n_chars).map(text).collect()
    }

    fn elements<const N: usize>(&self) -> impl Iterator<Item = [u8; N]> {
        let chunks = self.bytes.chunks_exact(N);
        chunks.map(|chunk| chunk.try_into().expect("a whole element"))
    }
}
