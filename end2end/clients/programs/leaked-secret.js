// The mistake that cannot be undone: the AppSecret is in the mini program, and in every query.
const config = require('../../config.js')

App({
  globalData: {
    appid: config.appid,
    secret: config.secret,
    code: ''
  },
  onLaunch: function () {
    var that = this
    wx.login({
      success: function (res) {
        that.globalData.code = res.code
      }
    })
  }
})

var app = getApp()

Page({
  data: {
    phone: ''
  },
  getPhoneNumber: function (e) {
    var that = this
    wx.request({
      url: config.baseUrl + '/getPhoneNumber',
      method: 'GET',
      data: {
        appid: app.globalData.appid,
        secret: app.globalData.secret,
        code: app.globalData.code,
        encryptedData: e.detail.encryptedData,
        iv: e.detail.iv
      },
      header: { 'Content-Type': 'application/json' },
      success: function (res) {
        that.setData({ phone: res.data.phoneNumber })
      }
    })
  }
})
