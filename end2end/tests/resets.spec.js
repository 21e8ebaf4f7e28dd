import { acts, alive, caller, confirm, masked } from '../support/callers.js';
import { randomPhone } from '../support/mini-program.js';
import { expect, notice, postForm, searchBox, test } from '../support/test.js';

const heading = (page, name) => page.getByRole('heading', { name, exact: true });
const alert = page => page.getByRole('alert');

test.describe('support staff', () => {
  test.use({ operator: 'support' });

  test('unbind a phone from the search box, and an administrator undoes it', async ({ page, demo, another }) => {
    const { person, phone, userId } = await caller(demo);
    await page.goto('/console');
    await searchBox(page).fill(phone);
    await searchBox(page).press('Enter');
    await expect(page).toHaveURL(`/console/users/${userId}`);
    await page.locator('.facts').getByRole('link', { name: '解绑' }).click();

    await expect(heading(page, '解绑手机号')).toBeVisible();
    await expect(page.locator('.effects').first()).toContainText(`手机号 ${masked(phone)} 从这个用户解绑`);
    await expect(page.locator('.effects').first()).toContainText('1 个会话立即失效');
    await confirm(page, userId, '用户已换号', '解绑手机号');
    await expect(notice(page)).toContainText('手机号已解绑');
    await expect(page.locator('.facts')).toContainText('未绑定');
    expect(await alive({ person, demo })).toBe(false);
    await expect(acts(page)).toContainText(['用户已换号']);
    await expect(acts(page).getByRole('link', { name: '撤销' })).toHaveCount(0);

    const admin = await another('admin');
    await admin.goto(`/console/users/${userId}`);
    await acts(admin).getByRole('link', { name: '撤销' }).click();
    await expect(admin.locator('.effects')).toContainText(masked(phone));
    await confirm(admin, userId, '用户改变主意', '撤销');
    await expect(notice(admin)).toContainText('已撤销');
    await expect(admin.locator('.facts .phone')).toHaveText(masked(phone));
    await expect(acts(admin)).toContainText(['admin 于']);
    expect(await person.logInAgain()).toMatchObject({ userId, phone });
  });

  test('are led back with what they typed', async ({ page, demo }) => {
    const { person, userId } = await caller(demo);
    await page.goto(`/console/users/${userId}/reset?what=phone`);
    await page.getByLabel('原因').fill('用户来电');
    const end = userId.endsWith('0000') ? '1111' : '0000';
    await page.getByLabel('输入用户 ID 的最后四个字符').fill(end);
    await page.getByRole('button', { name: '解绑手机号' }).click();
    await expect(alert(page)).toContainText('确认字符不正确');
    await expect(page.getByLabel('原因')).toHaveValue('用户来电');
    expect(page.url()).not.toContain(encodeURIComponent('用户来电'));

    await page.getByLabel('原因').fill('');
    await page.getByLabel('输入用户 ID 的最后四个字符').fill(userId.slice(-4));
    await page.getByRole('button', { name: '解绑手机号' }).click();
    // The browser does not even send it.
    await expect(page.getByLabel('原因')).toBeFocused();

    // Meanwhile the user binds another number.
    await page.getByLabel('原因').fill('用户来电');
    await person.changeNumber(randomPhone());
    await person.bindPhone('code');
    await page.getByRole('button', { name: '解绑手机号' }).click();
    await expect(alert(page)).toContainText('期间情况有变');
    await expect(page.getByLabel('原因')).toHaveValue('用户来电');
    expect(await alive({ person, demo })).toBe(true);
  });

  test('reset the WeChat session, and the user stays logged in', async ({ page, demo }) => {
    const { person, userId } = await caller(demo);
    await page.goto(`/console/users/${userId}`);
    await page.locator('.bindings').getByRole('link', { name: '重置微信会话' }).click();
    await expect(page.locator('.preview')).toContainText('不能撤销');
    await confirm(page, userId, '日志泄露', '重置微信会话');
    await expect(notice(page)).toContainText('微信会话已重置');
    await expect(page.locator('.bindings')).toContainText('1 个密钥');
    // Under the new key, which WeChat gave with its answer.
    await person.changeNumber(randomPhone());
    expect(await person.bindPhone('encrypted')).toMatchObject({ changed: true });
    await person.tap('expire');
    await page.goto(page.url().replace(/\?.*/, ''));
    await page.locator('.bindings').getByRole('link', { name: '重置微信会话' }).click();
    await confirm(page, userId, '日志泄露', '重置微信会话');
    await expect(alert(page)).toContainText('微信侧没有可重置的会话');
  });

  test('block and unblock, with JavaScript or without', async ({ page, demo }) => {
    const { person, userId } = await caller(demo);
    await page.goto(`/console/users/${userId}`);
    await page.locator('#danger').getByRole('link', { name: '封禁用户' }).click();
    await confirm(page, userId, '恶意刷单', '封禁用户');
    await expect(page.locator('.notice.state')).toContainText('恶意刷单');
    expect(await alive({ person, demo })).toBe(false);
    await page.locator('#danger').getByRole('link', { name: '解除封禁' }).click();
    await confirm(page, userId, '误封', '解除封禁');
    await expect(page.locator('.notice.state')).toHaveCount(0);
    expect(await person.logInAgain()).toMatchObject({ userId });
  });

  test('end one session of several', { tag: '@once' }, async ({ page, demo }) => {
    const { person, userId } = await caller(demo);
    await person.logInAgain();
    await page.goto(`/console/users/${userId}`);
    const ends = page.getByRole('link', { name: '结束', exact: true });
    await expect(ends).toHaveCount(2);
    await expect(page.locator('main')).toContainText('devtools');
    await ends.first().click();
    await confirm(page, userId, '手机丢失', '结束会话');
    await expect(ends).toHaveCount(1);
  });
});

test.describe('viewers', () => {
  test.use({ operator: 'viewer' });

  test('see what was done and can do nothing', async ({ page, demo, request }) => {
    const { userId: user } = await caller(demo);
    await page.goto(`/console/users/${user}`);
    await expect(page.locator('.bindings > li')).toHaveCount(1);
    await expect(page.locator('#danger, .deed')).toHaveCount(0);
    const form = { user, what: 'phone', of: '', seen: '', reason: '日志泄露', typed: user.slice(-4) };
    expect(await postForm(request, 'reset_user', form)).toMatch(/problem=Forbidden$/);
    await page.goto(`/console/users/${user}/reset?what=phone`);
    await expect(alert(page)).toContainText('没有权限');
  });
});
