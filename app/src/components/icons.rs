use leptos::prelude::*;

/// The console's few pictures, drawn here: no icon font, no request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    Key,
    Users,
    Phone,
    Search,
    SignOut,
    Copy,
    Check,
    Arrow,
    Warning,
    Person,
    Apps,
    Conflict,
    Code,
    Overview,
    Failure,
    Clock,
    Cross,
    Log,
}

impl Icon {
    /// Decorative: the text beside it says the same.
    pub fn view(self) -> impl IntoView {
        let path = match self {
            Self::Key => "M14.5 9.5a4.5 4.5 0 1 0-4.2 4.5l1.7 1.7h2v2h2v2h3v-3l-5-5c.3-.7.5-1.4.5-2.2ZM8.5 8.5h.01",
            Self::Users => {
                "M16 19v-1.5a3.5 3.5 0 0 0-3.5-3.5h-5A3.5 3.5 0 0 0 4 17.5V19M10 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Zm10 8v-1.5a3.5 3.5 0 0 0-2.6-3.4M15.5 4.1a3.5 3.5 0 0 1 0 6.8"
            }
            Self::Phone => {
                "M8 3h8a1.5 1.5 0 0 1 1.5 1.5v15A1.5 1.5 0 0 1 16 21H8a1.5 1.5 0 0 1-1.5-1.5v-15A1.5 1.5 0 0 1 8 3Zm3 15h2"
            }
            Self::Search => "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14Zm9 2-4-4",
            Self::SignOut => "M10 4H6a1.5 1.5 0 0 0-1.5 1.5v13A1.5 1.5 0 0 0 6 20h4M15 8l4 4-4 4m4-4H10",
            Self::Copy => {
                "M9 9V5.5A1.5 1.5 0 0 1 10.5 4h8A1.5 1.5 0 0 1 20 5.5v8a1.5 1.5 0 0 1-1.5 1.5H15M5.5 9h8A1.5 1.5 0 0 1 15 10.5v8a1.5 1.5 0 0 1-1.5 1.5h-8A1.5 1.5 0 0 1 4 18.5v-8A1.5 1.5 0 0 1 5.5 9Z"
            }
            Self::Check => "m5 12.5 4.5 4.5L19 7.5",
            Self::Arrow => "M5 12h14m-5-5 5 5-5 5",
            Self::Apps => {
                "M5 4h4.5a1 1 0 0 1 1 1v4.5a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1Zm9.5 0H19a1 1 0 0 1 1 1v4.5a1 1 0 0 1-1 1h-4.5a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1ZM5 13.5h4.5a1 1 0 0 1 1 1V19a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1v-4.5a1 1 0 0 1 1-1Zm9.5 0H19a1 1 0 0 1 1 1V19a1 1 0 0 1-1 1h-4.5a1 1 0 0 1-1-1v-4.5a1 1 0 0 1 1-1Z"
            }
            Self::Conflict => {
                "M9 17.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11Zm6 0a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11Z"
            }
            Self::Code => "m8 8-4 4 4 4m8-8 4 4-4 4M13.5 6l-3 12",
            Self::Overview => "M4 19.5h16M6.5 16v-4.5M12 16V5.5M17.5 16V9",
            Self::Failure => "M12 20.5c4.3-1.8 7-4.6 7-9V6l-7-2.5L5 6v5.5c0 4.4 2.7 7.2 7 9ZM12 8v4m0 3h.01",
            Self::Clock => "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM12 7.5V12l3 2",
            Self::Cross => "m6.5 6.5 11 11m0-11-11 11",
            Self::Log => {
                "M7 4h10a1.5 1.5 0 0 1 1.5 1.5v13A1.5 1.5 0 0 1 17 20H7a1.5 1.5 0 0 1-1.5-1.5v-13A1.5 1.5 0 0 1 7 4Zm2 4.5h6M9 12h6m-6 3.5h3.5"
            }
            Self::Person => "M12 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20.5a7.5 7.5 0 0 1 15 0",
            Self::Warning => "M12 8.5v4.5m0 3.5h.01M12 3.5 2.8 19.5h18.4L12 3.5Z",
        };
        view! {
            <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
                <path d=path />
            </svg>
        }
    }
}
