use crate::document::Document;
use crate::test_support::{self, Shape};
use crate::words::{self, Figures};
use crate::{Context, facts::Facts};

fn page(shape: &Shape, context: &Context) -> String {
    let analysis = test_support::analysis_of(shape);
    let drawn = crate::figures::draw(&analysis, context);
    let document: Document = words::report(&Facts::new(&analysis, context), Figures::new(&drawn));
    super::render(&document)
}

/// The name of the SVG format is an address that nothing fetches; there is no other.
#[test]
fn nothing_is_fetched() {
    let page = page(&Shape::default(), &test_support::context())
        .replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
    for reference in [
        "http:", "https:", "//www", "src=\"", "<link", "<script", "@import",
    ] {
        assert!(!page.contains(reference), "{reference}");
    }
    assert_eq!(page.matches("url(").count(), 2);
    assert_eq!(page.matches("url(data:font/ttf;base64,").count(), 2);
}

#[test]
fn hostile_names_stay_text() {
    let hostile = "</svg><script>alert(1)</script>";
    let mut context = test_support::context();
    context.class_labels = vec![("2".to_owned(), format!("{hostile}\"x\""))];
    context.source_name = hostile.to_owned();
    context.settings = format!("# {hostile}\n");
    let page = page(&Shape::with_classes(["2", hostile, "<b>&"]), &context);
    assert!(!page.contains("<script") && !page.contains("<b>&<"));
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
}

/// Every element that is opened is closed, in order.
#[test]
fn elements_nest() {
    let page = page(&Shape::default(), &test_support::context());
    let mut open: Vec<&str> = Vec::new();
    for part in page.split('<').skip(1) {
        let name_end = part.find([' ', '>', '/', '\n']).unwrap_or(part.len());
        if let Some(closing) = part.strip_prefix('/') {
            let name = closing.split('>').next().expect("a name");
            assert_eq!(open.pop(), Some(name));
        } else if !part.starts_with('!') && !part.starts_with("meta") {
            let tag = part.split('>').next().expect("a tag");
            if !tag.ends_with('/') {
                open.push(&part[..name_end]);
            }
        }
    }
    assert_eq!(open, Vec::<&str>::new());
}

/// An id twice would make a link, or a clip in a figure, point to the wrong place.
#[test]
fn ids_are_unique() {
    let page = page(&Shape::default(), &test_support::context());
    let mut ids: Vec<&str> = page
        .split(" id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    let n_all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), n_all);
    for target in page.split("href=\"#").skip(1) {
        let target = target.split('"').next().expect("a quote");
        assert!(ids.contains(&target), "{target}");
    }
}
