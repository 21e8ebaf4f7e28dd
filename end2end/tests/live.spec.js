import { MiniProgramUser, randomPhone } from '../support/mini-program.js';
import { awake, expect, records, signIn, test } from '../support/test.js';

/// Somebody who has just logged in, and what he does when his phone arrives without its end.
async function somebody(demo) {
  const person = new MiniProgramUser(demo);
  await person.logIn(randomPhone());
  const truncated = ({ encryptedData, iv }) => ({ encryptedData: encryptedData.slice(0, 100), iv });
  return { fails: () => expect(person.bindPhone('encrypted', truncated)).rejects.toThrow('422') };
}

const news = page => page.getByRole('link', { name: /条新记录/ });

test('new failures are announced, and the rows stay where they are', { tag: '@js' }, async ({ page, demo }) => {
  await page.goto('/console/failures?cause=truncated');
  await awake(page);
  const before = await records(page).first().textContent();
  const person = await somebody(demo);
  await person.fails();
  await expect(news(page)).toHaveText('1 条新记录 · 显示');
  expect(await records(page).first().textContent()).toBe(before);
  await person.fails();
  await expect(news(page)).toHaveText('2 条新记录 · 显示');

  await news(page).click();
  await expect(page).toHaveURL('/console/failures?cause=truncated');
  await expect(news(page)).toHaveCount(0);
  expect(await records(page).first().textContent()).not.toBe(before);
});

test('failures that the filter leaves out are not announced', { tag: '@js' }, async ({ page, demo, another }) => {
  const other = await another('admin');
  for (const [tab, cause] of [[page, 'code_used'], [other, 'truncated']]) {
    const told = tab.waitForResponse(response => response.url().includes('/console/live'));
    await tab.goto(`/console/failures?cause=${cause}`);
    await told;
  }
  await (await somebody(demo)).fails();
  // Both are told of by the same look.
  await expect(news(other)).toHaveText('1 条新记录 · 显示');
  await expect(news(page)).toHaveCount(0);
});

test('the numbers of the dashboard are fetched anew, and the keyboard stays where it is', { tag: '@js' }, async ({
  page,
  demo,
}) => {
  // Before the page is opened: it rests after every change, and the login is one.
  const person = await somebody(demo);
  await page.goto('/console?days=1');
  await awake(page);
  const newest = page.locator('#numbers .tally').last().locator('li').first().getByRole('link').first();
  const before = await newest.getAttribute('href');
  const mark = await page.locator('#numbers').getAttribute('data-mark');
  await page.getByRole('figure').first().getByText('以表格查看').click();
  const link = page.getByRole('link', { name: '7 天' });
  await link.focus();
  await person.fails();
  await expect(page.locator('#numbers')).not.toHaveAttribute('data-mark', mark);
  await expect(link).toBeFocused();
  await expect(page.getByRole('figure').first().getByRole('table')).toBeVisible();
  await expect(newest).not.toHaveAttribute('href', before);
});

test('an open page says that its session has ended, and is come back to', { tag: '@js' }, async ({ another }) => {
  // A session of its own: the others' must not end.
  const page = await another();
  await page.goto('/console/login');
  await signIn(page);
  await expect(page).toHaveURL('/console');
  for (const path of ['/console/failures?cause=truncated', '/console?days=7']) {
    // The page that signing in has led to listens, too.
    await page.goto('/console/users');
    const listening = page.waitForResponse(response => response.url().includes('/console/live'));
    await page.goto(path);
    await listening;
    await page.request.post('/console/fn/sign_out', { maxRedirects: 0 });
    const line = page.getByRole('link', { name: '会话已结束 · 重新登录' });
    await expect(line).toBeVisible();
    await line.click();
    await signIn(page);
    await expect(page).toHaveURL(path);
  }
});

test('without JavaScript the list is as good as its last load', { tag: '@no-js' }, async ({ page, demo }) => {
  await page.goto('/console/failures?cause=truncated');
  const before = await records(page).first().textContent();
  await (await somebody(demo)).fails();
  await expect(async () => {
    await page.reload();
    expect(await records(page).first().textContent()).not.toBe(before);
  }).toPass();
  await expect(news(page)).toHaveCount(0);
});
