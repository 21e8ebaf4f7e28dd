import { DOORS, PAGES } from '../support/pages.js';
import { awake, expect, test } from '../support/test.js';

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

for (const [language, tag] of [
  ['zh', 'zh-CN'],
  ['en', 'en'],
]) {
  test.describe(`in ${tag}`, () => {
    test.use({ language });

    /// Awake, so that the guard hears what the islands of every page have to complain about.
    const settled = async (page, javaScriptEnabled) => {
      await expect(page.locator('html')).toHaveAttribute('lang', tag);
      if (javaScriptEnabled) await awake(page);
      await fits(page);
    };

    test('every page fits the width of the window', async ({ page, demo, javaScriptEnabled }) => {
      test.setTimeout(120_000);
      for (const [name, open] of Object.entries(PAGES)) {
        await test.step(name, async () => {
          await open(page, demo);
          await settled(page, javaScriptEnabled);
        });
      }
    });

    test('every page before sign-in fits the width of the window', async ({ page, another, javaScriptEnabled }) => {
      test.slow();
      const guest = await another();
      for (const [name, open] of Object.entries(DOORS)) {
        await test.step(name, async () => {
          await open(guest, page);
          await settled(guest, javaScriptEnabled);
        });
      }
    });
  });
}
