//! What the structures of a table's description and of its pages are made of.
//!
//! The library reads a known field by the type that it should have, passes over others by the type
//! that they name, counts no bytes for a list of booleans and makes room for as many row groups as are
//! claimed. A walk over the same bytes beforehand holds every field to its type and every list to the
//! bytes that it takes, so that nothing of this does harm.

use super::thrift::{Compact, Wire};

/// Row groups that the library can number.
const MAX_ROW_GROUPS: u64 = 32_767;

/// A structure: its fields by number.
type Shape = &'static [(i16, Kind)];

/// What a field holds.
#[derive(Clone, Copy)]
enum Kind {
    Wire(Wire),
    Structure(Shape),
    List(&'static Kind),
    /// A list that is longer than that in no table.
    ShortList(&'static Kind, u64),
}

const BYTE: Kind = Kind::Wire(Wire::Byte);
const INTEGER: Kind = Kind::Wire(Wire::Integer);
const DOUBLE: Kind = Kind::Wire(Wire::Double);
const BINARY: Kind = Kind::Wire(Wire::Binary);
const BOOLEAN: Kind = Kind::Wire(Wire::Boolean);
const INTEGERS: Kind = Kind::List(&INTEGER);
const NOTHING: Kind = Kind::Structure(&[]);

const TIME_UNIT: Kind = Kind::Structure(&[(1, NOTHING), (2, NOTHING), (3, NOTHING)]);
const TIME: Kind = Kind::Structure(&[(1, BOOLEAN), (2, TIME_UNIT)]);
const LOGICAL_TYPE: Shape = &[
    (1, NOTHING),
    (2, NOTHING),
    (3, NOTHING),
    (4, NOTHING),
    (5, Kind::Structure(&[(1, INTEGER), (2, INTEGER)])),
    (6, NOTHING),
    (7, TIME),
    (8, TIME),
    (10, Kind::Structure(&[(1, BYTE), (2, BOOLEAN)])),
    (11, NOTHING),
    (12, NOTHING),
    (13, NOTHING),
    (14, NOTHING),
    (15, NOTHING),
    (16, Kind::Structure(&[(1, BYTE)])),
    (17, Kind::Structure(&[(1, BINARY)])),
    (18, Kind::Structure(&[(1, BINARY), (2, INTEGER)])),
];
const SCHEMA_ELEMENT: Shape = &[
    (1, INTEGER),
    (2, INTEGER),
    (3, INTEGER),
    (4, BINARY),
    (5, INTEGER),
    (6, INTEGER),
    (7, INTEGER),
    (8, INTEGER),
    (9, INTEGER),
    (10, Kind::Structure(LOGICAL_TYPE)),
];
const KEY_VALUE: Kind = Kind::Structure(&[(1, BINARY), (2, BINARY)]);
const STATISTICS: Kind = Kind::Structure(&[
    (1, BINARY),
    (2, BINARY),
    (3, INTEGER),
    (4, INTEGER),
    (5, BINARY),
    (6, BINARY),
    (7, BOOLEAN),
    (8, BOOLEAN),
    (9, INTEGER),
]);
const SIZE_STATISTICS: Shape = &[(1, INTEGER), (2, INTEGERS), (3, INTEGERS)];
const BOUNDING_BOX: Shape = &[
    (1, DOUBLE),
    (2, DOUBLE),
    (3, DOUBLE),
    (4, DOUBLE),
    (5, DOUBLE),
    (6, DOUBLE),
    (7, DOUBLE),
    (8, DOUBLE),
];
const ENCODING_STATISTICS: Kind = Kind::Structure(&[(1, INTEGER), (2, INTEGER), (3, INTEGER)]);
const COLUMN_METADATA: Shape = &[
    (1, INTEGER),
    (2, INTEGERS),
    (3, Kind::List(&BINARY)),
    (4, INTEGER),
    (5, INTEGER),
    (6, INTEGER),
    (7, INTEGER),
    (8, Kind::List(&KEY_VALUE)),
    (9, INTEGER),
    (10, INTEGER),
    (11, INTEGER),
    (12, STATISTICS),
    (13, Kind::List(&ENCODING_STATISTICS)),
    (14, INTEGER),
    (15, INTEGER),
    (16, Kind::Structure(SIZE_STATISTICS)),
    (
        17,
        Kind::Structure(&[(1, Kind::Structure(BOUNDING_BOX)), (2, INTEGERS)]),
    ),
];
const COLUMN_CHUNK: Kind = Kind::Structure(&[
    (1, BINARY),
    (2, INTEGER),
    (3, Kind::Structure(COLUMN_METADATA)),
    (4, INTEGER),
    (5, INTEGER),
    (6, INTEGER),
    (7, INTEGER),
]);
const SORTING_COLUMN: Kind = Kind::Structure(&[(1, INTEGER), (2, BOOLEAN), (3, BOOLEAN)]);
const ROW_GROUP: Kind = Kind::Structure(&[
    (1, Kind::List(&COLUMN_CHUNK)),
    (2, INTEGER),
    (3, INTEGER),
    (4, Kind::List(&SORTING_COLUMN)),
    (5, INTEGER),
    (6, INTEGER),
    (7, INTEGER),
]);
const COLUMN_ORDER: Kind = Kind::Structure(&[(1, NOTHING), (2, NOTHING)]);
const FILE_METADATA: Shape = &[
    (1, INTEGER),
    (2, Kind::List(&Kind::Structure(SCHEMA_ELEMENT))),
    (3, INTEGER),
    (4, Kind::ShortList(&ROW_GROUP, MAX_ROW_GROUPS)),
    (5, Kind::List(&KEY_VALUE)),
    (6, BINARY),
    (7, Kind::List(&COLUMN_ORDER)),
];

const DATA_PAGE: Shape = &[
    (1, INTEGER),
    (2, INTEGER),
    (3, INTEGER),
    (4, INTEGER),
    (5, STATISTICS),
];
const DICTIONARY_PAGE: Shape = &[(1, INTEGER), (2, INTEGER), (3, BOOLEAN)];
const DATA_PAGE_2: Shape = &[
    (1, INTEGER),
    (2, INTEGER),
    (3, INTEGER),
    (4, INTEGER),
    (5, INTEGER),
    (6, INTEGER),
    (7, BOOLEAN),
    (8, STATISTICS),
];
const PAGE_HEADER: Shape = &[
    (1, INTEGER),
    (2, INTEGER),
    (3, INTEGER),
    (4, INTEGER),
    (5, Kind::Structure(DATA_PAGE)),
    (6, NOTHING),
    (7, Kind::Structure(DICTIONARY_PAGE)),
    (8, Kind::Structure(DATA_PAGE_2)),
];

/// Whether the bytes are the description of a table.
pub(super) fn is_description(bytes: &[u8]) -> bool {
    walk(&mut Compact::new(bytes), FILE_METADATA).is_some()
}

/// Whether the bytes begin with the header of a page.
pub(super) fn is_page_header(bytes: &[u8]) -> bool {
    walk(&mut Compact::new(bytes), PAGE_HEADER).is_some()
}

/// Passes over a structure; `None` where it is none of that shape.
fn walk(compact: &mut Compact<'_>, shape: Shape) -> Option<()> {
    let mut last = 0;
    while let Some(field) = compact.field(last)? {
        last = field.id;
        let known = shape.iter().find(|(id, _)| *id == field.id);
        match known.map(|(_, kind)| *kind) {
            Some(Kind::Structure(inner)) if Compact::is_structure(&field) => {
                walk(compact, inner)?;
            }
            Some(Kind::List(kind)) if Compact::is_list(&field) => {
                walk_list(compact, *kind, u64::MAX)?;
            }
            Some(Kind::ShortList(kind, max)) if Compact::is_list(&field) => {
                walk_list(compact, *kind, max)?;
            }
            Some(Kind::Wire(wire)) if field.is(wire) => compact.skip(&field)?,
            Some(_) => return None,
            None => compact.skip(&field)?,
        }
    }
    Some(())
}

fn walk_list(compact: &mut Compact<'_>, kind: Kind, max: u64) -> Option<()> {
    let (n_elements, element) = compact.list()?;
    if n_elements == 0 {
        return Some(());
    }
    match kind {
        _ if n_elements > max => None,
        Kind::Structure(shape) if Compact::is_structure(&element) => {
            (0..n_elements).try_for_each(|_| walk(compact, shape))
        }
        Kind::Wire(wire) if element.is(wire) => {
            (0..n_elements).try_for_each(|_| compact.skip(&element))
        }
        _ => None,
    }
}
