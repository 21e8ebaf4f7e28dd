//! Programs about codes and the button.

pub(super) const CODE_KEPT: &str = "\
App({
  onLaunch() {
    // 存起来以后再用，5 分钟后失效 | Kept for later; it ends after 5 minutes
    wx.login({ success: ({ code }) => wx.setStorageSync('code', code) })
  }
})

Page({
  onSubmit() {
    post('/api/login', { code: wx.getStorageSync('code') })
  }
})";

pub(super) const LOGIN: &str = "\
App({
  // 新的 code，立即发送，只发一次 | A new code, sent at once and once only
  onLaunch() { logIn() }
})

Page({
  onSubmit() {
    // 需要重新登录时也一样 | The same where a new login is needed
    logIn().catch(({ msg }) => wx.showToast({ title: msg, icon: 'none' }))
  }
})";

pub(super) const SAME_CODE_AGAIN: &str = "\
App({
  onLaunch() {
    wx.login({
      success: ({ code }) => {
        wx.setStorageSync('code', code)
        post('/api/login', { code })
      }
    })
  }
})

Page({
  onSubmit() {
    // 同一个 code 又发一次 | The same code once more
    post('/api/login', { code: wx.getStorageSync('code') })
  }
})";

pub(super) const FIXED_APPID: &str = "\
App({
  onLaunch() {
    wx.login({
      // 写死的 appid，其实是另一个小程序的 | A fixed appid, which is another mini program's
      success: ({ code }) => post('/api/login', { code, appid: 'wx0000000000000002' })
    })
  }
})

Page({})";

pub(super) const OWN_APPID: &str = "\
App({
  onLaunch() {
    const appid = wx.getAccountInfoSync().miniProgram.appId
    wx.login({
      success: ({ code }) => post('/api/login', { code, appid })
        .then(({ data }) => wx.setStorageSync('token', data.token))
        .catch(({ msg }) => wx.showToast({ title: msg, icon: 'none' }))
    })
  }
})

Page({})";

pub(super) const PHONE_CODE_TO_LOGIN: &str = "\
Page({
  onPhone({ detail }) {
    // 登录要用 wx.login 的 code | A login needs the code of wx.login
    post('/api/login', { code: detail.code })
  }
})";

pub(super) const LOGIN_CODE_AS_PHONE_CODE: &str = "\
Page({
  onPhone() {
    wx.login({
      // wx.login 的 code 不能换手机号 | A code of wx.login gives no phone number
      success: ({ code }) => post('/api/bindPhone', { code })
    })
  }
})";

pub(super) const PHONE_CODE_KEPT: &str = "\
Page({
  onPhone({ detail }) {
    // 存起来以后再用，5 分钟后失效 | Kept for later; it ends after 5 minutes
    wx.setStorageSync('phoneCode', detail.code)
  },
  onSubmit() {
    post('/api/bindPhone', { code: wx.getStorageSync('phoneCode') })
  }
})";

pub(super) const ANOTHER_WAY: &str = "\
App({
  onLaunch() { logIn() }
})

Page({
  onPhone({ detail }) {
    const { errMsg, errno, code, encryptedData, iv } = detail
    if (errMsg !== 'getPhoneNumber:ok') {
      // 把按钮的回答告诉 Latchkey，再给用户别的办法，例如短信验证 | Tell Latchkey what the button said, and offer another way, such as a text message
      post('/api/bindPhone', { errMsg, errno }).catch(() => {})
      this.setData({ otherWay: errno === 1400001 })
      return
    }
    post('/api/bindPhone', { code, encryptedData, iv })
      .then(({ data }) => this.setData({ phone: data.purePhoneNumber }))
      .catch(({ msg }) => wx.showToast({ title: msg, icon: 'none' }))
  }
})";
