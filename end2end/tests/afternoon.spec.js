// A support person's afternoon: people call, each call begins at the search box, and what was done is undone afterwards.
// In each language and each browser.
import { acts, alive, caller, confirm, masked, sharers, undo } from '../support/callers.js';
import { randomPhone } from '../support/mini-program.js';
import { NEW_PASSWORD, choose, newOperator } from '../support/operators.js';
import { PAGES } from '../support/pages.js';
import { allNames } from '../support/sample.js';
import { expect, notice, searchBox, signIn, test } from '../support/test.js';
import { totp } from '../support/totp.js';

test.use({ operator: 'support' });

const alert = page => page.getByRole('alert');

async function search(page, q, say) {
  await page.goto('/console');
  await searchBox(page, say).fill(q);
  await searchBox(page, say).press('Enter');
}

const NAMES = new RegExp(allNames().join('|'), 'gu');

/// In English, no Chinese is left but names and what people have written themselves.
async function translated(page, language) {
  if (language !== 'en') return;
  const texts = await page.locator('html').evaluate(root => {
    const found = [document.title];
    for (const element of root.querySelectorAll('body *')) {
      // The way to the other language says so in that language.
      if (element.closest('[lang]') !== root || element.closest('bdi, .avatar, script, style')) continue;
      for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) found.push(node.data);
      for (const name of ['aria-label', 'placeholder', 'alt', 'data-label']) found.push(element.getAttribute(name) ?? '');
    }
    return found;
  });
  const stray = texts.map(text => text.replace(NAMES, '')).filter(text => /\p{Script=Han}/u.test(text));
  expect(stray, page.url()).toEqual([]);
}

test('signing in leads to where one wanted to go', async ({ say, language, another }) => {
  const page = await another();
  await page.goto('/console/failures?healed=no');
  await expect(page).toHaveURL(/\/console\/login\?next=/);
  await translated(page, language);
  await signIn(page, 'support', 'wrong wrong wrong', say);
  await expect(alert(page)).toContainText(say('用户名或密码不正确', 'Wrong username or password'));
  await signIn(page, 'support', undefined, say);
  await expect(page).toHaveURL('/console/failures?healed=no');
  await translated(page, language);
});

test('“I changed my phone and cannot log in”', async ({ page, demo, say, language, another }) => {
  const { person, phone, userId } = await caller(demo);
  await search(page, phone, say);
  await expect(page).toHaveURL(`/console/users/${userId}`);
  await translated(page, language);
  await page.locator('.facts').getByRole('link', { name: say('解绑', 'Unbind'), exact: true }).click();
  await expect(page.locator('.effects').first()).toContainText(masked(phone));
  await translated(page, language);
  await confirm(page, userId, 'ticket 1', say('解绑手机号', 'Unbind the phone'), say);
  await expect(notice(page)).toContainText(say('手机号已解绑', 'The phone is unbound'));
  expect(await alive({ person, demo })).toBe(false);

  await test.step('and it is undone', async () => {
    const admin = await another('admin');
    await undo(admin, userId, say);
    await expect(notice(admin)).toContainText(say('已撤销', 'Undone'));
    await translated(admin, language);
    expect(await person.logInAgain()).toMatchObject({ userId, phone });
  });
});

test("“Somebody else's number shows in my account”", async ({ page, demo, say, language, another }) => {
  const { phone, before, after } = await sharers(demo);
  await search(page, phone, say);
  await page.locator(`#results a[href="/console/users/${before.userId}"]`).click();
  await page.locator('main a[href^="/console/conflicts/"]').first().click();
  await expect(page.locator('.twins > section')).toHaveCount(2);
  await translated(page, language);
  const way = page.locator(`a[href*="what=move_phone"][href$="of=${after.userId}"]`);
  await way.click();
  await translated(page, language);
  await confirm(page, before.userId, 'ticket 2', say('转移手机号', 'Move the phone'), say);
  expect((await before.person.logInAgain()).phone).toBeNull();
  expect((await after.person.logInAgain()).phone).toBe(phone);

  await test.step('and it is undone', async () => {
    const admin = await another('admin');
    await undo(admin, before.userId, say);
    expect((await before.person.logInAgain()).phone).toBe(phone);
  });
});

test('“I bound the wrong WeChat”', async ({ page, demo, say, language, another }) => {
  const { person, openId, userId } = await caller(demo);
  await search(page, openId, say);
  await expect(page).toHaveURL(`/console/users/${userId}`);
  const kind = say('解绑 openid', 'Unbind the openid');
  await page.locator('.bindings').getByRole('link', { name: kind }).click();
  await expect(page.locator('.effects').first()).toContainText(openId);
  await translated(page, language);
  await confirm(page, userId, 'ticket 3', kind, say);
  await expect(notice(page)).toContainText(say('openid 已解绑', 'The openid is unbound'));
  await expect(page.locator('.bindings > li')).toHaveCount(0);

  await test.step('and it is undone', async () => {
    const admin = await another('admin');
    await undo(admin, userId, say);
    await expect(admin.locator('.bindings')).toContainText(openId);
    expect(await person.logInAgain()).toMatchObject({ userId });
  });
});

test('“It says decryption failed”', async ({ page, demo, say, language }) => {
  const { person, userId } = await caller(demo);
  await person.changeNumber(randomPhone());
  const truncated = ({ encryptedData, iv }) => ({ encryptedData: encryptedData.slice(0, 100), iv });
  const answer = await person.bindPhone('encrypted', truncated).catch(error => error.message);
  const [, requestId] = answer.match(/"requestId":"([^"]+)"/);
  // What the caller reads from his screen leads to him, and his page to the cause.
  await expect(async () => {
    await search(page, requestId, say);
    await expect(page).toHaveURL(`/console/users/${userId}`, { timeout: 1000 });
  }).toPass();
  await translated(page, language);
  await page.locator('main a[href^="/console/failures/"]').first().click();
  await expect(page.locator('.story')).toBeVisible();
  await expect(page.getByRole('heading', { level: 1 })).toContainText(say('密文被截断：收到 100 个字符', 'Cut off: 100 characters'));
  await translated(page, language);
});

test('“Is this your number?”', async ({ page, demo, say, language }) => {
  const { phone, userId } = await caller(demo);
  await search(page, userId, say);
  const fact = page.locator('.phone-fact');
  await fact.locator('summary').click();
  await fact.getByLabel(say('原因', 'Reason')).fill('ticket 5');
  await fact.getByRole('button', { name: say('查看', 'Show'), exact: true }).click();
  await expect(page.locator('#revealed code')).toHaveText(phone);
  await translated(page, language);
  await page.goto(`/console/audit?user=${userId}`);
  await expect(page.locator('.audit tbody tr')).toContainText([say('查看完整手机号', 'saw the full phone')]);
  await translated(page, language);
});

test('“Delete my data”', async ({ demo, say, language, another }) => {
  const { person, phone, userId } = await caller(demo);
  const admin = await another('admin');
  await search(admin, phone, say);
  await expect(admin).toHaveURL(`/console/users/${userId}`);
  const title = say('删除个人数据', 'Erase the personal data');
  await admin.locator('.requests').getByRole('link', { name: title }).click();
  await translated(admin, language);
  await confirm(admin, userId, 'ticket 6', say('永久删除', 'Erase for good'), say);
  await expect(notice(admin)).toContainText(say('个人数据已删除', 'The personal data is erased'));
  await expect(acts(admin)).toHaveCount(0);
  await translated(admin, language);
  expect((await person.logInAgain()).userId).not.toBe(userId);
});

test('a new colleague is invited and signs in with two factors', async ({ demo, say, language, another }) => {
  const [admin, guest, username] = [await another('admin'), await another(), newOperator()];
  await admin.goto('/console/operators');
  await translated(admin, language);
  const form = admin.locator('form.line');
  await form.getByLabel(say('用户名', 'Username')).fill(username);
  await form.getByLabel(say('角色', 'Role')).selectOption('support');
  await form.getByRole('button', { name: say('生成邀请链接', 'Make the invitation link') }).click();
  const link = new URL(await admin.locator('.notice-good code').textContent());
  expect(link.origin).toBe(demo.origin);

  await guest.goto(link.pathname);
  await translated(guest, language);
  await choose(guest, NEW_PASSWORD, NEW_PASSWORD, say);
  await signIn(guest, username, NEW_PASSWORD, say);
  await expect(guest).toHaveURL('/console');
  await guest.goto('/console/account');
  await guest.getByRole('button', { name: say('开启两步验证', 'Turn it on') }).click();
  await translated(guest, language);
  const secret = await guest.locator('.enrol code').textContent();
  await guest.getByRole('textbox', { name: say('验证码', 'Code') }).fill(totp(secret));
  await guest.getByRole('button', { name: say('确认', 'Confirm') }).click();
  await expect(guest.locator('.codes code')).toHaveCount(10);
  await translated(guest, language);

  await guest.getByRole('button', { name: say('退出登录', 'Sign out') }).click();
  await signIn(guest, username, NEW_PASSWORD, say);
  await expect(guest).toHaveURL(/\/console\/login\/code/);
  await translated(guest, language);
  await guest.getByLabel(say('验证码或恢复码', 'Code or recovery code')).fill(totp(secret, 1));
  await guest.getByRole('button', { name: say('确认', 'Confirm') }).click();
  await expect(guest).toHaveURL('/console');
});

test('every page speaks one language', { tag: '@english' }, async ({ demo, language, another }) => {
  test.setTimeout(120_000);
  const admin = await another('admin');
  for (const [name, open] of Object.entries(PAGES)) {
    await test.step(name, async () => {
      await open(admin, demo);
      await translated(admin, language);
    });
  }
});
