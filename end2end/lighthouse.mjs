// What Lighthouse makes of five pages of a demo, as a phone of the middle class on a slow network and as a desktop:
// `npm run lighthouse`. Not part of the tests, for its scores depend on what else the machine is doing.
import { launch } from 'chrome-launcher';
import lighthouse, { desktopConfig } from 'lighthouse';

import { startDemo } from './support/demo.js';

const LEAST = 95;
const CATEGORIES = ['performance', 'accessibility', 'best-practices'];
const FLAGS = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'];

/// The first page that a list leads to.
async function first(origin, cookie, list, link) {
  const html = await (await fetch(origin + list, { headers: { cookie } })).text();
  return html.match(link)[1];
}

async function signIn(origin) {
  const body = new URLSearchParams({ username: 'admin', password: 'latchkey-demo' });
  const answer = await fetch(`${origin}/console/fn/sign_in`, { method: 'POST', body, redirect: 'manual' });
  return answer.headers.getSetCookie().map(cookie => cookie.split(';')[0]).join('; ');
}

const demo = await startDemo();
const chrome = await launch({ chromePath: process.env.CHROMIUM ?? '/usr/bin/chromium', chromeFlags: FLAGS });
const low = [];
try {
  const cookie = await signIn(demo.origin);
  const pages = {
    login: '/console/login',
    dashboard: '/console',
    users: '/console/users',
    user: await first(demo.origin, cookie, '/console/users', /href="(\/console\/users\/[0-9a-f-]{36})"/),
    failure: await first(demo.origin, cookie, '/console/failures?cause=key_rotated_elsewhere', /href="(\/console\/failures\/[0-9a-f-]{36})"/),
  };
  for (const [device, config] of [['phone', undefined], ['desktop', desktopConfig]]) {
    for (const [name, path] of Object.entries(pages)) {
      const extraHeaders = name === 'login' ? {} : { cookie };
      const options = { port: chrome.port, onlyCategories: CATEGORIES, extraHeaders, logLevel: 'error' };
      const { lhr } = await lighthouse(demo.origin + path, options, config);
      const scores = CATEGORIES.map(category => Math.round(lhr.categories[category].score * 100));
      console.log(`${device.padEnd(8)} ${name.padEnd(10)} ${CATEGORIES.map((category, index) => `${category} ${scores[index]}`).join('  ')}`);
      for (const { id, score, title } of Object.values(lhr.audits)) {
        const counted = CATEGORIES.some(category => lhr.categories[category].auditRefs.some(audit => audit.id === id && audit.weight > 0));
        if (process.argv.includes('--why') && counted && score !== null && score < 0.95) console.log(`    ${score} ${title}`);
      }
      if (scores.some(score => score < LEAST)) low.push(`${name} (${device})`);
    }
  }
} finally {
  await chrome.kill();
  await demo.stop();
}
if (low.length) throw new Error(`below ${LEAST}: ${low.join(', ')}`);
