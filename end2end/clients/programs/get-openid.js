// The openid by GET, with what wx.getUserInfo told along with it.
const config = require('../../config.js')

App({
  globalData: {
    userInfo: null,
    openid: null
  },
  onLaunch: function () {
    var that = this
    wx.login({
      success: function (res) {
        var code = res.code
        wx.getUserInfo({
          success: function (res) {
            that.globalData.userInfo = res.userInfo
            wx.request({
              url: config.baseUrl + '/getOpenid.html',
              data: {
                code: code,
                nick: res.userInfo.nickName,
                avaurl: res.userInfo.avatarUrl,
                sex: res.userInfo.gender
              },
              header: { 'content-type': 'application/json' },
              success: function (res) {
                that.globalData.openid = res.data.openid
              }
            })
          }
        })
      }
    })
  }
})

Page({})
