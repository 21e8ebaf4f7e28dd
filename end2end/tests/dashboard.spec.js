import { expect, test } from '../support/test.js';

const cards = page => page.getByRole('region', { name: '今天' }).locator('dl > div');
const NAMES = ['登录', '新用户', '绑定手机号', '手机号失败率', '自动修复率'];

test('the dashboard says how today goes, against yesterday and a week ago', async ({ page }) => {
  await page.goto('/console');
  await expect(cards(page)).toHaveCount(NAMES.length);
  for (const [index, name] of NAMES.entries()) {
    const card = cards(page).nth(index);
    await expect(card.locator('dt')).toHaveText(name);
    await expect(card.locator('.count')).toHaveText(/^([\d,]+|\d+\.\d%|–)$/);
    await expect(card.locator('.compared').first()).toContainText('昨天此时');
    await expect(card.locator('.compared').last()).toContainText('上周今天此时');
    await expect(card.locator('svg.spark')).toBeVisible();
  }
});

test('every chart has its numbers in a table', async ({ page }) => {
  await page.goto('/console?days=30');
  for (const name of ['登录次数', '手机号请求结果', '失败与自动修复次数']) {
    const chart = page.getByRole('figure').filter({ has: page.getByRole('img', { name }) });
    await chart.getByText('以表格查看').click();
    await expect(chart.locator('tbody tr')).toHaveCount(30);
    const drawn = await chart.locator('svg title').allTextContents();
    const told = await chart.locator('tbody tr').allTextContents();
    // The table begins with the newest; both name the day.
    expect(told.at(-1).slice(0, 5)).toBe(drawn[0].slice(0, 5));
  }
});

test('24 hours lead to the records of just these hours', async ({ page }) => {
  // A record may come in between, in another test.
  await expect(async () => {
    await page.goto('/console?days=1');
    const cause = page.locator('.tally').first().locator('li').first();
    const counts = await cause.locator('.counts > span').allTextContents();
    const counted = counts.map(count => Number(count.match(/\d+/)[0])).reduce((sum, count) => sum + count);
    await cause.getByRole('link').click();
    await expect(page.locator('.chips [aria-current=true] b')).toHaveText(String(counted), { timeout: 500 });
  }).toPass();
  await expect(page).toHaveURL(url => /T\d\d:00:00Z$/.test(url.searchParams.get('from')));
  await expect(page.getByLabel('开始日期')).toHaveValue(/T\d\d:00$/);
});

test('an alert and a record are one press away', async ({ page }) => {
  await page.goto('/console');
  await page.getByRole('main').getByRole('link', { name: '晨光会员' }).first().click();
  await expect(page).toHaveURL('/console/apps#wx0000000000000002');
  await page.goto('/console');
  await page.locator('.tally').last().locator('li').first().getByRole('link').first().click();
  await expect(page.locator('.story')).toBeVisible();
});

test('a mini program shows its health, and an admin has it checked', async ({ page }) => {
  await page.goto('/console/apps');
  const app = page.locator('#wx0000000000000001');
  await expect(app.getByText('有效')).toBeVisible();
  await expect(app).toContainText('带 unionid 的登录');
  await app.getByRole('button', { name: '立即检查' }).click();
  await expect(page.getByRole('status').getByText('微信接受了 AppID 和 AppSecret')).toBeVisible();
  await expect(app).toContainText('下次更新：');
});
