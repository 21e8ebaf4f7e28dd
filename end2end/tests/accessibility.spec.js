import AxeBuilder from '@axe-core/playwright';

import { CAUSES, PAGES } from '../support/pages.js';
import { LIU_YANG } from '../support/sample.js';
import { STRANGER, awake, expect, openFailure, openUser, test } from '../support/test.js';

/// axe finds nothing to complain of, with all that can be opened open.
async function accessible(page) {
  await awake(page);
  await page.locator('main details').evaluateAll(all => all.forEach(details => (details.open = true)));
  const { violations } = await new AxeBuilder({ page }).analyze();
  const complaints = violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html.slice(0, 160)}`));
  expect(complaints).toEqual([]);
}

/// In the dark on the phone, too.
for (const [colorScheme, tag] of [
  ['light', '@once'],
  ['dark', '@js'],
]) {
  test.describe(colorScheme, { tag }, () => {
    test.use({ colorScheme });

    test('every page is accessible', async ({ page }) => {
      test.setTimeout(180_000);
      for (const [name, path] of Object.entries(PAGES)) {
        await test.step(name, async () => {
          await page.goto(path);
          await accessible(page);
        });
      }
    });

    test("a user's page is accessible", async ({ page }) => {
      await openUser(page, LIU_YANG.nickname);
      await accessible(page);
    });

    test("a failure's page is accessible", async ({ page }) => {
      for (const cause of CAUSES) {
        await test.step(cause, async () => {
          await openFailure(page, `cause=${cause}`);
          await accessible(page);
        });
      }
    });

    test.describe('before sign-in', () => {
      test.use(STRANGER);

      test('sign-in is accessible', async ({ page }) => {
        await page.goto('/console/login?problem=SignInFailed');
        await accessible(page);
      });
    });
  });
}
