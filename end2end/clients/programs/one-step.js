// Login and phone in one step, by the data or by the code that the button gives.
const { baseUrl } = require('../../config')

Page({
  data: { result: null },

  onLoad() {
    wx.login({ success: ({ code }) => (this.code = code) })
  },

  onPhoneData({ detail: { encryptedData, iv } }) {
    this.logIn({ encryptedData, iv })
  },

  onPhoneCode({ detail }) {
    this.logIn({ phoneCode: detail.code })
  },

  logIn(phone) {
    wx.request({
      url: `${baseUrl}/api/login`,
      method: 'POST',
      data: { code: this.code, ...phone },
      success: ({ statusCode, data }) => this.setData({ statusCode, result: data.data })
    })
  }
})
