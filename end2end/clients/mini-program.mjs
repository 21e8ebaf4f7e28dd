import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import vm from 'node:vm';

/// Runs programs/<name>.js as it stands, with nothing of Node in reach: `{ app, page }`. `config` is what the mini
/// program's config.js exports, the one thing that is changed to move it to Latchkey.
export function launch(name, phone, config) {
  const file = join(import.meta.dirname, 'programs', `${name}.js`);
  const opened = { app: { globalData: {} }, page: undefined };
  vm.runInNewContext(
    readFileSync(file, 'utf8'),
    {
      wx: phone.wx,
      setTimeout: phone.setTimeout,
      // Tutorials log what they get. That is for their developers.
      console: { log() {}, error() {} },
      require: () => config,
      getApp: () => opened.app,
      App: app => (opened.app = app),
      Page: page => (opened.page = Object.assign(page, { data: page.data ?? {}, setData })),
    },
    { filename: file },
  );
  opened.app.onLaunch?.({ path: 'pages/index/index', scene: 1001 });
  opened.page.onLoad?.({});
  opened.page.onShow?.();
  return opened;
}

function setData(changes) {
  Object.assign(this.data, changes);
}
