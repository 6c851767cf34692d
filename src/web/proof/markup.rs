//! A small reader of our own markup: tags with their attributes, and the text of simple elements.

/// One opening tag.
#[derive(Debug)]
pub(super) struct Tag {
    pub(super) name: String,
    pub(super) attributes: Vec<(String, String)>,
    /// The text up to the next tag.
    text: String,
}

impl Tag {
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

/// A page as its tags.
pub(super) struct Markup(Vec<Tag>);

impl Markup {
    /// Reads as a browser does: a tag ends at the first `>` outside of quotes.
    pub(super) fn read(html: &str) -> Self {
        let mut tags = Vec::new();
        let mut rest = html;
        while let Some((_, after)) = rest.split_once('<') {
            let (inside, tail) = split_tag(after);
            rest = tail;
            if inside.starts_with(['/', '!']) {
                continue;
            }
            let (name, attributes) = inside
                .split_once(|c: char| c.is_ascii_whitespace())
                .unwrap_or((inside, ""));
            let text = tail.split('<').next().unwrap_or_default();
            tags.push(Tag {
                name: name.trim_end_matches('/').to_ascii_lowercase(),
                attributes: read_attributes(attributes),
                text: unescape(text),
            });
        }
        Self(tags)
    }

    pub(super) fn tags(&self) -> impl Iterator<Item = &Tag> {
        self.0.iter()
    }

    pub(super) fn count(&self, name: &str) -> usize {
        self.tags().filter(|tag| tag.name == name).count()
    }

    pub(super) fn only(&self, name: &str) -> &Tag {
        assert_eq!(self.count(name), 1, "{name}");
        self.tags().find(|tag| tag.name == name).unwrap()
    }

    pub(super) fn text_of(&self, name: &str) -> &str {
        &self.only(name).text
    }

    /// Names of tags and attributes, without any value.
    pub(super) fn skeleton(&self) -> Vec<String> {
        self.tags()
            .map(|tag| {
                let names: Vec<_> = tag
                    .attributes
                    .iter()
                    .map(|(name, _)| name.as_str())
                    .collect();
                format!("{} {}", tag.name, names.join(" "))
            })
            .collect()
    }
}

fn split_tag(after: &str) -> (&str, &str) {
    let mut quote = None;
    for (at, c) in after.char_indices() {
        match (quote, c) {
            (None, '>') => return (&after[..at], &after[at + 1..]),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    panic!("a tag does not end: {after}");
}

fn read_attributes(mut rest: &str) -> Vec<(String, String)> {
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if rest.is_empty() {
            return attributes;
        }
        let end = rest
            .find(|c: char| c.is_ascii_whitespace() || c == '=')
            .unwrap_or(rest.len());
        let (name, tail) = rest.split_at(end);
        let (value, tail) = match tail.strip_prefix('=') {
            Some(quoted) => {
                let quoted = quoted.strip_prefix('"').expect("values are quoted");
                quoted.split_once('"').expect("a quote is closed")
            }
            None => ("", tail),
        };
        attributes.push((name.to_ascii_lowercase(), unescape(value)));
        rest = tail;
    }
}

fn unescape(text: &str) -> String {
    text.replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#38;", "&")
}
