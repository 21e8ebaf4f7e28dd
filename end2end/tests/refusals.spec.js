import { STRANGER, expect, test } from '../support/test.js';

const REFUSED = [
  ['an unknown page', '/console/nowhere', 404, '没有这个页面或记录'],
  ['an unknown user', '/console/users/01890000-0000-7000-8000-000000000000', 404, '没有这个页面或记录'],
  ['a user id that is none', "/console/users/1'--", 404, '没有这个页面或记录'],
  ['a broken cursor', '/console/users?cursor=garbage', 400, '请求有误'],
  ['an unknown failure', '/console/failures/01890000-0000-7000-8000-000000000000', 404, '没有这个页面或记录'],
  ['a failure id that is none', '/console/failures/1', 404, '没有这个页面或记录'],
  ['a cause that there is not', '/console/failures?cause=bad_luck', 400, '请求有误'],
  ['a result that there is not', '/console/failures?healed=maybe', 400, '请求有误'],
  ['a day that there is not', '/console/failures?from=2026-02-30', 400, '请求有误'],
  ['a user that is none', '/console/failures?user=1', 400, '请求有误'],
  ['a period that is not offered', '/console?days=8', 400, '请求有误'],
  ['a cursor with a broken id', '/console/phone-changes?cursor=after-garbage', 400, '请求有误'],
];

test('what does not exist or makes no sense is answered with the right status, in words and with a way out', async ({
  page,
}) => {
  for (const [what, path, status, text] of REFUSED) {
    await test.step(what, async () => {
      const response = await page.goto(path);
      expect(response.status()).toBe(status);
      await expect(page.getByRole('alert')).toContainText(text);
      await expect(page.getByRole('navigation').first()).toBeVisible();
    });
  }
  await page.getByRole('link', { name: '返回用户列表' }).click();
  await expect(page).toHaveURL('/console/users');
});

test('a post from another site is refused', { tag: '@once' }, async ({ request }) => {
  const post = headers => request.post('/console/fn/sign_out', { headers, maxRedirects: 0 });
  expect((await post({ Origin: 'https://evil.example' })).status()).toBe(403);
  expect((await post({ 'Sec-Fetch-Site': 'cross-site' })).status()).toBe(403);
  expect((await request.get('/console/users', { maxRedirects: 0 })).status(), 'still signed in').toBe(200);
});

test('reading changes nothing: a write is not done by GET', { tag: '@once' }, async ({ request }) => {
  const response = await request.get('/console/fn/sign_out', { maxRedirects: 0 });
  expect(response.status()).toBeGreaterThanOrEqual(400);
  expect((await request.get('/console/users', { maxRedirects: 0 })).status(), 'still signed in').toBe(200);
});

test('every page carries a strict policy with a nonce of its own', { tag: '@once' }, async ({ request }) => {
  const nonces = new Set();
  const pages = ['', '/login', '/failures', '/try', '/apps', '/api-keys', '/audit', '/operators', '/account', '/users', '/nowhere'];
  const paths = pages.map(page => `/console${page}`);
  for (const path of paths) {
    const headers = (await request.get(path, { maxRedirects: 0 })).headers();
    const policy = headers['content-security-policy'];
    const scripts = policy.match(/script-src ([^;]*)/)[1];
    expect(scripts).not.toMatch(/unsafe-inline|'unsafe-eval'|\*|https?:/);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    });
    nonces.add(scripts.match(/'nonce-([^']{16,})'/)[1]);
  }
  expect(nonces.size).toBe(paths.length);
});

test.describe('strangers', () => {
  test.use(STRANGER);

  test('learn nothing about which pages and users there are', { tag: '@once' }, async ({ request }) => {
    for (const path of ['/console/nowhere', '/console/users/01890000-0000-7000-8000-000000000000']) {
      const response = await request.get(path, { maxRedirects: 0 });
      expect(response.status(), path).toBe(302);
      expect(response.headers().location).toContain('/console/login?next=');
    }
  });
});
