import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { startStage } from './stage.mjs';

const EXCHANGE = '/sns/jscode2session';
const PHONE_CALL = '/wxa/business/getuserphonenumber';
const TOKEN_CALL = '/cgi-bin/stable_token';
/// Short, so that waiting for it is; long enough for a busy machine.
const TIMEOUT_MS = 2000;

/// How WeChat can fail; a busy one is asked once more by Latchkey itself.
const FAULTS = {
  busy: { busy: true, times: 2 },
  slow: { latencyMs: 2 * TIMEOUT_MS },
  'answer lost': { dropAfter: true },
  'HTTP 502': { status: 502 },
  'an HTML page': { garbage: 'html' },
  'half an answer': { garbage: 'truncated' },
};

let stage;
before(async () => (stage = await startStage({ wechatTimeoutMs: TIMEOUT_MS })));
after(() => stage.stop());

function isRetry(refusal) {
  assert.deepEqual(
    [refusal.statusCode, refusal.code, refusal.error, refusal.nextStep],
    [503, 503, 'wechat_unavailable', 'retry'],
  );
  assert.ok(refusal.retryAfter >= 1, 'Retry-After says when');
}

describe('WeChat fails while a code is exchanged', () => {
  for (const [name, fault] of Object.entries(FAULTS)) {
    test(`${name}: 503 and when to come again; a new code succeeds`, async () => {
      const phone = await stage.phone();
      const { page } = await stage.open('patient', phone);
      await stage.press('faults', { ...fault, path: EXCHANGE });
      page.logIn();
      await phone.settled();
      assert.equal(page.data.refusals.length, 1);
      isRetry(page.data.refusals[0]);
      assert.ok(page.data.token);
    });
  }

  test('busy for a moment: nobody notices', async () => {
    const phone = await stage.phone();
    const { page } = await stage.open('patient', phone);
    await stage.press('faults', { busy: true, times: 1, path: EXCHANGE });
    page.logIn();
    await phone.settled();
    assert.equal(page.data.refusals.length, 0);
    assert.ok(page.data.token);
  });
});

test('a lost answer has spent the code: the same one again asks for a new login', async () => {
  const phone = await stage.phone();
  const { page } = await stage.open('one-step', phone);
  await stage.press('faults', { dropAfter: true, path: EXCHANGE });
  const answers = [];
  for (const _ of ['lost', 'again']) {
    const url = `${stage.origin}/api/login`;
    phone.wx.request({ url, method: 'POST', data: { code: page.code }, success: ({ data }) => answers.push(data) });
    await phone.settled();
  }
  assert.deepEqual(answers.map(({ error, nextStep }) => [error, nextStep]), [
    ['wechat_unavailable', 'retry'],
    ['login_code_used', 'relogin'],
  ]);
});

describe('WeChat fails while a phone code is exchanged', () => {
  for (const path of [TOKEN_CALL, PHONE_CALL]) {
    for (const [name, fault] of Object.entries(FAULTS)) {
      // The access token is fetched once; later it is at hand.
      if (path === TOKEN_CALL && name !== 'busy') continue;
      test(`${path}, ${name}: 503, and the next tap succeeds`, async () => {
        const phone = await stage.phone();
        const { page } = await stage.open('token', phone);
        await stage.press('faults', { ...fault, path });
        const refused = page.onGetPhoneNumber(await phone.tapPhoneButton('code'));
        await assert.rejects(refused, { code: 503, error: 'wechat_unavailable', nextStep: 'retry' });
        await page.onGetPhoneNumber(await phone.tapPhoneButton('code'));
        assert.equal(page.data.phone, phone.number);
      });
    }
  }
});
