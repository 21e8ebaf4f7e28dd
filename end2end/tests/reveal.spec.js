import { caller, masked } from '../support/callers.js';
import { STRANGER, awake, expect, openUser, postForm, signIn, test } from '../support/test.js';

// A session of its own: a number that is revealed in it is shown nowhere else.
test.use(STRANGER);

async function enter(page, username) {
  await page.goto('/console/login');
  await signIn(page, username);
  await expect(page).toHaveURL('/console');
}

const fact = page => page.locator('.phone-fact');
const looks = page => page.locator('.looks tbody tr');

async function reveal(page, reason) {
  await fact(page).locator('summary').click();
  await fact(page).getByLabel('原因').fill(reason);
  await fact(page).getByRole('button', { name: '查看', exact: true }).click();
}

test('support sees a number after giving a reason, and the page says who looked', async ({ page, demo }) => {
  await enter(page, 'support');
  const { userId, phone } = await caller(demo);
  await page.goto(`/console/users/${userId}`);
  await expect(fact(page)).toContainText(masked(phone));
  await expect(page.locator('.looks')).toContainText('还没有人看过完整数据');
  await reveal(page, '用户来电，已核对身份');
  await expect(page).toHaveURL(`/console/users/${userId}`);
  await expect(page.locator('#revealed code')).toHaveText(phone);
  expect(await page.title()).not.toContain(phone);
  await expect(looks(page)).toHaveCount(1);
  for (const part of ['support', '查看完整手机号', '用户来电，已核对身份']) await expect(looks(page)).toContainText(part);
  // Nobody else's page, and no other page.
  for (const path of ['/console/users', '/console/audit', '/console/phone-changes']) {
    await page.goto(path);
    expect(await page.content()).not.toContain(phone);
  }
});

test('the number is taken back after a minute', { tag: '@js' }, async ({ page, demo }) => {
  await enter(page, 'admin');
  const { userId, phone } = await caller(demo);
  await page.clock.install();
  await page.goto(`/console/users/${userId}`);
  await reveal(page, '核对');
  await awake(page);
  await expect(page.locator('.reveal-timer')).toContainText('秒后隐藏');
  await page.clock.runFor(30_000);
  await expect(page.locator('#revealed')).toContainText(phone);
  await page.clock.runFor(31_000);
  await expect(fact(page)).toContainText(masked(phone));
  await expect(page.locator('.reveal-timer')).toHaveText('号码已隐藏');
  expect(await page.content()).not.toContain(phone);
});

test('without JavaScript the browser is told to fetch the masked page', { tag: '@no-js' }, async ({ page, demo }) => {
  await enter(page, 'support');
  const { userId, phone } = await caller(demo);
  await page.goto(`/console/users/${userId}`);
  await reveal(page, '核对');
  await expect(page.locator('#revealed')).toContainText(phone);
  const refresh = page.locator('meta[http-equiv=refresh]');
  await expect(refresh).toHaveAttribute('content', new RegExp(`^(60|59|5\\d); url=/console/users/${userId}$`));
});

test('a reason that was typed when the session had ended is there after signing in', { tag: '@js' }, async ({
  page,
  demo,
}) => {
  await enter(page, 'support');
  const { userId } = await caller(demo);
  await page.goto(`/console/users/${userId}`);
  await awake(page);
  await page.request.post('/console/fn/sign_out', { maxRedirects: 0 });
  await reveal(page, '工单 1001');
  await expect(page).toHaveURL(/\/console\/login\?next=/);
  await awake(page);
  await signIn(page, 'support');
  await expect(page).toHaveURL(`/console/users/${userId}`);
  await awake(page);
  const field = page.locator('form[action="/console/fn/reveal_phone"] [name=reason]');
  await expect(field).toHaveValue('工单 1001');
  await page.reload();
  await awake(page);
  await expect(field, 'this once').toHaveValue('');
});

test('a reason with a number in it is refused', async ({ page, demo }) => {
  await enter(page, 'support');
  const { userId, phone } = await caller(demo);
  await page.goto(`/console/users/${userId}`);
  await reveal(page, `用户说号码是 ${phone}`);
  await expect(page).toHaveURL(`/console/users/${userId}?problem=Reason`);
  await expect(page.getByRole('alert')).toContainText('请填写原因，且不要包含手机号');
  expect(await page.content()).not.toContain(phone);
});

test('one look too many is told in words', { tag: '@once' }, async ({ page, demo }) => {
  await enter(page, 'support');
  const { userId } = await caller(demo);
  await page.goto(`/console/users/${userId}?problem=TooManyReveals`);
  await expect(page.getByRole('alert')).toContainText('本小时的查看次数已用完');
});

test('a viewer sees who looked and gets no number', { tag: '@once' }, async ({ page, demo }) => {
  await enter(page, 'viewer');
  const { userId, phone } = await caller(demo);
  await openUser(page, phone);
  await expect(page.locator('.looks')).toBeVisible();
  await expect(fact(page).locator('form')).toHaveCount(0);
  const to = await postForm(page.request, 'reveal_phone', { user: userId, reason: '好奇' });
  expect(to).toBe(`/console/users/${userId}?problem=Forbidden`);
});
