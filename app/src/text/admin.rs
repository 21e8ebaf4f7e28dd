//! The pages about the installation itself (mini programs, API keys), and what support staff do to a user.

use super::{Lang, T};

texts! {
    // Mini programs
    no_mini_programs: "还没有配置小程序", "No mini program configured";
    no_mini_programs_lead: "在 latchkey.toml 中添加 [[apps]]，填写 appid 和 secret；只有一个小程序时，也可以设置环境变量 LATCHKEY_APPID 和 LATCHKEY_SECRET。然后重启 Latchkey。",
        "Add [[apps]] with appid and secret to latchkey.toml, or set LATCHKEY_APPID and LATCHKEY_SECRET when there is just one. Then restart Latchkey.";
    push: "消息推送", "Message push";
    push_on: "已配置", "Configured";
    push_off: "未配置", "Not configured";
    push_missing: "收不到微信的通知：用户撤回授权或注销账号后，相关数据不会自动删除。",
        "WeChat's events do not arrive: when users withdraw their data or cancel their account, nothing is deleted here.";
    push_advice: "在 latchkey.toml 的 [[apps]] 中设置 push_token 和 push_aes_key 并重启；再到 mp.weixin.qq.com 的「开发管理 → 消息推送配置」填写相同的 Token 和 EncodingAESKey，URL 为本服务的域名加上：",
        "Set push_token and push_aes_key under [[apps]] in latchkey.toml and restart. Then enter the same Token and EncodingAESKey at mp.weixin.qq.com, 开发管理 → 消息推送配置 (message push); the URL is this server's, followed by";
    phone_code_unchecked: "微信不核对手机号 code 属于哪个用户：拿到别人 code 的人可以绑定别人的号码。",
        "WeChat does not check whose phone code it is: whoever gets hold of another user's code can bind that user's number.";
    phone_code_advice: "从 latchkey.toml 的 [[apps]] 中删除 phone_code_openid = false 并重启。",
        "Remove phone_code_openid = false under [[apps]] in latchkey.toml and restart.";
    token_unneeded: "尚未用到", "not needed yet";
    no_alerts: "没有已知问题", "No known problem";
    refused_address: "被拒绝的地址", "Refused address";
    first_seen: "首次出现", "First seen";
    last_seen: "最近出现", "Last seen";
    times: "次数", "Times";
    at_least: "至少", "at least";
    settle: "已处理", "Done with it";
    alert_settled: "已标记为处理完毕", "Marked as done";
    alert_settled_lead: "如果原因仍在，告警会再次出现。", "The alert comes back if its cause does.";
    untrusted_proxy: "有反向代理没有被信任：它后面的所有用户都算作同一个地址", "A reverse proxy is not trusted: all users behind it count as one address";
    untrusted_proxy_lead: "它发来的请求带有转发头，但它不在 trusted_proxies 中，所以转发头没有采用。限流按地址计数：只要有一部分用户频繁失败，它后面的所有人都会收到 429。",
        "Its requests carry a header that names the client, but it is not listed in trusted_proxies, so the header is not used. Limits count by address: when some users fail often, everybody behind this proxy gets 429.";
    untrusted_proxy_whose: "确认下面的地址是您自己的反向代理或负载均衡。如果不是，是有人伪造了这个请求头：不要加入配置，可以不理会。",
        "Make sure that the address below is your own reverse proxy or load balancer. If it is not, somebody made the header up: do not list it, and ignore this notice.";
    untrusted_proxy_setting: "在每个节点上把它的地址加入 LATCHKEY_TRUSTED_PROXIES（或 latchkey.toml 的 trusted_proxies），然后重启。",
        "On every node, add its address to LATCHKEY_TRUSTED_PROXIES (or trusted_proxies in latchkey.toml), then restart.";
    untrusted_proxy_header: "让代理改发 X-Forwarded-For：Latchkey 不读取 Forwarded。", "Have the proxy send X-Forwarded-For: Latchkey does not read Forwarded.";
    untrusted_proxy_over: "配置生效后，或一天内不再出现，这条提示会自动消失。", "The notice goes away once the setting is in effect, or when this has not been seen for a day.";
    proxy_address: "代理地址", "Proxy's address";
    request_header: "请求头", "Header";

    // API keys
    api_keys: "API 密钥", "API keys";
    api_keys_lead: "供您自己的后端调用 POST /api/introspect（RFC 7662），查询用户的令牌是否有效、属于谁。",
        "With a key, your own back ends ask POST /api/introspect (RFC 7662) whether a user's token is valid, and whose it is.";
    new_key: "新建密钥", "New key";
    name: "名称", "Name";
    key_name_hint: "例如：订单服务", "For example: orders service";
    create_key: "创建", "Create";
    key_created: "密钥已创建，请立即保存", "The key is made: save it now";
    key_created_lead: "它只显示这一次，离开本页后无法再查看。请求时放在 Authorization: Bearer 之后。",
        "It is shown this once and never again. Send it as Authorization: Bearer.";
    key_made: "创建时间", "Created";
    made_by: "创建者", "Created by";
    command_line: "命令行", "Command line";
    last_used: "最近使用", "Last used";
    never_used: "从未使用", "Never";
    revoke: "吊销", "Revoke";
    revoke_lead: "使用它的后端会立即被拒绝，且无法恢复。", "Back ends that use it are refused at once. There is no way back.";
    revoked: "已吊销", "Revoked";
    key_revoked: "密钥已吊销", "The key is revoked";
    key_revoked_lead: "使用它的请求从现在起会被拒绝。", "Requests with it are refused from now on.";
    no_api_keys: "还没有密钥", "No keys yet";
    no_api_keys_lead: "只有您自己的后端需要校验令牌时，才需要创建。", "You need one only if a back end of yours has to check tokens.";

    // What support staff do to a user
    session_reset: "微信会话已重置", "The WeChat session is reset";
    session_reset_lead: "新的 session_key 已保存，用户保持登录。", "The new session_key is kept, and the user stays logged in.";
    reason: "原因", "Reason";
    reason_hint: "写入审计日志", "Goes into the audit log";
    numbers_erased: "已删除（用户撤回授权、注销或要求删除）", "erased (withdrawn, account cancelled, or on request)";
}
