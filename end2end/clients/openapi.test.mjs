/// The API against its own description: schemathesis makes requests from the OpenAPI document, good ones and bad ones,
/// and looks for an answer that is a 500 or that the document does not have.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, test } from 'node:test';

import { APPS, startStage } from './stage.mjs';

const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'unsupported_method',
];
/// Per call; enough to have found what there was to find, few enough for every run of the tests.
const EXAMPLES = 40;
/// Where run.sh puts it.
const SCHEMATHESIS =
  process.env.SCHEMATHESIS ?? new URL('../../target/schemathesis/bin/schemathesis', import.meta.url).pathname;

let stage;
let token;

before(async () => {
  // Far more calls from one address than any limit of a real installation allows.
  stage = await startStage({
    settings: { LATCHKEY_LOGIN_RATE_PER_MIN: '1000000', LATCHKEY_FAILED_RATE_PER_MIN: '1000000', LATCHKEY_LOG: 'info' },
  });
  token = await login();
});

after(() => stage?.stop());

async function login() {
  const { user } = await stage.press('users', {});
  const { code } = await stage.press('login', { user, appid: APPS[0].appid });
  const body = JSON.stringify({ code, appid: APPS[0].appid });
  const answer = await (await fetch(`${stage.origin}/api/login`, { method: 'POST', body })).json();
  return answer.data.token;
}

async function schemathesis(bearer, ...which) {
  const args = ['run', `${stage.origin}/api/openapi.json`, '--checks', CHECKS.join(','), '--max-examples', `${EXAMPLES}`];
  args.push('--phases', 'examples,coverage,fuzzing', '--seed', '1', '--no-color', '--workers', '2', '--continue-on-failure');
  // Random data is mostly refused; that is no reason to warn.
  args.push('--warnings', 'off', '--suppress-health-check', 'all', '--generation-database', 'none');
  args.push('--header', `Authorization: Bearer ${bearer}`, ...which);
  const child = spawn(SCHEMATHESIS, args, { cwd: stage.dir, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', text => (said += text));
  const [code] = await once(child, 'close');
  assert.equal(code, 0, said.replaceAll(bearer, '<token>'));
}

test('every call of a mini program answers as the document says', async () => {
  await schemathesis(token, '--exclude-path', '/api/logout', '--exclude-path', '/api/introspect');
});

test('so does the one that back ends call', async () => {
  const key = await stage.command('apikey', 'create', '--name', 'schemathesis');
  await schemathesis(key, '--include-path', '/api/introspect');
});

test('and the one that ends a token', async () => {
  await schemathesis(await login(), '--include-path', '/api/logout');
});

test('the printed document is the served one', async () => {
  const served = await (await fetch(`${stage.origin}/api/openapi.json`)).json();
  const command = await stage.printed('openapi');
  assert.deepEqual(JSON.parse(command), served);
});
