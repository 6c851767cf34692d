//! Lists that come in pages: keyset paging with sealed tokens.
//!
//! A token holds the key of the last row shown and is bound to its operation, to what is listed and
//! to the parameters; it works for an hour (api.md 1.7). What is not ours, or is for another list,
//! is `Invalid pagination token`.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::{Error, Result};
use crate::time::{Span, Timestamp};

const PURPOSE: &str = "page";
const VALIDITY: Span = Span::hours(1);

/// A list that is read page by page.
#[derive(Clone, Copy, Debug)]
pub struct List<'a> {
    /// The operation that lists.
    pub operation: &'a str,
    /// Where the rows are: a pool id, or region and account.
    pub scope: &'a str,
    /// Whatever else chooses the rows (filter, group name, ...); a token works for the same only.
    pub parameters: &'a str,
}

/// What a caller asks of a list: how many rows, and the token of the page before.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    /// `Limit` or `MaxResults`; absent or 0 is the most there may be.
    pub limit: Option<i64>,
    /// `NextToken` or `PaginationToken`.
    pub token: Option<String>,
}

/// One page.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// Its rows.
    pub items: Vec<T>,
    /// The token of the page after it; none on the last.
    pub next: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Token<K> {
    operation: String,
    scope: String,
    parameters: String,
    expires: Timestamp,
    after: K,
}

impl Ask {
    /// How many rows to show, at most `most`.
    pub fn rows(&self, most: i64) -> i64 {
        self.limit
            .filter(|n| (1..=most).contains(n))
            .unwrap_or(most)
    }
}

impl List<'_> {
    /// The key after which the asked page begins; none for the first page.
    ///
    /// # Errors: InvalidParameter `Invalid pagination token`.
    pub fn after<K: DeserializeOwned>(&self, app: &App, ask: &Ask) -> Result<Option<K>> {
        let Some(token) = &ask.token else {
            return Ok(None);
        };
        let token: Option<Token<K>> = app.vault.open_token(PURPOSE, token);
        token
            .filter(|token| {
                token.operation == self.operation
                    && token.scope == self.scope
                    && token.parameters == self.parameters
                    && token.expires > app.clock.server_now()
            })
            .map(|token| Some(token.after))
            .ok_or_else(Error::invalid_pagination_token)
    }

    /// Makes a page of `rows`, which were read with a limit of one more than `count`: the row too
    /// many only says that there is another page. `key` is what the rows are ordered by.
    pub fn page<T, K: Serialize>(
        &self,
        app: &App,
        mut rows: Vec<T>,
        count: i64,
        key: impl Fn(&T) -> K,
    ) -> Result<Page<T>> {
        let count = usize::try_from(count).unwrap_or(0);
        let more = rows.len() > count;
        rows.truncate(count);
        let next = match rows.last().filter(|_| more) {
            Some(last) => Some(self.token(app, key(last))?),
            None => None,
        };
        Ok(Page { items: rows, next })
    }

    fn token<K: Serialize>(&self, app: &App, after: K) -> Result<String> {
        let token = Token {
            operation: self.operation.to_owned(),
            scope: self.scope.to_owned(),
            parameters: self.parameters.to_owned(),
            expires: app.clock.server_now().plus(VALIDITY),
            after,
        };
        app.vault.seal_token(PURPOSE, &token)
    }
}

impl<T> Page<T> {
    /// The same page of something else.
    pub fn map<U>(self, each: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(each).collect(),
            next: self.next,
        }
    }
}
