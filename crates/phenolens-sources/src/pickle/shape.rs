//! Refuses values that contain themselves or are nested without end.

use super::PickleError;
use super::values::{Arena, Id, Value};

/// What is known of a value while the walk goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Depth {
    Unknown,
    /// The walk is inside it: to meet it again is to be inside itself.
    Open,
    /// Containers inside one another, itself included.
    Known(u16),
}

/// A container that the walk is inside of.
struct Visit {
    id: Id,
    next_member: usize,
    /// Depth of the deepest member so far.
    inner: u16,
}

/// Checks that nothing in `top` contains itself, and that at most `limit` containers stand inside
/// one another.
///
/// Visits every value once, however often it is shared, and never goes deeper than `limit`: O(size
/// of the arena).
pub(super) fn check(arena: &Arena<'_>, top: Id, limit: usize) -> Result<(), PickleError> {
    let limit = limit.min(usize::from(u16::MAX) - 1);
    let mut depths = vec![Depth::Unknown; arena.len()];
    let mut path = Vec::new();
    if is_container(arena, top) {
        path.push(open(&mut depths, top));
    }
    while let Some(visit) = path.last_mut() {
        let Some(member) = member(arena, visit.id, visit.next_member) else {
            let depth = visit.inner + 1;
            depths[visit.id.index()] = Depth::Known(depth);
            path.pop();
            if let Some(parent) = path.last_mut() {
                parent.inner = parent.inner.max(depth);
            }
            continue;
        };
        visit.next_member += 1;
        let n_open = path.len();
        let inner = match depths[member.index()] {
            Depth::Open => {
                return Err(PickleError::Cycle {
                    offset: arena.offset(member),
                    kind: arena.get(member).kind().trim_start_matches("a "),
                });
            }
            Depth::Known(inner) => inner,
            Depth::Unknown if !is_container(arena, member) => continue,
            Depth::Unknown => 1,
        };
        if n_open + usize::from(inner) > limit {
            let offset = arena.offset(member);
            return Err(PickleError::Depth { offset, limit });
        }
        match depths[member.index()] {
            Depth::Unknown => path.push(open(&mut depths, member)),
            _ => {
                let parent = &mut path[n_open - 1];
                parent.inner = parent.inner.max(inner);
            }
        }
    }
    Ok(())
}

fn open(depths: &mut [Depth], id: Id) -> Visit {
    depths[id.index()] = Depth::Open;
    Visit {
        id,
        next_member: 0,
        inner: 0,
    }
}

fn is_container(arena: &Arena<'_>, id: Id) -> bool {
    matches!(
        arena.get(id),
        Value::List(_) | Value::Tuple(_) | Value::Dict(_)
    )
}

/// A member of a container by its number; keys and values of a mapping count alternately.
fn member(arena: &Arena<'_>, id: Id, index: usize) -> Option<Id> {
    match arena.get(id) {
        Value::List(members) => members.get(index).copied(),
        Value::Tuple(members) => members.get(index).copied(),
        Value::Dict(items) => items.get(index / 2).map(|&(key, value)| match index % 2 {
            0 => key,
            _ => value,
        }),
        _ => None,
    }
}
