use leptos::prelude::*;

use crate::fns::go;

/// The console starts where its operators spend their day.
#[component]
pub fn StartPage() -> impl IntoView {
    go("/console/users");
}
