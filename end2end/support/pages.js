// How to get to every page of the console, in whatever language it is read.
import { caller, sharers } from './callers.js';
import { LI_NA, LIU_YANG } from './sample.js';
import { PASSWORD, expect, openFailure, openUser } from './test.js';
import { totp } from './totp.js';

const at = path => page => page.goto(path);
const button = (page, name) => page.locator(`form[action="/console/fn/${name}"] button[type=submit]`);

/// An administrator's. The pages of people and failures of the sample, or of somebody who has just called (`demo`).
export const PAGES = {
  dashboard: at('/console'),
  'dashboard-day': at('/console?days=1'),
  'dashboard-month': at('/console?days=30'),
  failures: at('/console/failures'),
  'failures-of-a-version': at('/console/failures?version=12&healed=no'),
  'failures-none': at('/console/failures?version=none'),
  // Failures whose pages differ: healed with two keys, with nothing to heal, without a ciphertext, without a user.
  'failure-healed': page => openFailure(page, 'cause=login_after_phone_button'),
  failure: page => openFailure(page, 'cause=key_rotated_elsewhere'),
  'failure-user-denied': page => openFailure(page, 'cause=user_denied'),
  'failure-code-expired': page => openFailure(page, 'cause=code_expired'),
  try: at('/console/try'),
  'try-stopped': async page => {
    await page.goto('/console/try');
    await page.locator('[name=encrypted_data]').fill('A'.repeat(4000));
    await page.locator('[name=iv]').fill('A'.repeat(256));
    await page.locator('form.trial').getByRole('button').click();
    await expect(page.locator('.checks > li')).toHaveCount(8);
  },
  apps: at('/console/apps'),
  conflicts: at('/console/conflicts'),
  conflict: async page => {
    await page.goto('/console/conflicts');
    await page.locator('main a[href^="/console/conflicts/"]').first().click();
    await expect(page.locator('.twins > section')).toHaveCount(2);
  },
  'api-keys': at('/console/api-keys?problem=Taken'),
  audit: at('/console/audit?from=2026-01-01'),
  'audit-none': at('/console/audit?actor=nobody'),
  operators: at('/console/operators?problem=LastAdmin'),
  account: at('/console/account?problem=PasswordWrong'),
  users: at('/console/users'),
  'users-found': at(`/console/users?q=${encodeURIComponent('赵丽颖粉丝后援会北京分会')}`),
  'users-none': at('/console/users?q=nobody'),
  'users-long-search': at(`/console/users?q=${'w'.repeat(128)}`),
  user: page => openUser(page, LIU_YANG.nickname),
  'user-two-bindings': page => openUser(page, LI_NA.nickname),
  'user-after-a-reset': async (page, demo) => {
    const { userId } = await caller(demo);
    await page.goto(`/console/users/${userId}/reset?what=phone`);
    await fill(page, userId);
    await expect(page).toHaveURL(`/console/users/${userId}?done=phone`);
  },
  'user-erased': async (page, demo) => {
    const { userId } = await caller(demo);
    await page.goto(`/console/users/${userId}/erase`);
    await fill(page, userId);
    await expect(page).toHaveURL(`/console/users/${userId}?done=erased`);
  },
  'reset-everything': async (page, demo) => {
    const { userId } = await caller(demo);
    await page.goto(`/console/users/${userId}/reset?what=everything&problem=Stale`);
  },
  'reset-sessions': async (page, demo) => preview(page, await caller(demo), 'sessions'),
  block: async (page, demo) => preview(page, await caller(demo), 'block'),
  'user-blocked': async (page, demo) => {
    const { userId } = await caller(demo);
    await preview(page, { userId }, 'block');
    await fill(page, userId);
    await expect(page).toHaveURL(`/console/users/${userId}?done=block`);
  },
  'user-revealed': async (page, demo) => {
    const { userId } = await caller(demo);
    await page.goto(`/console/users/${userId}`);
    await page.locator('.phone-fact summary').click();
    await page.locator('.phone-fact [name=reason]').fill('ticket 1121');
    await button(page, 'reveal_phone').click();
    await expect(page.locator('#revealed code')).toBeVisible();
  },
  'move-phone': async (page, demo) => {
    const { before, after } = await sharers(demo);
    await preview(page, before, 'move_phone', after.userId);
  },
  merge: async (page, demo) => {
    const { before, after } = await sharers(demo);
    await preview(page, before, 'merge', after.userId);
  },
  'user-merged': async (page, demo) => {
    const { before, after } = await sharers(demo);
    await preview(page, before, 'merge', after.userId);
    await fill(page, before.userId);
    await page.goto(`/console/users/${before.userId}`);
    await expect(page.locator(`main a[href="/console/users/${after.userId}"]`).first()).toBeVisible();
  },
  undo: async (page, demo) => {
    await PAGES['user-after-a-reset'](page, demo);
    await page.locator('#resets tbody a').first().click();
    await expect(page).toHaveURL(/\/undo\//);
  },
  erase: async (page, demo) => {
    const { userId } = await caller(demo);
    await page.goto(`/console/users/${userId}/erase`);
  },
  'phone-changes': at('/console/phone-changes'),
  'not-found': at('/console/nowhere'),
  'nobody-s': at('/console/users/0199c0de-0000-7000-8000-000000000000'),
};

/// For who is not signed in: with a page of an administrator, who lets him in.
export const DOORS = {
  login: at('/console/login'),
  'login-failed': at('/console/login?problem=SignInFailed'),
  'link-gone': at(`/console/invite/${'0'.repeat(64)}`),
  forbidden: async page => {
    await enter(page, 'viewer');
    expect((await page.goto('/console/operators')).status()).toBe(403);
    await page.context().clearCookies({ name: 'latchkey' });
  },
  invitation: async (page, admin) => page.goto((await invite(admin)).link),
  code: async (page, admin) => {
    const { link, username } = await invite(admin);
    await page.goto(link);
    for (const input of await page.locator('input[type=password]').all()) await input.fill('three blue teapots');
    await button(page, 'accept_invitation').click();
    await enter(page, username, 'three blue teapots');
    await page.goto('/console/account');
    await button(page, 'begin_second_factor').click();
    const secret = await page.locator('.enrol code').textContent();
    await page.locator('form[action="/console/fn/confirm_second_factor"] [name=code]').fill(totp(secret));
    await button(page, 'confirm_second_factor').click();
    await expect(page.locator('.codes')).toBeVisible();
    await button(page, 'sign_out').click();
    await enter(page, username, 'three blue teapots');
    await expect(page).toHaveURL(/\/console\/login\/code/);
  },
};

/// Signs in, in any language.
export async function enter(page, username = 'admin', password = PASSWORD) {
  if (!page.url().includes('/console/login')) await page.goto('/console/login');
  await page.locator('[name=username]').fill(username);
  await page.locator('[name=password]').fill(password);
  await button(page, 'sign_in').click();
  await expect(page).not.toHaveURL(/\/console\/login$/);
}

/// What would be done to a user.
async function preview(page, { userId }, what, of = '') {
  await page.goto(`/console/users/${userId}/reset?what=${what}&of=${of}`);
  await expect(page.locator('form.confirm')).toBeVisible();
}

/// The form of a preview.
async function fill(page, userId) {
  await page.locator('form.confirm [name=reason]').fill('ticket 1121');
  await page.locator('form.confirm [name=typed]').fill(userId.slice(-4));
  await page.locator('form.confirm button[type=submit]').click();
}

async function invite(admin) {
  const username = `op-${crypto.randomUUID().slice(0, 8)}`;
  await admin.goto('/console/operators');
  await admin.locator('form.line [name=username]').fill(username);
  await button(admin, 'invite_operator').click();
  const link = await admin.locator('.notice-good code').textContent();
  return { username, link: new URL(link).pathname };
}
