use leptos::prelude::*;

/// The console starts where its operators spend their day.
#[component]
pub fn StartPage() -> impl IntoView {
    leptos_axum::redirect("/console/users");
}
