// SPDX-License-Identifier: MIT OR Apache-2.0
//! A token for one test, in a process of its own: its place is told by the environment, and what a module
//! knows it knows for the life of its process.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use cardwright::keys::token::{PinSource, TokenError, TokenStore, TokenUri};

use crate::filled::{PIN, Token};

/// Where Debian has the module.
pub(crate) const SOFTHSM: &str = "/usr/lib/softhsm/libsofthsm2.so";

/// The place of one test.
pub(crate) struct Bed {
    pub(crate) folder: PathBuf,
    /// The module that the store takes.
    module: PathBuf,
}

const MARK: &str = "TOKEN_OF_TEST";

/// Runs a test in a process of its own, with this in its environment.
pub(crate) fn alone(name: &str, more: &[(&str, &str)], test: impl FnOnce(Bed)) {
    overheard(name, more, test, |_| ());
}

/// The same, and looks at everything that the other process said.
pub(crate) fn overheard(
    name: &str,
    more: &[(&str, &str)],
    test: impl FnOnce(Bed),
    look: impl FnOnce(&str),
) {
    let folder =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("token-{}", name.replace("::", "-")));
    if std::env::var_os(MARK).is_some() {
        let module = PathBuf::from(SOFTHSM);
        return test(Bed { folder, module });
    }
    assert!(
        Path::new(SOFTHSM).exists(),
        "{SOFTHSM} is missing: apt-get install softhsm2 opensc p11-kit"
    );
    let _old = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("tokens")).unwrap();
    let settings = format!(
        "directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n",
        folder.join("tokens").display()
    );
    fs::write(folder.join("softhsm2.conf"), settings).unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", name, "--nocapture"]).env(MARK, name);
    child.env("SOFTHSM2_CONF", folder.join("softhsm2.conf")).env("SHIM", &folder);
    for (variable, value) in more {
        child.env(variable, value.replace("FOLDER", folder.to_str().unwrap()));
    }
    let ran = child.output().unwrap();
    let told = String::from_utf8_lossy(&ran.stdout) + String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success() && told.contains("1 passed"), "{told}");
    look(&told);
}

impl Bed {
    /// A token of this label, filled.
    pub(crate) fn token(&self, label: &str, fill: impl FnOnce(&Token)) {
        fill(&Token::new(label));
    }

    /// The same through a module that follows a script.
    pub(crate) fn scripted(mut self) -> Self {
        let module = self.folder.join("shim.so");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/token/shim.c");
        let mut built = Command::new("cc");
        built.args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"]);
        let built = built.arg(&module).arg(source).arg("-ldl").output().unwrap();
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        self.module = module;
        self
    }

    /// The same through another module.
    pub(crate) fn through(mut self, module: &str) -> Self {
        assert!(Path::new(module).exists(), "{module} is missing");
        self.module = PathBuf::from(module);
        self
    }

    /// What the script says from now on.
    pub(crate) fn script(&self, name: &str, value: &str) {
        fs::write(self.folder.join(name), value).unwrap();
    }

    pub(crate) fn unscript(&self, name: &str) {
        fs::remove_file(self.folder.join(name)).unwrap();
    }

    /// How often was logged in.
    pub(crate) fn logins(&self) -> usize {
        fs::read(self.folder.join("logins")).map_or(0, |bytes| bytes.len())
    }

    pub(crate) fn uri(&self, path: &str) -> TokenUri {
        let module = self.module.display();
        format!("pkcs11:{path}?module-path={module}&x-use=test").parse().unwrap()
    }

    pub(crate) fn open_with(
        &self,
        path: &str,
        pin: &'static str,
        limit: Duration,
    ) -> Result<Arc<TokenStore>, TokenError> {
        let ask = PinSource::Ask(Box::new(move |_| Some(pin.to_owned().into())));
        TokenStore::open_within(&self.uri(path), &ask, limit).map(Arc::new)
    }

    pub(crate) fn open(&self) -> Arc<TokenStore> {
        self.open_with("", PIN, Duration::from_secs(20)).unwrap()
    }
}
