//! What a type shows of itself, without the frame around the words. Floor 0.

/// Implements `Debug` or `Display` by one `write!`, or from what each variant says: anything that is `Display`.
macro_rules! shown {
    (
        impl$(<$($param:ident $(: $bound:path)?),*>)? $trait:ident for $type:ty:
        $self:ident => $($words:tt)+
    ) => {
        impl$(<$($param $(: $bound)?),*>)? std::fmt::$trait for $type {
            fn fmt(&$self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(out, $($words)+)
            }
        }
    };
    (
        impl$(<$($param:ident $(: $bound:path)?),*>)? $trait:ident for $type:ty {
            $($variant:pat $(if $case:expr)? => $words:expr),+ $(,)?
        }
    ) => {
        impl$(<$($param $(: $bound)?),*>)? std::fmt::$trait for $type {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                #[allow(unreachable_patterns)]
                match self {
                    $($variant $(if $case)? => std::fmt::Display::fmt(&$words, out),)+
                }
            }
        }
    };
}

/// The method `describe` of a call, by one `write!`.
macro_rules! described {
    ($self:ident => $($words:tt)+) => {
        fn describe(&$self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(out, $($words)+)
        }
    };
}

/// Implements `Display`, as [`shown`] does, and `Error`. The source of the error stands behind `source`.
macro_rules! error {
    (
        <$($param:ident $(: $bound:path)?),*> $type:ty { $($variant:pat => $words:expr),+ $(,)? }
        $(source { $($cause:pat => $source:expr),+ $(,)? })?
    ) => {
        $crate::shown::shown!(
            impl<$($param $(: $bound)?),*> Display for $type { $($variant => $words),+ }
        );

        impl<$($param $(: $bound)?),*> std::error::Error for $type {
            $(fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
                #[allow(unreachable_patterns)]
                match self {
                    $($cause => Some($source),)+
                    _ => None,
                }
            })?
        }
    };
    ($type:ident $($words:tt)+) => { $crate::shown::error! { <> $type $($words)+ } };
}

/// The same for an enum with a variant `Interrupted(Interrupted)`, and `From<Interrupted>`.
///
/// An interruption says the same as without the enum, unless an arm says more. It is the source of the
/// error; those of other variants stand behind `source`.
macro_rules! interruptible {
    ($enum:ident { $($variant:pat => $words:expr),+ $(,)? } $(source { $cause:pat => $source:expr })?) => {
        $crate::shown::error! {
            $enum { $($variant => $words,)+ Self::Interrupted(why) => why }
            source { Self::Interrupted(why) => why, $($cause => $source)? }
        }

        impl From<Interrupted> for $enum {
            fn from(why: Interrupted) -> Self {
                Self::Interrupted(why)
            }
        }
    };
}

pub(crate) use {described, error, interruptible, shown};
