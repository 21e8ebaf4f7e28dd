// Does what nextStep says: waits as long as it is told to, then comes with a new code, a few times.
const { baseUrl } = require('../../config')

const ATTEMPTS = 3

Page({
  data: { refusals: [], token: '' },

  logIn(attempt = 1) {
    wx.login({
      success: ({ code }) => {
        wx.request({
          url: `${baseUrl}/api/login`,
          method: 'POST',
          data: { code },
          success: res => {
            if (res.statusCode === 200) {
              this.setData({ token: res.data.data.token })
              return
            }
            const retryAfter = Number(res.header['Retry-After'] || res.header['retry-after'])
            const { statusCode, data } = res
            this.setData({ refusals: [...this.data.refusals, { statusCode, retryAfter, ...data }] })
            if (data.nextStep === 'retry' && attempt < ATTEMPTS) {
              setTimeout(() => this.logIn(attempt + 1), retryAfter * 1000)
            }
          }
        })
      }
    })
  }
})
