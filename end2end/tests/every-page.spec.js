// What is asked of every page alike, in both languages. Each is opened once in a project, for opening is what takes the time.
import { resolve } from 'node:path';

import AxeBuilder from '@axe-core/playwright';

import { DOORS, PAGES } from '../support/pages.js';
import { awake, expect, test } from '../support/test.js';

/// Where a picture of every page stays, to be looked at. Chinese needs a font, such as Debian's fonts-noto-cjk.
const PICTURES = resolve(import.meta.dirname, '../../target/pictures');

const PHONE_WIDTH = 390;

/// Nothing stands out to the right, neither so that one must scroll nor cut off.
async function fits(page) {
  const { scroll, client, outside } = await page.locator('html').evaluate(root => ({
    scroll: root.scrollWidth,
    client: root.clientWidth,
    outside: [...root.querySelectorAll('body *')]
      .filter(element => element.checkVisibility({ visibilityProperty: true }) && !element.closest('svg'))
      // Code and wide tables scroll in their frames.
      .filter(element => !element.parentElement.closest('pre, .wide'))
      .filter(element => element.getBoundingClientRect().right > root.clientWidth + 0.5)
      .map(element => element.outerHTML.slice(0, 120)),
  }));
  expect(scroll, 'no horizontal scrolling').toBeLessThanOrEqual(client);
  expect(outside, 'nothing is cut off').toEqual([]);
}

/// By all rules of axe, or by some.
async function accessible(page, rules) {
  // A long list's rows are alike, and each takes axe its time.
  const axe = new AxeBuilder({ page }).exclude('tbody tr:nth-child(n + 9)');
  const { violations } = await (rules ? axe.withRules(rules) : axe).analyze();
  const complaints = violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html.slice(0, 160)}`));
  expect(complaints, 'axe finds nothing').toEqual([]);
}

async function picture(page, name) {
  // Lists would become very long; of them, the window is enough.
  const fullPage = (await page.locator('tbody tr').count()) < 20;
  const { length } = await page.screenshot({ path: `${PICTURES}/${name}.png`, fullPage });
  expect(length, 'more than an empty page').toBeGreaterThan(4096);
}

for (const [language, tag] of [
  ['zh', 'zh-CN'],
  ['en', 'en'],
]) {
  test.describe(`in ${tag}`, () => {
    test.use({ language });

    const look = async (page, name, javaScriptEnabled) => {
      await expect(page.locator('html')).toHaveAttribute('lang', tag);
      const opened = () => page.locator('main details').evaluateAll(all => all.forEach(details => (details.open = true)));
      if (!javaScriptEnabled) {
        await opened();
        const wide = page.viewportSize();
        for (const width of [wide.width, PHONE_WIDTH]) {
          await page.setViewportSize({ ...wide, width });
          await fits(page);
        }
        return page.setViewportSize(wide);
      }
      // Awake, so that the guard hears what the islands have to complain about.
      await awake(page);
      // Still, so that no colour is caught half-way to another.
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await picture(page, `${name}-${page.viewportSize().width}-${colorScheme}-${language}`);
      }
      await opened();
      await fits(page);
      // Where the text is in another language, nothing is different to axe; in the dark, colours are.
      if (language === 'zh') {
        await accessible(page, ['color-contrast']);
        await page.emulateMedia({ colorScheme: 'light' });
        await accessible(page);
      }
    };

    test('every page fits the window, is accessible and has its picture taken', async ({ page, demo, javaScriptEnabled }) => {
      // Some forty pages in two themes, each with axe: a slow machine takes several minutes.
      test.setTimeout(900_000);
      for (const [name, open] of Object.entries(PAGES)) {
        await test.step(name, async () => {
          await open(page, demo);
          await look(page, name, javaScriptEnabled);
        });
      }
    });

    test('so does every page before sign-in', async ({ page, another, javaScriptEnabled }) => {
      test.slow();
      const guest = await another();
      for (const [name, open] of Object.entries(DOORS)) {
        await test.step(name, async () => {
          await open(guest, page);
          await look(guest, name, javaScriptEnabled);
        });
      }
    });
  });
}
