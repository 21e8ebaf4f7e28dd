// A form whose fields are encoded by hand, and then by wx.request once more.
const config = require('../../config.js')

App({
  globalData: {
    session_id: '',
    uid: ''
  },
  onLaunch: function () {
    var self = this
    wx.login({
      success: function (login) {
        wx.getUserInfo({
          withCredentials: true,
          success: function (info) {
            wx.request({
              url: config.baseUrl + '/thirdLogin',
              method: 'POST',
              header: { 'Content-Type': 'application/x-www-form-urlencoded' },
              data: {
                code: login.code,
                encryptedData: encodeURIComponent(info.encryptedData),
                iv: info.iv
              },
              success: function (res) {
                if (res.statusCode == 200) {
                  self.globalData.session_id = res.data.session_id
                  self.globalData.uid = res.data.data.uid
                }
              }
            })
          }
        })
      }
    })
  }
})

Page({})
