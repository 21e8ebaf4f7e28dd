import { APPID, MiniProgramUser, SECRET, randomPhone } from '../support/mini-program.js';
import { expect, notice, postForm, test } from '../support/test.js';

const LEAKED = 'AppSecret 已泄露：小程序把它发了过来';

/// A name that no other test uses.
const newName = what => `${what} ${crypto.randomUUID().slice(0, 8)}`;

test.describe('API keys', () => {
  const row = (page, name) => page.locator('.table tbody tr', { hasText: name });
  const newKey = page => notice(page).filter({ hasText: '密钥已创建，请立即保存' });

  async function create(page, name) {
    await page.goto('/console/api-keys');
    await page.getByLabel('名称').fill(name);
    await page.getByRole('button', { name: '创建' }).click();
  }

  async function revoke(page, name) {
    const act = row(page, name).locator('details');
    await expect(act.getByRole('button')).toBeHidden();
    await act.locator('summary').click();
    await act.getByRole('button', { name: `吊销 ${name}` }).click();
    await expect(page).toHaveURL('/console/api-keys?done=key_revoked');
    await expect(notice(page)).toContainText('密钥已吊销');
  }

  test('a key is shown once, opens introspection, and is dead once revoked', async ({ page, demo, request }) => {
    const person = new MiniProgramUser(demo);
    const { userId } = await person.logIn(randomPhone());
    const introspect = key =>
      request.post('/api/introspect', { form: { token: person.token }, headers: { Authorization: `Bearer ${key}` } });
    const name = newName('订单服务');

    await create(page, name);
    await expect(page).toHaveURL('/console/api-keys');
    const key = await newKey(page).locator('code').textContent();
    expect(key.length).toBeGreaterThan(30);
    await expect(row(page, name)).toContainText('admin');
    await expect(row(page, name)).toContainText('从未使用');

    await page.reload();
    await expect(row(page, name)).toBeVisible();
    await expect(newKey(page)).toHaveCount(0);
    expect(await page.content()).not.toContain(key);

    const answer = await introspect(key);
    expect(answer.status()).toBe(200);
    expect(await answer.json()).toMatchObject({ active: true, sub: userId, appid: APPID });
    await page.reload();
    await expect(row(page, name)).not.toContainText('从未使用');

    await revoke(page, name);
    await expect(row(page, name)).toContainText('已吊销');
    await expect(row(page, name).locator('details')).toHaveCount(0);
    expect((await introspect(key)).status()).toBe(401);
  });

  test('a name can be had once, even when its key is revoked', async ({ page }) => {
    const name = newName('客服后台');
    await create(page, name);
    await expect(newKey(page)).toBeVisible();
    const taken = async () => {
      await create(page, name);
      await expect(page).toHaveURL('/console/api-keys?problem=Taken');
      await expect(page.getByRole('alert')).toContainText('这个名称已被使用');
      await expect(newKey(page)).toHaveCount(0);
      await expect(row(page, name)).toHaveCount(1);
    };
    await taken();
    await page.goto('/console/api-keys');
    await revoke(page, name);
    await taken();
  });

  test('a blank name is refused', async ({ page }) => {
    await create(page, '  ');
    await expect(page).toHaveURL('/console/api-keys?problem=BadRequest');
    await expect(page.getByRole('alert')).toContainText('请求有误');
    await expect(newKey(page)).toHaveCount(0);
  });

  test('revoking twice says that there is none', { tag: '@once' }, async ({ page, request }) => {
    const name = newName('两次');
    await create(page, name);
    const id = await row(page, name).locator('[name=id]').getAttribute('value');
    await revoke(page, name);
    expect(await postForm(request, 'revoke_api_key', { id })).toBe('/console/api-keys?problem=NotFound');
    expect(await postForm(request, 'revoke_api_key', { id: 'x' })).toBe('/console/api-keys?problem=NotFound');
  });

  for (const operator of ['support', 'viewer']) {
    test.describe(operator, () => {
      test.use({ operator });

      test('has nothing to do with API keys', async ({ page, request }) => {
        await page.goto('/console');
        await expect(page.getByRole('link', { name: '用户', exact: true })).toBeVisible();
        await expect(page.getByRole('link', { name: 'API 密钥' })).toHaveCount(0);
        const response = await page.goto('/console/api-keys');
        expect(response.status()).toBe(403);
        await expect(page.getByRole('alert')).toContainText('没有权限');
        const refused = '/console/api-keys?problem=Forbidden';
        expect(await postForm(request, 'create_api_key', { name: newName('不行') })).toBe(refused);
        expect(await postForm(request, 'revoke_api_key', { id: 'x' })).toBe(refused);
      });
    });
  }
});

test.describe('mini programs', () => {
  const card = (page, name) => page.locator('.card.app', { hasText: name });
  const leak = (page, name) => card(page, name).locator('.alerts > li').filter({ hasText: LEAKED });

  /// A mini program that carries its AppSecret.
  async function leakSecret(demo) {
    const person = new MiniProgramUser(demo);
    await person.logIn(randomPhone());
    const proof = await person.tap('phone', { mode: 'encrypted' });
    const { code } = await person.tap('login');
    await person.call('/getPhoneNumber', { appid: APPID, secret: SECRET, code, ...proof });
  }

  // Of the sample's alert, which no test settles.
  test('an alert says what to do, on the dashboard too', async ({ page }) => {
    await page.goto('/console');
    const waiting = page.locator('.notice').filter({ hasText: '小程序有需要处理的问题' });
    await expect(waiting).toContainText(`晨光会员 ${LEAKED}`);
    await waiting.getByRole('link', { name: '查看原因和处理步骤' }).click();
    await expect(page).toHaveURL('/console/apps');
    await expect(card(page, '晨光会员')).toContainText('wx0000000000000002');
    await expect(leak(page, '晨光会员').locator('.steps > li')).toHaveCount(3);
    await expect(leak(page, '晨光会员')).toContainText('重置 AppSecret');
    await expect(card(page, '晨光会员')).toContainText('消息推送');
    expect(await page.content()).not.toContain('2'.repeat(32));
  });

  test('an alert is gone once settled, and comes back with its cause', async ({ page, demo }) => {
    for (const _ of ['once', 'again']) {
      await leakSecret(demo);
      await page.goto('/console/apps');
      await expect(leak(page, '晨光便利店')).toHaveCount(1);
      await leak(page, '晨光便利店').getByRole('button', { name: '已处理' }).click();
      await expect(page).toHaveURL('/console/apps?done=alert_settled');
      await expect(notice(page)).toContainText('已标记为处理完毕');
      await expect(leak(page, '晨光便利店')).toHaveCount(0);
      await expect(leak(page, '晨光会员'), 'that of the other stays').toHaveCount(1);
    }
  });

  for (const operator of ['support', 'viewer']) {
    test.describe(operator, () => {
      test.use({ operator });

      test('sees alerts and cannot settle them', async ({ page, request }) => {
        await page.goto('/console/apps');
        await expect(leak(page, '晨光会员')).toBeVisible();
        await expect(page.getByRole('button', { name: '已处理' })).toHaveCount(0);
        const form = { appid: 'wx0000000000000002', kind: 'secret_leaked', last_at: 0 };
        const refused = await postForm(request, 'settle_alert', form);
        expect(refused).toBe('/console/apps?problem=Forbidden');
        await page.goto(refused);
        await expect(page.getByRole('alert')).toContainText('没有权限');
        await expect(leak(page, '晨光会员')).toBeVisible();
      });
    });
  }

  test('nothing else can be settled', { tag: '@once' }, async ({ request }) => {
    const settle = (appid, kind) => postForm(request, 'settle_alert', { appid, kind, last_at: 0 });
    expect(await settle('wx0000000000000003', 'secret_leaked')).toBe('/console/apps?problem=NotFound');
    expect(await settle(APPID, 'phone_quota')).toBe('/console/apps?problem=NotFound');
    expect(await settle(APPID, 'nonsense')).toBe('/console/apps?problem=BadRequest');
  });
});
