//! Programs that use somebody else's token.

pub(super) const OTHER_APPS_TOKEN: &str = "\
App({
  onLaunch({ referrerInfo }) {
    // 使用跳转来源小程序的 token | Uses the token of the mini program that it was opened from
    wx.setStorageSync('token', referrerInfo.extraData.token)
  }
})

Page({
  onPhone({ detail }) {
    const { encryptedData, iv } = detail
    post('/api/bindPhone', { encryptedData, iv })
  }
})";

pub(super) const OTHER_APPS_TOKEN_WITH_CODE: &str = "\
App({
  onLaunch({ referrerInfo }) {
    // 使用跳转来源小程序的 token | Uses the token of the mini program that it was opened from
    wx.setStorageSync('token', referrerInfo.extraData.token)
  }
})

Page({
  onPhone({ detail }) {
    post('/api/bindPhone', { code: detail.code })
  }
})";

pub(super) const PREVIOUS_USERS_TOKEN: &str = "\
App({
  onLaunch() {
    // 切换微信账号之后，仍是上一个账号的 token | After the WeChat account was switched, still the previous one's token
    if (!wx.getStorageSync('token')) logIn()
  }
})

Page({
  onPhone({ detail }) {
    const { code, encryptedData, iv } = detail
    post('/api/bindPhone', { code, encryptedData, iv })
  }
})";
