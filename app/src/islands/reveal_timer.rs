use std::time::Duration;

use leptos::prelude::*;

const TICK: Duration = Duration::from_millis(500);

/// Counts the seconds down that a number may be seen, and then puts the masked one in its place. The number stands beside
/// this island in the page (`#revealed`), not in it: props are written into the page's scripts.
#[island]
pub fn RevealTimer(
    seconds: u32,
    masked: String,
    /// What frames the seconds.
    before: String,
    after: String,
    /// What is said once the number is gone.
    hidden: String,
) -> impl IntoView {
    let left = RwSignal::new(seconds);
    Effect::new(move || {
        let masked = masked.clone();
        // By the time of day, which goes on while the computer sleeps; a count of ticks would not.
        let end = js_sys::Date::now() + f64::from(seconds) * 1000.0;
        let tick = move || {
            let now = whole_seconds(end - js_sys::Date::now());
            if now != left.get_untracked() {
                left.set(now);
            }
            if now == 0 {
                hide(&masked);
            }
        };
        if let Ok(timer) = set_interval_with_handle(tick, TICK) {
            on_cleanup(move || timer.clear());
        }
    });
    let text = move || match left.get() {
        0 => hidden.clone(),
        left => format!("{before}{left}{after}"),
    };
    view! {
        <span class="muted reveal-timer" role="timer">
            {text}
        </span>
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most a minute, and not below 0")]
fn whole_seconds(ms: f64) -> u32 {
    (ms / 1000.0).ceil().max(0.0) as u32
}

/// Once: afterwards the element is no longer called so.
fn hide(masked: &str) {
    if let Some(element) = document().get_element_by_id("revealed") {
        element.set_text_content(Some(masked));
        element.set_id("remasked");
    }
}
