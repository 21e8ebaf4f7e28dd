/// The simulator's two mini programs, with their AppSecrets.
export const APPID = 'wx0000000000000001';
export const OTHER_APPID = 'wx0000000000000002';
export const SECRET = '1'.repeat(32);

/// A person with a phone in a mini program: presses the simulator's buttons and calls the API, as in contract §7 and §3.
export class MiniProgramUser {
  constructor(demo, appid = APPID) {
    this.demo = demo;
    this.appid = appid;
  }

  async logIn(phone) {
    const { user } = await post(`${this.demo.simulator}/sim/users`, { phone });
    this.user = user;
    return this.logInAgain();
  }

  /// With `proof` of the phone button, if any.
  async logInAgain(proof = {}) {
    const { code } = await this.tap('login');
    const { data } = await this.call('/api/login', { code, appid: this.appid, ...proof });
    this.token = data.token;
    return data.userInfo;
  }

  /// `damage` is what happens to the proof on its way.
  async bindPhone(mode, damage = proof => proof) {
    const proof = damage(await this.tap('phone', { mode }));
    const { data } = await this.call('/api/bindPhone', proof, this.token);
    return data;
  }

  /// The mistake of all mistakes: wx.login in the callback of the phone button. The key before it heals it.
  async logInAfterTap() {
    const proof = await this.tap('phone', { mode: 'encrypted' });
    await this.tap('rotate');
    return this.logInAgain(proof);
  }

  async changeNumber(phone) {
    await post(`${this.demo.simulator}/sim/users`, { user: this.user, phone });
  }

  tap(button, more = {}) {
    return post(`${this.demo.simulator}/sim/${button}`, { user: this.user, appid: this.appid, ...more });
  }

  /// From the developer tools, so that the versions of the sample's releases keep their numbers.
  call(path, body, token) {
    const authorization = token ? { Authorization: `Bearer ${token}` } : {};
    const referer = `https://servicewechat.com/${this.appid}/devtools/page-frame.html`;
    return post(`${this.demo.origin}${path}`, body, { Referer: referer, ...authorization });
  }
}

export function randomPhone() {
  return `166${String(Math.floor(Math.random() * 1e8)).padStart(8, '0')}`;
}

async function post(url, body, headers = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`POST ${url}: ${response.status} ${await response.text()}`);
  return response.json();
}
