// SPDX-License-Identifier: MIT OR Apache-2.0
//! One HTML file of pictures, texts and tables that needs nothing else.

use core::fmt::Write as _;

use super::draw::Picture;
use super::ink::style;
use super::text::Escaped;

/// How high a part of a picture may be, to fit a page of A4 in portrait at the width of the text.
const SHEET: u32 = 1300;

/// A page of pictures, texts and tables, from top to bottom.
#[derive(Debug, Clone)]
pub struct Page {
    title: String,
    body: String,
}

/// What there is beside pictures.
const RULES: &str = "\
:root{color-scheme:light dark}\
body{margin:1.5rem auto;max-width:62rem;padding:0 1rem;font:1rem/1.5 system-ui,sans-serif;\
color:#15181d;background:#fff;overflow-wrap:anywhere}\
h1{font-size:1.5rem}h2{font-size:1.2rem;margin:2rem 0 .5rem}p{margin:.5rem 0}\
figure{margin:.5rem 0}svg{display:block}\
table{border-collapse:collapse;margin:.5rem 0;font-size:.9rem}caption{text-align:left;padding:.2rem 0}\
th,td{border:1px solid #636d7a;padding:.15rem .5rem;text-align:left;vertical-align:top}\
td.n{text-align:right;font-variant-numeric:tabular-nums}\
@media screen and (prefers-color-scheme:dark){body{color:#edeff2;background:#14161a}\
th,td{border-color:#949eac}}\
@media print{body{max-width:none;margin:0;padding:0;font-size:10pt}h2{break-after:avoid}\
figure,tr{break-inside:avoid}thead{display:table-header-group}@page{margin:12mm}}";

impl Page {
    /// An empty page with this title.
    #[must_use]
    pub fn new(title: &str) -> Self {
        Self { title: title.to_owned(), body: String::new() }
    }

    /// Adds a heading below the title.
    pub fn heading(&mut self, text: &str) {
        self.add(format_args!("<h2>{}</h2>\n", Escaped(text)));
    }

    /// Adds a paragraph.
    pub fn text(&mut self, text: &str) {
        self.add(format_args!("<p>{}</p>\n", Escaped(text)));
    }

    /// Adds a table: what it lists, its columns, and its rows. A cell that is a number stands on the
    /// right of its column.
    pub fn table(&mut self, caption: &str, head: &[&str], rows: &[Vec<String>]) {
        self.add(format_args!("<table><caption>{}</caption>\n<thead><tr>", Escaped(caption)));
        for column in head {
            self.add(format_args!("<th scope=\"col\">{}</th>", Escaped(column)));
        }
        self.body.push_str("</tr></thead>\n<tbody>\n");
        // Numbers stand one below the other; a mark that happens to have no letter is none of them.
        let numbers = |column: usize| {
            rows.iter()
                .filter_map(|row| row.get(column))
                .all(|cell| cell.is_empty() || is_number(cell))
        };
        let numbers: Vec<bool> = (0..head.len()).map(numbers).collect();
        for row in rows {
            self.body.push_str("<tr>");
            for (cell, number) in row.iter().zip(&numbers) {
                let class = if *number { " class=\"n\"" } else { "" };
                self.add(format_args!("<td{class}>{}</td>", Escaped(cell)));
            }
            self.body.push_str("</tr>\n");
        }
        self.body.push_str("</tbody></table>\n");
    }

    /// Adds a picture under its title, in parts that fit a sheet of paper.
    pub fn picture(&mut self, picture: &Picture) {
        self.heading(picture.title());
        for part in picture.sheets(SHEET) {
            self.add(format_args!("<figure>\n{}</figure>\n", part.inline()));
        }
    }

    /// The page as one file. It loads nothing, and forbids it.
    #[must_use]
    pub fn html(&self) -> String {
        let (title, body, style) = (Escaped(&self.title), &self.body, style());
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" \
             content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <title>{title}</title>\n<style>{RULES}{style}</style>\n</head>\n\
             <body>\n<main>\n<h1>{title}</h1>\n{body}</main>\n</body>\n</html>\n"
        )
    }

    fn add(&mut self, text: core::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.body.write_fmt(text);
    }
}

/// Digits, with at most points and spaces between them.
fn is_number(cell: &str) -> bool {
    cell.starts_with(|sign: char| sign.is_ascii_digit())
        && cell.chars().all(|sign| sign.is_ascii_digit() || matches!(sign, '.' | ' '))
}
