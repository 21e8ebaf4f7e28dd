// Pictures of every page in target/pictures, to be looked at: 1280 and 390 px wide, light and dark, Chinese and English.
// Chinese needs a font, such as Debian's fonts-noto-cjk.
import { resolve } from 'node:path';

import { DOORS, PAGES } from '../support/pages.js';
import { awake, expect, test } from '../support/test.js';

const FOLDER = resolve(import.meta.dirname, '../../target/pictures');

for (const [language, colorScheme] of [
  ['zh', 'light'],
  ['zh', 'dark'],
  ['en', 'light'],
  ['en', 'dark'],
]) {
  test.describe(`${language} ${colorScheme}`, { tag: '@js' }, () => {
    test.use({ language, colorScheme });

    test('every page has its picture taken', async ({ page, demo, another, viewport }) => {
      test.setTimeout(240_000);
      const shoot = async (of, name) => {
        await awake(of);
        // Lists would become very long; of them, the window is enough.
        const fullPage = (await of.locator('tbody tr').count()) < 20;
        const path = `${FOLDER}/${name}-${viewport.width}-${colorScheme}-${language}.png`;
        const picture = await of.screenshot({ path, fullPage });
        expect(picture.length, 'more than an empty page').toBeGreaterThan(4096);
      };
      const guest = await another();
      for (const [name, open] of Object.entries(DOORS)) {
        await open(guest, page);
        await shoot(guest, name);
      }
      for (const [name, open] of Object.entries(PAGES)) {
        await open(page, demo);
        await shoot(page, name);
      }
    });
  });
}
