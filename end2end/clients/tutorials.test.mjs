import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { APPS, LEAK_ALERT, startStage } from './stage.mjs';

const OPENID = /^o[\w-]{27}$/;

let stage;
before(async () => (stage = await startStage()));
after(() => stage.stop());

/// What Latchkey knows of the user whom a token belongs to.
async function me(token) {
  const response = await fetch(`${stage.origin}/api/me`, { headers: { Authorization: `Bearer ${token}` } });
  return { status: response.status, ...(await response.json()) };
}

/// A tap whose data has a `+`, which is what forms spoil.
async function tapWithPlus(phone) {
  for (;;) {
    const event = await phone.tapPhoneButton('encrypted');
    if (event.detail.encryptedData.includes('+') && event.detail.iv.includes('+')) return event;
  }
}

// The app is found by the Referer: none of these clients but the one with the secret names it.
for (const app of APPS) {
  describe(`in ${app.appid}`, () => {
    test('the two calls of 2019: code2Session, then getWXUserPhone', async () => {
      const phone = await stage.phone(app);
      const program = await stage.open('two-calls', phone);
      assert.match(program.app.globalData.openid, OPENID);
      program.page.getPhoneNumber(await phone.tapPhoneButton('encrypted'));
      await phone.settled();
      assert.equal(program.page.data.phoneNumber, phone.number);
    });

    test('the two calls of 2019, after the session_key has died', async () => {
      const phone = await stage.phone(app);
      const { app: program, page } = await stage.open('two-calls', phone);
      const { openid } = program.globalData;
      const late = await phone.tapPhoneButton('encrypted');
      await stage.press('expire', { user: phone.user, appid: app.appid });
      program.globalData.openid = null;
      page.getPhoneNumber(late);
      await phone.settled();
      assert.equal(program.globalData.openid, openid, 'wx.checkSession failed, so it has logged in again');
      page.getPhoneNumber(await phone.tapPhoneButton('encrypted'));
      await phone.settled();
      assert.equal(page.data.phoneNumber, phone.number);
    });

    test('one call: POST /user', async () => {
      const phone = await stage.phone(app);
      const { page } = await stage.open('one-call', phone);
      page.getPhoneNumber(await phone.tapPhoneButton());
      await phone.settled();
      const { openId, phone: number, token } = page.data.user;
      assert.match(openId, OPENID);
      assert.equal(number, phone.number);
      const { data } = await me(token);
      assert.deepEqual([data.openId, data.phone, data.countryCode], [openId, phone.number, '86']);
      assert.deepEqual(phone.shown.map(([name]) => name), ['showLoading', 'hideLoading']);
    });

    test('getOpenid.html with nick, avaurl and sex', async () => {
      const phone = await stage.phone(app, { nickName: '小明 & 小红+1' });
      const { app: program } = await stage.open('get-openid', phone);
      assert.match(program.globalData.openid, OPENID);
      // This client gets no token; a later login of the same user shows what was kept.
      const { page } = await stage.open('one-call', phone);
      page.getPhoneNumber(await phone.tapPhoneButton());
      await phone.settled();
      const { openId, userInfo } = page.data.user;
      const { userInfo: told } = program.globalData;
      assert.equal(openId, program.globalData.openid);
      assert.deepEqual(
        [userInfo.nickName, userInfo.avatarUrl, userInfo.gender],
        [told.nickName, told.avatarUrl, told.gender],
      );
    });

    test('getPhoneNumber with the AppSecret in its query', async () => {
      const phone = await stage.phone(app);
      const { page } = await stage.open('leaked-secret', phone, app);
      page.getPhoneNumber(await phone.tapPhoneButton());
      await phone.settled();
      assert.equal(page.data.phone, phone.number);
      const alert = line => line.includes(LEAK_ALERT) && line.includes(app.appid);
      assert.ok(stage.log.split('\n').some(alert), 'the log says that the AppSecret has leaked');
    });

    test('3rd_session: thirdSession, then userInfo', async () => {
      const phone = await stage.phone(app, { nickName: '三月' });
      const { page } = await stage.open('third-session', phone);
      assert.equal(page.data.saved.nickName, '三月');
      assert.deepEqual([page.data.saved.city, page.data.saved.gender], ['Guangzhou', 1]);
      const { data } = await me(phone.wx.getStorageSync('third_Session'));
      assert.equal(data.userId, page.data.saved.userId);
    });

    test('thirdLogin with encryptedData that is encoded twice', async () => {
      const phone = await stage.phone(app, { nickName: '四月' });
      const { app: program } = await stage.open('third-login', phone);
      const { session_id, uid } = program.globalData;
      const { data } = await me(session_id);
      assert.deepEqual([data.userId, data.nickName, data.province], [uid, '四月', 'Guangdong']);
    });

    test('one step: /api/login with encryptedData and iv', async () => {
      const phone = await stage.phone(app);
      const { page } = await stage.open('one-step', phone);
      page.onPhoneData(await phone.tapPhoneButton());
      await phone.settled();
      assert.deepEqual([page.data.result.isNew, page.data.result.userInfo.phone], [true, phone.number]);
    });

    test('one step: /api/login with phoneCode', async () => {
      const phone = await stage.phone(app);
      const { page } = await stage.open('one-step', phone);
      page.onPhoneCode(await phone.tapPhoneButton('code'));
      await phone.settled();
      assert.deepEqual([page.data.result.isNew, page.data.result.userInfo.phone], [true, phone.number]);
    });

    test('one step with a phone code that was used: the login stands', async () => {
      const phone = await stage.phone(app);
      const event = await phone.tapPhoneButton('code');
      const logIn = async () => {
        const { page } = await stage.open('one-step', phone);
        page.onPhoneCode(event);
        await phone.settled();
        return page.data;
      };
      await logIn();
      const { statusCode, result } = await logIn();
      const { phoneError, token } = result;
      assert.equal(statusCode, 200);
      assert.deepEqual([phoneError.error, phoneError.nextStep], ['phone_code_invalid', 'reauthorize']);
      assert.equal((await me(token)).data.phone, phone.number);
    });

    test('wx.login inside the callback of the phone button', async () => {
      const phone = await stage.phone(app);
      const { page } = await stage.open('login-in-callback', phone);
      const event = await phone.tapPhoneButton('encrypted');
      // What wx.login does when the last one is long ago; the data was made under the key before.
      await stage.press('rotate', { user: phone.user, appid: app.appid });
      page.getPhoneNumber(event);
      await phone.settled();
      assert.deepEqual([page.data.statusCode, page.data.phone], [200, phone.number]);
    });

    test('a form in which + became a blank', async () => {
      const phone = await stage.phone(app, { phone: '61234567', countryCode: '852' });
      const { page } = await stage.open('hand-made-form', phone);
      page.getPhoneNumber(await tapWithPlus(phone));
      await phone.settled();
      assert.deepEqual([page.data.phoneNumber, page.data.countryCode], ['61234567', '852']);
    });

    test('JSON in which + became a blank on the way', async () => {
      const phone = await stage.phone(app);
      const { page } = await stage.open('one-call', phone);
      const { detail } = await tapWithPlus(phone);
      const [encryptedData, iv] = [detail.encryptedData, detail.iv].map(text => text.replaceAll('+', ' '));
      page.getPhoneNumber({ detail: { ...detail, encryptedData, iv } });
      await phone.settled();
      assert.equal(page.data.user?.phone, phone.number);
    });
  });
}

describe('token', () => {
  const withToken = async () => {
    const phone = await stage.phone();
    return { phone, ...(await stage.open('token', phone)) };
  };

  test('login, phone, me, logout', async () => {
    const { phone, app, page } = await withToken();
    const token = phone.wx.getStorageSync('token');
    await page.loadMe();
    assert.deepEqual([page.data.me.phone, page.data.me.nickName], [null, null]);
    await page.onGetPhoneNumber(await phone.tapPhoneButton());
    assert.deepEqual([page.data.phone, page.data.changed], [phone.number, true]);
    await page.onGetPhoneNumber(await phone.tapPhoneButton());
    assert.equal(page.data.changed, false, 'the same number again');
    await page.loadMe();
    assert.deepEqual([page.data.me.phone, page.data.me.countryCode], [phone.number, '86']);
    await page.logout();
    assert.equal(app.globalData.logins, 1);
    const { status, error, nextStep } = await me(token);
    assert.deepEqual([status, error, nextStep], [401, 'unauthorized', 'relogin'], 'the token is dead at once');
  });

  test('a dead token costs one login and the user sees nothing', async () => {
    const { phone, app, page } = await withToken();
    await page.loadMe();
    const { userId } = page.data.me;
    const token = phone.wx.getStorageSync('token');
    // Another device of the user logs out with the same token.
    await fetch(`${stage.origin}/api/logout`, { method: 'POST', headers: { Authorization: `Bearer ${token}` } });
    await page.onGetPhoneNumber(await phone.tapPhoneButton());
    await page.loadMe();
    assert.deepEqual([page.data.me.userId, page.data.phone], [userId, phone.number]);
    assert.equal(app.globalData.logins, 2);
    assert.deepEqual(phone.shown, []);
  });

  test('a user who refuses the phone button', async () => {
    const { phone, page } = await withToken();
    await page.onGetPhoneNumber(phone.refusePhoneButton());
    assert.deepEqual(phone.shown.map(([, { title }]) => title), ['getPhoneNumber:fail user deny']);
    await page.loadMe();
    assert.equal(page.data.me.phone, null);
  });

  test('a login code where the phone code belongs', async () => {
    const { phone, page } = await withToken();
    const { code } = await phone.wx.login();
    const refused = page.onGetPhoneNumber({ detail: { errMsg: 'getPhoneNumber:ok', code } });
    await assert.rejects(refused, { error: 'login_code_in_phone_field', nextStep: 'reauthorize' });
  });
});
