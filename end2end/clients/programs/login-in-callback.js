// The classic mistake: wx.login only after the button gave its data. By then the session_key may be another one.
const config = require('../../config.js')

App({
  onLaunch: function () {
    wx.login({
      success: function (res) {
        wx.request({ url: config.baseUrl + '/code2Session', method: 'POST', data: { jsCode: res.code } })
      }
    })
  }
})

Page({
  data: {
    phone: ''
  },
  getPhoneNumber: function (e) {
    var that = this
    wx.login({
      success: function (res) {
        wx.request({
          url: config.baseUrl + '/user',
          method: 'POST',
          data: {
            code: res.code,
            encryptedData: e.detail.encryptedData,
            iv: e.detail.iv
          },
          success: function (res) {
            that.setData({ statusCode: res.statusCode, phone: res.data.phone })
          }
        })
      }
    })
  }
})
