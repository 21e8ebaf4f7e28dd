// A 3rd_session of the server's own, JSON within JSON, in storage; then the profile under it.
const config = require('../../config.js')

Page({
  data: {
    saved: null
  },
  onLoad: function () {
    var that = this
    wx.login({
      success: function (res) {
        wx.request({
          url: config.baseUrl + '/thirdSession?code=' + res.code,
          success: function (res) {
            var info = JSON.parse(res.data.Data)
            wx.setStorageSync('third_Session', info.third_Session)
            that.saveUserInfo()
          }
        })
      }
    })
  },
  saveUserInfo: function () {
    var that = this
    wx.getUserInfo({
      success: function (res) {
        var userInfo = res.userInfo
        wx.request({
          url: config.baseUrl + '/userInfo',
          method: 'POST',
          header: { 'content-type': 'application/x-www-form-urlencoded' },
          data: {
            third_Session: wx.getStorageSync('third_Session'),
            nickName: userInfo.nickName,
            avatarUrl: userInfo.avatarUrl,
            gender: userInfo.gender,
            province: userInfo.province,
            city: userInfo.city,
            country: userInfo.country
          },
          success: function (res) {
            that.setData({ saved: res.data.userInfo })
          }
        })
      }
    })
  }
})
