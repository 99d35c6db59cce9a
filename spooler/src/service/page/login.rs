// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where a token is entered.

use maud::{Markup, html};

use super::document::frame;

/// The page. `said` is why it is shown again.
pub(super) fn page(said: Option<&str>) -> Markup {
    let top = html! { header.top #top { h1 { "Sign in" } } };
    let inside = html! {
        form.door method="post" action="/login" {
            div {
                label for="token" { "Token" }
                input #token name="token" type="password" required autocomplete="current-password" autofocus
                    aria-describedby="token-note";
                p.note #token-note { "Whoever looks after this station has given you one." }
            }
            button type="submit" { "Sign in" }
        }
    };
    frame("Sign in", None, &top, said, &inside)
}
