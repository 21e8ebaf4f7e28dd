// Everything in one call: the code of the page's start, the data of the button.
const config = require('../../config.js')

Page({
  data: {
    user: null
  },
  onLoad: function () {
    wx.login({
      success: res => {
        this.code = res.code
      }
    })
  },
  getPhoneNumber: function (e) {
    if (e.detail.errMsg !== 'getPhoneNumber:ok') return
    wx.showLoading({ title: '登录中' })
    wx.request({
      url: config.baseUrl + '/user',
      method: 'POST',
      data: {
        code: this.code,
        iv: e.detail.iv,
        encryptedData: e.detail.encryptedData
      },
      success: res => {
        if (res.data.code === 0) {
          this.setData({ user: res.data.data })
          wx.setStorageSync('token', res.data.data.token)
        } else {
          wx.showToast({ title: res.data.msg, icon: 'none' })
        }
      },
      complete: () => {
        wx.hideLoading()
      }
    })
  }
})
