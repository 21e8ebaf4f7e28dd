import { NEW_PASSWORD, expect, newcomer, signIn, test } from '../support/operators.js';
import { STRANGER, notice } from '../support/test.js';
import { totp } from '../support/totp.js';

const signOut = page => page.getByRole('button', { name: '退出登录' }).click();

async function enterCode(page, code) {
  await page.getByLabel('验证码或恢复码').fill(code);
  await page.getByRole('button', { name: '确认' }).click();
}

test('a second factor is set up, asked for, stood in for, and switched off', async ({ page, guest }) => {
  const username = await newcomer(page, guest, 'viewer');
  await guest.locator('.operator').getByRole('link').click();
  await expect(guest).toHaveURL('/console/account');
  await guest.getByRole('button', { name: '开启两步验证' }).click();
  await expect(guest.getByRole('img', { name: '二维码' })).toBeVisible();
  const secret = await guest.locator('.enrol code').textContent();
  await guest.getByLabel('验证码').fill(totp(secret));
  await guest.getByRole('button', { name: '确认' }).click();
  await expect(notice(guest)).toContainText('两步验证已开启');
  const codes = await guest.locator('.codes code').allTextContents();
  expect(new Set(codes).size).toBe(10);
  await guest.reload();
  await expect(guest.locator('.codes'), 'they are shown once').toHaveCount(0);

  await signOut(guest);
  await signIn(guest, username, NEW_PASSWORD);
  await expect(guest).toHaveURL(/\/console\/login\/code/);
  // The next one: this one is used.
  const next = totp(secret, 1);
  await enterCode(guest, next);
  await expect(guest).toHaveURL('/console');

  await signOut(guest);
  await signIn(guest, username, NEW_PASSWORD);
  await enterCode(guest, next);
  await expect(guest.getByRole('alert'), 'used').toContainText('验证码不正确');
  await enterCode(guest, codes[0]);
  await expect(guest).toHaveURL('/console');

  await guest.goto('/console/account');
  await expect(guest.locator('#second-factor')).toContainText('剩余 9 个恢复码');
  const part = name => guest.locator('#second-factor details').filter({ hasText: name });
  const prove = async (name, code) => {
    await part(name).locator('summary').click();
    await part(name).getByLabel('当前密码').fill(NEW_PASSWORD);
    await part(name).getByLabel('验证码或恢复码').fill(code);
    await part(name).getByRole('button').click();
  };
  await prove('重新生成恢复码', codes[1]);
  await expect(guest.locator('.codes code')).toHaveCount(10);
  const renewed = await guest.locator('.codes code').first().textContent();
  expect(codes).not.toContain(renewed);
  await prove('关闭两步验证', renewed);
  await expect(notice(guest)).toContainText('两步验证已关闭');
  await signOut(guest);
  await signIn(guest, username, NEW_PASSWORD);
  await expect(guest).toHaveURL('/console');
});

test('a password is changed, and other sessions end', async ({ page, guest, demo, playwright }) => {
  const username = await newcomer(page, guest, 'support');
  const request = await playwright.request.newContext({ baseURL: demo.origin, ...STRANGER });
  await request.post('/console/fn/sign_in', { form: { username, password: NEW_PASSWORD } });
  const isIn = async () => (await request.get('/console/users', { maxRedirects: 0 })).status() === 200;
  expect(await isIn()).toBe(true);

  await guest.goto('/console/account');
  await expect(guest.getByText('当前会话')).toHaveCount(1);
  await guest.getByRole('button', { name: '结束其他所有会话' }).click();
  await expect(guest).toHaveURL('/console/account?done=session_ended');
  expect(await isIn()).toBe(false);

  await guest.getByLabel('当前密码').fill(NEW_PASSWORD);
  await guest.getByLabel('新密码', { exact: true }).fill('four green kettles');
  await guest.getByLabel('再次输入新密码').fill('four green kettles');
  await guest.getByRole('button', { name: '修改密码' }).click();
  await expect(notice(guest)).toContainText('密码已修改');
  await signOut(guest);
  await signIn(guest, username, 'four green kettles');
  await expect(guest).toHaveURL('/console');
  await request.dispose();
});
