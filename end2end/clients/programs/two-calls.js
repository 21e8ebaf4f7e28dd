// 2019: one call for the openid when the app starts, one for the phone when the button is tapped.
const config = require('../../config.js')

App({
  globalData: {
    openid: null
  },
  onLaunch: function () {
    var that = this
    wx.login({
      success: function (res) {
        if (res.code) {
          wx.request({
            url: config.baseUrl + '/code2Session',
            method: 'POST',
            data: { jsCode: res.code },
            success: function (res) {
              that.globalData.openid = res.data.openid
            }
          })
        } else {
          console.log('登录失败！' + res.errMsg)
        }
      }
    })
  }
})

Page({
  data: {
    phoneNumber: ''
  },
  getPhoneNumber: function (e) {
    var that = this
    if (e.detail.errMsg == 'getPhoneNumber:fail user deny') {
      wx.showModal({ title: '提示', showCancel: false, content: '未授权', success: function (res) {} })
      return
    }
    wx.checkSession({
      success: function () {
        wx.request({
          url: config.baseUrl + '/getWXUserPhone',
          method: 'POST',
          data: {
            openid: getApp().globalData.openid,
            encryptedData: e.detail.encryptedData,
            iv: e.detail.iv
          },
          success: function (res) {
            that.setData({ phoneNumber: res.data.data.phoneNumber })
          }
        })
      },
      fail: function () {
        getApp().onLaunch()
      }
    })
  }
})
