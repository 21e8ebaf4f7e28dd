import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/// Two of the demo's people (server/src/cli/demo/sample.rs).
///
/// In both mini programs, one change of phone.
export const LI_NA = { nickname: '李娜', phone: '13700137002', masked: '137******02', first: '139******02' };
/// In one mini program, two changes.
export const LIU_YANG = {
  nickname: '刘洋',
  phone: '13566668888',
  masked: '135******88',
  history: ['135******88', '135******99', '135******08'],
};
/// The demo has more people than this.
export const PAGE_SIZE = 50;

/// What the demo's people and mini programs are called, and a menu of WeChat's; longest first.
export function allNames() {
  const source = ['sample', 'sample/mishaps'].map(name => demo(name)).join();
  const nicknames = [...source.matchAll(/"(\p{Script=Han}+)"/gu)].map(([, name]) => name);
  if (nicknames.length < PAGE_SIZE) throw new Error('the people in sample.rs are written in another way now');
  return [...nicknames, '晨光便利店', '晨光会员', '开发管理 → 开发设置'].sort((one, two) => two.length - one.length);
}

/// Every full number that any of the demo's people has or had.
export function allPhones() {
  const source = demo('sample');
  const phones = [...source.matchAll(/"(\d{8,11})"/g)].map(([, phone]) => phone);
  if (phones.length < PAGE_SIZE) throw new Error('the phones in sample.rs are written in another way now');
  return phones;
}

function demo(name) {
  return readFileSync(resolve(import.meta.dirname, `../../server/src/cli/demo/${name}.rs`), 'utf8');
}
