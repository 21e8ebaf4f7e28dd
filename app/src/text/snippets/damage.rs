//! Programs that damage encryptedData or iv, or send something else.

pub(super) const KEPT_IV: &str = "\
Page({
  onPhone({ detail }) {
    // 第一次点按的 iv 被保存下来反复使用 | The iv of the first tap is kept and used again and again
    const iv = wx.getStorageSync('iv') || detail.iv
    wx.setStorageSync('iv', iv)
    post('/api/bindPhone', { encryptedData: detail.encryptedData, iv })
  }
})";

pub(super) const SWAPPED: &str = "\
// 参数的顺序与调用处不同 | The parameters are in another order than where it is called
const bind = (iv, encryptedData) => post('/api/bindPhone', { encryptedData, iv })

Page({
  onPhone({ detail }) {
    bind(detail.encryptedData, detail.iv)
  }
})";

pub(super) const READ_AS_FORM: &str = "\
// 按表单规则读没有编码过的文本：「+」变成空格 | Reads text that was never encoded as a form: '+' becomes a space
const read = text => decodeURIComponent(text.replace(/\\+/g, ' '))

Page({
  onPhone({ detail }) {
    const [encryptedData, iv] = [read(detail.encryptedData), read(detail.iv)]
    post('/api/bindPhone', { encryptedData, iv })
  }
})";

pub(super) const FORM_BY_HAND: &str = "\
Page({
  onPhone({ detail }) {
    wx.login({
      success: ({ code }) => wx.request({
        url: BASE + '/getPhoneNumber',
        method: 'POST',
        header: { 'content-type': 'application/x-www-form-urlencoded' },
        // 自己拼接的表单，没有编码 | A form built by hand, without encoding
        data: 'code=' + code + '&encryptedData=' + detail.encryptedData + '&iv=' + detail.iv
      })
    })
  }
})";

pub(super) const FORM_BY_WX: &str = "\
App({
  onLaunch() { logIn() }
})

Page({
  onPhone({ detail }) {
    if (detail.errMsg !== 'getPhoneNumber:ok') return
    const { encryptedData, iv } = detail
    wx.login({
      success: ({ code }) => wx.request({
        url: BASE + '/getPhoneNumber',
        method: 'POST',
        header: { 'content-type': 'application/x-www-form-urlencoded' },
        // 对象由 wx.request 编码 | An object is encoded by wx.request
        data: { code, encryptedData, iv },
        success: ({ data }) => this.setData({ phone: data.purePhoneNumber })
      })
    })
  }
})";

pub(super) const ENCODED_IN_JSON: &str = "\
Page({
  onPhone({ detail }) {
    // JSON 不需要编码 | JSON needs no encoding
    const encryptedData = encodeURIComponent(detail.encryptedData)
    const iv = encodeURIComponent(detail.iv)
    post('/api/bindPhone', { encryptedData, iv })
  }
})";

pub(super) const MADE_URL_SAFE: &str = "\
// 转换成了 base64url | Turns it into base64url
const urlSafe = text => text.replace(/\\+/g, '-').replace(/\\//g, '_')

Page({
  onPhone({ detail }) {
    post('/api/bindPhone', { encryptedData: urlSafe(detail.encryptedData), iv: detail.iv })
  }
})";

pub(super) const SPLIT_AT_EQUALS: &str = "\
Page({
  onPhone({ detail }) {
    const query = 'iv=' + detail.iv
    // 在每个「=」处分开，末尾的「=」丢失 | Splits at every '=': those at the end are lost
    const [, iv] = query.split('=')
    post('/api/bindPhone', { encryptedData: detail.encryptedData, iv })
  }
})";

pub(super) const WRAPPED: &str = "\
Page({
  onPhone({ detail }) {
    // 每 76 个字符折行 | Wrapped after 76 characters
    const encryptedData = detail.encryptedData.match(/.{1,76}/g).join('\\r\\n')
    post('/api/bindPhone', { encryptedData, iv: detail.iv })
  }
})";

pub(super) const WHOLE_DETAIL: &str = "\
Page({
  onPhone({ detail }) {
    // 整个 e.detail 的文本，而不是它的 encryptedData | The text of the whole e.detail, not its encryptedData
    post('/api/bindPhone', { encryptedData: JSON.stringify(detail), iv: detail.iv })
  }
})";

pub(super) const SHORTENED: &str = "\
Page({
  onPhone({ detail }) {
    // 途中只保留 128 个字符，例如 varchar(128) | Only 128 characters are kept on the way, as by varchar(128)
    const encryptedData = detail.encryptedData.slice(0, 128)
    post('/api/bindPhone', { encryptedData, iv: detail.iv })
  }
})";
