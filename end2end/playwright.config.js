import { defineConfig } from '@playwright/test';

const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };

/// A test without a tag runs in the first three projects. `@js` and `@no-js` run where they can mean something, `@once`
/// (about the server's answers, not about what a browser makes of them) in the first project alone, `@english` in the last.
const project = (name, use, leftOut) => ({ name, use, grepInvert: leftOut });

/// The whole path again, as somebody sees it who reads English.
const english = {
  name: 'english',
  testMatch: 'afternoon.spec.js',
  use: { viewport: DESKTOP, language: 'en', locale: 'en-US' },
};

export default defineConfig({
  testDir: 'tests',
  outputDir: '../target/playwright',
  // Each worker starts a demo of its own; two share this machine well.
  workers: 2,
  timeout: 30_000,
  expect: { timeout: 10_000 },
  forbidOnly: true,
  reporter: [['list']],
  use: {
    locale: 'zh-CN',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
    },
  },
  projects: [
    project('js', { viewport: DESKTOP }, /@no-js|@english/),
    project('mobile', { viewport: PHONE, hasTouch: true, isMobile: true }, /@no-js|@once|@english/),
    project('no-js', { viewport: DESKTOP, javaScriptEnabled: false }, /@js|@once|@english/),
    english,
  ],
});
