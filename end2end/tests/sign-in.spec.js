import { PASSWORD, STRANGER, expect, signIn, test } from '../support/test.js';

test.use(STRANGER);

/// The session's cookie, or undefined.
const session = async context => (await context.cookies()).find(cookie => cookie.name === 'latchkey');

/// Whether a browser with this session's cookie would be let in.
async function letsIn(playwright, demo, value) {
  const request = await playwright.request.newContext({ extraHTTPHeaders: { Cookie: `latchkey=${value}` } });
  const response = await request.get(`${demo.origin}/console/users`, { maxRedirects: 0 });
  await request.dispose();
  return response.status() === 200;
}

test('a stranger is sent to sign-in and from there to the page he wanted', async ({ page }) => {
  await page.goto('/console/users?q=李娜');
  await expect(page).toHaveURL(/\/console\/login\?next=/);
  await signIn(page);
  await expect(page).toHaveURL(`/console/users?q=${encodeURIComponent('李娜')}`);
  await expect(page.getByRole('link', { name: '李娜', exact: true })).toBeVisible();
});

test('the wanted page is not forgotten over a mistyped password', async ({ page }) => {
  await page.goto('/console/phone-changes');
  await signIn(page, 'admin', 'mistyped');
  await expect(page.getByRole('alert')).toBeVisible();
  await signIn(page);
  await expect(page).toHaveURL('/console/phone-changes');
});

test('a wrong password is refused with a clear text and without a session', async ({ page, context }) => {
  await page.goto('/console/login');
  await signIn(page, 'admin', 'wrong');
  await expect(page.getByRole('alert')).toContainText('用户名或密码不正确');
  expect(await session(context)).toBeUndefined();
});

test('an unknown name is refused in the same words', { tag: '@once' }, async ({ page }) => {
  await page.goto('/console/login');
  await signIn(page, 'nobody');
  await expect(page.getByRole('alert')).toContainText('用户名或密码不正确');
});

test('the session cookie is out of reach of scripts and other sites', { tag: '@once' }, async ({ page, context }) => {
  await page.goto('/console/login');
  await signIn(page);
  await expect(page).toHaveURL('/console');
  expect(await session(context)).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' });
});

test('a session planted before sign-in is worth nothing after it', { tag: '@once' }, async ({ page, context, demo, playwright }) => {
  await page.goto('/console/login');
  await signIn(page, 'viewer');
  await expect(page).toHaveURL('/console');
  const planted = (await session(context)).value;

  // The sign-in of the next one, whose browser brings the planted session along.
  await page.request.post('/console/fn/sign_in', { form: { username: 'admin', password: PASSWORD } });
  await page.goto('/console/users');
  await expect(page.locator('.operator')).toContainText('admin');
  expect((await session(context)).value).not.toBe(planted);
  expect(await letsIn(playwright, demo, planted)).toBe(false);
});

test('an invented session id is not adopted', { tag: '@once' }, async ({ page, context, demo }) => {
  const invented = 'AAAAAAAAAAAAAAAAAAAAAA';
  await context.addCookies([{ name: 'latchkey', value: invented, url: demo.origin }]);
  await page.goto('/console/login');
  await signIn(page);
  await expect(page).toHaveURL('/console');
  expect((await session(context)).value).not.toBe(invented);
});

test('after sign-out the old cookie is worth nothing', async ({ page, context, demo, playwright }) => {
  await page.goto('/console/login');
  await signIn(page);
  await expect(page).toHaveURL('/console');
  const { value } = await session(context);
  expect(await letsIn(playwright, demo, value)).toBe(true);

  await page.getByRole('button', { name: '退出登录' }).click();
  await expect(page).toHaveURL('/console/login');
  expect(await letsIn(playwright, demo, value)).toBe(false);
  await page.goto('/console/users');
  await expect(page).toHaveURL(/\/console\/login/);
});

test('nobody is sent to another site after sign-in', { tag: '@once' }, async ({ page }) => {
  await page.goto('/console/login?next=https://evil.example/');
  await signIn(page);
  await expect(page).toHaveURL('/console');
});
