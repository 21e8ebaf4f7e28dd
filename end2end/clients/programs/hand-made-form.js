// A form body put together by hand and not encoded, so that every + arrives as a blank.
const config = require('../../config.js')

Page({
  data: {
    phoneNumber: ''
  },
  onLoad: function () {
    var that = this
    wx.login({
      success: function (res) {
        that.code = res.code
      }
    })
  },
  getPhoneNumber: function (e) {
    var that = this
    wx.request({
      url: config.baseUrl + '/getPhoneNumber',
      method: 'POST',
      header: { 'content-type': 'application/x-www-form-urlencoded' },
      data: 'code=' + that.code + '&encryptedData=' + e.detail.encryptedData + '&iv=' + e.detail.iv,
      success: function (res) {
        that.setData({ phoneNumber: res.data.purePhoneNumber, countryCode: res.data.countryCode })
      }
    })
  }
})
