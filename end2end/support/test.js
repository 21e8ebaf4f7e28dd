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
  /// For projects: `zh` or `en`.
  language: ['zh', { option: true }],
  /// What a page says, in the language that it is read in.
  say: async ({ language }, use) => use((zh, en) => ({ zh, en })[language]),
  storageState: async ({ sessions, operator, language, demo }, use) =>
    use(reading(await sessions(operator), language, demo)),
  watched: [
    async ({ context, demo, javaScriptEnabled }, use) => {
      const faults = watch(context, demo.origin, javaScriptEnabled);
      await use();
      expect(faults, 'no page complains or speaks to others').toEqual([]);
    },
    { auto: true },
  ],
  /// Opens a page in another browser that is watched like the first: of an operator, or of nobody.
  another: async ({ browser, demo, sessions, viewport, isMobile, hasTouch, javaScriptEnabled, language, locale }, use) => {
    const device = { viewport, isMobile, hasTouch, javaScriptEnabled, locale };
    const [contexts, faults] = [[], []];
    await use(async username => {
      const state = username ? await sessions(username) : STRANGER.storageState;
      const storageState = reading(state, language, demo);
      const context = await browser.newContext({ ...device, baseURL: demo.origin, storageState });
      contexts.push(context);
      faults.push(watch(context, demo.origin, javaScriptEnabled));
      return context.newPage();
    });
    for (const context of contexts) await context.close();
    expect(faults.flat(), 'no page complains or speaks to others').toEqual([]);
  },
});

/// The cookies of somebody who reads this language.
function reading(state, language, { origin }) {
  if (language === 'zh') return state;
  const { hostname: domain } = new URL(origin);
  const cookie = { name: 'latchkey_lang', value: language, domain, path: '/console', expires: -1, httpOnly: false, secure: false, sameSite: 'Lax' };
  return { ...state, cookies: [...state.cookies, cookie] };
}

/// Until the islands are awake, what needs them does nothing.
export async function awake(page) {
  await expect(page.locator('html')).toHaveAttribute('data-ready', '');
}

/// Fills the form of the sign-in page that is open, and sends it.
export async function signIn(page, username = 'admin', password = PASSWORD, say = zh => zh) {
  await page.getByLabel(say('用户名', 'Username')).fill(username);
  await page.getByLabel(say('密码', 'Password')).fill(password);
  await page.getByRole('button', { name: say('登录', 'Sign in') }).click();
}

/// The users that a list or a search shows.
export const rows = page => page.locator('#results tbody tr');
export const searchBox = (page, say = zh => zh) => page.getByRole('searchbox', { name: say('搜索用户', 'Search users') });

/// The words that are searched for, as the URL says.
export const asked = url => url.searchParams.get('q');

/// Opens the page of the only user that a search for `q` finds.
export async function openUser(page, q) {
  await page.goto(`/console/users?q=${encodeURIComponent(q)}`);
  await expect(rows(page)).toHaveCount(1);
  await rows(page).locator('.cell-user a').click();
  await expect(page.locator('.bindings')).toBeVisible();
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
