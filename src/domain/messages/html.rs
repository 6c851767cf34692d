//! The little HTML that mail templates need: escaping what is put in, and a plain text of it for
//! clients that show no HTML.

/// Whether a template is HTML: Cognito sends all e-mail as HTML, so a tag makes it so.
pub(super) fn is_html(template: &str) -> bool {
    template.split('<').skip(1).any(|rest| {
        rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!')
            && rest.contains('>')
    })
}

/// A value as HTML text.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// A template as HTML: one without tags keeps its line ends.
pub(super) fn of(template: &str) -> String {
    if is_html(template) {
        return template.to_owned();
    }
    escape(template)
        .replace("\r\n", "<br>")
        .replace('\n', "<br>")
}

/// HTML without its tags: line breaks and the ends of blocks become line ends.
pub(super) fn text(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        let (tag, tail) = after.split_once('>').unwrap_or((after, ""));
        let name = tag.trim_end_matches('/').trim_end().to_ascii_lowercase();
        if matches!(
            name.as_str(),
            "br" | "/p" | "/div" | "/tr" | "/li" | "/h1" | "/h2" | "/h3"
        ) {
            text.push('\n');
        }
        rest = tail;
    }
    text.push_str(rest);
    unescape(&text).trim().to_owned()
}

fn unescape(text: &str) -> String {
    const ENTITIES: [(&str, char); 6] = [
        ("lt;", '<'),
        ("gt;", '>'),
        ("quot;", '"'),
        ("#39;", '\''),
        ("nbsp;", ' '),
        ("amp;", '&'),
    ];
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let known = ENTITIES
            .iter()
            .find_map(|(entity, letter)| Some((*letter, after.strip_prefix(entity)?)));
        let (letter, tail) = known.unwrap_or(('&', after));
        plain.push(letter);
        rest = tail;
    }
    plain.push_str(rest);
    plain
}
