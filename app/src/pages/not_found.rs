use leptos::prelude::*;

use crate::{
    components::{Section, page},
    error::ConsoleError,
    text::t,
};

/// Says so inside the frame, and only to operators: a stranger is asked to sign in and learns nothing.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    page(t().not_found(), Section::None, |_| async { Err(ConsoleError::NotFound) })
}
