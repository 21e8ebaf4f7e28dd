import { LI_NA, LIU_YANG, PAGE_SIZE } from '../support/sample.js';
import { asked, awake, expect, openUser, rows, searchBox, test } from '../support/test.js';

/// Searches the way that works everywhere.
async function search(page, q) {
  await searchBox(page).fill(q);
  await page.getByRole('button', { name: '搜索' }).click();
}

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

test('a user is found by phone, last four digits and the beginning of the nickname', async ({ page }) => {
  await page.goto('/console/users');
  for (const [q, nickname] of Object.entries(MEANT)) {
    await test.step(q, async () => {
      await search(page, q);
      await expect(page).toHaveURL(url => asked(url) === q);
      await expect(rows(page)).toHaveCount(1);
      await expect(rows(page)).toContainText(nickname);
      await expect(searchBox(page)).toHaveValue(q);
    });
  }
});

test('a user is found by openid, unionid and user id', async ({ page }) => {
  await openUser(page, LI_NA.nickname);
  const { pathname } = new URL(page.url());
  const ids = new Set(await page.locator('.person code, .bindings .id code').allTextContents());
  // User id, two openids, and the unionid that both bindings share.
  expect(ids.size).toBe(4);
  await page.goto('/console/users?q=nobody');
  for (const id of ids) {
    await search(page, id);
    await expect(page).toHaveURL(url => asked(url) === id);
    await expect(rows(page), id).toHaveCount(1);
    await expect(rows(page).getByRole('link')).toHaveAttribute('href', pathname);
  }
});

test('a search without hits says so and leads back', async ({ page }) => {
  await page.goto(`/console/users?q=${LI_NA.nickname}`);
  await search(page, 'no such person');
  await expect(page.getByRole('heading', { name: '没有找到匹配的用户' })).toBeVisible();
  await expect(rows(page)).toHaveCount(0);
  await page.getByRole('link', { name: '清除' }).click();
  await expect(page).toHaveURL('/console/users');
  await expect(rows(page)).toHaveCount(PAGE_SIZE);
});

test('searching with Enter works', async ({ page }) => {
  await page.goto('/console/users?q=nobody');
  await searchBox(page).fill(LI_NA.nickname);
  await searchBox(page).press('Enter');
  await expect(rows(page)).toHaveCount(1);
  await expect(page).toHaveURL(url => asked(url) === LI_NA.nickname);
});

test('pages lead forward and back to the same rows', async ({ page }) => {
  const shown = () => rows(page).getByRole('link').evaluateAll(links => links.map(link => link.href));
  await page.goto('/console/users');
  await expect(rows(page)).toHaveCount(PAGE_SIZE);
  await expect(page.getByRole('link', { name: '上一页' })).toHaveCount(0);
  const first = await shown();

  await page.getByRole('link', { name: '下一页' }).click();
  await expect(page).toHaveURL(/cursor=after-/);
  const second = await shown();
  expect(second.length).toBeGreaterThan(0);
  expect(second.filter(user => first.includes(user))).toEqual([]);
  await expect(page.getByRole('link', { name: '下一页' })).toHaveCount(0);

  await page.getByRole('link', { name: '上一页' }).click();
  await expect(page).toHaveURL(/cursor=before-/);
  expect(await shown()).toEqual(first);
});

test('the whole row leads to the user, and the page title names no person', async ({ page }) => {
  await page.goto(`/console/users?q=${LI_NA.nickname}`);
  // Forced: the link lies above the time, on purpose.
  await rows(page).locator('time').first().click({ force: true });
  await expect(page).toHaveURL(/\/console\/users\/[0-9a-f-]{36}$/);
  await expect(page.getByRole('heading', { level: 1 })).toContainText(LI_NA.nickname);
  expect(await page.title()).toBe('用户 · Latchkey');
});

test('typing searches without loading the page anew', { tag: '@js' }, async ({ page }) => {
  await page.goto('/console/users');
  await awake(page);
  await page.evaluate(() => (window.mark = 'still the same page'));
  await searchBox(page).pressSequentially(LIU_YANG.nickname);
  await expect(rows(page)).toHaveCount(1);
  await expect(page).toHaveURL(url => asked(url) === LIU_YANG.nickname);

  await searchBox(page).fill('no such person');
  await expect(page.getByRole('heading', { name: '没有找到匹配的用户' })).toBeVisible();

  await searchBox(page).fill('');
  await expect(rows(page)).toHaveCount(PAGE_SIZE);
  expect(await page.evaluate(() => window.mark)).toBe('still the same page');
});

test('going back from a user shows the search as it was typed', { tag: '@js' }, async ({ page }) => {
  await page.goto('/console/users');
  await awake(page);
  await searchBox(page).fill(LI_NA.nickname);
  await expect(rows(page)).toHaveCount(1);
  await rows(page).getByRole('link').click();
  await expect(page.getByRole('heading', { name: '微信绑定' })).toBeVisible();
  await page.goBack();
  await expect(rows(page)).toHaveCount(1);
  await expect(searchBox(page)).toHaveValue(LI_NA.nickname);
});

test('a slow answer never replaces a later one', { tag: '@js' }, async ({ page }) => {
  await page.goto('/console/users');
  await awake(page);
  let answerEarlier;
  const held = new Promise(release => (answerEarlier = release));
  const sent = new Promise(arrived =>
    page.route(/q=Chen$/, async route => {
      arrived();
      await held;
      await route.continue();
    }),
  );
  await searchBox(page).fill('Chen');
  await sent;
  await searchBox(page).fill(LIU_YANG.nickname);
  await expect(rows(page)).toHaveCount(1);
  const late = page.waitForResponse(/q=Chen$/);
  answerEarlier();
  await (await late).finished();
  await expect(page).toHaveURL(url => asked(url) === LIU_YANG.nickname);
  await expect(rows(page)).toContainText(LIU_YANG.nickname);
});

test('a session that ends while typing leads to sign-in', { tag: '@js' }, async ({ page, context }) => {
  await page.goto('/console/users');
  await awake(page);
  await context.clearCookies();
  await searchBox(page).fill(LIU_YANG.nickname);
  await expect(page).toHaveURL(/\/console\/login\?next=/);
});

test('the slash key goes to the search box', { tag: '@js' }, async ({ page }) => {
  await page.goto('/console/users');
  await awake(page);
  await page.locator('h1').click();
  await page.keyboard.press('/');
  await expect(searchBox(page)).toBeFocused();
  await expect(searchBox(page)).toHaveValue('');
  // In the box it is a letter like any other.
  await page.keyboard.press('/');
  await expect(searchBox(page)).toHaveValue('/');
});
