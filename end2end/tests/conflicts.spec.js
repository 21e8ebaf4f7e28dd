import { confirm, masked, sharers, undo } from '../support/callers.js';
import { expect, notice, test } from '../support/test.js';

const heading = (page, name) => page.getByRole('heading', { name, exact: true });
/// From the navigation to the conflict of these two.
async function openConflict(page, { userId }) {
  await page.goto('/console');
  await page.getByRole('link', { name: '冲突' }).click();
  await page.locator('.conflict', { has: page.locator(`a[href="/console/users/${userId}"]`) })
    .getByRole('link', { name: '比较并处理' }).click();
  await expect(page.locator('.twins > section')).toHaveCount(2);
}

test("somebody else's number shows in my account: it is moved, and that is undone", async ({ page, demo }) => {
  const { phone, before, after } = await sharers(demo);
  await openConflict(page, before);
  await expect(heading(page, '同一个手机号')).toBeVisible();
  await page.getByRole('link', { name: new RegExp(`号码归.*${after.userId.slice(-4)}`) }).click();
  await expect(heading(page, '转移手机号')).toBeVisible();
  await expect(page.locator('.effects').first()).toContainText(`手机号 ${masked(phone)} 从这个用户移除`);
  await confirm(page, before.userId, '号码已换主人', '转移手机号');
  await expect(notice(page)).toContainText(['手机号已转移']);
  expect((await before.person.logInAgain()).phone).toBeNull();
  expect((await after.person.logInAgain()).phone).toBe(phone);
  await undo(page, before.userId);
  await expect(notice(page)).toContainText(['已撤销']);
  expect((await before.person.logInAgain()).phone).toBe(phone);
});

test('two users who are one person are merged, and that is undone', async ({ page, demo }) => {
  const { before, after } = await sharers(demo);
  await openConflict(page, after);
  await page.getByRole('link', { name: new RegExp(`合并，保留.*${after.userId.slice(-4)}`) }).click();
  await expect(heading(page, '合并用户')).toBeVisible();
  await expect(page.locator('.effects').first()).toContainText('空记录');
  await confirm(page, before.userId, '同一个人', '合并用户');
  await expect(notice(page)).toContainText(['两个用户已合并']);
  await page.goto(`/console/users?q=${before.userId}`);
  await expect(page.locator(`a[href="/console/users/${after.userId}"]`)).toBeVisible();
  expect(await before.person.logInAgain()).toMatchObject({ userId: after.userId });
  await undo(page, before.userId);
  await expect(notice(page)).toContainText(['已撤销']);
  expect(await before.person.logInAgain()).toMatchObject({ userId: before.userId });
});

test('two persons with one number are kept apart', async ({ page, demo }) => {
  const { before, after } = await sharers(demo);
  await openConflict(page, before);
  await page.getByLabel('原因').fill('一家人共用');
  await page.getByRole('button', { name: '保持独立' }).click();
  await expect(notice(page)).toContainText(['已标记为保持独立']);
  const pair = page.locator('.conflict', { has: page.locator(`a[href="/console/users/${after.userId}"]`) });
  await expect(pair).toHaveCount(0);
  await page.getByRole('link', { name: '已处理' }).click();
  await expect(pair).toContainText('一家人共用');
});

test('the sample has an open conflict of each kind, and each leads to both users', async ({ page }) => {
  for (const kind of ['同一个手机号', '同一个 unionid']) {
    await page.goto('/console/conflicts');
    const pair = page.locator('.conflict', { has: heading(page, kind) }).last();
    const users = await pair.locator('.who a').evaluateAll(links => links.map(link => link.getAttribute('href')));
    expect(new Set(users).size).toBe(2);
    for (const [index, user] of users.entries()) {
      await page.goto('/console/conflicts');
      await pair.locator('.who a').nth(index).click();
      await expect(page).toHaveURL(user);
    }
  }
});
