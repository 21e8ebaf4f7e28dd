use js_sys::{Array, Intl, Object, Reflect};
use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::Element;

/// Adds the device's own time zone to the list of those to choose from, unless it is among them. Asked for only when the
/// list is opened: a browser's first question about zones takes it a twentieth of a second.
pub(super) fn offer_own() {
    let Ok(Some(list)) = document().query_selector("select[data-device]") else { return };
    let options = Intl::DateTimeFormat::new(&Array::new(), &Object::new()).resolved_options();
    let Some(zone) = Reflect::get(&options, &"timeZone".into()).ok().and_then(|zone| zone.as_string()) else { return };
    let known = list.query_selector(&format!("option[value='{zone}']"));
    if let (Ok(None), Ok(option)) = (known, document().create_element("option")) {
        let name = list.get_attribute("data-device").unwrap_or_default();
        option.set_text_content(Some(&format!("{name} ({zone})")));
        // Fails only for an attribute name that is no name.
        let _ = option.set_attribute("value", &zone);
        let _ = list.unchecked_into::<Element>().prepend_with_node_1(&option);
    }
}
