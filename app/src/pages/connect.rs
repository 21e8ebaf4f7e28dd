//! What the dashboard shows while no mini program has called.

use leptos::prelude::*;

use crate::{
    components::{Icon, copyable},
    routes::Site,
    text::t,
};

/// Three steps to the first login.
pub(super) fn first_steps() -> impl IntoView {
    let Site { public_url, .. } = expect_context();
    view! {
        <section class="card connect">
            <h2>{Icon::Key.view()} {t().connect()}</h2>
            <p class="intro">{t().connect_lead()}</p>
            <ol class="steps">
                <li>
                    <p>{t().connect_domain()}</p>
                    {copyable(public_url.clone())}
                </li>
                <li>
                    <p>{t().connect_code()}</p>
                    <pre class="code" tabindex="0">
                        <code>{snippet(&public_url)}</code>
                    </pre>
                </li>
                <li>
                    <p>{t().connect_watch()}</p>
                </li>
            </ol>
            <p class="lead">{t().connect_check()}</p>
            <p>
                <a class="button" href="/console/apps">{t().connect_apps()}</a>
            </p>
        </section>
    }
}

fn snippet(public_url: &str) -> String {
    format!(
        r#"// app.js
const API = '{public_url}'
const post = (path, data, token) => new Promise((resolve, reject) => wx.request({{
  url: API + path, method: 'POST', data,
  header: token ? {{ Authorization: 'Bearer ' + token }} : {{}},
  success: ({{ data: reply }}) => reply.code === 0 ? resolve(reply.data) : reject(reply),
  fail: reject,
}}))
App({{
  post,
  onLaunch() {{
    wx.login({{ success: ({{ code }}) => post('/api/login', {{ code }}).then(({{ token }}) => this.token = token) }})
  }},
}})

// page.wxml
<button open-type="getPhoneNumber" bindgetphonenumber="onPhone">{button}</button>

// page.js
onPhone({{ detail: {{ code }} }}) {{
  const app = getApp()
  if (code) app.post('/api/bindPhone', {{ code }}, app.token).then(({{ phoneNumber }}) => this.setData({{ phoneNumber }}))
}}"#,
        button = "绑定手机号"
    )
}
