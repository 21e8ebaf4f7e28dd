use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// The most files that a process may have open on a usual Linux, where its own limit says "unlimited".
const UNLIMITED: u64 = 1 << 20;

/// Raises the soft limit of open files to the hard limit, as far as the system lets it, and returns the limit in effect.
/// Each connection is an open file.
pub(super) fn raise() -> u64 {
    let limit = getrlimit(Resource::Nofile);
    let (soft, hard) = (limit.current.unwrap_or(UNLIMITED), limit.maximum.unwrap_or(UNLIMITED));
    let wanted = Rlimit { current: Some(hard), maximum: limit.maximum };
    if soft < hard && setrlimit(Resource::Nofile, wanted).is_ok() { hard } else { soft }
}
