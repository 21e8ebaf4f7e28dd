/// A person with a phone in a mini program: presses the simulator's buttons and calls the API, as in contract §7 and §3.
export class MiniProgramUser {
  constructor(demo, appid = 'wx0000000000000001') {
    this.demo = demo;
    this.appid = appid;
  }

  async logIn(phone) {
    const { user } = await post(`${this.demo.simulator}/sim/users`, { phone });
    this.user = user;
    const { code } = await this.tap('login');
    const { data } = await post(`${this.demo.origin}/api/login`, { code, appid: this.appid });
    this.token = data.token;
    return data.userInfo;
  }

  async bindPhone(mode) {
    const proof = await this.tap('phone', { mode });
    const { data } = await post(`${this.demo.origin}/api/bindPhone`, proof, this.token);
    return data;
  }

  async changeNumber(phone) {
    await post(`${this.demo.simulator}/sim/users`, { user: this.user, phone });
  }

  tap(button, more = {}) {
    return post(`${this.demo.simulator}/sim/${button}`, { user: this.user, appid: this.appid, ...more });
  }
}

async function post(url, body, token) {
  const authorization = token ? { Authorization: `Bearer ${token}` } : {};
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...authorization },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`POST ${url}: ${response.status} ${await response.text()}`);
  return response.json();
}
