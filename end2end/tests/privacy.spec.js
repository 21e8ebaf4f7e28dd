import { readFile } from 'node:fs/promises';

import { caller } from '../support/callers.js';
import { expect, notice, test } from '../support/test.js';

const requests = page => page.locator('.requests');

test('a person is exported to a file', async ({ page, demo }) => {
  const { userId, openId, phone } = await caller(demo);
  await page.goto(`/console/users/${userId}`);
  await requests(page).locator('summary').click();
  await requests(page).getByLabel('原因').fill('用户来信，工单 8');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    requests(page).getByRole('button', { name: '下载' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('user.json');
  const held = JSON.parse(await readFile(await download.path(), 'utf8'));
  expect(held).toMatchObject({ format: 'latchkey.person/1', userId, phone: { purePhoneNumber: phone } });
  expect(held.bindings[0].openid).toBe(openId);
  await page.reload();
  await expect(page.locator('.looks')).toContainText('导出个人数据');
});

test('a person is erased: preview, reason, four characters, tombstone', async ({ page, demo }) => {
  const { userId, openId, phone } = await caller(demo);
  await page.goto(`/console/users/${userId}`);
  await requests(page).getByRole('link', { name: '删除个人数据' }).click();
  await expect(page).toHaveURL(`/console/users/${userId}/erase`);
  await expect(page.getByRole('heading', { name: '会删除' })).toBeVisible();
  await expect(page.getByText('数据库备份')).toBeVisible();
  const form = page.locator('form.confirm');
  await form.getByLabel('原因').fill('用户要求删除，工单 9');
  // Four other characters erase nobody, and the reason is still there.
  await form.getByLabel('最后四个字符').fill('0000');
  await form.getByRole('button', { name: '永久删除' }).click();
  await expect(page).toHaveURL(`/console/users/${userId}/erase?problem=Unconfirmed`);
  await expect(form.getByLabel('原因')).toHaveValue('用户要求删除，工单 9');
  await form.getByLabel('最后四个字符').fill(userId.slice(-4));
  await form.getByRole('button', { name: '永久删除' }).click();

  await expect(page).toHaveURL(`/console/users/${userId}?done=erased`);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('已删除的用户');
  await expect(notice(page)).toContainText('个人数据已删除');
  await expect(page.locator('.erasures')).toContainText('全部个人数据');
  expect(await page.content()).not.toContain(openId);
  for (const q of [phone, openId]) {
    await page.goto(`/console/users?q=${q}`);
    await expect(page.getByText('没有找到匹配的用户')).toBeVisible();
  }
  await page.goto(`/console/audit?user=${userId}`);
  await expect(page.locator('.audit tbody tr')).toHaveCount(1);
  await expect(page.locator('.audit tbody tr')).toContainText('用户要求删除，工单 9');
});

test.describe('support', () => {
  test.use({ operator: 'support' });

  test('neither exports nor erases', { tag: '@once' }, async ({ page, demo }) => {
    const { userId } = await caller(demo);
    await page.goto(`/console/users/${userId}`);
    await expect(page.locator('.looks')).toBeVisible();
    await expect(requests(page)).toHaveCount(0);
    expect((await page.goto(`/console/users/${userId}/erase`)).status()).toBe(403);
    await expect(page.getByRole('alert')).toContainText('没有权限');
  });
});
