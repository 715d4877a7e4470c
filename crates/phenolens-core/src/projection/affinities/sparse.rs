//! A sparse symmetric matrix, and its making from rows of neighbors.

use rayon::prelude::*;

/// Rows that one worker fills at a time; part of no result.
const ROWS_PER_PART: usize = 512;

/// A square sparse matrix by rows: of row `i` the cells `starts[i]..starts[i + 1]`, columns rising.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::projection) struct SparseMatrix {
    pub(in crate::projection) starts: Vec<usize>,
    pub(in crate::projection) columns: Vec<u32>,
    pub(in crate::projection) values: Vec<f32>,
}

/// A cell of a row: its column and its value, ordered by the column.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cell {
    pub(super) column: u32,
    pub(super) value: f32,
}

impl SparseMatrix {
    pub(in crate::projection) fn n_rows(&self) -> usize {
        self.starts.len() - 1
    }

    /// The columns and values of one row.
    pub(in crate::projection) fn row(&self, row: usize) -> (&[u32], &[f32]) {
        let cells = self.starts[row]..self.starts[row + 1];
        (&self.columns[cells.clone()], &self.values[cells])
    }

    /// `factor (A + Aᵀ)` of a square matrix A with as many cells in each row.
    ///
    /// * `cells`: row-major, shape `(n_rows, n_cells)`; columns of each row rise.
    ///
    /// Takes O(n) time and, beside the result, as much memory as `cells`.
    pub(super) fn symmetrized(cells: &[Cell], n_cells: usize, factor: f64) -> SparseMatrix {
        let n_rows = cells.len() / n_cells;
        let transposed = Transposed::new(cells, n_cells);
        let own = |row: usize| &cells[row * n_cells..][..n_cells];
        let sizes: Vec<usize> = (0..n_rows)
            .into_par_iter()
            .with_min_len(ROWS_PER_PART)
            .map(|row| {
                let mut size = 0;
                merge(own(row), transposed.row(row), |_, _| size += 1);
                size
            })
            .collect();
        let mut starts = Vec::with_capacity(n_rows + 1);
        starts.push(0);
        starts.extend(sizes.iter().scan(0, |end, size| {
            *end += size;
            Some(*end)
        }));
        let mut columns = vec![0; starts[n_rows]];
        let mut values = vec![0.0; starts[n_rows]];
        let mut parts = Vec::new();
        let (mut columns_left, mut values_left) = (&mut columns[..], &mut values[..]);
        for first in (0..n_rows).step_by(ROWS_PER_PART) {
            let end = (first + ROWS_PER_PART).min(n_rows);
            let n_cells = starts[end] - starts[first];
            let (part_columns, rest) = columns_left.split_at_mut(n_cells);
            columns_left = rest;
            let (part_values, rest) = values_left.split_at_mut(n_cells);
            values_left = rest;
            parts.push((first..end, part_columns, part_values));
        }
        parts.into_par_iter().for_each(|(rows, columns, values)| {
            let mut places = columns.iter_mut().zip(values);
            for row in rows {
                merge(own(row), transposed.row(row), |column, value| {
                    if let Some(place) = places.next() {
                        *place.0 = column;
                        *place.1 = (factor * value) as f32;
                    }
                });
            }
        });
        SparseMatrix {
            starts,
            columns,
            values,
        }
    }
}

/// The transpose of a matrix, its columns rising in every row.
struct Transposed {
    starts: Vec<usize>,
    cells: Vec<Cell>,
}

impl Transposed {
    fn new(cells: &[Cell], n_cells: usize) -> Transposed {
        let n_rows = cells.len() / n_cells;
        let mut starts = vec![0; n_rows + 2];
        for cell in cells {
            starts[cell.column as usize + 2] += 1;
        }
        for row in 2..starts.len() {
            starts[row] += starts[row - 1];
        }
        let mut transposed = vec![Cell::default(); cells.len()];
        for (row, cells) in cells.chunks_exact(n_cells).enumerate() {
            for cell in cells {
                let place = &mut starts[cell.column as usize + 1];
                transposed[*place] = Cell {
                    column: row as u32,
                    value: cell.value,
                };
                *place += 1;
            }
        }
        Transposed {
            starts,
            cells: transposed,
        }
    }

    fn row(&self, row: usize) -> &[Cell] {
        &self.cells[self.starts[row]..self.starts[row + 1]]
    }
}

/// Visits the columns of two rows in rising order, with the sum of their values.
fn merge(left: &[Cell], right: &[Cell], mut visit: impl FnMut(u32, f64)) {
    let (mut left, mut right) = (left.iter().peekable(), right.iter().peekable());
    loop {
        let column = match (left.peek(), right.peek()) {
            (Some(left), Some(right)) => left.column.min(right.column),
            (Some(cell), None) | (None, Some(cell)) => cell.column,
            (None, None) => return,
        };
        let of = |cell: Option<&Cell>| cell.map_or(0.0, |cell| f64::from(cell.value));
        let left_value = of(left.next_if(|cell| cell.column == column));
        let right_value = of(right.next_if(|cell| cell.column == column));
        visit(column, left_value + right_value);
    }
}
