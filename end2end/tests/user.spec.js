import { MiniProgramUser, randomPhone } from '../support/mini-program.js';
import { LI_NA, LIU_YANG, allPhones } from '../support/sample.js';
import { awake, expect, openUser, test } from '../support/test.js';

/// The phone history's "from → to", newest first; the time line below has its own.
const changes = page => page.locator('.table .from-to');

test('a user page shows the bindings in every mini program', async ({ page }) => {
  await openUser(page, LI_NA.nickname);
  const bindings = page.locator('.bindings > li');
  await expect(bindings).toHaveCount(2);
  await expect(bindings).toContainText(['wx0000000000000001', 'wx0000000000000002']);
  for (const binding of await bindings.all()) await expect(binding.locator('.id code')).toHaveCount(2);
});

test('a user page shows the masked phone and every number before it', async ({ page }) => {
  await openUser(page, LIU_YANG.nickname);
  await expect(page.locator('.facts .phone')).toHaveText(LIU_YANG.masked);
  const [third, second, first] = LIU_YANG.history;
  await expect(changes(page)).toHaveCount(3);
  await expect(changes(page).locator('.phone')).toHaveText([second, third, first, second, first]);
});

test('the phone changes of everybody lead to the user', async ({ page }) => {
  await page.goto('/console/phone-changes');
  await expect(changes(page).first()).toBeVisible();
  await page.locator('tbody a').first().click();
  await expect(page.getByRole('heading', { name: '手机号历史' })).toBeVisible();
});

test('copy buttons copy', { tag: '@js' }, async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openUser(page, LI_NA.nickname);
  await awake(page);
  const id = page.locator('.bindings .id').first();
  await id.getByRole('button', { name: '复制' }).click();
  await expect(id.getByRole('button')).toHaveAttribute('data-copied', '');
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await id.locator('code').textContent());
});

test('copy buttons are not offered without JavaScript', { tag: '@no-js' }, async ({ page }) => {
  await openUser(page, LI_NA.nickname);
  const buttons = page.locator('.copy');
  expect(await buttons.count()).toBeGreaterThan(0);
  for (const button of await buttons.all()) await expect(button).toBeHidden();
});

test('a login and two phone numbers from a mini program appear in the console', async ({ page, demo }) => {
  const person = new MiniProgramUser(demo);
  const [old, current] = [randomPhone(), randomPhone()];
  const { userId, phone } = await person.logIn(old);
  expect(phone).toBeNull();
  expect(await person.bindPhone('encrypted')).toMatchObject({ purePhoneNumber: old, changed: true });

  await page.goto(`/console/users?q=${old}`);
  await page.getByRole('link', { name: '未设置昵称' }).click();
  await expect(page).toHaveURL(`/console/users/${userId}`);
  await expect(changes(page)).toHaveCount(1);
  await expect(changes(page)).toContainText(masked(old));
  await expect(changes(page)).toContainText('首次绑定');

  await person.changeNumber(current);
  const proof = await person.tap('phone', { mode: 'code' });
  expect(Object.keys(proof)).toEqual(['code']);
  expect(await person.bindPhone('code')).toMatchObject({ purePhoneNumber: current, changed: true });
  await page.reload();
  await expect(page.locator('.facts .phone')).toHaveText(masked(current));
  await expect(changes(page)).toHaveCount(2);
  await expect(changes(page).first().locator('.phone')).toHaveText([masked(old), masked(current)]);

  await page.goto('/console/phone-changes');
  const newest = page.locator('tbody tr').first();
  await expect(newest.locator('.phone')).toHaveText([masked(old), masked(current)]);
  await expect(newest).toContainText('手机号 code');
});

test('the same number again is no change', { tag: '@once' }, async ({ page, demo }) => {
  const person = new MiniProgramUser(demo);
  const { userId } = await person.logIn(randomPhone());
  await person.bindPhone('encrypted');
  expect(await person.bindPhone('code')).toMatchObject({ changed: false });
  await page.goto(`/console/users/${userId}`);
  await expect(changes(page)).toHaveCount(1);
});

test('no page contains a full phone number, and no link is broken', { tag: '@once' }, async ({ demo, request }) => {
  // Hundreds of pages.
  test.setTimeout(240_000);
  const phones = allPhones();
  const { cookies } = await request.storageState();
  const Cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  const seen = new Set();
  const open = ['/console', `/console/users?q=${LIU_YANG.nickname}`];
  for (let path = open.pop(); path; path = open.pop()) {
    seen.add(path);
    const response = await fetch(demo.origin + path, { headers: { Cookie }, redirect: 'manual' });
    expect(response.status, path).toBe(200);
    const text = await response.text();
    expect(phones.filter(phone => text.includes(phone)), path).toEqual([]);
    // Nor anybody else's; ids have such digits among others.
    expect(text, path).not.toMatch(/(?<![\w-])1[3-9]\d{9}(?![\w-])/);
    const links = [...text.matchAll(/href="(\/console[^"]*)"/g)].map(([, href]) => href.replaceAll('&amp;', '&'));
    open.push(...links.filter(link => !link.includes('/assets/') && !/\/reset\?what=(?!everything)/.test(link) && !seen.has(link) && !open.includes(link)));
  }
  // Both pages of the list and everybody in it, and every failure.
  expect([...seen].filter(path => /users\/[0-9a-f-]{36}$/.test(path)).length).toBeGreaterThan(50);
  expect([...seen].filter(path => /failures\/[0-9a-f-]{36}$/.test(path)).length).toBeGreaterThan(100);
});

function masked(phone) {
  return `${phone.slice(0, 3)}******${phone.slice(-2)}`;
}
