// SPDX-License-Identifier: MIT OR Apache-2.0
//! From what a card holds back to the record that it was made of.

use std::sync::Arc;

use crate::secret::Secret;

use super::import::Way;
use super::record::{NAMELESS, Record, Value};
use super::records::value::{Raw, value};
use super::reference::FileRef;
use super::{Content, Profile};

impl Profile {
    /// Whether a file tells anything of a record.
    pub(crate) fn tells_of_record(&self, file: FileRef) -> bool {
        let content = self[file].content.as_ref();
        content.is_some_and(|content| !content.sources(0..content.length()).is_empty())
    }

    /// The first field of which none of these files tells the whole value.
    pub(crate) fn untold(&self, files: &[FileRef]) -> Option<&str> {
        let contents = files.iter().filter_map(|file| self[*file].content.as_ref());
        let told: Vec<usize> =
            contents.flat_map(Content::tells).map(|source| source.index).collect();
        let untold = self.fields().iter().enumerate().find(|(index, _)| !told.contains(index));
        untold.map(|(_, field)| field.name.as_str())
    }

    /// The record that these files of a card tell. Whether they hold what it puts there is another question:
    /// what was told in another way than records write it does not come back.
    ///
    /// # Errors
    /// The file that tells a value that its field does not take, another than a file before it, or the last
    /// where together they tell no whole record.
    pub(crate) fn record_of(
        &self,
        files: &[(FileRef, Secret<Vec<u8>>)],
    ) -> Result<Record, Option<FileRef>> {
        let mut values: Vec<Option<Secret<Value>>> = vec![None; self.fields().len()];
        for (file, bytes) in files {
            let Some(content) = &self[*file].content else { continue };
            for told in content.read(bytes.expose_secret()) {
                let Some(index) = told.field else { continue };
                let (Some(field), Some(held)) = (self.fields().get(index), values.get_mut(index))
                else {
                    continue;
                };
                let raw = Raw::Text(told.value.expose_secret());
                let found = value(field, &Way::column(0), raw).map_err(|_| Some(*file))?;
                match held {
                    Some(held) if *held.expose_secret() != found => return Err(Some(*file)),
                    _ => *held = Some(Secret::new(found)),
                }
            }
        }
        let last = files.last().map(|(file, _)| *file);
        Ok(Record {
            line: 0,
            id: NAMELESS.to_owned(),
            named: false,
            uid: None,
            names: Arc::clone(self.field_names()),
            values: values.into_iter().collect::<Option<_>>().ok_or(last)?,
        })
    }
}
