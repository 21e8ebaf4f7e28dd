import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const BINARY = process.env.LATCHKEY_BIN ?? resolve(import.meta.dirname, '../../target/release/latchkey');

/// What `latchkey demo` prints when it is ready.
const LINES = { origin: /^ *Console +(http:\/\/\S+)\/console$/, simulator: /^ *Simulator +(http:\/\/\S+)$/ };

/// A `latchkey demo` with fresh data on a free port: `{ origin, simulator, stop }`.
export async function startDemo() {
  const dir = await mkdtemp(join(tmpdir(), 'latchkey-end2end-'));
  const demo = spawn(BINARY, ['demo', '--data-dir', dir, '--listen', '127.0.0.1:0'], {
    env: { ...process.env, LATCHKEY_LOG: 'error' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(demo, 'close');
  let log = '';
  demo.stderr.setEncoding('utf8').on('data', text => (log += text));

  const stop = async () => {
    demo.kill('SIGTERM');
    const [code, signal] = await ended;
    await rm(dir, { recursive: true, force: true });
    if (code !== 0) throw new Error(`latchkey demo ended with ${signal ?? code} after SIGTERM:\n${log}`);
    // At level "error" a healthy server has nothing to say.
    if (log) throw new Error(`latchkey demo logged errors:\n${log}`);
  };
  const addresses = await Promise.race([announced(demo.stdout), ended.then(() => null)]);
  if (!addresses) throw new Error(`${BINARY} demo did not start:\n${log}`);
  return { ...addresses, stop };
}

/// The addresses, as soon as all are printed. Reading goes on, so that the pipe never fills.
function announced(stdout) {
  const found = {};
  return new Promise(ready => {
    createInterface({ input: stdout }).on('line', line => {
      for (const [name, pattern] of Object.entries(LINES)) found[name] ??= line.match(pattern)?.[1];
      if (found.origin && found.simulator) ready({ origin: found.origin, simulator: found.simulator });
    });
  });
}
