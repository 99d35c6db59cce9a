// SPDX-License-Identifier: MIT OR Apache-2.0
//! The receipts of a file as one page that needs nothing else.

use cardwright::Receipt;
use cardwright::picture::{Page, report};

use crate::Found;

/// What the file is found to be, then what its receipts say. Lines that are no receipts are left out; what
/// is wrong with the file is told above.
pub(crate) fn page(bytes: &[u8], found: &Found<'_>) -> Page {
    let mut page = Page::new("Report of a receipts file");
    let Found { receipts, last, .. } = found;
    let state = if found.intact {
        "The file is as it was written"
    } else {
        "The file is not as it was written, and what stands below may be wrong"
    };
    page.text(&format!("{state}: {receipts} receipts hold, the last number is {last}."));
    if !found.faults.is_empty() {
        let faults: Vec<_> = found.faults.iter().map(|fault| vec![fault.to_string()]).collect();
        page.table("What is wrong with the file", &["fault"], &faults);
    }
    let lines = (1..).zip(bytes.split(|byte| *byte == b'\n'));
    let receipts = lines
        .filter_map(|(number, line)| Some((number, serde_json::from_slice::<Receipt>(line).ok()?)));
    report(&mut page, &receipts.collect::<Vec<_>>());
    page
}
