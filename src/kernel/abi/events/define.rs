//! How events are defined: what one tells is a struct, written down like all others.

/// Structs of which a recording keeps each field under its name.
///
/// ```text
/// pub time: Duration as "nanos",    written and read by the functions of a module
/// pub daemon: bool = default,       not written while it has its default
/// ```
macro_rules! recorded {
    ($(
        $(#[$about:meta])+
        pub struct $name:ident {$(
            $(#[$about_field:meta])+
            pub $field:ident: $type:ty $(as $module:literal)? $(= $default:ident)?,
        )+}
    )+) => {$(
        $(#[$about])+
        #[derive(Clone, PartialEq, Debug)]
        #[cfg_attr(feature = "record", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "record", serde(deny_unknown_fields))]
        #[non_exhaustive]
        pub struct $name {$(
            $(#[$about_field])+
            $(#[cfg_attr(feature = "record", serde(with = $module))])?
            $(#[cfg_attr(
                feature = "record",
                serde($default, skip_serializing_if = "super::written::is_default")
            )])?
            pub $field: $type,
        )+}
    )+};
    // One without fields has its definition elsewhere.
    ($(#[$about:meta])+ pub struct $name:ident) => {};
}

/// One enum of all events, with the structs of what they tell. Of what stands before a kind of event the
/// first line describes the kind, and all lines the struct; an alias is the word that older recordings have.
macro_rules! events {
    (
        $(#[$about:meta])+
        pub enum $event:ident {$(
            #[doc = $kind_does:literal]
            $(#[doc = $more:literal])*
            $(#[serde(alias = $old_word:literal)])?
            $kind:ident($name:ident $({ $($fields:tt)+ })?),
        )+}
    ) => {
        $(#[$about])+
        #[derive(Clone, PartialEq, Debug)]
        #[cfg_attr(feature = "record", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "record", serde(rename_all = "snake_case"))]
        #[non_exhaustive]
        pub enum $event {$(
            #[doc = $kind_does]
            $(#[cfg_attr(feature = "record", serde(alias = $old_word))])?
            $kind($name),
        )+}

        impl $event {
            /// When it happened, counted from the scheduler's start; when the task arrives, if it tells
            /// of a birth.
            #[must_use]
            pub fn time(&self) -> Duration {
                match self {
                    $(Self::$kind(told) => told.time,)+
                }
            }

            /// When it was told. A birth tells of an arrival to come, or of one of long ago.
            #[cfg(feature = "record")]
            #[inline]
            pub(crate) fn told_at(&self) -> Option<Duration> {
                let is_birth = matches!(self, Self::Birth(_));
                (!is_birth).then(|| self.time())
            }
        }

        $(recorded! {
            #[doc = $kind_does]
            $(#[doc = $more])*
            pub struct $name $({ $($fields)+ })?
        })+
    };
}

pub(super) use {events, recorded};
