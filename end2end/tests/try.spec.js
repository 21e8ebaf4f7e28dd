import { APPID, MiniProgramUser, OTHER_APPID, SECRET, randomPhone } from '../support/mini-program.js';
import { expect, notice, records, test } from '../support/test.js';

const CHECKS = ['base64 解码', '密文长度', 'iv', 'session_key', '解密与填充', 'UTF-8 文本', 'JSON 格式', '水印：小程序与时间'];
const IV = 'AAAAAAAAAAAAAAAAAAAAAA==';
const KEY = 'bGF0Y2hrZXkgaXMgaGVyZQ==';

const checks = page => page.locator('.checks > li');
const field = (page, name) => page.locator(`form.trial [name=${name}]`);

/// Fills the form with what is given, and sends it.
async function check(page, fields) {
  for (const [name, value] of Object.entries(fields)) await field(page, name).fill(value);
  await page.getByRole('button', { name: '检查' }).click();
  await expect(checks(page)).toHaveCount(CHECKS.length);
}

/// How every check ended, in its order.
const verdicts = page => checks(page).locator('.mark span').allTextContents();

/// What a phone gave, and the session_key it was made under, which no mini program ever sees.
async function phoneData(demo) {
  const person = new MiniProgramUser(demo);
  const phone = randomPhone();
  await person.logIn(phone);
  const { code } = await person.tap('login');
  const query = new URLSearchParams({ appid: APPID, secret: SECRET, js_code: code, grant_type: 'authorization_code' });
  const { session_key } = await (await fetch(`${demo.simulator}/sns/jscode2session?${query}`)).json();
  const { encryptedData, iv } = await person.tap('phone', { mode: 'encrypted' });
  return { phone, fields: { encrypted_data: encryptedData, iv, session_key } };
}

test('what is no base64 stops at the first check, and the others are not reached', async ({ page }) => {
  await page.goto('/console/failures');
  await page.getByRole('link', { name: '试一试解密' }).click();
  await expect(page).toHaveURL('/console/try');
  await check(page, { encrypted_data: '这不是 base64!', iv: IV, session_key: KEY });
  await expect(page).toHaveURL('/console/try');
  await expect(notice(page)).toContainText('停在：base64 解码');
  expect(await checks(page).locator('strong').allTextContents()).toEqual(CHECKS);
  // iv is looked at by itself.
  expect(await verdicts(page)).toEqual(['未通过', '未进行', '通过', ...Array(5).fill('未进行')]);
});

test('a ciphertext without its end and an iv that is none are told apart', async ({ page }) => {
  await page.goto('/console/try');
  await check(page, { encrypted_data: 'AAAA', iv: IV });
  await expect(notice(page)).toContainText('停在：密文长度');
  await check(page, { encrypted_data: IV, iv: 'AAAA' });
  await expect(notice(page)).toContainText('停在：iv');
});

test('without a key only the form is checked', async ({ page }) => {
  await page.goto('/console/try');
  await check(page, { encrypted_data: IV, iv: IV });
  await expect(notice(page)).toContainText('格式没有问题');
  expect(await verdicts(page)).toEqual([...Array(3).fill('通过'), ...Array(5).fill('未进行')]);
});

test('a key that is none is the first thing to know', async ({ page }) => {
  await page.goto('/console/try');
  await check(page, { encrypted_data: IV, iv: IV, session_key: 'too short' });
  await expect(notice(page)).toContainText('停在：session_key');
});

test('whole data passes every check under its key; neither key nor phone comes back', async ({ page, demo }) => {
  const { phone, fields } = await phoneData(demo);
  await page.goto('/console/try');
  await check(page, fields);
  await expect(notice(page)).toContainText('全部检查通过');
  expect(await verdicts(page)).toEqual(Array(8).fill('通过'));
  const html = await page.content();
  expect(html).toContain(fields.encrypted_data);
  expect(html).not.toContain(fields.session_key);
  expect(html).not.toContain(phone);
  await expect(field(page, 'session_key')).toHaveValue('');
  await expect(field(page, 'encrypted_data')).toHaveValue(fields.encrypted_data);
  await expect(field(page, 'iv')).toHaveValue(fields.iv);

  // What was pasted is still there, for another try: the mini program is another one.
  await page.getByLabel('小程序').selectOption(OTHER_APPID);
  await check(page, { session_key: fields.session_key });
  await expect(notice(page)).toContainText('停在：水印：小程序与时间');
  await expect(page.getByLabel('小程序')).toHaveValue(OTHER_APPID);
  expect(await verdicts(page)).toEqual([...Array(7).fill('通过'), '未通过']);
});

test('data does not open under another key', async ({ page, demo }) => {
  const { fields } = await phoneData(demo);
  await page.goto('/console/try');
  await check(page, { ...fields, session_key: KEY });
  // By chance the padding may look right.
  await expect(notice(page)).toContainText(/停在：(解密与填充|UTF-8 文本|JSON 格式)/);
  expect(await page.content()).not.toContain(KEY);
  expect((await verdicts(page)).at(-1)).toBe('未进行');
});

test('what is tried leaves no record', { tag: '@once' }, async ({ page, demo }) => {
  const count = async () => {
    await page.goto('/console/failures');
    return page.locator('.chips b').first().textContent();
  };
  const before = await count();
  const { fields } = await phoneData(demo);
  await page.goto('/console/try');
  await check(page, { ...fields, session_key: KEY });
  expect(await count()).toBe(before);
  await expect(records(page).first()).toBeVisible();
});

test('marks in what is pasted stay marks', { tag: '@once' }, async ({ page }) => {
  const marks = '</textarea><script>alert(1)</script>';
  await page.goto('/console/try');
  await check(page, { encrypted_data: marks, iv: '"><script>' });
  await expect(field(page, 'encrypted_data')).toHaveValue(marks);
  await expect(field(page, 'iv')).toHaveValue('"><script>');
});

test('another site cannot send the form, and too much is refused', { tag: '@once' }, async ({ request }) => {
  const form = { appid: APPID, encrypted_data: IV, iv: IV, session_key: KEY };
  const post = (form, headers) => request.post('/console/try', { form, headers });
  expect((await post(form, { Origin: 'https://evil.example' })).status()).toBe(403);
  expect((await post({ ...form, encrypted_data: 'A'.repeat(70_000) })).status()).toBe(413);
  expect((await post(form)).status()).toBe(200);
});

for (const operator of ['support', 'viewer']) {
  test.describe(operator, () => {
    test.use({ operator });

    test('may not try a decryption', async ({ page, request }) => {
      const response = await page.goto('/console/try');
      expect(response.status()).toBe(403);
      await expect(page.getByRole('alert')).toContainText('没有权限');
      await expect(page.locator('form.trial')).toHaveCount(0);

      const refused = await request.post('/console/try', { form: { appid: APPID, encrypted_data: IV, iv: IV } });
      expect(refused.status()).toBe(403);
      expect(await refused.text()).not.toContain('checks');
    });
  });
}
