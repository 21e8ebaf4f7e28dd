import { LIU_YANG } from '../support/sample.js';
import { STRANGER, awake, expect, openFailure, rows, test } from '../support/test.js';

const PAGES = {
  dashboard: '/console',
  'dashboard of a day': '/console?days=1',
  'dashboard of a month': '/console?days=30',
  failures: '/console/failures',
  'failures of a version': '/console/failures?version=12&healed=no',
  'no failures': '/console/failures?version=none',
  'trying a decryption': '/console/try',
  'mini programs': '/console/apps',
  conflicts: '/console/conflicts',
  'API keys': '/console/api-keys?problem=Taken',
  operators: '/console/operators?problem=LastAdmin',
  account: '/console/account?problem=PasswordWrong',
  users: '/console/users',
  'search result': `/console/users?q=${encodeURIComponent('赵丽颖')}`,
  'empty result': '/console/users?q=nobody',
  'long search': `/console/users?q=${'w'.repeat(128)}`,
  'phone changes': '/console/phone-changes',
  'unknown page': '/console/nowhere',
};

/// Failures whose pages differ: healed with two keys, without a ciphertext, without a user.
const CAUSES = ['login_after_phone_button', 'user_denied', 'code_expired'];

/// Nothing stands out to the right, neither so that one must scroll nor cut off, with all that can be opened open.
async function fits(page) {
  await page.locator('main details').evaluateAll(all => all.forEach(details => (details.open = true)));
  const { scroll, client, outside } = await page.locator('html').evaluate(root => ({
    scroll: root.scrollWidth,
    client: root.clientWidth,
    outside: [...root.querySelectorAll('body *')]
      .filter(element => element.checkVisibility({ visibilityProperty: true }) && !element.closest('svg'))
      // Code scrolls in its frame.
      .filter(element => !element.parentElement.closest('pre'))
      .filter(element => element.getBoundingClientRect().right > root.clientWidth + 0.5)
      .map(element => element.outerHTML.slice(0, 120)),
  }));
  expect(scroll, 'no horizontal scrolling').toBeLessThanOrEqual(client);
  expect(outside, 'nothing is cut off').toEqual([]);
}

for (const [lang, tag] of [
  ['zh', 'zh-CN'],
  ['en', 'en'],
]) {
  test.describe(`in ${tag}`, () => {
    test.beforeEach(({ context, demo }) =>
      context.addCookies([{ name: 'latchkey_lang', value: lang, url: `${demo.origin}/console` }]),
    );

    test('every page fits the width of the window', async ({ page, javaScriptEnabled }) => {
      test.slow();
      for (const [name, path] of Object.entries(PAGES)) {
        await test.step(name, async () => {
          await page.goto(path);
          await expect(page.locator('html')).toHaveAttribute('lang', tag);
          // Awake, so that the guard hears what the islands of every page have to complain about.
          if (javaScriptEnabled) await awake(page);
          await fits(page);
        });
      }
      await page.goto(`/console/users?q=${LIU_YANG.nickname}`);
      await rows(page).getByRole('link').click();
      await expect(page.locator('.bindings')).toBeVisible();
      await fits(page);
    });

    test('every failure fits the width of the window', async ({ page, javaScriptEnabled }) => {
      for (const cause of CAUSES) {
        await test.step(cause, async () => {
          await openFailure(page, `cause=${cause}`);
          if (javaScriptEnabled) await awake(page);
          await fits(page);
        });
      }
    });

    test('the answer to a trial fits the width of the window', async ({ page }) => {
      await page.goto('/console/try');
      await page.locator('[name=encrypted_data]').fill('A'.repeat(4000));
      await page.locator('[name=iv]').fill('A'.repeat(256));
      await page.locator('form.trial').getByRole('button').click();
      await expect(page.locator('.checks > li')).toHaveCount(8);
      await fits(page);
    });

    test.describe('before sign-in', () => {
      test.use(STRANGER);

      test('sign-in fits the width of the window', async ({ page }) => {
        await page.goto('/console/login?problem=SignInFailed');
        await expect(page.locator('html')).toHaveAttribute('lang', tag);
        await fits(page);
      });
    });
  });
}
