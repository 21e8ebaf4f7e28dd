import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startStage } from './stage.mjs';

const AT_ONCE = 60;

let stage;
// A busy machine is no reason to give up: this is about the number of calls.
before(async () => (stage = await startStage({ wechatTimeoutMs: 20_000 })));
after(() => stage.stop());

// On a stage of its own, where Latchkey has no access token yet.
test(`${AT_ONCE} phone codes at once share one access token`, async () => {
  const opened = [];
  while (opened.length < AT_ONCE) {
    const phone = await stage.phone();
    const { page } = await stage.open('token', phone);
    opened.push({ phone, page, event: await phone.tapPhoneButton('code') });
  }
  // Every answer but 200 rejects.
  await Promise.all(opened.map(({ page, event }) => page.onGetPhoneNumber(event)));

  assert.deepEqual(opened.map(({ page }) => page.data.phone), opened.map(({ phone }) => phone.number));
  const calls = await stage.calls();
  assert.deepEqual([calls['/cgi-bin/stable_token'], calls['/wxa/business/getuserphonenumber']], [1, AT_ONCE]);
});
