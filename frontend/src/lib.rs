//! The console's wasm entry point: wakes the islands that the server has rendered, nothing else.

// Named so that the linker keeps the islands, which only the page's script calls.
use latchkey_app as _;

/// Called once by the page's script, before it wakes the islands.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}
