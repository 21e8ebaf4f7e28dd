// Wakes the islands: when the browser has nothing else to do, and one after the other, so that even on a slow phone what is
// pressed meanwhile is answered.
import load, * as frontend from './latchkey.js';

// A tab in the background is never idle; it waits no longer than this for each.
const idle = () =>
  new Promise(done => (globalThis.requestIdleCallback ? requestIdleCallback(done, { timeout: 300 }) : setTimeout(done)));

await load({ module_or_path: new URL('latchkey_bg.wasm', import.meta.url) });
await idle();
frontend.hydrate();
for (const island of document.querySelectorAll('leptos-island')) {
  await idle();
  try {
    frontend[island.dataset.component](island);
  } catch (error) {
    // The others still wake.
    console.error(error);
  }
}
