// Today's way: a token in storage, one request function for all pages, the phone button's code.
const { baseUrl } = require('../../config')

async function login() {
  const { code } = await wx.login()
  const res = await send({ url: '/api/login', method: 'POST', data: { code } })
  if (res.statusCode !== 200) throw res.data
  wx.setStorageSync('token', res.data.data.token)
  getApp().globalData.logins += 1
}

function send(options) {
  const token = wx.getStorageSync('token')
  return new Promise((resolve, reject) => {
    wx.request({
      ...options,
      url: baseUrl + options.url,
      header: token ? { Authorization: `Bearer ${token}` } : {},
      success: resolve,
      fail: reject
    })
  })
}

// Logs in again when the token is no longer good, once.
async function request(options) {
  let res = await send(options)
  if (res.statusCode === 401) {
    wx.removeStorageSync('token')
    await login()
    res = await send(options)
  }
  if (res.statusCode !== 200) {
    wx.showToast({ title: res.data.msg, icon: 'none' })
    throw res.data
  }
  return res.data.data
}

App({
  globalData: { logins: 0 },
  async onLaunch() {
    if (!wx.getStorageSync('token')) await login()
  }
})

Page({
  data: { me: null, phone: '', changed: null },

  async loadMe() {
    this.setData({ me: await request({ url: '/api/me' }) })
  },

  async onGetPhoneNumber(e) {
    const { code, errMsg } = e.detail
    if (!code) {
      wx.showToast({ title: errMsg, icon: 'none' })
      return
    }
    const { purePhoneNumber, changed } = await request({ url: '/api/bindPhone', method: 'POST', data: { code } })
    this.setData({ phone: purePhoneNumber, changed })
  },

  async logout() {
    await request({ url: '/api/logout', method: 'POST' })
    wx.removeStorageSync('token')
    this.setData({ me: null })
  }
})
