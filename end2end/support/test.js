import { test as base, expect } from '@playwright/test';

import { startDemo } from './demo.js';
import { watch } from './guard.js';

export { expect };

export const PASSWORD = 'latchkey-demo';
/// For `test.use`: nobody is signed in.
export const STRANGER = { storageState: { cookies: [], origins: [] } };

/// Every test gets a running demo of its worker, `operator` signed in, and is watched: see guard.js.
export const test = base.extend({
  demo: [
    async ({}, use) => {
      const demo = await startDemo();
      await use(demo);
      await demo.stop();
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  /// For `test.use`: who is signed in.
  operator: ['admin', { option: true }],
  /// The cookies of an operator, signed in once per worker: checking a password takes its time by design.
  sessions: [
    async ({ demo, playwright }, use) => {
      const known = new Map();
      const signedIn = async username => {
        // Its own cookies: with those of a test that runs, its operator would be signed out.
        const request = await playwright.request.newContext({ baseURL: demo.origin, ...STRANGER });
        await request.post('/console/fn/sign_in', { form: { username, password: PASSWORD }, maxRedirects: 0 });
        const cookies = await request.storageState();
        await request.dispose();
        return cookies;
      };
      await use(async username => {
        if (!known.has(username)) known.set(username, await signedIn(username));
        return known.get(username);
      });
    },
    { scope: 'worker' },
  ],
  baseURL: async ({ demo }, use) => use(demo.origin),
  storageState: async ({ sessions, operator }, use) => use(await sessions(operator)),
  watched: [
    async ({ context, demo, javaScriptEnabled }, use) => {
      const faults = watch(context, demo.origin, javaScriptEnabled);
      await use();
      expect(faults, 'no page complains or speaks to others').toEqual([]);
    },
    { auto: true },
  ],
});

/// Until the islands are awake, what needs them does nothing.
export async function awake(page) {
  await expect(page.locator('html')).toHaveAttribute('data-ready', '');
}

/// Fills the form of the sign-in page that is open, and sends it.
export async function signIn(page, username = 'admin', password = PASSWORD) {
  await page.getByLabel('用户名').fill(username);
  await page.getByLabel('密码').fill(password);
  await page.getByRole('button', { name: '登录' }).click();
}

/// The users that a list or a search shows.
export const rows = page => page.locator('#results tbody tr');
export const searchBox = page => page.getByRole('searchbox', { name: '搜索用户' });

/// The words that are searched for, as the URL says.
export const asked = url => url.searchParams.get('q');

/// Opens the page of the only user that a search for `q` finds.
export async function openUser(page, q) {
  await page.goto(`/console/users?q=${encodeURIComponent(q)}`);
  await expect(rows(page)).toHaveCount(1);
  await rows(page).locator('.cell-user a').click();
  await expect(page.getByRole('heading', { name: '微信绑定' })).toBeVisible();
}

/// What came of a form.
export const notice = page => page.getByRole('main').getByRole('status');

/// The failures that the list shows.
export const records = page => page.locator('main .table tbody tr');

/// Opens the newest failure under a filter, such as `cause=code_used`. It is written a moment after it happened.
export async function openFailure(page, filter) {
  await expect(async () => {
    await page.goto(`/console/failures?${filter}`);
    await records(page).first().locator('.cell-cause a').click({ timeout: 1000 });
  }).toPass();
  await expect(page.locator('.story')).toBeVisible();
}

/// Where a form post of the signed-in operator leads to, without going there.
export async function postForm(request, name, form) {
  const response = await request.post(`/console/fn/${name}`, { form, maxRedirects: 0 });
  expect(response.status()).toBe(302);
  return response.headers().location;
}
