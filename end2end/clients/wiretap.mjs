import { once } from 'node:events';
import { createServer, request } from 'node:http';

const SECRETS = /"(session_key|access_token)":"((?:[^"\\]|\\.)+)"/g;

/// Stands between Latchkey and WeChat, passes everything on as it is, broken answers too, and keeps what only the two
/// may know: `{ origin, secrets, stop }`.
export async function startWiretap(wechat) {
  const secrets = new Set();
  const server = createServer((asked, answer) => {
    const { method, url, rawHeaders } = asked;
    const onward = request(wechat + url, { method, headers: rawHeaders, agent: false }, answered => {
      answer.writeHead(answered.statusCode, answered.rawHeaders);
      let text = '';
      answered.on('data', chunk => {
        text += chunk;
        answer.write(chunk);
      });
      answered.on('end', () => {
        for (const [, , secret] of text.matchAll(SECRETS)) secrets.add(JSON.parse(`"${secret}"`));
        answer.end();
      });
      answered.on('error', () => answer.destroy());
    });
    onward.on('error', () => answer.destroy());
    // Latchkey lost patience.
    answer.on('close', () => onward.destroy());
    asked.pipe(onward);
  });
  // It closes no connection by itself just when Latchkey wants to use it once more.
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { origin: `http://127.0.0.1:${server.address().port}`, secrets, stop };
}
