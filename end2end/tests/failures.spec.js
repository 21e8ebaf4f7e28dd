import { MiniProgramUser, OTHER_APPID, randomPhone } from '../support/mini-program.js';
import { expect, notice, openFailure, postForm, records, test } from '../support/test.js';

const LOGIN_AFTER_BUTTON = '手机号按钮之后调用了 wx.login';
const PERIODS = { '24 小时': [1, 24], '7 天': [7, 7], '30 天': [30, 30] };

const chips = page => page.getByRole('navigation', { name: '原因', exact: true }).getByRole('link');
const currentChip = page => page.locator('.chips [aria-current=true]');
const number = async locator => Number(await locator.textContent());

/// A person whose phone arrived without its end, which nothing heals.
async function failedUser(demo) {
  const person = new MiniProgramUser(demo);
  const { userId } = await person.logIn(randomPhone());
  const truncated = ({ encryptedData, iv }) => ({ encryptedData: encryptedData.slice(0, 100), iv });
  await expect(person.bindPhone('encrypted', truncated)).rejects.toThrow('422');
  return { person, userId };
}

/// A person whose mini program called wx.login too late, which was healed.
async function healedUser(demo) {
  const person = new MiniProgramUser(demo);
  const { userId } = await person.logIn(randomPhone());
  await person.logInAfterTap();
  return { person, userId };
}

test('the dashboard shows a day, a week and a month as bars and in numbers', async ({ page }) => {
  await page.goto('/console');
  await expect(page.getByRole('heading', { level: 1, name: '概览' })).toBeVisible();
  for (const [name, [days, buckets]] of Object.entries(PERIODS)) {
    await test.step(name, async () => {
      const period = page.getByRole('navigation', { name: '时间范围' }).getByRole('link', { name });
      await period.click();
      await expect(page).toHaveURL(`/console?days=${days}`);
      await expect(period).toHaveAttribute('aria-current', 'true');

      const chart = page.getByRole('figure').filter({ has: page.getByRole('img', { name: '失败与自动修复次数' }) });
      await expect(chart).toBeVisible();
      const bars = await chart.locator('svg title').allTextContents();
      expect(bars.length).toBe(buckets);

      await expect(chart.getByRole('table')).toBeHidden();
      await chart.getByText('以表格查看').click();
      await expect(chart.getByRole('table')).toBeVisible();
      const numbers = await chart.locator('tbody tr').evaluateAll(rows =>
        rows.map(row => [...row.querySelectorAll('td')].map(cell => Number(cell.textContent))),
      );
      const drawn = bars.map(bar => bar.match(/失败 (\d+)，已自动修复 (\d+)$/).slice(1).map(Number));
      // The table begins with the newest, as lists do.
      expect(drawn.reverse()).toEqual(numbers);
      const sum = column => numbers.reduce((all, row) => all + row[column], 0);
      const totals = page.locator('section', { has: chart }).locator('.totals');
      expect(await number(totals.locator('.failed dd'))).toBe(sum(0));
      expect(await number(totals.locator('.healed dd'))).toBe(sum(1));
      expect(sum(0) + sum(1)).toBeGreaterThan(0);
    });
  }
});

test('the dashboard leads to the records of a cause, as many as it counts', async ({ page }) => {
  await page.goto('/console');
  const most = page.locator('.tally').first().locator('li').first();
  const name = await most.getByRole('link').textContent();
  const counts = await most.locator('.counts > span').allTextContents();
  const counted = counts.map(count => Number(count.match(/\d+/)[0])).reduce((sum, count) => sum + count);
  await most.getByRole('link').click();
  await expect(currentChip(page)).toHaveText(`${name} ${counted}`);
});

test('the dashboard says since which version failures rose, and leads to its records', async ({ page }) => {
  await page.goto('/console');
  const version = page.locator('.tally li', { hasText: /自版本 12 起，失败率增至 \d+ 倍：\d+\.\d% → \d+\.\d%/ });
  await expect(version).toContainText('晨光便利店');
  await version.getByRole('link').click();
  await expect(page).toHaveURL(/app=wx0000000000000001&version=12/);
  await expect(records(page)).toHaveCount(50);
  for (const record of await records(page).all()) await expect(record).toContainText('版本 12');
});

test('the list is narrowed to a cause by its chip', async ({ page }) => {
  await page.goto('/console/failures');
  await expect(currentChip(page)).toContainText('全部');
  const chip = chips(page).nth(2);
  const [name, count] = [await chip.textContent(), await number(chip.locator('b'))];
  await chip.click();
  await expect(page).toHaveURL(/\?cause=[a-z_]+$/);
  await expect(currentChip(page)).toHaveText(name);
  await expect(records(page)).toHaveCount(Math.min(count, 50));
  const kinds = await records(page).locator('.cell-cause a').evaluateAll(links => links.map(link => link.title));
  for (const kind of kinds) expect(kind && name).toContain(kind);
  expect(kinds).not.toContain('');

  await chips(page).first().click();
  await expect(page).toHaveURL('/console/failures');
});

test('the list is narrowed to what was healed, and to what was not, by its form', async ({ page }) => {
  await page.goto('/console/failures?version=12');
  for (const [result, value, badge] of [
    ['已自动修复', 'yes', /^已自动修复$/],
    ['失败', 'no', /^(失败|之后成功)$/],
  ]) {
    await test.step(result, async () => {
      await page.getByLabel('结果').selectOption(result);
      await page.getByRole('button', { name: '筛选' }).click();
      await expect(page).toHaveURL(url => url.searchParams.get('healed') === value);
      // What was narrowed before stays so.
      await expect(page).toHaveURL(url => url.searchParams.get('version') === '12');
      await expect(records(page).first()).toBeVisible();
      for (const verdict of await records(page).locator('.cell-status').all()) await expect(verdict).toHaveText(badge);
      expect(await number(currentChip(page).locator('b'))).toBe(await records(page).count());
    });
  }
});

test('the list is narrowed by its address: mini program, version, days, user', async ({ page }) => {
  await page.goto('/console/failures?version=11');
  for (const record of await records(page).all()) await expect(record).toContainText('版本 11');
  const eleven = await number(currentChip(page).locator('b'));
  await page.goto('/console/failures?app=wx0000000000000001&version=11&from=2020-01-01');
  expect(await number(currentChip(page).locator('b'))).toBe(eleven);
  // What stands under "more" is not hidden while it narrows.
  await expect(page.getByLabel('版本')).toHaveValue('11');
  await expect(page.getByLabel('开始日期')).toHaveValue('2020-01-01');

  for (const nothing of [`app=${OTHER_APPID}&version=11`, 'to=2020-01-01', 'version=none']) {
    await page.goto(`/console/failures?${nothing}`);
    await expect(page.getByRole('heading', { name: '没有符合条件的记录' })).toBeVisible();
    await expect(records(page)).toHaveCount(0);
  }
  await page.getByRole('link', { name: '清除筛选' }).click();
  await expect(page).toHaveURL('/console/failures');
  await expect(records(page)).toHaveCount(50);
});

test('pages of failures lead forward and back to the same records, under the same filter', async ({ page }) => {
  const shown = () => records(page).locator('.cell-cause a').evaluateAll(links => links.map(link => link.href));
  await page.goto('/console/failures?app=wx0000000000000001');
  const first = await shown();
  expect(first.length).toBe(50);
  await page.getByRole('link', { name: '下一页' }).click();
  await expect(page).toHaveURL(/app=wx0000000000000001&cursor=after-/);
  const second = await shown();
  expect(second.length).toBeGreaterThan(0);
  expect(second.filter(failure => first.includes(failure))).toEqual([]);
  await page.getByRole('link', { name: '上一页' }).click();
  await expect(page).toHaveURL(/app=wx0000000000000001&cursor=before-/);
  expect(await shown()).toEqual(first);
});

test('a failure tells what happened, how it is known, what to change and what was around', async ({ page, demo }) => {
  const { userId } = await healedUser(demo);
  await openFailure(page, `user=${userId}`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(LOGIN_AFTER_BUTTON);
  expect(await page.title()).toBe('失败详情 · Latchkey');
  await expect(page.locator('.headline')).toContainText(/已自动修复.*晨光便利店.*开发者工具/);

  const told = page.locator('.telling', { has: page.getByRole('heading', { name: '发生了什么' }) });
  await expect(told).toContainText('又调用了 wx.login，微信换了一把新的 session_key');
  await expect(told).toContainText(/已证实.*第 2 把密钥解开了数据/);
  const keys = told.locator('.keys tbody tr');
  await expect(keys).toHaveCount(2);
  await expect(keys.first()).toContainText(/最新.*未通过：/);
  await expect(keys.last()).toContainText('通过全部校验');

  const change = page.locator('.telling', { has: page.getByRole('heading', { name: '怎么改' }) });
  await expect(change).toContainText('它的 code 必须在用户点按钮之前取得');
  await expect(change.locator('pre').first()).toContainText('logIn().then');
  await expect(change.locator('pre').nth(1)).toContainText("post('/api/bindPhone', { code, encryptedData, iv })");
  await expect(page.locator('.sayings')).toContainText('请求已经成功');

  const text = page.locator('details.as-text');
  await text.locator('summary').click();
  await expect(text.locator('pre')).toContainText('login_after_phone_button');
  await expect(text.locator('pre')).toContainText('const BASE =');

  const line = page.locator('.line-of-time > li');
  await expect(line.filter({ hasText: '用登录 code 登录' })).toHaveCount(2);
  await expect(line.filter({ hasText: '收到新的 session_key' })).toHaveCount(2);
  await expect(line.filter({ hasText: '数据生成（水印时间）' })).toHaveCount(1);
  await expect(line.filter({ hasText: '手机号 166' })).toHaveCount(1);
  await expect(page.locator('.line-of-time [aria-current=true]')).toContainText(`本次 ${LOGIN_AFTER_BUTTON}`);

  await page.locator('.headline').getByRole('link', { name: '未设置昵称' }).click();
  await expect(page).toHaveURL(`/console/users/${userId}`);
  await page.getByRole('main').getByRole('link', { name: '全部失败记录' }).click();
  await expect(page).toHaveURL(`/console/failures?user=${userId}`);
  await expect(records(page)).toHaveCount(1);
});

test('a failure leads to those that are like it', async ({ page }) => {
  await openFailure(page, 'cause=login_after_phone_button&version=12');
  const similar = page.locator('.card', { has: page.getByRole('heading', { name: '相似的失败' }) });
  const others = await number(similar.locator('.count'));
  await similar.getByRole('link', { name: '查看相似的失败' }).click();
  await expect(page).toHaveURL('/console/failures?cause=login_after_phone_button&app=wx0000000000000001&version=12');
  // All releases of version 12 are of the last days, this one among them.
  expect(await number(currentChip(page).locator('b'))).toBe(others + 1);
});

test('a failure says that the user succeeded later', async ({ page, demo }) => {
  const { person, userId } = await failedUser(demo);
  await openFailure(page, `user=${userId}`);
  await expect(page.locator('.headline .badge')).toHaveText('失败');
  await person.bindPhone('encrypted');
  await expect(async () => {
    await page.reload();
    await expect(page.locator('.headline .badge')).toHaveText('之后成功', { timeout: 1000 });
  }).toPass();
  await expect(page.locator('.telling').first()).toContainText('同一用户之后已成功');
});

test('a failure without a user has nobody to ask WeChat about', async ({ page }) => {
  await openFailure(page, 'cause=code_expired');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('微信不认识这个登录 code');
  await expect(page.getByRole('button', { name: '向微信核实' })).toHaveCount(0);
  await expect(page.getByRole('heading', { name: '时间线' })).toHaveCount(0);
});

test.describe('support staff', () => {
  test.use({ operator: 'support' });

  test('ask WeChat about a failure, and its answers are filed there', async ({ page, demo }) => {
    await openFailure(page, `user=${(await failedUser(demo)).userId}`);
    const { pathname } = new URL(page.url());
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('密文被截断：收到 100 个字符，开头能解开');
    await expect(page.getByText('还没有问过微信。')).toBeVisible();
    await page.getByRole('button', { name: '向微信核实' }).click();
    await expect(page).toHaveURL(`${pathname}?done=asked`);
    await expect(notice(page)).toContainText('微信已回答');
    const answer = page.locator('.answers > li');
    await expect(answer).toHaveCount(1);
    await expect(answer).toContainText('密钥仍然有效');
    await expect(answer).toContainText('微信最近三天没有这样一份手机号密文的记录');
    await expect(answer).toContainText('support');
    await expect(page.locator('.line-of-time')).toContainText('support · 向微信核实');

    await page.goto(pathname);
    await expect(notice(page)).toHaveCount(0);
    await expect(answer).toHaveCount(1);
  });

  test('hear from WeChat that it made the data, and that the key is no longer the one', async ({ page, demo }) => {
    const { person, userId } = await healedUser(demo);
    await person.tap('rotate');
    await openFailure(page, `user=${userId}`);
    await page.getByRole('button', { name: '向微信核实' }).click();
    await expect(page.locator('.answers > li')).toContainText('密钥已无效');
    await expect(page.locator('.answers > li')).toContainText('密文由微信生成');
  });

  test('are told that there is nothing left to ask about', async ({ page }) => {
    await page.goto('/console/failures?cause=stale_data');
    await records(page).last().locator('.cell-cause a').click();
    await page.getByRole('button', { name: '向微信核实' }).click();
    await expect(page).toHaveURL(/\?problem=NothingToAsk$/);
    await expect(page.getByRole('alert')).toBeVisible();
    await expect(page.getByText('还没有问过微信。')).toBeVisible();
  });
});

test.describe('viewers', () => {
  test.use({ operator: 'viewer' });

  test('read failures and cannot ask WeChat about them', async ({ page, demo, request }) => {
    await openFailure(page, `user=${(await failedUser(demo)).userId}`);
    const { pathname } = new URL(page.url());
    await expect(page.getByText('还没有问过微信。')).toBeVisible();
    await expect(page.getByRole('button', { name: '向微信核实' })).toHaveCount(0);

    const refused = await postForm(request, 'ask_wechat', { id: pathname.split('/').pop() });
    expect(refused).toBe(`${pathname}?problem=Forbidden`);
    await page.goto(refused);
    await expect(page.getByRole('alert')).toContainText('没有权限');
    await expect(page.getByText('还没有问过微信。')).toBeVisible();
  });

  test('are not offered to try a decryption', async ({ page }) => {
    await page.goto('/console/failures');
    await expect(page.getByRole('heading', { level: 1, name: '失败诊断' })).toBeVisible();
    await expect(page.getByRole('link', { name: '试一试解密' })).toHaveCount(0);
  });
});
