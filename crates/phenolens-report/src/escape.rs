//! Text that comes from the data made harmless in each format.

/// Text for an element or a quoted attribute of HTML.
pub(crate) fn html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            letter if is_unsafe(letter) => escaped.push('\u{FFFD}'),
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// Text for a line of Markdown or a cell of a table: no markup, no HTML, no line break.
pub(crate) fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut before = '\n';
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            // An interval such as "[0.721, 0.786]" is no link and reads better as it is.
            '[' if let Some(length) = interval_length(letters.clone()) => {
                escaped.push('[');
                escaped.extend(letters.by_ref().take(length));
            }
            // Only before a letter, a slash or a mark does this open a tag: "< 0.001" is none.
            '<' if letters.peek().is_none_or(|next| *next == ' ') => escaped.push('<'),
            '\\' | '`' | '*' | '[' | ']' | '<' | '>' | '|' | '~' => {
                escaped.push('\\');
                escaped.push(letter);
            }
            // Inside a word, as in snake_case, an underscore marks nothing.
            '_' => {
                let inside = before.is_alphanumeric()
                    && letters.peek().is_some_and(|next| next.is_alphanumeric());
                escaped.push_str(if inside { "_" } else { "\\_" });
            }
            // Only "&name;" and "&#1;" mean anything; "Q & A" stays as it is.
            '&' => {
                let is_entity = letters
                    .peek()
                    .is_some_and(|next| next.is_ascii_alphanumeric() || *next == '#');
                escaped.push_str(if is_entity { "&amp;" } else { "&" });
            }
            // At the start of a line and before a space these begin a heading or a list.
            '#' | '+' | '-'
                if before == '\n'
                    && letters
                        .peek()
                        .is_none_or(|next| matches!(next, ' ' | '#' | '-' | '+')) =>
            {
                escaped.push('\\');
                escaped.push(letter);
            }
            letter if is_unsafe(letter) || letter == '\n' || letter == '\t' => escaped.push(' '),
            // A bare address would become a link.
            ':' if letters.peek() == Some(&'/') => escaped.push_str("&#58;"),
            letter => escaped.push(letter),
        }
        before = letter;
    }
    escaped
}

/// Letters up to and with the closing bracket, where nothing but numbers stands before it and it
/// cannot be the first half of a link.
fn interval_length(letters: impl Iterator<Item = char>) -> Option<usize> {
    let mut letters = letters.enumerate();
    while let Some((index, letter)) = letters.next() {
        match letter {
            '0'..='9' | '.' | ',' | ' ' | '−' | '+' => {}
            ']' if index > 1 => {
                let is_link = letters
                    .next()
                    .is_some_and(|(_, next)| matches!(next, '(' | '[' | ':'));
                return (!is_link).then_some(index + 1);
            }
            _ => return None,
        }
    }
    None
}

/// Text between backticks of Markdown, with enough of them around.
pub(crate) fn markdown_code(text: &str) -> String {
    let mut longest = 0;
    let mut run = 0;
    for letter in text.chars() {
        run = if letter == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let text: String = text
        .chars()
        .map(|letter| {
            if is_unsafe(letter) || letter == '\n' {
                ' '
            } else {
                letter
            }
        })
        .collect();
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Text for LaTeX.
pub(crate) fn latex(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' => escaped.push_str("\\textbackslash{}"),
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => {
                escaped.push('\\');
                escaped.push(letter);
            }
            '~' => escaped.push_str("\\textasciitilde{}"),
            '^' => escaped.push_str("\\textasciicircum{}"),
            '<' => escaped.push_str("\\textless{}"),
            '>' => escaped.push_str("\\textgreater{}"),
            '|' => escaped.push_str("\\textbar{}"),
            '"' => escaped.push_str("\\textquotedbl{}"),
            // A bracket after a line break would be read as its optional argument.
            '[' => escaped.push_str("{[}"),
            ']' => escaped.push_str("{]}"),
            '−' => escaped.push_str("$-$"),
            '±' => escaped.push_str("$\\pm$"),
            '–' => escaped.push_str("--"),
            '×' => escaped.push_str("$\\times$"),
            letter if is_unsafe(letter) || letter == '\n' || letter == '\t' => escaped.push(' '),
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// Control characters, those that break lines, and those that turn the direction of text.
fn is_unsafe(letter: char) -> bool {
    (letter.is_control() && !matches!(letter, '\n' | '\t'))
        || matches!(letter,
            '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_cannot_be_broken_out_of() {
        assert_eq!(
            html("<script>alert('x')</script> & \"y\"\u{202E}"),
            "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;y&quot;\u{FFFD}"
        );
    }

    #[test]
    fn markdown_has_no_markup_left() {
        assert_eq!(
            markdown("a|b [c](d) `e` <f> *g*"),
            "a\\|b \\[c\\](d) \\`e\\` \\<f\\> \\*g\\*"
        );
        assert_eq!(markdown("0.75 [0.72, 0.79]."), "0.75 [0.72, 0.79].");
        assert_eq!(markdown("[1, 2](x)"), "\\[1, 2\\](x)");
        assert_eq!(markdown("# x"), "\\# x");
        assert_eq!(markdown("## x"), "\\## x");
        assert_eq!(markdown("- x"), "\\- x");
        assert_eq!(markdown("---"), "\\---");
        assert_eq!(markdown("+3.5"), "+3.5");
        assert_eq!(markdown("< 0.001"), "< 0.001");
        assert_eq!(markdown("<b"), "\\<b");
        assert_eq!(markdown("snake_case _x_"), "snake_case \\_x\\_");
        assert_eq!(markdown("two\nlines"), "two lines");
        assert_eq!(markdown("Q & A &lt;"), "Q & A &amp;lt;");
        assert_eq!(markdown("see http://x.y"), "see http&#58;//x.y");
        assert_eq!(markdown_code("a`b"), "``a`b``");
        assert_eq!(markdown_code("`"), "`` ` ``");
    }

    #[test]
    fn latex_has_no_commands_left() {
        assert_eq!(
            latex("50% of a_b & {c} \\d ~ ^ # $ −0.1 [x]"),
            "50\\% of a\\_b \\& \\{c\\} \\textbackslash{}d \\textasciitilde{} \
             \\textasciicircum{} \\# \\$ $-$0.1 {[}x{]}"
        );
    }
}
