//! What errors share that may be an interruption. Floor 1.

/// Implements `Display`, `Error` and `From<Interrupted>` for an enum with a variant
/// `Interrupted(Interrupted)`, from what each variant says: anything that is `Display`.
///
/// An interruption says the same as without the enum, unless an arm says more. It is the source of the
/// error; those of other variants stand behind `source`.
macro_rules! interruptible {
    ($enum:ty { $($variant:pat => $words:expr),+ $(,)? } $(source { $cause:pat => $source:expr })?) => {
        impl std::fmt::Display for $enum {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                #[allow(unreachable_patterns)]
                match self {
                    $($variant => write!(out, "{}", $words),)+
                    Self::Interrupted(why) => why.fmt(out),
                }
            }
        }

        impl std::error::Error for $enum {
            fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
                #[allow(unreachable_patterns)]
                match self {
                    Self::Interrupted(why) => Some(why),
                    $($cause => Some($source),)?
                    _ => None,
                }
            }
        }

        impl From<Interrupted> for $enum {
            fn from(why: Interrupted) -> Self {
                Self::Interrupted(why)
            }
        }
    };
}

pub(crate) use interruptible;
