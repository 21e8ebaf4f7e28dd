import { LI_NA, LIU_YANG } from '../support/sample.js';
import { awake, expect, openUser, rows, searchBox, test } from '../support/test.js';

/// Searches the way that works everywhere.
async function search(page, q) {
  await searchBox(page).fill(q);
  await page.getByRole('search').getByRole('button', { name: '搜索', exact: true }).click();
}

const person = page => page.getByRole('heading', { level: 1 });

/// What operators type, and whom they mean.
const MEANT = {
  [LIU_YANG.phone]: LIU_YANG.nickname,
  [`+86${LIU_YANG.phone}`]: LIU_YANG.nickname,
  '+86 135-6666-8888': LIU_YANG.nickname,
  8888: LIU_YANG.nickname,
  刘: LIU_YANG.nickname,
  'cHEN w': 'Chen Wei',
  '+852 91234507': 'Emily Wong',
};

test('one hit opens the user, from whatever page', async ({ page }) => {
  test.slow();
  const pages = ['/console', '/console/users', '/console/failures', '/console/apps'];
  for (const [number, [q, nickname]] of Object.entries(MEANT).entries()) {
    await test.step(q, async () => {
      await page.goto(pages[number % pages.length]);
      await search(page, q);
      await expect(page).toHaveURL(/\/console\/users\/[0-9a-f-]{36}$/);
      await expect(person(page)).toContainText(nickname);
    });
  }
});

test('a user is found by openid, unionid and user id', async ({ page }) => {
  await openUser(page, LI_NA.nickname);
  const { pathname } = new URL(page.url());
  const ids = new Set(await page.locator('.person code, .bindings .id code').allTextContents());
  // User id, two openids, and the unionid that both bindings share.
  expect(ids.size).toBe(4);
  for (const id of ids) {
    await page.goto('/console/conflicts');
    await search(page, id);
    await expect(page, id).toHaveURL(pathname);
  }
});

test('several hits are a list, and none is an explanation', async ({ page }) => {
  await page.goto('/console');
  await search(page, 'no such person');
  await expect(page).toHaveURL('/console/users?q=no+such+person');
  await expect(page.getByRole('heading', { name: '没有找到匹配的用户' })).toBeVisible();
  await expect(searchBox(page)).toHaveValue('no such person');
});

test('a phone that nobody has stands in no address', async ({ page }) => {
  await page.goto('/console');
  await search(page, '13512345678');
  await expect(page).toHaveURL(/\/console\/users\?find=[0-9a-f]{16}$/);
  await expect(page.getByRole('heading', { name: '没有找到匹配的用户' })).toBeVisible();
  await expect(page.getByText('13512345678')).toBeVisible();
  expect(await page.title()).toBe('用户 · Latchkey');
});

test('Enter searches', async ({ page }) => {
  await page.goto('/console/apps');
  await searchBox(page).fill(LI_NA.nickname);
  await searchBox(page).press('Enter');
  await expect(person(page)).toContainText(LI_NA.nickname);
});

test('recent searches are kept in this browser, without numbers', { tag: '@js' }, async ({ page }) => {
  await page.goto('/console');
  await awake(page);
  for (const q of [LI_NA.nickname, LIU_YANG.phone, 'lk_abcdefgh']) {
    await searchBox(page).fill(q);
    await searchBox(page).press('Enter');
    await expect(page).toHaveURL(/\/console\/users/);
    await page.goto('/console');
    await awake(page);
  }
  await expect(page.locator('.recent')).toBeHidden();
  await searchBox(page).focus();
  await expect(page.locator('.recent li')).toHaveText([LI_NA.nickname]);
  await page.locator('.recent li button').click();
  await expect(person(page)).toContainText(LI_NA.nickname);
  await awake(page);
  await searchBox(page).focus();
  await page.getByRole('button', { name: '清空' }).press('Enter');
  await expect(page.locator('.recent')).toBeHidden();
  await expect(searchBox(page), 'the button that had the keyboard is gone').toBeFocused();
  expect(await page.evaluate(() => Object.values(localStorage).join(''))).toBe('');
});

test('the keys work: slash, Escape, j, k, Enter and the question mark', { tag: '@js' }, async ({ page }) => {
  await page.goto('/console/users');
  await awake(page);
  await page.keyboard.press('/');
  await expect(searchBox(page)).toBeFocused();
  await expect(searchBox(page)).toHaveValue('');
  // In the box it is a letter like any other.
  await page.keyboard.press('/');
  await expect(searchBox(page)).toHaveValue('/');
  await searchBox(page).fill('');
  // The list answers to letters as they come; its rows are new when it has.
  await expect(page).toHaveURL('/console/users?q=');
  await page.keyboard.press('Escape');
  await expect(searchBox(page)).not.toBeFocused();

  const link = number => rows(page).nth(number).locator('.cell-user a');
  await page.keyboard.press('j');
  await expect(link(0)).toBeFocused();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  await expect(link(1)).toBeFocused();

  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: '键盘快捷键' });
  await expect(help).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(help).toBeHidden();
  await expect(link(1)).toBeFocused();
  const { pathname } = new URL(await link(1).evaluate(element => element.href));
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(pathname);
});

test('whoever reads what the keys do while an answer comes is on his row again', { tag: '@js' }, async ({ page }) => {
  await page.goto('/console/users');
  await awake(page);
  let answer;
  const held = new Promise(resolve => { answer = resolve; });
  await page.route(/\/console\/users\?q=/, async route => {
    await held;
    await route.continue();
  });
  const asked = page.waitForRequest(/\/console\/users\?q=$/);
  await searchBox(page).fill('x');
  await searchBox(page).fill('');
  await asked;
  await page.keyboard.press('Escape');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  const link = rows(page).nth(1).locator('.cell-user a');
  await expect(link).toBeFocused();
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: '键盘快捷键' });
  await expect(help).toBeVisible();
  answer();
  await expect(page).toHaveURL('/console/users?q=');
  await page.keyboard.press('Escape');
  await expect(help).toBeHidden();
  await expect(link).toBeFocused();
});
