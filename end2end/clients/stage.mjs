import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { launch } from './mini-program.mjs';
import { startWiretap } from './wiretap.mjs';
import { Phone, press } from './wx.mjs';

const BINARY = resolve(process.env.LATCHKEY_BIN ?? join(import.meta.dirname, '../../target/release/latchkey'));
const START_MS = 20_000;
/// The one error that a client can cause.
export const LEAK_ALERT = 'AppSecret: it has leaked';

/// The simulator's (contract §7).
export const APPS = ['1', '2'].map(digit => ({
  appid: `wx${digit.padStart(16, '0')}`,
  secret: digit.repeat(32),
}));

/// `latchkey serve` with both apps and fresh data, against `latchkey simulate`. `settings`: more LATCHKEY_ variables.
export async function startStage({ wechatTimeoutMs = 5000, settings = {} } = {}) {
  const dir = await mkdtemp(join(tmpdir(), 'latchkey-clients-'));
  const simulate = run(dir, ['simulate', '--listen', '127.0.0.1:0'], {});
  const simulator = await announced(simulate);
  const wiretap = await startWiretap(simulator);

  const config = join(dir, 'latchkey.toml');
  await writeFile(config, APPS.map(app => `[[apps]]\nappid = "${app.appid}"\nsecret = "${app.secret}"\n`).join('\n'));
  const { serve, origin, env } = await startServer(dir, config, {
    ...settings,
    LATCHKEY_WECHAT_BASE_URL: wiretap.origin,
    LATCHKEY_WECHAT_TIMEOUT_MS: String(wechatTimeoutMs),
  });
  return new Stage({ dir, config, env, simulate, simulator, wiretap, serve, origin });
}

class Stage {
  #phones = new Set();
  #heard = [];

  constructor(parts) {
    Object.assign(this, parts);
  }

  /// What Latchkey has logged so far.
  get log() {
    return this.serve.log;
  }

  /// A new user's phone, with `app` open on it; `number` is the user's.
  async phone(app = APPS[0], user = {}) {
    const { user: id, phone: number } = await this.press('users', user);
    this.#phones.add(number);
    const heard = text => this.#heard.push(text);
    return Object.assign(new Phone({ simulator: this.simulator, user: id, appid: app.appid, heard }), { number });
  }

  /// A mini program on that phone, started and at rest.
  async open(program, phone, more = {}) {
    const opened = launch(program, phone, { baseUrl: this.origin, ...more });
    await phone.settled();
    return opened;
  }

  press(name, body) {
    return press(this.simulator, { name }, body);
  }

  /// How often Latchkey has called each of WeChat's paths.
  async calls() {
    return (await fetch(`${this.simulator}/sim/calls`)).json();
  }

  /// What another command of `latchkey` says about the same installation.
  command(...args) {
    return this.printed(...args, '--config', this.config);
  }

  async printed(...args) {
    const command = run(this.dir, args, this.env);
    const [code] = await command.ended;
    assert.equal(code, 0, command.log);
    return command.out.trim();
  }

  /// Ends both programs in good order and reads all that Latchkey has written.
  async stop() {
    for (const program of [this.serve, this.simulate]) {
      program.child.kill('SIGTERM');
      const [code, signal] = await program.ended;
      assert.equal(code, 0, `${program.name} ended with ${signal ?? code} after SIGTERM:\n${program.log}`);
    }
    this.wiretap.stop();
    await rm(this.dir, { recursive: true, force: true });

    const failed = line => line.includes('"level":"ERROR"') && !line.includes(LEAK_ALERT);
    assert.deepEqual(this.log.split('\n').filter(failed), [], 'what a healthy server does not log');

    const secrets = [...APPS.map(app => app.secret), ...this.wiretap.secrets];
    assert.ok(this.wiretap.secrets.size > 0, 'the wiretap heard of no session_key: it looks in the wrong place');
    assert.ok(this.log.includes('"serving"'), 'this is no log');
    const within = (text, words) => words.filter(word => text.includes(word));
    assert.deepEqual(within(this.log, secrets), [], 'secrets in the log');
    assert.deepEqual(within(this.log, [...this.#phones]), [], 'phone numbers in the log');
    assert.deepEqual(within(this.#heard.join('\n'), secrets), [], 'secrets in the answers');
  }
}

/// `serve` does not say which port it got, so one that is free is looked for; somebody else may be faster.
async function startServer(dir, config, env) {
  for (let attempt = 1; ; attempt += 1) {
    const listen = `127.0.0.1:${await freePort()}`;
    const whole = {
      LATCHKEY_LISTEN: listen,
      LATCHKEY_METRICS_LISTEN: '127.0.0.1:0',
      LATCHKEY_DATABASE_URL: `sqlite://${join(dir, 'latchkey.db')}`,
      // Even then it must keep its secrets.
      LATCHKEY_LOG: 'trace',
      ...env,
    };
    const serve = run(dir, ['serve', '--config', config], whole);
    if (await ready(serve, `http://${listen}`)) return { serve, origin: `http://${listen}`, env: whole };
    if (attempt === 3) throw new Error(`latchkey serve did not start:\n${serve.log}`);
  }
}

/// Whether it got ready before it ended or START_MS had passed.
async function ready(serve, origin) {
  for (const deadline = Date.now() + START_MS; Date.now() < deadline; await sleep(50)) {
    if (serve.child.exitCode !== null) return false;
    const answer = await fetch(`${origin}/readyz`).catch(() => null);
    if (answer?.ok) return true;
  }
  serve.child.kill('SIGKILL');
  return false;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/// Starts it with no other LATCHKEY_ variables than these: `{ name, child, ended, out, log }`.
function run(dir, args, env) {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('LATCHKEY_'));
  const child = spawn(BINARY, args, {
    cwd: dir,
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const program = { name: `latchkey ${args[0]}`, child, ended: once(child, 'close'), out: '', log: '' };
  child.stdout.setEncoding('utf8').on('data', text => (program.out += text));
  child.stderr.setEncoding('utf8').on('data', text => (program.log += text));
  // A test that broke off leaves nothing running.
  process.on('exit', () => child.kill('SIGKILL'));
  return program;
}

/// The simulator's address, as soon as it is printed.
async function announced(simulate) {
  for (const deadline = Date.now() + START_MS; Date.now() < deadline; await sleep(20)) {
    const [address] = simulate.out.match(/http:\/\/\S+/) ?? [];
    if (address) return address;
    if (simulate.child.exitCode !== null) break;
  }
  throw new Error(`latchkey simulate did not start:\n${simulate.log}`);
}
