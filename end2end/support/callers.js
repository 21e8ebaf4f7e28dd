import { MiniProgramUser, randomPhone } from './mini-program.js';

export const masked = phone => `${phone.slice(0, 3)}******${phone.slice(-2)}`;

/// A person with a phone, as a support call would name him.
export async function caller(demo, phone = randomPhone()) {
  const person = new MiniProgramUser(demo);
  const { userId, openId } = await person.logIn(phone);
  await person.bindPhone('code');
  return { person, phone, userId, openId };
}

/// Two persons who have proved one number; the second has it in his hand.
export async function sharers(demo) {
  const before = await caller(demo);
  return { phone: before.phone, before, after: await caller(demo, before.phone) };
}

/// Fills the form of the preview that is open, and sends it.
export async function confirm(page, userId, reason, button, say = zh => zh) {
  await page.getByLabel(say('原因', 'Reason')).fill(reason);
  await page.getByLabel(say('输入用户 ID 的最后四个字符', 'Type the last four characters')).fill(userId.slice(-4));
  await page.getByRole('button', { name: button, exact: true }).click();
}

/// What operators did, on the user's page.
export const acts = page => page.locator('#resets tbody tr');

/// Undoes the newest of it that can be undone.
export async function undo(page, userId, say = zh => zh) {
  await page.goto(`/console/users/${userId}`);
  await acts(page).getByRole('link', { name: say('撤销', 'Undo') }).first().click();
  await confirm(page, userId, say('弄错了', 'a mistake'), say('撤销', 'Undo it'), say);
}

/// Whether his token is good.
export async function alive({ person, demo }) {
  const headers = { Authorization: `Bearer ${person.token}` };
  return (await fetch(`${demo.origin}/api/me`, { headers })).status === 200;
}
