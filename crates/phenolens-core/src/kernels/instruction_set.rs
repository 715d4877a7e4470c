/// The vector instructions for which a kernel is compiled.
///
/// A value other than `Plain` exists only where the processor has these instructions: it comes from
/// [`InstructionSet::detect`] or [`InstructionSet::available`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InstructionSet(Level);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Plain,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl InstructionSet {
    /// What every processor has.
    pub const PLAIN: InstructionSet = InstructionSet(Level::Plain);

    /// The widest that this processor has.
    pub fn detect() -> InstructionSet {
        *InstructionSet::available()
            .last()
            .unwrap_or(&InstructionSet::PLAIN)
    }

    /// All that this processor has, the widest last.
    pub fn available() -> Vec<InstructionSet> {
        let mut levels = vec![InstructionSet::PLAIN];
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx2") {
                levels.push(InstructionSet(Level::Avx2));
                if is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512vl")
                    && is_x86_feature_detected!("avx512bw")
                    && is_x86_feature_detected!("avx512dq")
                {
                    levels.push(InstructionSet(Level::Avx512));
                }
            }
        }
        levels
    }

    /// The name as users write it: `plain`, `avx2` or `avx512`.
    pub fn name(self) -> &'static str {
        match self.0 {
            Level::Plain => "plain",
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => "avx2",
            #[cfg(target_arch = "x86_64")]
            Level::Avx512 => "avx512",
        }
    }

    /// AVX2 in place of AVX-512: for kernels over eight lanes, which the compiler shuffles together by
    /// twos to fill wider registers.
    pub(crate) fn at_most_avx2(self) -> InstructionSet {
        #[cfg(target_arch = "x86_64")]
        return InstructionSet(self.0.min(Level::Avx2));
        #[cfg(not(target_arch = "x86_64"))]
        self
    }

    pub(crate) fn level(self) -> Level {
        self.0
    }
}

/// Compiles one function body for every instruction set and chooses by the first argument.
///
/// ```text
/// multiversion! {
///     /// Sum of products.
///     pub(crate) fn dot(x: &[f32], y: &[f32]) -> f64 = dot_body;
/// }
/// ```
/// makes `dot(instruction_set, x, y)` out of an `#[inline(always)] fn dot_body(x, y)`.
macro_rules! multiversion {
    ($(#[$attribute:meta])* $visibility:vis fn $name:ident($($argument:ident: $type:ty),* $(,)?) $(-> $result:ty)? = $body:path;) => {
        $(#[$attribute])*
        #[allow(clippy::too_many_arguments, reason = "kernels take slices and sizes one by one")]
        $visibility fn $name(
            instruction_set: $crate::kernels::InstructionSet,
            $($argument: $type),*
        ) $(-> $result)? {
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2")]
            #[allow(clippy::too_many_arguments, reason = "as above")]
            fn avx2($($argument: $type),*) $(-> $result)? {
                $body($($argument),*)
            }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f,avx512vl,avx512bw,avx512dq")]
            #[allow(clippy::too_many_arguments, reason = "as above")]
            fn avx512($($argument: $type),*) $(-> $result)? {
                $body($($argument),*)
            }
            match instruction_set.level() {
                $crate::kernels::Level::Plain => $body($($argument),*),
                // SAFETY: an `InstructionSet` of this level exists only where the processor has
                // these instructions.
                #[cfg(target_arch = "x86_64")]
                $crate::kernels::Level::Avx2 => unsafe { avx2($($argument),*) },
                // SAFETY: as above.
                #[cfg(target_arch = "x86_64")]
                $crate::kernels::Level::Avx512 => unsafe { avx512($($argument),*) },
            }
        }
    };
}
pub(crate) use multiversion;
