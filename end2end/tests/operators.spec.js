import {
  NEW_PASSWORD,
  choose,
  expect,
  invite,
  manage,
  newLink,
  newOperator,
  newcomer,
  row,
  signIn,
  test,
} from '../support/operators.js';
import { notice, postForm } from '../support/test.js';

test('a person is invited, chooses a password, and signs in', async ({ page, guest }) => {
  const username = newOperator();
  const link = await invite(page, username, 'support');
  await expect(notice(page)).toContainText(username);
  await expect(row(page, username)).toContainText('待设置密码');
  await page.reload();
  await expect(row(page, username)).toBeVisible();
  await expect(page.locator('.notice-good'), 'it is shown once').toHaveCount(0);

  const response = await guest.goto(link);
  expect(response.headers()['referrer-policy']).toBe('origin');
  await expect(guest.getByRole('main')).toContainText(username);
  await choose(guest, 'passwordpassword');
  await expect(guest.getByRole('alert')).toContainText('太容易被猜到');
  await choose(guest, NEW_PASSWORD, 'three blue teapot');
  await expect(guest.getByRole('alert')).toContainText('两次输入的密码不一致');
  await choose(guest);
  await expect(guest).toHaveURL('/console/login?done=password_chosen');
  await expect(notice(guest)).toContainText('密码已设置');
  await signIn(guest, username, NEW_PASSWORD);
  await expect(guest).toHaveURL('/console');
  await expect(guest.locator('.operator')).toContainText('客服');
  await expect(guest.getByRole('link', { name: '操作员' })).toHaveCount(0);

  await page.goto('/console/operators');
  await expect(row(page, username)).toContainText('正常');
  await expect(row(page, username)).not.toContainText('从未登录');
  const again = await guest.goto(link);
  expect(again.status()).toBe(410);
  await expect(guest.getByRole('alert')).toContainText('链接已失效');
});

test('a name can be had once, and not every one', async ({ page }) => {
  await page.goto('/console/operators');
  for (const [username, text] of [['admin', '这个用户名已被使用'], ['a b', '用户名不符合要求']]) {
    await page.locator('form.line').getByLabel('用户名').fill(username);
    await page.getByRole('button', { name: '生成邀请链接' }).click();
    await expect(page.getByRole('alert')).toContainText(text);
  }
});

test('a role, a reset and being disabled take effect at once', async ({ page, guest }) => {
  const username = await newcomer(page, guest, 'viewer');

  await page.goto('/console/operators');
  await (await manage(page, username)).getByLabel('新角色').selectOption('admin');
  await row(page, username).getByRole('button', { name: '更改角色' }).click();
  await expect(page).toHaveURL('/console/operators?done=role_changed');
  await guest.goto('/console/operators');
  await expect(row(guest, username)).toContainText('您');

  await (await manage(page, username)).getByRole('button', { name: '重置并生成链接' }).click();
  const link = await newLink(page);
  await guest.goto('/console');
  await expect(guest).toHaveURL(/\/console\/login/);
  await guest.goto(link);
  await choose(guest, 'four green kettles');
  await signIn(guest, username, 'four green kettles');
  await expect(guest).toHaveURL('/console');

  await page.goto('/console/operators');
  await (await manage(page, username)).getByRole('button', { name: '停用' }).click();
  await expect(page).toHaveURL('/console/operators?done=operator_disabled');
  await expect(row(page, username)).toContainText('已停用');
  await guest.goto('/console');
  await expect(guest).toHaveURL(/\/console\/login/);
  await signIn(guest, username, 'four green kettles');
  await expect(guest.getByRole('alert')).toContainText('用户名或密码不正确');

  await (await manage(page, username)).getByRole('button', { name: '启用' }).click();
  await expect(page).toHaveURL('/console/operators?done=operator_enabled');
  await signIn(guest, username, 'four green kettles');
  await expect(guest).toHaveURL('/console');
});

for (const operator of ['support', 'viewer']) {
  test.describe(operator, () => {
    test.use({ operator });

    test('has nothing to do with operators', async ({ page, request }) => {
      await page.goto('/console');
      await expect(page.getByRole('link', { name: '用户', exact: true })).toBeVisible();
      await expect(page.getByRole('link', { name: '操作员' })).toHaveCount(0);
      expect((await page.goto('/console/operators')).status()).toBe(403);
      await expect(page.getByRole('alert')).toContainText('没有权限');
      const refused = '/console/operators?problem=Forbidden';
      expect(await postForm(request, 'invite_operator', { username: 'eve', role: 'admin' })).toBe(refused);
      expect(await postForm(request, 'disable_operator', { id: 'x' })).toBe(refused);
    });
  });
}
