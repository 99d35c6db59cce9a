// SPDX-License-Identifier: MIT OR Apache-2.0
//! References to what a profile names, and what there is one of for each of it.
//!
//! Only a profile mints them, so that none points to nothing: with the profile that it came from a
//! reference finds what it was made for. With another one it is a mistake of the program, which ends as
//! an index out of bounds does.

use core::ops::{Index, IndexMut};

use super::Profile;
use super::model::{Application, FileSpec, KeyIndex, KeySpec};

/// An application of a profile, which [`Profile::each_application`] hands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AppRef(usize);

/// A file of an application of a profile, which [`Profile::each_file`] hands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileRef {
    application: AppRef,
    at: usize,
}

impl FileRef {
    /// The application that it is in.
    #[must_use]
    pub const fn application(self) -> AppRef {
        self.application
    }
}

impl Profile {
    /// The applications with references to them, in the profile's order.
    #[must_use]
    pub fn each_application(
        &self,
    ) -> impl ExactSizeIterator<Item = (AppRef, &Application)> + Clone {
        self.applications().iter().enumerate().map(|(at, spec)| (AppRef(at), spec))
    }

    /// The files of an application with references to them, in the profile's order.
    ///
    /// # Panics
    /// Where the reference is another profile's and this one has fewer applications.
    #[must_use]
    pub fn each_file(
        &self,
        application: AppRef,
    ) -> impl ExactSizeIterator<Item = (FileRef, &FileSpec)> + Clone {
        let files = self[application].files.iter().enumerate();
        files.map(move |(at, spec)| (FileRef { application, at }, spec))
    }

    /// Whether its cards are in LRP, which holds for all that a chip does.
    pub(crate) fn is_in_lrp(&self) -> bool {
        self.applications().iter().any(|spec| spec.lrp)
    }

    /// Something for each application.
    pub(crate) fn for_applications<T>(
        &self,
        mut made: impl FnMut(AppRef, &Application) -> T,
    ) -> ForApplications<T> {
        ForApplications(self.each_application().map(|(at, spec)| made(at, spec)).collect())
    }

    /// Something for each application, as long as nothing is in the way.
    pub(crate) fn try_for_applications<T, E>(
        &self,
        mut made: impl FnMut(AppRef, &Application) -> Result<T, E>,
    ) -> Result<ForApplications<T>, E> {
        let each = self.each_application().map(|(at, spec)| made(at, spec));
        each.collect::<Result<_, _>>().map(ForApplications)
    }

    /// Something for each key, as long as nothing is in the way.
    pub(crate) fn try_for_keys<T, E>(
        &self,
        made: impl FnMut(&KeySpec) -> Result<T, E>,
    ) -> Result<ForKeys<T>, E> {
        self.keys().iter().map(made).collect::<Result<_, _>>().map(ForKeys)
    }

    /// Something for each file of an application.
    pub(crate) fn for_files<T>(
        &self,
        application: AppRef,
        mut made: impl FnMut(FileRef, &FileSpec) -> T,
    ) -> ForFiles<T> {
        let each = self.each_file(application).map(|(at, spec)| made(at, spec)).collect();
        ForFiles { application, each }
    }

    /// Something for each file of an application, as long as nothing is in the way.
    pub(crate) fn try_for_files<T, E>(
        &self,
        application: AppRef,
        mut made: impl FnMut(FileRef, &FileSpec) -> Result<T, E>,
    ) -> Result<ForFiles<T>, E> {
        let each = self.each_file(application).map(|(at, spec)| made(at, spec));
        Ok(ForFiles { application, each: each.collect::<Result<_, _>>()? })
    }
}

#[expect(clippy::indexing_slicing, reason = "a profile's reference points into its list")]
impl Index<AppRef> for Profile {
    type Output = Application;

    fn index(&self, at: AppRef) -> &Application {
        &self.applications()[at.0]
    }
}

#[expect(clippy::indexing_slicing, reason = "a profile's reference points into its list")]
impl Index<FileRef> for Profile {
    type Output = FileSpec;

    fn index(&self, file: FileRef) -> &FileSpec {
        &self[file.application].files[file.at]
    }
}

#[expect(clippy::indexing_slicing, reason = "a profile's reference points into its list")]
impl Index<KeyIndex> for Profile {
    type Output = KeySpec;

    fn index(&self, key: KeyIndex) -> &KeySpec {
        &self.keys()[key.get()]
    }
}

/// One thing for each application of a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ForApplications<T>(Vec<T>);

impl<T> ForApplications<T> {
    /// Each with its application, in the profile's order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (AppRef, &T)> {
        self.0.iter().enumerate().map(|(at, each)| (AppRef(at), each))
    }

    /// Each, to be changed.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.0.iter_mut()
    }
}

#[expect(clippy::indexing_slicing, reason = "there is one for each application")]
impl<T> Index<AppRef> for ForApplications<T> {
    type Output = T;

    fn index(&self, at: AppRef) -> &T {
        &self.0[at.0]
    }
}

#[expect(clippy::indexing_slicing, reason = "there is one for each application")]
impl<T> IndexMut<AppRef> for ForApplications<T> {
    fn index_mut(&mut self, at: AppRef) -> &mut T {
        &mut self.0[at.0]
    }
}

/// One thing for each file of an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ForFiles<T> {
    application: AppRef,
    each: Vec<T>,
}

impl<T> ForFiles<T> {
    /// Each with its file, in the profile's order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (FileRef, &T)> {
        let application = self.application;
        self.each.iter().enumerate().map(move |(at, each)| (FileRef { application, at }, each))
    }
}

#[expect(clippy::indexing_slicing, reason = "there is one for each file of the application")]
impl<T> Index<FileRef> for ForFiles<T> {
    type Output = T;

    fn index(&self, file: FileRef) -> &T {
        debug_assert_eq!(file.application, self.application, "a file of another application");
        &self.each[file.at]
    }
}

#[expect(clippy::indexing_slicing, reason = "there is one for each file of the application")]
impl<T> IndexMut<FileRef> for ForFiles<T> {
    fn index_mut(&mut self, file: FileRef) -> &mut T {
        debug_assert_eq!(file.application, self.application, "a file of another application");
        &mut self.each[file.at]
    }
}

/// One thing for each key of a profile.
#[derive(Debug, Clone)]
pub(crate) struct ForKeys<T>(Vec<T>);

impl<T> ForKeys<T> {
    /// Each, in the profile's order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.iter()
    }
}

#[expect(clippy::indexing_slicing, reason = "there is one for each key")]
impl<T> Index<KeyIndex> for ForKeys<T> {
    type Output = T;

    fn index(&self, key: KeyIndex) -> &T {
        &self.0[key.get()]
    }
}
