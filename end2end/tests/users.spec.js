import { LI_NA, LIU_YANG, PAGE_SIZE } from '../support/sample.js';
import { asked, awake, expect, notice, postForm, rows, searchBox, test } from '../support/test.js';

const filters = page => page.locator('form.filters');

test('a list without hits says so and leads back', async ({ page }) => {
  await page.goto('/console/users?q=no+such+person');
  await expect(page.getByRole('heading', { name: '没有找到匹配的用户' })).toBeVisible();
  await expect(rows(page)).toHaveCount(0);
  await page.getByRole('link', { name: /^移除/ }).click();
  await expect(page).toHaveURL('/console/users');
  await expect(rows(page)).toHaveCount(PAGE_SIZE);
});

test('filters stand in the URL, and each has its way out', async ({ page }) => {
  await page.goto('/console/users');
  await filters(page).getByLabel('状态').selectOption('active');
  await filters(page).getByLabel('小程序').selectOption({ label: '晨光会员' });
  await filters(page).getByText('更多条件').click();
  await filters(page).getByLabel('手机号').selectOption('no');
  await filters(page).getByRole('button', { name: '筛选' }).click();
  await expect(page).toHaveURL(url => ['active', 'no'].every(value => url.search.includes(`=${value}`)));
  await expect(rows(page).first()).toContainText('未绑定');
  const few = await rows(page).count();
  await expect(page.getByText(`共 ${few} 位用户`)).toBeVisible();
  await page.getByRole('link', { name: '移除 手机号: 无' }).click();
  await expect(rows(page)).not.toHaveCount(few);
  await page.getByRole('link', { name: '移除 晨光会员' }).or(page.getByRole('link', { name: /移除 wx/ })).click();
  await page.getByRole('link', { name: '移除 正常' }).click();
  await expect(page).toHaveURL('/console/users');
});

test('the list is sorted by last login, both ways', async ({ page, isMobile, viewport }) => {
  await page.goto('/console/users');
  await filters(page).getByLabel('排序').selectOption('login-asc');
  await filters(page).getByRole('button', { name: '筛选' }).click();
  const logins = () => rows(page).locator('td:nth-child(6) time').evaluateAll(all => all.map(time => time.dateTime));
  const ascending = await logins();
  expect(ascending).toEqual([...ascending].sort());
  if (isMobile || viewport.width < 960) return;
  const header = page.getByRole('columnheader', { name: '最近登录' });
  await expect(header).toHaveAttribute('aria-sort', 'ascending');
  await header.getByRole('link').click();
  await expect(header).toHaveAttribute('aria-sort', 'descending');
  const descending = await logins();
  expect(descending).toEqual([...descending].sort().reverse());
});

test('several users are blocked at once, with a reason, and let in again', async ({ page, operator }) => {
  expect(operator).toBe('admin');
  await page.goto('/console/users?q=%E9%82%93%E8%B6%85%E5%B8%82');
  await page.getByRole('checkbox', { name: '选择 邓超市' }).check();
  await page.getByRole('button', { name: '封禁', exact: true }).click();
  await expect(page.getByRole('heading', { name: '请填写原因，且不要包含手机号' })).toBeVisible();
  await page.getByRole('checkbox', { name: '选择 邓超市' }).check();
  await page.locator('.at-once').getByLabel(/原因/).fill('测试封禁');
  await page.getByRole('button', { name: '封禁', exact: true }).click();
  await expect(notice(page).first()).toContainText('已封禁');
  await expect(rows(page)).toContainText('已封禁');
  await page.getByRole('checkbox', { name: '选择 邓超市' }).check();
  await page.locator('.at-once').getByLabel(/原因/).fill('测试结束');
  await page.getByRole('button', { name: '解除封禁' }).click();
  await expect(rows(page)).toContainText('正常');
});

test('the list is exported as CSV, masked, and a workbook', async ({ page }) => {
  await page.goto(`/console/users?q=${LIU_YANG.nickname}`);
  await page.getByText('导出筛选结果').click();
  for (const [format, begins] of [['csv', '\u{FEFF}'], ['xlsx', 'PK']]) {
    await page.locator('.export').getByLabel('格式').selectOption(format);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.locator('.export').getByRole('button', { name: '导出' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(new RegExp(`^latchkey-users-[0-9-]{10}\\.${format}$`));
    const chunks = [];
    for await (const chunk of await download.createReadStream()) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString('utf8');
    expect(text.startsWith(begins)).toBe(true);
    if (format === 'csv') expect(text).toContain(LIU_YANG.masked);
    expect(text).not.toContain(LIU_YANG.phone);
  }
});

test('viewers are offered what they may do, and refused the rest', { tag: '@once' }, async ({ another }) => {
  const page = await another('viewer');
  await page.goto('/console/users');
  await expect(page.getByRole('button', { name: '封禁', exact: true })).toHaveCount(0);
  await expect(page.getByRole('button', { name: '导出选中' })).toBeVisible();
  const to = await postForm(page.request, 'block_users', { act: 'block', reason: 'x', back: '/console/users' });
  expect(to).toContain('problem=Forbidden');
  const full = await page.request.post('/console/users/export', { form: { format: 'csv', full: '1', reason: 'x' } });
  expect(full.status()).toBe(403);
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
  await rows(page).locator('.cell-user a').click();
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

test('digits are not asked for while they are typed: they may be a phone', { tag: '@js' }, async ({ page }) => {
  await page.goto('/console/users');
  await awake(page);
  const asked = [];
  page.on('request', request => asked.push(request.url()));
  await searchBox(page).pressSequentially(LIU_YANG.phone);
  await page.evaluate(() => new Promise(done => setTimeout(done, 400)));
  expect(asked).toEqual([]);
  expect(page.url()).not.toContain('135');
});
