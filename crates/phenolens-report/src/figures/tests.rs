//! What must hold for every figure, on ordinary and on odd analyses.

use phenolens_core::analysis::Analysis;
use phenolens_core::evaluation::{Protocol, Weights};
use phenolens_core::neighbors::Distance;
use resvg::usvg::roxmltree::{Document, Node};

use super::canvas::Rect;
use super::font::{self, CAP_HEIGHT, DESCENT, Weight};
use super::{Figure, draw, png};
use crate::test_support::{self, Shape, analysis_of, context};

/// Analyses that a figure must cope with, each with a name.
fn cases() -> Vec<(&'static str, Analysis)> {
    let hostile = [
        "</text><script>alert(1)</script>",
        "a & b \"quoted\" 'twice'",
        "nul \u{0} bell \u{7} escape \u{1b}[31m",
        "right\u{202e}to left \u{ffff}",
        "",
        "漢字 العربية 😀",
    ];
    let long = (0..12).map(|class| format!("{class} {}", "a very long class name ".repeat(9)));
    let only = |distance, protocol| Shape {
        distances: vec![distance],
        protocols: vec![protocol],
        ..Shape::default()
    };
    let shapes = vec![
        ("ordinary", Shape::default()),
        ("one class", Shape::with_classes([1])),
        ("two classes", Shape::with_classes(["a", "b"])),
        ("ten classes", Shape::with_classes(300_000_000..300_000_010)),
        (
            "thirty classes",
            Shape::with_classes(300_000_000..300_000_030),
        ),
        ("130 classes", Shape::with_classes(1000..1130)),
        ("hostile ids", Shape::with_classes(hostile)),
        ("long ids", Shape::with_classes(long)),
        (
            "euclidean only",
            only(Distance::Euclidean, Protocol::FromFile),
        ),
        (
            "no maps",
            Shape {
                has_maps: false,
                ..Shape::default()
            },
        ),
    ];
    let mut cases: Vec<_> = shapes
        .into_iter()
        .map(|(name, shape)| (name, analysis_of(&shape)))
        .collect();
    cases.push(("nothing evaluated", without_evaluation()));
    cases
}

/// Only one sample per subject, one subject, no protocol, measures without a value.
fn without_evaluation() -> Analysis {
    let mut analysis = analysis_of(&Shape::default());
    analysis.evaluation.protocols.clear();
    analysis.open_set = None;
    analysis.calibration = None;
    analysis.exploration.samples_per_subject.clear();
    for summary in &mut analysis.exploration.distances {
        summary.same_subject = None;
        summary.separation = None;
    }
    analysis
}

fn each_figure(check: impl Fn(&str, &Figure, &Document<'_>)) {
    for (name, analysis) in cases() {
        for figure in draw(&analysis, &context()) {
            let name = format!("{name}: {}", figure.name);
            let document =
                Document::parse(&figure.svg).unwrap_or_else(|error| panic!("{name}: {error}"));
            check(&name, &figure, &document);
        }
    }
}

fn texts<'a>(document: &'a Document<'a>) -> impl Iterator<Item = Node<'a, 'a>> {
    document
        .descendants()
        .filter(|node| node.has_tag_name("text"))
}

fn attribute(node: Node<'_, '_>, name: &str) -> f64 {
    let value = node.attribute(name).unwrap_or_else(|| panic!("no {name}"));
    value.parse().unwrap_or_else(|_| panic!("{name}={value}"))
}

#[test]
fn every_figure_is_there_for_an_ordinary_analysis() {
    let figures = draw(&analysis_of(&Shape::default()), &context());
    let names: Vec<&str> = figures.iter().map(|figure| figure.name.as_str()).collect();
    let expected = [
        "class_sizes",
        "samples_per_subject",
        "distances",
        "protocols",
        "roc",
        "k_sweep",
        "learning_curve",
        "recall",
        "confusion_cosine",
        "confusion_euclidean",
        "map_cosine",
        "map_euclidean",
        "silhouette",
        "open_set",
        "calibration",
    ];
    assert_eq!(names, expected);
}

#[test]
fn figures_without_data_are_left_out() {
    let names = |analysis: &Analysis| -> Vec<String> {
        draw(analysis, &context())
            .into_iter()
            .map(|figure| figure.name)
            .collect()
    };
    let no_maps = analysis_of(&Shape {
        has_maps: false,
        ..Shape::default()
    });
    assert!(!names(&no_maps).iter().any(|name| name.starts_with("map")));
    let expected = [
        "class_sizes",
        "samples_per_subject",
        "distances",
        "map_cosine",
        "map_euclidean",
    ];
    assert_eq!(names(&without_evaluation()), expected);
}

/// Text is `<text>`, nothing runs, nothing is fetched, every number is finite.
#[test]
fn every_svg_is_plain_and_finite() {
    each_figure(|name, figure, document| {
        assert!(texts(document).count() > 2, "{name}");
        let allowed = ["svg", "rect", "path", "text"];
        for node in document.descendants().filter(Node::is_element) {
            assert!(
                allowed.contains(&node.tag_name().name()),
                "{name}: {node:?}"
            );
            for attribute in node.attributes() {
                if attribute.name() != "aria-label" {
                    let value = attribute.value();
                    assert!(
                        !value.contains("NaN") && !value.contains("inf"),
                        "{name}: {value}"
                    );
                }
            }
        }
        assert!(
            !figure.description.contains("NaN"),
            "{name}: {}",
            figure.description
        );
        assert!(
            !texts(document).any(|text| text.text().is_some_and(|text| text.contains("NaN"))),
            "{name}"
        );
    });
}

#[test]
fn no_text_overlaps_another_or_leaves_the_figure() {
    each_figure(|name, _, document| {
        let root = document.root_element();
        let page = Rect {
            x: 0.0,
            y: 0.0,
            width: attribute(root, "width"),
            height: attribute(root, "height"),
        };
        let boxes: Vec<(Rect, &str)> = texts(document).map(box_of).collect();
        for (index, (area, text)) in boxes.iter().enumerate() {
            assert!(
                page.contains(area),
                "{name}: {text:?} at {area:?} leaves {page:?}"
            );
            for (other, other_text) in &boxes[..index] {
                assert!(
                    !area.overlaps(other),
                    "{name}: {text:?} overlaps {other_text:?}"
                );
            }
        }
    });
}

/// From the top of the capitals to half the descenders, which rarely meet a neighbor.
fn box_of<'a>(node: Node<'a, 'a>) -> (Rect, &'a str) {
    let text = node.text().unwrap_or("");
    let size = attribute(node, "font-size");
    let weight = match node.attribute("font-weight") {
        Some(_) => Weight::SemiBold,
        None => Weight::Regular,
    };
    let width = font::width(text, size, weight);
    let start = match node.attribute("text-anchor") {
        None => 0.0,
        Some("middle") => -width / 2.0,
        _ => -width,
    };
    let (x, y) = (attribute(node, "x"), attribute(node, "y"));
    let (above, below) = (size * CAP_HEIGHT, size * DESCENT / 2.0);
    let area = match node.attribute("transform") {
        None => Rect {
            x: x + start,
            y: y - above,
            width,
            height: above + below,
        },
        Some(_) => Rect {
            x: x - above,
            y: y - start - width,
            width: above + below,
            height: width,
        },
    };
    (area, text)
}

/// Sentences begin with a capital, end with a period and are not broken anywhere.
#[test]
fn descriptions_are_sentences() {
    for (name, analysis) in cases().iter().filter(|(name, _)| !name.contains("ids")) {
        for figure in draw(analysis, &context()) {
            let description = &figure.description;
            let is_sentence = description.starts_with(char::is_uppercase)
                && description.ends_with('.')
                && !description.contains("..")
                && !description.contains("  ");
            assert!(is_sentence, "{name}: {}: {description:?}", figure.name);
            assert!(
                figure
                    .title
                    .starts_with(|first: char| first.is_uppercase() || first == 't')
            );
        }
    }
}

#[test]
fn the_same_analysis_gives_the_same_bytes() {
    let analysis = analysis_of(&Shape::default());
    let (first, second) = (draw(&analysis, &context()), draw(&analysis, &context()));
    assert_eq!(first, second);
    for figure in first {
        assert_eq!(png(&figure.svg).unwrap(), png(&figure.svg).unwrap());
    }
}

/// Four samples on the corners of a square stand on the corners of a square in px.
#[test]
fn a_square_on_the_map_stays_a_square() {
    let mut analysis = analysis_of(&Shape::default());
    let corners = [[0.0, 0.0], [30.0, 0.0], [30.0, 30.0], [0.0, 30.0]];
    for map in &mut analysis.projections {
        for (sample, position) in map.positions.iter_mut().enumerate() {
            *position = corners[sample % 4];
        }
    }
    let figures = draw(&analysis, &context());
    let map = figures
        .iter()
        .find(|figure| figure.name == "map_cosine")
        .unwrap();
    let document = Document::parse(&map.svg).unwrap();
    // The first class has circles, which start at their left end, so all are shifted alike.
    let markers = document.descendants().filter(|node| {
        node.has_tag_name("path")
            && node.attribute("fill") == Some("#0072b2")
            && node.attribute("stroke").is_some()
    });
    let starts: Vec<[f64; 2]> = markers
        .flat_map(|path| path.attribute("d").unwrap().split('M').skip(1))
        .map(|part| {
            let place = part.split('a').next().unwrap().split_once(' ').unwrap();
            [place.0, place.1].map(|number| number.parse().unwrap())
        })
        .collect();
    let extent = |axis: usize| {
        let values = starts.iter().map(|start| start[axis]);
        values.clone().fold(f64::MIN, f64::max) - values.fold(f64::MAX, f64::min)
    };
    assert!(extent(0) > 100.0);
    // Places are written with two decimals.
    assert!(
        (extent(0) - extent(1)).abs() <= 0.02,
        "{} {}",
        extent(0),
        extent(1)
    );
}

#[test]
fn a_map_of_many_samples_says_what_it_leaves_out() {
    let mut analysis = analysis_of(&Shape {
        n_subjects: 14_000,
        ..Shape::with_classes(0..3)
    });
    analysis.evaluation.protocols.clear();
    assert!(analysis.dataset.n_samples() > 50_000);
    let figures = draw(&analysis, &context());
    let map = figures
        .iter()
        .find(|figure| figure.name == "map_cosine")
        .unwrap();
    assert!(map.svg.contains("10,000 of them are drawn"));
    assert!(map.svg.len() < 700_000, "{} bytes", map.svg.len());
}

#[test]
fn the_quality_stands_on_every_map() {
    each_figure(|name, figure, document| {
        if figure.name.starts_with("map") {
            let all: String = texts(document).filter_map(|text| text.text()).collect();
            for figure in ["1.984", "0.855", "0.875", "37.5%"] {
                assert!(all.contains(figure), "{name}: {all}");
            }
        }
    });
}

#[test]
fn a_png_has_twice_the_size_and_is_not_blank() {
    for (name, analysis) in [
        ("ordinary", analysis_of(&Shape::default())),
        ("no maps", without_evaluation()),
    ] {
        for figure in draw(&analysis, &context()) {
            let document = Document::parse(&figure.svg).unwrap();
            let bytes = png(&figure.svg).unwrap();
            let mut reader = ::png::Decoder::new(std::io::Cursor::new(&bytes))
                .read_info()
                .unwrap();
            let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
            reader.next_frame(&mut pixels).unwrap();
            let info = reader.info();
            let side = |name| 2.0 * attribute(document.root_element(), name);
            assert_eq!(
                f64::from(info.width),
                side("width"),
                "{name}: {}",
                figure.name
            );
            assert_eq!(
                f64::from(info.height),
                side("height"),
                "{name}: {}",
                figure.name
            );
            let n_dark = pixels
                .chunks_exact(3)
                .filter(|pixel| pixel[0] < 128)
                .count();
            assert!(
                n_dark > 1000,
                "{name}: {} has {n_dark} dark pixels",
                figure.name
            );
        }
    }
}

/// The picture has text: without its `<text>` elements it is another one, in both weights.
#[test]
fn text_is_drawn_with_the_embedded_font() {
    let svg = |weight: &str, text: &str| {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"80\" height=\"20\" \
             font-family=\"Inter\"><rect width=\"80\" height=\"20\" fill=\"#ffffff\"/>\
             <text x=\"4\" y=\"15\" font-size=\"12\"{weight}>{text}</text></svg>"
        )
    };
    let pictures = ["", "regular"].map(|text| png(&svg("", text)).unwrap());
    assert_ne!(pictures[0], pictures[1]);
    let semibold = png(&svg(" font-weight=\"600\"", "regular")).unwrap();
    assert_ne!(semibold, pictures[1]);
    // Inter has no such glyphs; a box stands for each.
    assert_eq!(png(&svg("", "漢字")).unwrap(), png(&svg("", "□□")).unwrap());
    assert_ne!(png(&svg("", "漢字")).unwrap(), pictures[0]);
    assert!(png("<svg").is_err());
}

/// The evaluation numbers its classes anew where some are left out.
#[test]
fn figures_of_the_evaluation_take_its_class_names() {
    let mut analysis = test_support::analysis();
    analysis.evaluation.class_names = ["one", "two", "three"].map(String::from).to_vec();
    for figure in draw(&analysis, &context()) {
        let of_evaluation = ["recall", "confusion", "silhouette"];
        let is_of_evaluation = of_evaluation
            .iter()
            .any(|name| figure.name.starts_with(name));
        assert_eq!(
            figure.svg.contains(">two<"),
            is_of_evaluation,
            "{}",
            figure.name
        );
    }
}

/// With several votes the figures show those of the headline, which the words speak of.
#[test]
fn figures_show_the_votes_of_the_headline() {
    let mut analysis = test_support::analysis();
    for part in &mut analysis.evaluation.protocols {
        for index in 0..part.runs.len() {
            let mut run = part.runs[index].clone();
            run.weights = Weights::Distance;
            run.k = 4;
            for summary in &mut run.summary {
                summary.pooled = summary.pooled.map(|value| value + 0.0625);
            }
            part.runs.push(run);
        }
    }
    for figure in draw(&analysis, &context()) {
        if figure.name == "k_sweep" || figure.name == "roc" {
            assert!(figure.svg.contains("k = 4"), "{}", figure.name);
            assert!(!figure.svg.contains("k = 9"), "{}", figure.name);
        }
    }
}
