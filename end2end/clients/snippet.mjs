/// Runs one form of one snippet of the failure pages, as a mini program: `node snippet.mjs < job`. The job is
/// `{ server, simulator, apps, name, helpers, code }`; what came of it is printed as JSON. server/tests/it/snippets.rs
/// looks at what the server has on record afterwards.

import { text } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import vm from 'node:vm';

import { Phone, press } from './wx.mjs';

const job = JSON.parse(await text(process.stdin));
const [APP, OTHER_APP] = job.apps;
const HOUR_S = 3600;

const rejected = [];
process.on('unhandledRejection', refusal => rejected.push(refusal.error ?? String(refusal)));

/// A program on a phone: `helpers` and then `code`, with nothing of Node in reach.
class Stage {
  constructor(phone) {
    this.phone = phone;
  }

  static async of(appid = APP) {
    const { user, phone: number } = await press(job.simulator, { name: 'users' });
    return new Stage(Object.assign(new Phone({ simulator: job.simulator, user, appid }), { number }));
  }

  /// Starts the program. One that says nothing about its start has logged in, as those before it on the page do.
  async launch({ options = {}, logsIn = true } = {}) {
    const opened = { page: { data: {} } };
    const context = vm.createContext({
      wx: this.phone.wx,
      App: app => (opened.app = app),
      Page: page => (opened.page = Object.assign(page, { data: page.data ?? {} })),
    });
    vm.runInContext(`${job.helpers}\n${job.code}\nglobalThis.logIn = logIn`, context, { filename: `${job.name}.js` });
    const { page } = opened;
    this.page = Object.assign(page, { setData: changes => void Object.assign(page.data, changes) });
    if (opened.app) opened.app.onLaunch?.(options);
    else if (logsIn) context.logIn();
    await this.rest();
    page.onLoad?.({});
    page.onShow?.();
    await this.rest();
  }

  /// The user taps the phone button. `fits`: what the data must have in it for the mishap to show.
  async tap(mode = 'both', fits = /^/) {
    let event;
    do event = await this.phone.tapPhoneButton(mode);
    while (!fits.test(event.detail.encryptedData ?? ''));
    await this.call('onPhone', event);
  }

  /// Something that the page does, if it does it.
  async call(name, event) {
    this.page[name]?.(event);
    await this.rest();
  }

  async later(seconds) {
    await press(job.simulator, { name: 'clock' }, { advanceS: seconds });
  }

  async rest() {
    for (let still = 0; still < 3; still += 1) {
      await this.phone.settled();
      await setImmediate();
    }
  }
}

const simple = (mode, fits) => async stage => {
  await stage.launch();
  await stage.tap(mode, fits);
};

const ofInfo = async stage => {
  await stage.launch();
  await stage.call('onInfo');
  await stage.tap();
};

/// After the tap, `seconds` pass, and the page does something else.
const tapAndLater = (seconds, name) => async stage => {
  await stage.launch();
  await stage.tap();
  await stage.later(seconds);
  await stage.call(name);
};

/// Opened from the other mini program, which hands over its own token.
const openedFromOtherApp = async stage => {
  const there = new Phone({ simulator: job.simulator, user: stage.phone.user, appid: OTHER_APP });
  const { code } = await there.wx.login();
  const body = JSON.stringify({ code, appid: OTHER_APP });
  const { data } = await (await fetch(`${job.server}/api/login`, { method: 'POST', body })).json();
  await stage.phone.wx.login();
  await stage.launch({ options: { referrerInfo: { extraData: { token: data.token } } } });
  await stage.tap();
};

const SCENES = {
  async login_in_callback(stage) {
    await stage.launch();
    // Long enough for the next wx.login to bring another key.
    await stage.later(61);
    await stage.tap('encrypted');
  },
  async openid_from_storage(stage) {
    stage.phone.wx.setStorageSync('openid', 'oKeptFromAnotherEnvironment0');
    await simple('encrypted')(stage);
  },
  async login_of_days_ago(stage) {
    await stage.launch();
    await stage.later(73 * HOUR_S);
    // The user is logged in at WeChat all the time.
    await stage.phone.wx.login();
    await stage.launch({ logsIn: false });
    await stage.tap('encrypted');
  },
  async code_thrown_away(stage) {
    await stage.launch();
    await stage.later(61);
    await stage.call('onShow');
    await stage.tap('encrypted');
  },
  button_after_login: simple('both'),
  async kept_iv(stage) {
    await simple('encrypted')(stage);
    await stage.tap('encrypted');
  },
  swapped: simple('encrypted'),
  read_as_form: simple('encrypted', /\+/),
  form_by_hand: simple('encrypted', /\+/),
  encoded_in_json: simple('encrypted'),
  made_url_safe: simple('encrypted', /[+/]/),
  split_at_equals: simple('encrypted'),
  wrapped: simple('encrypted'),
  whole_detail: simple('encrypted'),
  shortened: simple('encrypted'),
  other_apps_token: openedFromOtherApp,
  other_apps_token_with_code: openedFromOtherApp,
  async previous_users_token(stage) {
    await stage.launch();
    const other = await Stage.of();
    for (const [name, value] of stage.phone.storage) other.phone.storage.set(name, value);
    stage.phone = other.phone;
    await other.phone.wx.login();
    await stage.launch();
    await stage.tap();
  },
  sent_later: tapAndLater(700, 'onSubmit'),
  sent_again: tapAndLater(700, 'onShow'),
  info_as_phone: ofInfo,
  phone_as_info: simple('encrypted'),
  raw_data_rebuilt: ofInfo,
  async code_kept(stage) {
    await stage.launch();
    await stage.later(400);
    await stage.call('onSubmit');
  },
  async same_code_again(stage) {
    await stage.launch();
    await stage.call('onSubmit');
  },
  fixed_appid: stage => stage.launch(),
  phone_code_to_login: simple('both'),
  login_code_as_phone_code: simple('both'),
  phone_code_kept: tapAndLater(400, 'onSubmit'),
  async another_way(stage) {
    await stage.launch();
    await stage.call('onPhone', { detail: { errMsg: 'getPhoneNumber:fail no quota', errno: 1400001 } });
    if (!stage.page.data.otherWay) throw new Error('the user was offered no other way');
    await stage.tap();
  },
  right: simple('both'),
};

const stage = await Stage.of();
await SCENES[job.name](stage);
const { data } = stage.page;
const token = stage.phone.wx.getStorageSync('token');
const outcome = {
  rejected,
  shown: stage.phone.shown,
  phone: data.phone === stage.phone.number,
  // Either is what the page was for.
  done: Boolean(data.phone || data.nickName || (token && !('onPhone' in stage.page) && !('onInfo' in stage.page))),
};
console.log(JSON.stringify(outcome));
