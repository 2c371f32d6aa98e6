// Drives `twofifty proxy --api` with a Toxiproxy client library that nobody here wrote:
//   node client_test.mjs PROGRAM
// One line for each check; exit code 1 at the first that does not hold.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import readline from 'node:readline';
import toxiproxyClient from 'toxiproxy-node-client';

const { default: defaultExport, Toxiproxy = defaultExport } = toxiproxyClient;
const DEADLINE_MS = 60_000;
const program = process.argv[2];
if (!program) {
  console.error('usage: node client_test.mjs PROGRAM');
  process.exit(3);
}

/// Greets, and says again what it is told; closes after QUIT. The test speaks in whole lines: the proxy keeps the
/// beginning of a server's line until its end has come.
async function startEcho() {
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.write('220 echo ESMTP\r\n');
    socket.on('data', (bytes) => {
      socket.write(bytes);
      if (bytes.includes('QUIT')) socket.end();
    });
    socket.on('end', () => socket.end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/// The program, and where its API is.
async function startProxy() {
  const child = spawn(program, ['proxy', '--api', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  process.on('exit', () => child.kill('SIGKILL'));  // A process that has ended already is not signalled.
  for await (const line of readline.createInterface({ input: child.stdout })) {
    const found = /^API on (http:\S+)/.exec(line);
    if (found) {
      child.stdout.resume();
      return { child, url: found[1] };
    }
  }
  throw new Error('the program ended before it said where its API is');
}

/// A connection and what has come over it.
class Client {
  static async open(address) {
    const [host, port] = address.split(':');
    const client = new Client(net.connect({ host, port: Number(port) }));
    await once(client.socket, 'connect');
    return client;
  }
  constructor(socket) {
    this.socket = socket;
    this.text = '';
    this.ended = new Promise((resolve) => {
      socket.on('error', (error) => resolve(error.code));
      socket.on('end', () => resolve('end'));
    });
    socket.on('data', (bytes) => { this.text += bytes; this.check?.(); });
  }
  send(text) { this.socket.write(text); }
  has(text) {
    return new Promise((resolve) => {
      this.check = () => { if (this.text.includes(text)) resolve(); };
      this.check();
    });
  }
  close() { this.socket.destroy(); }
}

const sleep = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

async function milliseconds(operation) {
  const begin = performance.now();
  await operation();
  return performance.now() - begin;
}

/// How long an echo of so many bytes takes, on a connection of its own.
async function timeOfEcho(address, bytes) {
  const client = await Client.open(address);
  await client.has('220 ');
  const time = await milliseconds(async () => {
    client.send('x'.repeat(bytes - 3) + '!\r\n');
    await client.has('!\r\n');
  });
  client.close();
  return time;
}

function atLeast(found, least) {
  assert.ok(found >= least, `${found.toFixed(1)} ms, expected at least ${least} ms`);
}

async function check(what, body) {
  try {
    await body();
  } catch (error) {
    console.log(`not ok: ${what}: ${error.stack}`);
    process.exit(1);
  }
  console.log(`ok: ${what}`);
}

setTimeout(() => {
  console.log(`not ok: not at its end after ${DEADLINE_MS} ms`);
  process.exit(1);
}, DEADLINE_MS).unref();

const echo = await startEcho();
const upstream = `127.0.0.1:${echo.address().port}`;
const { child, url } = await startProxy();
const toxiproxy = new Toxiproxy(url);
let proxy;

/// Adds it, sees that it acts, and removes it.
async function checkToxic(type, attributes, acts) {
  await check(`${type} is added, acts, and is removed`, async () => {
    const toxic = await proxy.addToxic({ name: `my_${type}`, type, stream: 'downstream', toxicity: 1, attributes });
    assert.deepEqual(toxic.toJson(), { name: `my_${type}`, type, stream: 'downstream', toxicity: 1, attributes });
    const stored = await proxy.getToxic(`my_${type}`);
    assert.deepEqual(stored.toJson(), toxic.toJson());
    await acts(toxic);
    await toxic.remove();
    await assert.rejects(proxy.getToxic(`my_${type}`), /404/);
  });
}

await check('version', async () => {
  assert.match(JSON.parse(await toxiproxy.getVersion()).version, /^2\.\d+\.\d+$/);
});
await check('no proxies at first', async () => {
  assert.deepEqual(await toxiproxy.getAll(), {});
});
await check('create a proxy, on a free port', async () => {
  proxy = await toxiproxy.createProxy({ name: 'smtp', listen: '127.0.0.1:0', upstream });
  assert.match(proxy.listen, /^127\.0\.0\.1:[1-9]\d*$/);
  assert.equal(proxy.upstream, upstream);
  assert.equal(proxy.enabled, true);
});
await check('the same proxy again is refused', async () => {
  await assert.rejects(toxiproxy.createProxy({ name: 'smtp', listen: '127.0.0.1:0', upstream }), /409/);
});
await check('get', async () => {
  assert.deepEqual((await toxiproxy.get('smtp')).toJson(), proxy.toJson());
  await assert.rejects(toxiproxy.get('nobody'), /404/);
});
await check('bytes pass', () => timeOfEcho(proxy.listen, 100));
await check('populate leaves what is there, and creates what is not', async () => {
  const created = await toxiproxy.populate([proxy.toJson(), { name: 'second', listen: '127.0.0.1:0', upstream }]);
  assert.deepEqual(Object.keys(created), ['smtp', 'second']);
  assert.deepEqual(created.smtp.toJson(), proxy.toJson());
  await timeOfEcho(created.second.listen, 100);
});
await check('getAll', async () => {
  assert.deepEqual(Object.keys(await toxiproxy.getAll()).sort(), ['second', 'smtp']);
});

await checkToxic('latency', { latency: 200, jitter: 0 }, async (toxic) => {
  atLeast(await timeOfEcho(proxy.listen, 100), 200);
  const updated = await toxic.update({ toxicity: 1, attributes: { latency: 400, jitter: 0 } });
  assert.deepEqual(updated.attributes, { latency: 400, jitter: 0 });
  atLeast(await timeOfEcho(proxy.listen, 100), 400);
  await toxic.update({ toxicity: 0, attributes: {} });
  const time = await timeOfEcho(proxy.listen, 100);
  assert.ok(time < 200, `toxicity 0 acts: ${time} ms`);
});
await checkToxic('bandwidth', { rate: 50 }, async () => {
  atLeast(await timeOfEcho(proxy.listen, 25_000), 300);  // 500 ms, less what the first bytes are let through with.
});
await checkToxic('slow_close', { delay: 300 }, async () => {
  const client = await Client.open(proxy.listen);
  await client.has('220 ');
  atLeast(await milliseconds(() => { client.send('QUIT\r\n'); return client.ended; }), 300);
  client.close();
});
await checkToxic('timeout', { timeout: 200 }, async () => {
  const client = await Client.open(proxy.listen);
  client.send('hello\r\n');
  const time = await milliseconds(() => client.ended);
  atLeast(time, 190);
  assert.equal(client.text, '');
  client.close();
});
await checkToxic('reset_peer', { timeout: 100 }, async () => {
  const client = await Client.open(proxy.listen);
  client.send('hello\r\n');
  assert.match(await client.ended, /ECONNRESET|EPIPE/);
  client.close();
});
await checkToxic('slicer', { average_size: 10, size_variation: 2, delay: 20_000 }, async () => {
  atLeast(await timeOfEcho(proxy.listen, 100), 60);
});
await checkToxic('limit_data', { bytes: 20 }, async () => {
  const client = await Client.open(proxy.listen);
  client.send('0123456789\r\n');
  assert.equal(await client.ended, 'end');
  assert.equal(client.text, '220 echo ESMTP\r\n0123');
  client.close();
});
await check('without a name it is named by type and stream, and acts upstream', async () => {
  const toxic = await proxy.addToxic({ type: 'latency', stream: 'upstream', toxicity: 1, attributes: { latency: 200 } });
  assert.equal(toxic.name, 'latency_upstream');
  assert.deepEqual(toxic.attributes, { latency: 200, jitter: 0 });
  atLeast(await timeOfEcho(proxy.listen, 100), 200);
  await toxic.remove();
});
await check('an unknown type and a second toxic of a name are refused', async () => {
  const body = { name: 'once', type: 'latency', stream: 'downstream', toxicity: 1, attributes: {} };
  await assert.rejects(proxy.addToxic({ ...body, type: 'unknown' }), /400/);
  await proxy.addToxic(body);
  await assert.rejects(proxy.addToxic(body), /409/);
});

await check('a disabled proxy closes its connections and accepts no more', async () => {
  const client = await Client.open(proxy.listen);
  await client.has('220 ');
  proxy = await proxy.update({ enabled: false, listen: proxy.listen, upstream });
  assert.equal(proxy.enabled, false);
  await client.ended;
  client.close();
  await assert.rejects(Client.open(proxy.listen), /ECONNREFUSED/);
});
await check('an enabled one accepts again', async () => {
  proxy = await proxy.update({ enabled: true, listen: proxy.listen, upstream });
  assert.equal(proxy.enabled, true);
  await timeOfEcho(proxy.listen, 100);
});
await check('reset enables every proxy and removes every toxic', async () => {
  await proxy.update({ enabled: false, listen: proxy.listen, upstream });
  await toxiproxy.reset();
  assert.equal((await toxiproxy.get('smtp')).enabled, true);
  await assert.rejects(proxy.getToxic('once'), /404/);
  await timeOfEcho(proxy.listen, 100);
});
await check('remove', async () => {
  await proxy.remove();
  await assert.rejects(toxiproxy.get('smtp'), /404/);
  await assert.rejects(proxy.remove(), /404/);
  await assert.rejects(Client.open(proxy.listen), /ECONNREFUSED/);
  assert.deepEqual(Object.keys(await toxiproxy.getAll()), ['second']);
});
await check('the program ends when it is told to', async () => {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const [code] = await Promise.race([ended, sleep(5000).then(() => ['nothing within 5 s'])]);
  assert.equal(code, 0);
});
process.exit(0);
