import { setImmediate } from 'node:timers/promises';

/// Those of wx.request; PATCH is not among them.
const METHODS = ['OPTIONS', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'TRACE', 'CONNECT'];
const WITHOUT_BODY = ['GET', 'HEAD'];
const FORM = 'application/x-www-form-urlencoded';
const USER_AGENT =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 ' +
  'MicroMessenger/8.0.50(0x1800323c) NetType/WIFI Language/zh_CN';

/// A user's phone with one mini program open: `wx` as the mini program sees it, and the buttons that only a user can
/// press. What WeChat would do for either, the simulator does. `heard` gets the text of every answer to wx.request.
export class Phone {
  /// What the user was shown, as `[name, options]`.
  shown = [];
  storage = new Map();
  #running = new Set();
  #errors = [];
  #wechat;

  constructor({ simulator, user, appid, version = '12', heard = () => {} }) {
    Object.assign(this, { user, appid, version, heard });
    this.#wechat = button => press(simulator, button, { user, appid });
    this.wx = this.#makeWx();
  }

  /// The event of `<button open-type="getPhoneNumber">`. `encrypted` is what a base library below 2.21.2 gives, `both`
  /// what a newer one gives, `code` what the realtime button gives.
  async tapPhoneButton(mode = 'both') {
    const detail = await this.#wechat({ name: 'phone', mode });
    return { type: 'getphonenumber', detail: { errMsg: 'getPhoneNumber:ok', ...detail } };
  }

  /// The same when the user says no.
  refusePhoneButton() {
    return { type: 'getphonenumber', detail: { errMsg: 'getPhoneNumber:fail user deny' } };
  }

  /// Until nothing that the mini program began is under way, and what follows from it has happened too.
  async settled() {
    while (this.#running.size > 0) {
      await Promise.all(this.#running);
      // Whoever awaited one of them comes now, and may begin the next.
      await setImmediate();
    }
    // A device would show it in its console; here nobody would see it.
    if (this.#errors.length > 0) throw this.#errors.shift();
  }

  /// setTimeout for the mini program: it is not settled before its timers are.
  setTimeout = (callback, ms) => {
    this.#run(() => new Promise(done => setTimeout(done, ms)).then(() => callback()));
  };

  #makeWx() {
    const api = (name, work) => options => this.#call(name, work, options);
    const shows = name => api(name, async options => void this.shown.push([name, options]));
    const { storage } = this;
    return {
      login: api('login', async () => ({ code: (await this.#wechat({ name: 'login' })).code })),
      checkSession: api('checkSession', () => this.#checkSession()),
      getUserInfo: api('getUserInfo', () => this.#userInfo()),
      getUserProfile: api('getUserProfile', ({ desc }) => {
        if (!desc) throw new Error('desc length does not meet the requirements');
        return this.#userInfo();
      }),
      request: (options = {}) => this.#request(options),
      getAccountInfoSync: () => ({ miniProgram: { appId: this.appid, version: this.version } }),

      // What is stored is a copy, and what is not there is ''.
      setStorageSync: (key, value) => void storage.set(key, JSON.stringify(value)),
      getStorageSync: key => (storage.has(key) ? JSON.parse(storage.get(key)) : ''),
      removeStorageSync: key => void storage.delete(key),

      showToast: shows('showToast'),
      hideToast: shows('hideToast'),
      showLoading: shows('showLoading'),
      hideLoading: shows('hideLoading'),
      navigateTo: shows('navigateTo'),
      showModal: api('showModal', async options => {
        this.shown.push(['showModal', options]);
        return { confirm: true, cancel: false };
      }),
    };
  }

  /// An asynchronous API: `success` or `fail`, then `complete`; a promise when none of them is given.
  #call(name, work, options = {}) {
    const { success, fail, complete } = options;
    const outcome = (async () => work(options))().then(
      result => ({ ok: true, result: { ...result, errMsg: `${name}:ok` } }),
      error => ({ ok: false, result: { errMsg: `${name}:fail ${error.message}`, ...error.more } }),
    );
    const done = this.#run(async () => {
      const { ok, result } = await outcome;
      const report = ok ? success : fail;
      try {
        report?.(result);
      } finally {
        complete?.(result);
      }
    });
    if (success || fail || complete) return undefined;
    return done.then(() => outcome).then(({ ok, result }) => (ok ? result : Promise.reject(result)));
  }

  /// Keeps `work` among what runs until it ends, well or badly.
  #run(work) {
    const done = work()
      .catch(error => this.#errors.push(error))
      .then(() => this.#running.delete(done));
    this.#running.add(done);
    return done;
  }

  /// Whether the session_key of the last code is alive: without one, the simulator encrypts nothing.
  async #checkSession() {
    await this.#wechat({ name: 'userinfo' }).catch(() => {
      throw new Error('session time out, need relogin');
    });
  }

  async #userInfo() {
    const info = await this.#wechat({ name: 'userinfo' });
    return { userInfo: JSON.parse(info.rawData), ...info };
  }

  /// Gives no promise, unlike the others, but a task.
  #request(options) {
    const aborter = new AbortController();
    const complete = options.complete ?? (() => {});
    this.#call('request', () => this.#send(options, aborter.signal), { ...options, complete });
    return { abort: () => aborter.abort(new Error('abort')) };
  }

  /// Any HTTP status is a success here: the mini program looks at `statusCode`.
  async #send({ url, data, header = {}, method = 'GET', dataType = 'json', timeout = 60_000 }, aborted) {
    const verb = method.toUpperCase();
    if (!METHODS.includes(verb)) throw new Error('method is invalid');
    const headers = this.#headers(header);
    const request = { method: verb, headers, signal: AbortSignal.any([aborted, AbortSignal.timeout(timeout)]) };
    const target = new URL(url);
    if (WITHOUT_BODY.includes(verb)) {
      const query = typeof data === 'string' ? data : form(data);
      if (query) target.search += (target.search ? '&' : '?') + query;
    } else if (data !== undefined) {
      request.body = body(data, headers['content-type']);
    }
    const response = await fetch(target, request).catch(failure);
    const text = await response.text().catch(failure);
    this.heard(text);
    return {
      data: dataType === 'json' ? parsed(text) : text,
      statusCode: response.status,
      header: Object.fromEntries(response.headers),
      cookies: [],
    };
  }

  /// Names in lower case. The Referer is WeChat's own, whatever the mini program wants; cookies are not kept.
  #headers(wanted) {
    const lower = Object.entries(wanted).map(([name, value]) => [name.toLowerCase(), String(value)]);
    return {
      'content-type': 'application/json',
      ...Object.fromEntries(lower),
      referer: `https://servicewechat.com/${this.appid}/${this.version}/page-frame.html`,
      'user-agent': USER_AGENT,
    };
  }
}

/// A call under the simulator's `/sim`.
export async function press(simulator, { name, ...more }, body = {}) {
  const response = await fetch(`${simulator}/sim/${name}`, {
    method: 'POST',
    body: JSON.stringify({ ...body, ...more }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`/sim/${name}: ${answer.error}`);
  return answer;
}

function body(data, contentType) {
  if (typeof data === 'string') return data;
  return contentType.startsWith(FORM) ? form(data) : JSON.stringify(data);
}

/// encodeURIComponent, not URLSearchParams: a blank becomes %20, as on devices.
function form(data = {}) {
  const text = value => (typeof value === 'object' ? JSON.stringify(value) : String(value));
  return Object.entries(data)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(text(value))}`)
    .join('&');
}

/// What is no JSON stays text.
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function failure(error) {
  const timedOut = error.name === 'TimeoutError';
  const message = timedOut ? 'timeout' : (error.cause?.message ?? error.message);
  throw Object.assign(new Error(message), { more: { errno: timedOut ? 5 : 600001 } });
}
