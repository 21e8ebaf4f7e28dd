-- The first use of a ciphertext: as whom it was opened, and by which request. Absent in older rows.
ALTER TABLE ciphertexts ADD COLUMN appid TEXT;
ALTER TABLE ciphertexts ADD COLUMN openid TEXT;
ALTER TABLE ciphertexts ADD COLUMN request_id TEXT;
