//! Programs about keys, the age of data, and its kind.

pub(super) const LOGIN_IN_CALLBACK: &str = "\
Page({
  onPhone({ detail }) {
    const { encryptedData, iv } = detail
    // 点按钮之后又调用 wx.login，密钥可能已更换 | wx.login after the tap: the key may be another one now
    logIn().then(() => post('/api/bindPhone', { encryptedData, iv }))
  }
})";

pub(super) const OPENID_FROM_STORAGE: &str = "\
Page({
  onPhone({ detail }) {
    const { encryptedData, iv } = detail
    // 以前保存的 openid，现在没有登录 | An openid that was kept earlier, without a login now
    const openid = wx.getStorageSync('openid')
    post('/getWXUserPhone', { openid, encryptedData, iv })
  }
})";

pub(super) const LOGIN_OF_DAYS_AGO: &str = "\
Page({
  onLoad() {
    // 有 token 就不再登录，session_key 却可能已不在 | No login while there is a token, but the session_key may be gone
    if (!wx.getStorageSync('token')) logIn()
  },
  onPhone({ detail }) {
    const { encryptedData, iv } = detail
    post('/api/bindPhone', { encryptedData, iv })
  }
})";

pub(super) const LOGIN_ON_LOAD: &str = "\
Page({
  data: { ready: false },
  onLoad() {
    // 登录完成后才显示按钮 | The button is shown once the login is done
    logIn().then(() => this.setData({ ready: true }))
  },
  onPhone({ detail }) {
    if (detail.errMsg !== 'getPhoneNumber:ok') return
    const { code, encryptedData, iv } = detail
    post('/api/bindPhone', { code, encryptedData, iv })
      .then(({ data }) => this.setData({ phone: data.purePhoneNumber }))
      .catch(({ msg }) => wx.showToast({ title: msg, icon: 'none' }))
  }
})";

pub(super) const CODE_THROWN_AWAY: &str = "\
Page({
  onShow() {
    // 换了密钥，code 却没有发送 | A new key, but its code goes nowhere
    wx.login({ success() {} })
  },
  onPhone({ detail }) {
    const { encryptedData, iv } = detail
    post('/api/bindPhone', { encryptedData, iv })
  }
})";

pub(super) const EVERY_CODE_SENT: &str = "\
App({
  onLaunch() { logIn() }
})

Page({
  // 没有 onShow：每个新的 code 都可能更换密钥 | No onShow: every new code may replace the key
  onPhone({ detail }) {
    if (detail.errMsg !== 'getPhoneNumber:ok') return
    // 三个都发送：code 不需要 session_key | Send all three: code needs no session_key
    const { code, encryptedData, iv } = detail
    post('/api/bindPhone', { code, encryptedData, iv })
      .then(({ data }) => this.setData({ phone: data.purePhoneNumber }))
      .catch(({ msg }) => wx.showToast({ title: msg, icon: 'none' }))
  }
})";

pub(super) const SENT_LATER: &str = "\
Page({
  onPhone({ detail }) {
    // 存起来以后再用 | Kept for later
    wx.setStorageSync('detail', detail)
  },
  onSubmit() {
    const { encryptedData, iv } = wx.getStorageSync('detail')
    post('/api/bindPhone', { encryptedData, iv })
  }
})";

pub(super) const SENT_AGAIN: &str = "\
Page({
  onPhone({ detail }) {
    wx.setStorageSync('detail', detail)
    this.send()
  },
  // 每次显示都重发同一份数据 | Sends the same data whenever the page is shown
  onShow() { this.send() },
  send() {
    const { encryptedData, iv } = wx.getStorageSync('detail')
    if (encryptedData) post('/api/bindPhone', { encryptedData, iv })
  }
})";

pub(super) const INFO_AS_PHONE: &str = "\
Page({
  onInfo() {
    wx.getUserInfo({
      // 用户信息发给了手机号的接口 | User info goes to the call for phones
      success: ({ encryptedData, iv }) => post('/api/bindPhone', { encryptedData, iv })
    })
  }
})";

pub(super) const INFO: &str = "\
App({
  onLaunch() { logIn() }
})

Page({
  onInfo() {
    wx.getUserInfo({
      // 四个字段都原样发送 | All four fields, as they are
      success: ({ rawData, signature, encryptedData, iv }) =>
        post('/api/profile', { rawData, signature, encryptedData, iv })
          .then(({ data }) => this.setData({ nickName: data.nickName }))
          .catch(({ msg }) => wx.showToast({ title: msg, icon: 'none' }))
    })
  }
})";

pub(super) const PHONE_AS_INFO: &str = "\
Page({
  onPhone({ detail }) {
    const { encryptedData, iv } = detail
    wx.getUserInfo({
      // 手机号按钮的数据发给了用户信息的接口 | Data of the phone button goes to the call for user info
      success: ({ rawData, signature }) => post('/api/profile', { rawData, signature, encryptedData, iv })
    })
  }
})";

pub(super) const RAW_DATA_REBUILT: &str = "\
Page({
  onInfo() {
    wx.getUserInfo({
      success: ({ userInfo, signature }) => {
        const { nickName, avatarUrl, gender } = userInfo
        // 自己拼出的 rawData，字节与签名时不同 | A rawData of one's own: its bytes are not those that were signed
        post('/api/profile', { rawData: JSON.stringify({ nickName, avatarUrl, gender }), signature })
      }
    })
  }
})";
