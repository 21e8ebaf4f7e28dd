/// Every page that one address leads to.
export const PAGES = {
  dashboard: '/console',
  'dashboard of a day': '/console?days=1',
  'dashboard of a month': '/console?days=30',
  failures: '/console/failures',
  'failures of a version': '/console/failures?version=12&healed=no',
  'no failures': '/console/failures?version=none',
  'trying a decryption': '/console/try',
  'mini programs': '/console/apps',
  conflicts: '/console/conflicts',
  'API keys': '/console/api-keys?problem=Taken',
  audit: '/console/audit?from=2026-01-01',
  operators: '/console/operators?problem=LastAdmin',
  account: '/console/account?problem=PasswordWrong',
  users: '/console/users',
  'search result': `/console/users?q=${encodeURIComponent('赵丽颖')}`,
  'empty result': '/console/users?q=nobody',
  'long search': `/console/users?q=${'w'.repeat(128)}`,
  'phone changes': '/console/phone-changes',
  'unknown page': '/console/nowhere',
};

/// Failures whose pages differ: healed with two keys, without a ciphertext, without a user.
export const CAUSES = ['login_after_phone_button', 'user_denied', 'code_expired'];
