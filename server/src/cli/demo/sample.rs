mod mishaps;
mod rhythm;

use std::{io, net::Ipv4Addr};

use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};
use uuid::Uuid;

use super::{Failed, Outcome};
use crate::{
    accounts::{Accounts, LogIn, PhoneProof},
    arrival::{Arrival, Client},
    clock::{Clock, Millis},
    config::{Config, WeChatConfig},
    http,
    open_data::Encrypted,
    random::Random,
    simulator::Simulator,
    start,
    store::users::{self, ProfileChange},
};

/// Nickname (none: never told), country code and phone (none: never shared), mini programs, later phones.
type Person = (&'static str, &'static str, &'static str, &'static [char], &'static [&'static str]);

/// The people of a small shop: most with a phone, some in both mini programs, some with a new number, some abroad.
const PEOPLE: &[Person] = &[
    ("王小明", "86", "13800138001", &['1'], &[]),
    ("李娜", "86", "13912345602", &['1', '2'], &["13700137002"]),
    ("", "86", "13611110003", &['1'], &[]),
    ("Chen Wei", "86", "15088880004", &['1'], &[]),
    ("张伟", "", "", &['1'], &[]),
    ("赵丽颖粉丝后援会北京分会", "86", "18600000006", &['1'], &[]),
    ("Emily Wong", "852", "91234507", &['1', '2'], &[]),
    ("刘洋", "86", "13522220008", &['1'], &["13522229999", "13566668888"]),
    ("杨帆", "86", "15900000009", &['2'], &[]),
    ("🌸小樱桃", "86", "17700000010", &['1'], &[]),
    ("黄磊", "86", "13800000011", &['1'], &[]),
    ("", "", "", &['1'], &[]),
    ("周杰", "86", "18900000013", &['1', '2'], &[]),
    ("吴静", "86", "13100000014", &['1'], &["13211114444"]),
    ("Lucas Martin", "33", "612345615", &['1'], &[]),
    ("徐峰", "86", "15600000016", &['2'], &[]),
    ("孙悦", "86", "13400000017", &['1'], &[]),
    ("马超", "86", "13600000018", &['1'], &[]),
    ("朱婷", "86", "18700000019", &['1', '2'], &[]),
    ("胡歌迷", "86", "13900000020", &['1'], &[]),
    ("郭静", "", "", &['2'], &[]),
    ("林晓", "886", "912345622", &['1'], &[]),
    ("何洁", "86", "15200000023", &['1'], &[]),
    ("高远", "86", "13700000024", &['1'], &[]),
    ("", "86", "18200000025", &['2'], &[]),
    ("罗琳", "86", "13300000026", &['1', '2'], &[]),
    ("郑爽朗", "86", "13900000027", &['1'], &["13987654321"]),
    ("梁朝", "853", "66123428", &['1'], &[]),
    ("谢谢", "86", "15800000029", &['1'], &[]),
    ("宋佳音", "86", "13500000030", &['1'], &[]),
    ("唐小糖", "86", "18800000031", &['1'], &[]),
    ("许愿", "86", "13800000032", &['2'], &[]),
    ("邓超市", "86", "13600000033", &['1'], &[]),
    ("冯唐", "", "", &['1'], &[]),
    ("曹操心", "86", "17600000035", &['1', '2'], &[]),
    ("彭于晏家", "86", "13900000036", &['1'], &[]),
    ("曾经", "86", "15000000037", &['1'], &[]),
    ("Olivia Smith", "1", "4155550138", &['1'], &[]),
    ("田园", "86", "13200000039", &['1'], &[]),
    ("董小姐", "86", "18500000040", &['1', '2'], &[]),
    ("潘多拉", "86", "13700000041", &['1'], &[]),
    ("袁泉", "86", "13800000042", &['2'], &["13811112222"]),
    ("蒋欣", "86", "15700000043", &['1'], &[]),
    ("蔡依", "86", "13900000044", &['1'], &[]),
    ("余声", "86", "13600000045", &['1', '2'], &[]),
    ("杜鹃", "86", "18300000046", &['1'], &[]),
    ("叶子", "86", "13400000047", &['1'], &[]),
    ("程远", "86", "15900000048", &['2'], &[]),
    ("苏打水", "86", "13700000049", &['1'], &[]),
    ("魏来", "86", "13800000050", &['1'], &[]),
    ("吕布鞋", "86", "18600000051", &['1', '2'], &[]),
    ("丁香", "86", "13500000052", &['1'], &[]),
    ("任然", "86", "13900000053", &['1'], &[]),
    ("姚远方", "86", "15100000054", &['1'], &[]),
];

/// How long ago the history begins; it ends now.
const SPAN_S: i64 = 30 * 24 * 3600;

/// Fills an empty database by the way that real data takes: simulated taps, calls over HTTP, the use cases. Only the
/// clock is another one, a month behind. It runs before anything else, because an audit log is older than its users.
pub(super) async fn fill(config: &Config, clock: &Clock) -> Outcome {
    let now = clock.now();
    let mut stage = Stage::open(config, now.plus_seconds(-SPAN_S)).await?;
    if users::any(&mut stage.accounts.db.read().await?).await? {
        stage.close().await;
        return Ok(());
    }
    for (number, person) in PEOPLE.iter().enumerate() {
        stage.enter(&format!("sample-{number}"), person).await?;
    }
    for (number, person) in PEOPLE.iter().enumerate().filter(|(_, person)| !person.4.is_empty()) {
        stage.change_phones(&format!("sample-{number}"), person).await?;
    }
    stage.close().await;
    let stage = Stage::open(config, now.plus_seconds(-mishaps::SPAN_S)).await?;
    mishaps::play(&stage).await?;
    rhythm::play(&stage.accounts.db, now).await?;
    stage.close().await;
    Ok(())
}

struct Stage {
    http: reqwest::Client,
    wechat: String,
    accounts: Accounts,
    begin: Millis,
    clock: Clock,
    /// How many things have happened.
    events: i64,
    simulation: JoinHandle<io::Result<()>>,
}

impl Stage {
    /// A WeChat and a Latchkey of their own on the same database, whose clocks stand at `begin`.
    async fn open(config: &Config, begin: Millis) -> Result<Self, Failed> {
        let clock = Clock::fixed(begin);
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let wechat = format!("http://{}", listener.local_addr()?);
        let simulator = Simulator::new(clock.clone(), Random::System);
        let simulation = tokio::spawn(http::serve(listener, simulator.router(), clock.clone(), std::future::pending()));
        let wechat_config = WeChatConfig { base_url: wechat.clone(), ..config.wechat.clone() };
        let config = Config { wechat: wechat_config, ..config.clone() };
        let accounts = start::start(&config, clock.clone(), Random::System).await?.accounts;
        let http = reqwest::Client::builder().no_proxy().build()?;
        Ok(Self { http, wechat, accounts, begin, clock, events: 0, simulation })
    }

    async fn close(self) {
        self.simulation.abort();
        self.accounts.close().await;
    }

    /// Moves on to the next event: evenly over the whole span, but not by the minute.
    fn wait(&mut self) {
        let all: usize = PEOPLE.iter().map(|person| person.3.len() + person.4.len()).sum();
        let step = SPAN_S / i64::try_from(all + 1).unwrap_or(SPAN_S);
        let next = self.begin.plus_seconds(self.events * step + self.events * 7919 % step);
        self.clock.advance(next.seconds() - self.clock.now().seconds());
        self.events += 1;
    }

    async fn enter(&mut self, user: &str, (nickname, country_code, phone, apps, _): &Person) -> Outcome {
        let shared = (!phone.is_empty()).then(|| json!({ "user": user, "phone": phone, "countryCode": country_code }));
        self.press("users", shared.clone().unwrap_or_else(|| json!({ "user": user }))).await?;
        for digit in *apps {
            self.wait();
            let mode = shared.is_some().then_some("both");
            let id = self.log_in(user, *digit, mode).await?;
            if !nickname.is_empty() {
                self.name(id, nickname).await?;
            }
        }
        Ok(())
    }

    async fn change_phones(&mut self, user: &str, (_, country_code, _, apps, later): &Person) -> Outcome {
        for (number, phone) in later.iter().enumerate() {
            self.wait();
            self.press("users", json!({ "user": user, "phone": phone, "countryCode": country_code })).await?;
            self.log_in(user, apps[0], Some(if number % 2 == 0 { "code" } else { "encrypted" })).await?;
        }
        Ok(())
    }

    async fn log_in(&self, user: &str, digit: char, phone: Option<&str>) -> Result<Uuid, Failed> {
        let appid = format!("wx000000000000000{digit}");
        let who = json!({ "user": user, "appid": appid });
        let code = text(&self.press("login", who).await?, "code").unwrap_or_default();
        let phone = match phone {
            None => None,
            Some(mode) => {
                let tap = self.press("phone", json!({ "user": user, "appid": appid, "mode": mode })).await?;
                let encrypted = text(&tap, "encryptedData").zip(text(&tap, "iv"));
                let encrypted = encrypted.map(|(data, iv)| Encrypted { data, iv });
                Some(PhoneProof { encrypted, code: text(&tap, "code") })
            }
        };
        let now = self.clock.now();
        let arrival = Arrival {
            request_id: Random::System.id(now),
            at: now,
            address: Ipv4Addr::LOCALHOST.into(),
            client: Client::default(),
        };
        let done = self.accounts.log_in(LogIn { appid, code, phone, profile: None, whole: false }, arrival).await?;
        Ok(done.user.user_id.parse()?)
    }

    async fn name(&self, user: Uuid, nickname: &str) -> Outcome {
        let mut tx = self.accounts.db.write().await?;
        let change = ProfileChange { nickname: Some(nickname), ..ProfileChange::default() };
        users::set_profile(&mut tx, user, &change).await?;
        Ok(tx.commit().await?)
    }

    async fn press(&self, button: &str, body: Value) -> Result<Value, Failed> {
        let url = format!("{}/sim/{button}", self.wechat);
        Ok(self.http.post(url).json(&body).send().await?.error_for_status()?.json().await?)
    }
}

fn text(reply: &Value, field: &str) -> Option<String> {
    reply.get(field)?.as_str().map(str::to_owned)
}
