import { test as base, expect, signIn } from './test.js';

export { expect, signIn };

export const NEW_PASSWORD = 'three blue teapots';

/// With the page of a second person.
export const test = base.extend({
  guest: async ({ another }, use) => use(await another()),
});

/// A name that no other test uses.
export const newOperator = () => `op-${crypto.randomUUID().slice(0, 8)}`;

export const row = (page, username) => page.locator('.roster tbody tr', { hasText: username });

/// Opens what may be done with an operator, on the operators page.
export async function manage(page, username) {
  await row(page, username).locator('summary').click();
  return row(page, username);
}

/// Invites somebody; the path of his link.
export async function invite(page, username, role) {
  await page.goto('/console/operators');
  const form = page.locator('form.line');
  await form.getByLabel('用户名').fill(username);
  await form.getByLabel('角色').selectOption(role);
  await form.getByRole('button', { name: '生成邀请链接' }).click();
  return newLink(page);
}

/// The link that the page shows this once.
export async function newLink(page) {
  return new URL(await page.locator('.notice-good code').textContent()).pathname;
}

/// Chooses a password with the link whose page is open.
export async function choose(page, password = NEW_PASSWORD, repeat = password, say = zh => zh) {
  await page.getByLabel(say('新密码', 'New password'), { exact: true }).fill(password);
  await page.getByLabel(say('再次输入新密码', 'New password, once more')).fill(repeat);
  await page.getByRole('button', { name: say('保存密码', 'Save the password') }).click();
}

/// A new operator, signed in on `guest`; his name.
export async function newcomer(page, guest, role) {
  const username = newOperator();
  await guest.goto(await invite(page, username, role));
  await choose(guest);
  await expect(guest).toHaveURL('/console/login?done=password_chosen');
  await signIn(guest, username, NEW_PASSWORD);
  await expect(guest).toHaveURL('/console');
  return username;
}
