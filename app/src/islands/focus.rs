//! Where the keyboard is, while what it is on is made anew around it.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// What the keyboard can reach.
const FOCUSABLE: &str = "a, button, summary, input, select, textarea";

/// An element that has the keyboard, and what it is known by when another one stands in its place.
#[derive(Debug, Clone)]
pub(super) struct Place {
    element: HtmlElement,
    likeness: [String; 3],
    /// Among those of the same likeness …
    nth: usize,
    /// … and among all.
    index: usize,
}

impl Place {
    /// `None` when the keyboard is not in there.
    pub(super) fn within(root: &Element) -> Option<Self> {
        let active = document().active_element().filter(|active| root.contains(Some(active)))?;
        let all = focusable(root);
        let index = all.iter().position(|element| Some(element.as_ref()) == Some(&active))?;
        let element = all.get(index)?.clone();
        let likeness = likeness(&element);
        let nth = all.iter().take(index).filter(|other| self::likeness(other) == likeness).count();
        Some(Self { element, likeness, nth, index })
    }

    pub(super) fn is_there(&self) -> bool {
        self.element.is_connected()
    }

    /// Goes to what stands in its place in there: what is like it, or else of its kind where it was. `false` without any.
    pub(super) fn go_back(&self, root: &Element) -> bool {
        let all = focusable(root);
        let alike = all.iter().filter(|element| likeness(element) == self.likeness).nth(self.nth);
        let there = all.get(self.index).filter(|element| element.tag_name() == self.likeness[0]);
        alike.or(there).is_some_and(|element| element.focus().is_ok())
    }

    /// As [`Self::go_back`], to what is like it alone: another one in its place would be somebody else.
    pub(super) fn go_back_to_it(&self, root: &Element) -> bool {
        let alike = focusable(root).into_iter().find(|element| likeness(element) == self.likeness);
        alike.is_some_and(|element| element.focus().is_ok())
    }
}

pub(super) fn focus_search() -> bool {
    let field = document().get_element_by_id("q").and_then(|field| field.dyn_into::<HtmlElement>().ok());
    field.is_some_and(|field| field.focus().is_ok())
}

fn focusable(root: &Element) -> Vec<HtmlElement> {
    let Ok(all) = root.query_selector_all(FOCUSABLE) else { return Vec::new() };
    (0..all.length()).filter_map(|index| all.get(index)?.dyn_into().ok()).collect()
}

/// Its kind; where it leads, or what it stands for; its words when it says neither.
fn likeness(element: &HtmlElement) -> [String; 3] {
    let leads = element.get_attribute("href").or_else(|| element.get_attribute("value"));
    let words = if leads.is_some() { None } else { element.text_content() };
    [element.tag_name(), leads.unwrap_or_default(), words.unwrap_or_default()]
}
