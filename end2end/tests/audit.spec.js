import { expect, postForm, test } from '../support/test.js';

const entries = page => page.locator('.audit tbody tr');

/// An act of this test's own, to be found again.
async function act(page) {
  const name = `审计 ${crypto.randomUUID().slice(0, 8)}`;
  await postForm(page.request, 'create_api_key', { name });
  return name;
}

test('the audit page tells who did what, and that the chain is whole', async ({ page }) => {
  const name = await act(page);
  await page.goto('/console');
  await page.getByRole('navigation').getByRole('link', { name: '审计' }).click();
  await expect(page).toHaveURL('/console/audit');
  const newest = entries(page).filter({ hasText: name });
  for (const part of ['admin', '创建 API 密钥']) await expect(newest).toContainText(part);
  await expect(page.locator('.chain .badge')).toContainText('链条完整');
  await page.getByRole('button', { name: '重新核对全部' }).click();
  await expect(page).toHaveURL('/console/audit');
  await expect(page.locator('.chain .badge')).toContainText('链条完整');
});

test('the audit page is narrowed by its form', async ({ page }) => {
  const name = await act(page);
  await page.goto('/console/audit');
  const form = page.locator('.filters');
  await form.locator('[name=action]').selectOption('create_api_key');
  await form.locator('[name=actor]').fill('admin');
  await form.getByRole('button', { name: '筛选' }).click();
  await expect(page).toHaveURL(/action=create_api_key&actor=admin/);
  await expect(entries(page).filter({ hasText: name })).toHaveCount(1);
  await form.locator('[name=actor]').fill('nobody');
  await form.getByRole('button', { name: '筛选' }).click();
  await expect(page.getByText('没有符合条件的记录')).toBeVisible();
  await page.getByRole('link', { name: '清除筛选' }).click();
  await expect(page).toHaveURL('/console/audit');
});

test.describe('viewer', () => {
  test.use({ operator: 'viewer' });

  test('reads the audit page', { tag: '@once' }, async ({ page }) => {
    await page.goto('/console/audit');
    await expect(page.locator('.chain .badge')).toContainText('链条完整');
  });
});
