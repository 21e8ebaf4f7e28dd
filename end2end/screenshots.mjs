// Pictures of every page, 1280 and 390 px wide, light and dark, Chinese and English:
// `npm run screenshots -- <outdir>`. Chinese needs a font, such as Debian's fonts-noto-cjk.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { chromium } from '@playwright/test';

import config from './playwright.config.js';
import { startDemo } from './support/demo.js';
import { LI_NA, LIU_YANG } from './support/sample.js';

const VIEWPORTS = [
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
];
const PAGES = {
  dashboard: '/console',
  'dashboard-month': '/console?days=30',
  failures: '/console/failures',
  'failures-filtered': '/console/failures?cause=login_after_phone_button&version=12',
  try: '/console/try',
  apps: '/console/apps',
  conflicts: '/console/conflicts',
  'api-keys': '/console/api-keys',
  audit: '/console/audit',
  operators: '/console/operators',
  account: '/console/account',
  users: '/console/users',
  search: `/console/users?q=${encodeURIComponent('王')}`,
  empty: '/console/users?q=nobody',
  'phone-changes': '/console/phone-changes',
  'not-found': '/console/nowhere',
};

const FAILURES = { 'failure-healed': 'login_after_phone_button', failure: 'key_rotated_elsewhere' };

const [outdir] = process.argv.slice(2);
if (!outdir) {
  console.error('error: where to? npm run screenshots -- <outdir>');
  process.exit(2);
}
await mkdir(outdir, { recursive: true });
const demo = await startDemo();
const browser = await chromium.launch(config.use.launchOptions);
try {
  for (const viewport of VIEWPORTS)
    for (const theme of ['light', 'dark'])
      for (const lang of ['zh', 'en']) await series(viewport, theme, lang);
} finally {
  await browser.close();
  await demo.stop();
}
console.log(`==> pictures in ${outdir}`);

async function series(viewport, theme, lang) {
  const context = await browser.newContext({ baseURL: demo.origin, viewport, locale: 'zh-CN' });
  const preference = (name, value) => ({ name: `latchkey_${name}`, value, url: `${demo.origin}/console` });
  await context.addCookies([preference('theme', theme), preference('lang', lang)]);
  const page = await context.newPage();
  const shoot = async name => {
    await page.locator('html[data-ready]').waitFor();
    // Lists would become very long; of them, the window is enough.
    const fullPage = (await page.locator('tbody tr').count()) < 20;
    await page.screenshot({ path: join(outdir, `${name}-${viewport.width}-${theme}-${lang}.png`), fullPage });
  };

  await page.goto('/console/login');
  await shoot('login');
  await page.goto('/console/login?problem=SignInFailed');
  await shoot('login-failed');
  await context.request.post('/console/fn/sign_in', { form: { username: 'admin', password: 'latchkey-demo' } });
  for (const [name, path] of Object.entries(PAGES)) {
    await page.goto(path);
    await shoot(name);
  }
  for (const [name, cause] of Object.entries(FAILURES)) {
    await page.goto(`/console/failures?cause=${cause}`);
    await page.locator('tbody .cell-cause a').first().click();
    await page.locator('.story').waitFor();
    await shoot(name);
  }
  await page.goto('/console/try');
  await page.locator('[name=encrypted_data]').fill('no base64');
  await page.locator('[name=iv]').fill('AAAAAAAAAAAAAAAAAAAAAA==');
  await page.locator('form.trial button').click();
  await page.locator('.checks').waitFor();
  await shoot('try-stopped');
  for (const [name, { nickname }] of Object.entries({ 'user-two-bindings': LI_NA, 'user-three-phones': LIU_YANG })) {
    await page.goto(`/console/users?q=${encodeURIComponent(nickname)}`);
    await page.locator('#results tbody a').click();
    await page.locator('.bindings').waitFor();
    await shoot(name);
  }
  await context.close();
}
