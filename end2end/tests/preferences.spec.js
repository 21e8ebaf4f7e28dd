import { LI_NA } from '../support/sample.js';
import { STRANGER, awake, expect, rows, searchBox, test } from '../support/test.js';

const PAGE = `/console/users?q=${encodeURIComponent(LI_NA.nickname)}`;

test('the language changes on the page where one is, and stays', async ({ page }) => {
  await page.goto(PAGE);
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  await page.getByRole('button', { name: 'English' }).click();
  await expect(page).toHaveURL(PAGE);
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await expect(page.getByRole('heading', { name: 'Users' })).toBeVisible();

  await page.getByRole('link', { name: 'Phone changes' }).click();
  await expect(page.getByRole('heading', { name: 'Phone changes' })).toBeVisible();

  await page.getByRole('button', { name: '中文' }).click();
  await expect(page).toHaveURL('/console/phone-changes');
  await expect(page.getByRole('heading', { name: '手机号变更' })).toBeVisible();
});

test('the theme changes at once, and stays', async ({ page }) => {
  const background = () => page.locator('html').evaluate(root => getComputedStyle(root).backgroundColor);
  await page.goto(PAGE);
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'system');
  const light = await background();
  await page.getByRole('button', { name: '深色' }).click();
  await expect(page).toHaveURL(PAGE);
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(page.getByRole('button', { name: '深色' })).toHaveAttribute('aria-pressed', 'true');
  expect(await background()).not.toBe(light);

  await rows(page).locator('.cell-user a').click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText(LI_NA.nickname);
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
});

test('a search that was only typed survives a change of language', { tag: '@js' }, async ({ page }) => {
  await page.goto('/console/users');
  await awake(page);
  await searchBox(page).fill(LI_NA.nickname);
  await expect(rows(page)).toHaveCount(1);
  await expect(page).toHaveURL(PAGE);
  await page.getByRole('button', { name: 'English' }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await expect(page).toHaveURL(PAGE);
});

test('the time zone is chosen where the times are, and stays', async ({ page }) => {
  await page.goto('/console/failures');
  const times = page.locator('main .table time');
  const moment = await times.first().getAttribute('datetime');
  await page.getByText('时间均为北京时间').click();
  await page.getByLabel('时区').selectOption('UTC');
  await page.getByRole('button', { name: '使用' }).click();
  await expect(page).toHaveURL('/console/failures');
  await expect(page.getByText('时间均为 UTC')).toBeVisible();
  await expect(times.first()).toHaveText(moment.slice(0, 19).replace('T', ' '));

  await page.goto('/console/users');
  await expect(page.getByText('时间均为 UTC')).toBeVisible();
});

test.describe('on a device in Paris', () => {
  test.use({ timezoneId: 'Europe/Paris' });

  test('its own time zone is offered', { tag: '@js' }, async ({ page }) => {
    await page.goto('/console/failures');
    await awake(page);
    await page.getByText('时间均为北京时间').click();
    await page.getByLabel('时区').selectOption('本设备的时区 (Europe/Paris)');
    await page.getByRole('button', { name: '使用' }).click();
    await expect(page.getByText('时间均为 Europe/Paris')).toBeVisible();
  });
});

test.describe('before sign-in', () => {
  test.use(STRANGER);

  test('language and theme can be chosen, and the wanted page is not forgotten', async ({ page }) => {
    await page.goto('/console/phone-changes');
    await page.getByRole('button', { name: 'English' }).click();
    await expect(page.getByRole('heading', { name: 'Sign in to the console' })).toBeVisible();
    await page.getByRole('button', { name: 'Dark' }).click();
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
    await expect(page).toHaveURL(url => url.searchParams.get('next') === '/console/phone-changes');
  });
});
