import { request as ask } from 'node:http';

import { expect, test } from '../support/test.js';

const MOST = 120 * 1024;

/// The bytes of an answer as they come over the wire, compressed.
const weight = url =>
  new Promise((done, fail) => {
    const headers = { 'accept-encoding': 'br' };
    ask(url, { headers }, answer => {
      let bytes = 0;
      expect(answer.headers['content-encoding']).toBe('br');
      answer.on('data', chunk => (bytes += chunk.length)).on('end', () => done(bytes));
    })
      .on('error', fail)
      .end();
  });

test('what moves in the browser is small', { tag: '@once' }, async ({ page, demo }) => {
  const html = await (await page.request.get('/console')).text();
  const assets = new Set([...html.matchAll(/\/console\/assets\/[^"]+\.(?:js|wasm)/g)].map(([path]) => path));
  expect(assets.size, 'the islands, their glue and what wakes them').toBe(3);
  const weights = await Promise.all([...assets].map(path => weight(demo.origin + path)));
  expect(weights.reduce((sum, one) => sum + one)).toBeLessThanOrEqual(MOST);
});
