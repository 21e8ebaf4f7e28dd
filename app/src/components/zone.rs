use leptos::prelude::*;
use server_fn::ServerFn;

use crate::{
    fns::SetPreference,
    text::{ZONES, t, zone},
};

/// Which clock the page's times are of; pressed, it lets the viewer choose another. With JavaScript, his device's is one
/// of them (see `islands::Comforts`).
pub fn zone_note() -> impl IntoView {
    let current = zone();
    let here = use_context::<http::request::Parts>().map(|parts| parts.uri.to_string()).unwrap_or_default();
    let known = ZONES.iter().map(|(name, ..)| (*name).to_owned());
    let own = (!ZONES.iter().any(|(name, ..)| *name == current.name())).then(|| current.name().to_owned());
    let options = known.chain(own).map(|name| {
        let (text, selected) = (t().zone_name(&name), name == current.name());
        view! { <option value=name selected=selected>{text}</option> }
    });
    view! {
        <details class="zone lead">
            <summary>{t().times_are(&current)}</summary>
            <form class="zone-form" method="post" action=SetPreference::PATH>
                <input type="hidden" name="back" value=here />
                <label>
                    {t().time_zone()}
                    <select name="zone" data-device=t().device_zone()>{options.collect_view()}</select>
                </label>
                <button class="button" type="submit">{t().use_zone()}</button>
            </form>
        </details>
    }
}
