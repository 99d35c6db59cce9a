// SPDX-License-Identifier: MIT OR Apache-2.0
//! Status bytes of native replies: SW2 of a wrapped reply whose SW1 is `91`.

use core::fmt;

macro_rules! statuses {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $text:literal;)+) => {
        /// A native status byte. Total: a byte that is no known status stays itself.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Status {
            $($(#[$doc])* $name,)+
            /// Any other byte.
            Unknown(u8),
        }

        impl From<u8> for Status {
            fn from(code: u8) -> Self {
                match code {
                    $($code => Self::$name,)+
                    other => Self::Unknown(other),
                }
            }
        }

        impl From<Status> for u8 {
            fn from(status: Status) -> Self {
                match status {
                    $(Status::$name => $code,)+
                    Status::Unknown(code) => code,
                }
            }
        }

        impl fmt::Display for Status {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$name => write!(f, concat!("{:02X} ", $text), $code),)+
                    Self::Unknown(code) => write!(f, "{code:02X} unknown status"),
                }
            }
        }
    };
}

statuses! {
    /// Done.
    Ok = 0x00, "done";
    /// Commit or abort with nothing pending.
    NoChanges = 0x0C, "nothing to commit or abort";
    /// Not enough memory.
    OutOfMemory = 0x0E, "out of memory";
    /// The instruction is unknown.
    IllegalCommand = 0x1C, "illegal command";
    /// A CRC, MAC or padding does not fit.
    IntegrityError = 0x1E, "integrity error";
    /// There is no key of that number.
    NoSuchKey = 0x40, "no such key";
    /// The command has the wrong length.
    LengthError = 0x7E, "length error";
    /// Never allowed by settings or rights.
    PermissionDenied = 0x9D, "permission denied";
    /// A parameter has an illegal value.
    ParameterError = 0x9E, "parameter error";
    /// There is no such application.
    ApplicationNotFound = 0xA0, "application not found";
    /// The application is damaged.
    ApplicationIntegrityError = 0xA1, "application integrity error";
    /// Authentication has to wait after failures.
    AuthenticationDelay = 0xAD, "authentication delay";
    /// Not allowed in this state of authentication, or authentication failed.
    AuthenticationError = 0xAE, "authentication error";
    /// More frames follow.
    AdditionalFrame = 0xAF, "additional frame";
    /// Outside the file or its limits.
    BoundaryError = 0xBE, "boundary error";
    /// The card is damaged.
    PiccIntegrityError = 0xC1, "PICC integrity error";
    /// The command before was not completed.
    CommandAborted = 0xCA, "command aborted";
    /// The card is disabled.
    PiccDisabled = 0xCD, "PICC disabled";
    /// Too many applications.
    CountError = 0xCE, "count error";
    /// The application or file exists.
    Duplicate = 0xDE, "duplicate";
    /// The memory could not be written.
    EepromError = 0xEE, "EEPROM error";
    /// There is no such file.
    FileNotFound = 0xF0, "file not found";
    /// The file is damaged.
    FileIntegrityError = 0xF1, "file integrity error";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_survives_the_round_trip() {
        for code in 0..=u8::MAX {
            assert_eq!(u8::from(Status::from(code)), code);
        }
    }
}
