import AxeBuilder from '@axe-core/playwright';

import { DOORS, PAGES } from '../support/pages.js';
import { awake, expect, test } from '../support/test.js';

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

    test('every page is accessible', async ({ page, demo }) => {
      test.setTimeout(240_000);
      for (const [name, open] of Object.entries(PAGES)) {
        await test.step(name, async () => {
          await open(page, demo);
          await accessible(page);
        });
      }
    });

    test('every page before sign-in is accessible', async ({ page, another }) => {
      test.slow();
      const guest = await another();
      for (const [name, open] of Object.entries(DOORS)) {
        await test.step(name, async () => {
          await open(guest, page);
          await accessible(guest);
        });
      }
    });
  });
}
