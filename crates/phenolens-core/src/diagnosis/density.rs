//! Clusters of points in the plane by density.

use rayon::prelude::*;

/// Points nearer than this part of the longest edge count as so far apart: the density of points on
/// one another has no end.
const LEAST_LENGTH: f64 = 1e-9;

/// The cluster of every point, from 0 in no order of meaning; `None` for noise.
///
/// HDBSCAN: the reach of two points is the greatest of their distance and of both core distances; a
/// core distance is that to the `min_size`-th nearest point, the point itself counted. As the reach
/// falls, the points part; a part of at least `min_size` points is a cluster, lesser ones fall out of
/// it. Of all clusters those are taken, none inside another, whose excess of mass is greatest:
///
/// ```text
/// ∑ over points  1 / reach at which the point leaves  -  1 / reach at which the cluster appears
/// ```
///
/// The whole is no cluster. What parts at the same reach parts at once, as the paper asks, so that the
/// order of the points has no say; scikit-learn parts it in two, again and again, and so keeps a few
/// points in clusters that fall out here.
///
/// * `min_size`: at least 2.
///
/// Takes O(n²) time and O(n) memory.
///
/// # Source
/// Campello, Moulavi & Sander (2013), PAKDD, 160-172; the excess of mass as in Campello, Moulavi, Zimek
/// & Sander (2015), ACM Trans. Knowl. Discov. Data 10, 5.
pub(super) fn density_clusters(points: &[[f64; 2]], min_size: usize) -> Vec<Option<usize>> {
    if points.len() < 2 * min_size {
        return vec![None; points.len()];
    }
    let cores = core_distances(points, min_size);
    let tree = Dendrogram::new(&spanning_tree(points, &cores), points.len());
    Condensed::new(&tree, min_size).labels()
}

/// The distance of each point to its `min_size`-th nearest, itself counted.
fn core_distances(points: &[[f64; 2]], min_size: usize) -> Vec<f64> {
    (0..points.len())
        .into_par_iter()
        .map_init(Vec::new, |squares: &mut Vec<f64>, point| {
            squares.clear();
            let to = points.iter().map(|&other| squared(points[point], other));
            squares.extend(to);
            let (_, core, _) = squares.select_nth_unstable_by(min_size - 1, f64::total_cmp);
            core.sqrt()
        })
        .collect()
}

fn squared(a: [f64; 2], b: [f64; 2]) -> f64 {
    let (x, y) = (a[0] - b[0], a[1] - b[1]);
    x * x + y * y
}

/// An edge of the spanning tree.
struct Edge {
    ends: [usize; 2],
    reach: f64,
}

/// The edges that link all points at the least reach (Prim 1957), shortest first.
fn spanning_tree(points: &[[f64; 2]], cores: &[f64]) -> Vec<Edge> {
    // Of every point outside the tree its least reach and the point inside from which it is.
    let mut outside: Vec<(usize, f64, usize)> = (1..points.len())
        .map(|point| (point, f64::INFINITY, 0))
        .collect();
    let mut edges = Vec::with_capacity(outside.len());
    let mut newest = 0;
    while !outside.is_empty() {
        let mut nearest = 0;
        for place in 0..outside.len() {
            let (point, least, from) = &mut outside[place];
            let distance = squared(points[newest], points[*point]).sqrt();
            let reach = distance.max(cores[newest]).max(cores[*point]);
            if reach < *least {
                *least = reach;
                *from = newest;
            }
            if outside[place].1 < outside[nearest].1 {
                nearest = place;
            }
        }
        let (point, reach, from) = outside.swap_remove(nearest);
        edges.push(Edge {
            ends: [from, point],
            reach,
        });
        newest = point;
    }
    edges.sort_by(|a, b| a.reach.total_cmp(&b.reach));
    edges
}

/// Which parts unite as the reach grows: nodes below `n_points` are points, then one per union.
struct Dendrogram {
    n_points: usize,
    /// The two parts of each union.
    parts: Vec<[usize; 2]>,
    /// The reach of each union, rising.
    reaches: Vec<f64>,
    /// Points below each node.
    sizes: Vec<usize>,
}

impl Dendrogram {
    fn new(edges: &[Edge], n_points: usize) -> Dendrogram {
        let longest = edges.last().map_or(0.0, |edge| edge.reach);
        let least = (LEAST_LENGTH * longest).max(f64::MIN_POSITIVE);
        let mut tree = Dendrogram {
            n_points,
            parts: Vec::new(),
            reaches: Vec::new(),
            sizes: vec![1; n_points],
        };
        let mut above: Vec<usize> = (0..2 * n_points - 1).collect();
        for (index, edge) in edges.iter().enumerate() {
            let union = n_points + index;
            let parts = edge.ends.map(|point| top(&mut above, point));
            for part in parts {
                above[part] = union;
            }
            tree.sizes.push(tree.sizes[parts[0]] + tree.sizes[parts[1]]);
            tree.parts.push(parts);
            tree.reaches.push(edge.reach.max(least));
        }
        tree
    }

    /// `1 / reach` at which a union parts.
    fn density(&self, node: usize) -> f64 {
        1.0 / self.reaches[node - self.n_points]
    }

    /// Into what a union parts, all unions of the same reach at once.
    fn parts(&self, node: usize) -> Vec<usize> {
        let is_same =
            |part: usize| part >= self.n_points && self.density(part) == self.density(node);
        let (mut parts, mut open) = (Vec::new(), vec![node]);
        while let Some(node) = open.pop() {
            for part in self.parts[node - self.n_points] {
                if is_same(part) {
                    open.push(part);
                } else {
                    parts.push(part);
                }
            }
        }
        parts
    }

    /// Calls `visit` with every point below a node.
    fn visit_points(&self, node: usize, mut visit: impl FnMut(usize)) {
        let mut open = vec![node];
        while let Some(node) = open.pop() {
            if node < self.n_points {
                visit(node);
            } else {
                open.extend(self.parts[node - self.n_points]);
            }
        }
    }
}

/// The union that a node belongs to by now; shortens the way for the next who asks.
fn top(above: &mut [usize], mut node: usize) -> usize {
    while above[node] != node {
        above[node] = above[above[node]];
        node = above[node];
    }
    node
}

/// The clusters that appear as the reach falls: 0 is the whole, and each stands behind the one it
/// came from.
struct Condensed {
    /// The cluster that each came from.
    parents: Vec<usize>,
    /// The excess of mass of each.
    masses: Vec<f64>,
    /// The last cluster that every point was in.
    last: Vec<usize>,
}

impl Condensed {
    fn new(tree: &Dendrogram, min_size: usize) -> Condensed {
        let whole = tree.sizes.len() - 1;
        let mut condensed = Condensed {
            parents: vec![0],
            masses: vec![0.0],
            last: vec![0; tree.n_points],
        };
        // Nodes to be parted, with their cluster and the density at which it appeared. A part of at
        // least two points is a union.
        let mut open = vec![(whole, 0, tree.density(whole))];
        while let Some((node, cluster, born)) = open.pop() {
            let density = tree.density(node);
            let (large, small): (Vec<usize>, Vec<usize>) =
                (tree.parts(node).into_iter()).partition(|&part| tree.sizes[part] >= min_size);
            let mut n_leaving: usize = small.iter().map(|&part| tree.sizes[part]).sum();
            for &part in &small {
                tree.visit_points(part, |point| condensed.last[point] = cluster);
            }
            if let [only] = large[..] {
                open.push((only, cluster, born));
            } else {
                for part in large {
                    n_leaving += tree.sizes[part];
                    open.push((part, condensed.parents.len(), density));
                    condensed.parents.push(cluster);
                    condensed.masses.push(0.0);
                }
            }
            condensed.masses[cluster] += (density - born) * n_leaving as f64;
        }
        condensed
    }

    /// The clusters of greatest mass, none inside another.
    fn labels(self) -> Vec<Option<usize>> {
        let n_clusters = self.parents.len();
        // The greatest mass of clusters inside each, then of it or them.
        let mut inside = vec![0.0; n_clusters];
        let mut is_taken = vec![false; n_clusters];
        for cluster in (1..n_clusters).rev() {
            let mass = self.masses[cluster];
            is_taken[cluster] = inside[cluster] <= mass;
            inside[self.parents[cluster]] += mass.max(inside[cluster]);
        }
        let mut taken: Vec<Option<usize>> = vec![None; n_clusters];
        for cluster in 1..n_clusters {
            let itself = is_taken[cluster].then_some(cluster);
            taken[cluster] = taken[self.parents[cluster]].or(itself);
        }
        self.last.iter().map(|&cluster| taken[cluster]).collect()
    }
}
