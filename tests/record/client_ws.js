// Client side of the samples with node's "ws" (npm).
//
// usage: client_ws.js SCENARIO URL
//
// The library does the handshake and the frames; this file only says what to talk about. Each
// scenario fails (exit status 1) when the peer does not behave as the sample needs it.
'use strict';
const assert = require('node:assert');
const http = require('node:http');
const { once } = require('node:events');
const { setTimeout: sleep } = require('node:timers/promises');
const WebSocket = require('ws');

const PLAIN = { perMessageDeflate: false };

async function open(url, options = PLAIN) {
  const ws = new WebSocket(url, options);
  ws.messages = 0;
  ws.on('message', () => { ws.messages += 1; });
  await once(ws, 'open');
  return ws;
}

// The reply to one message, for peers that answer each message with one.
async function ask(ws, data, options = {}) {
  const reply = once(ws, 'message');
  ws.send(data, options);
  return (await reply)[0];
}

async function ping(ws, data) {
  const pong = once(ws, 'pong');
  ws.ping(data);
  await pong;
}

async function close(ws, code, reason) {
  const closed = once(ws, 'close');
  ws.close(code, reason);
  return closed;
}

// The status of a refused handshake.
async function refused(url, options = PLAIN) {
  const ws = new WebSocket(url, options);
  ws.on('error', () => {});
  const [, response] = await once(ws, 'unexpected-response');
  const { socket } = response;
  response.resume();
  await once(response, 'end');
  socket.destroy(); // also when the server would keep the connection
  return response.statusCode;
}

// One plain HTTP request whose body is read to its end.
async function fetch(agent, url, options = {}, chunks = []) {
  const request = http.request(url, { agent, ...options });
  for (const chunk of chunks) request.write(chunk);
  request.end();
  const [response] = await once(request, 'response');
  response.resume();
  await once(response, 'end');
  await sleep(20); // the agent takes the connection back
  return response.statusCode;
}

// Readable text of exactly `size` bytes: its own number, then counted words.
function filler(number, size) {
  let text = `message ${number}, ${size} bytes:`;
  for (let word = 1; text.length < size; word += 1) text += ` word-${word}`;
  return text.slice(0, size);
}

const CHAT = [
  'Hello!', 'Is anybody there?', 'I only hear my own voice.', 'That is what an echo does.',
  'Grüße aus Köln', 'Ça va très bien, merci.', 'Здравствуйте', 'こんにちは', 'One emoji: 🌍',
  'Several: 🚀✨👩‍💻', 'A line\nand another line', '{"type":"json","works":true}', 'short',
  'a text of more than one hundred and twenty-five bytes, so that the length does not fit into the '
    + 'first seven bits and sixteen bits follow',
  'numbers: 1 2 3 4 5', 'ÄÖÜ äöü ß', 'nearly done', 'still here', 'one more', 'Goodbye!',
];

const reading = (number) => JSON.stringify({
  type: 'reading', number, station: 'Zugspitze', unit: 'celsius', temperature: -5.5 + number / 4,
  humidity: 60 + number, comment: 'measured every ten minutes at two metres above the ground',
});

// Text that hardly compresses (a fixed pseudo-random sequence).
function noise(size) {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  let state = 101;
  let text = '';
  for (let i = 0; i < size; i += 1) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    text += letters[state >>> 26];
  }
  return text;
}

const scenarios = {
  // Twenty texts, each echoed, a Ping in the middle, closed by the client with 4001.
  async chat(url) {
    const ws = await open(url);
    for (const [index, line] of CHAT.entries()) {
      assert.equal((await ask(ws, line)).toString(), line);
      if (index === 9) await ping(ws, 'are you there?');
      await sleep(50);
    }
    const [code] = await close(ws, 4001, 'done with it');
    assert.equal(code, 4001);
  },

  // Similar JSON texts (context takeover pays), one text of noise, one sent uncompressed.
  async deflate(url) {
    const ws = await open(url, { perMessageDeflate: { threshold: 0 } });
    assert.match(ws.extensions, /permessage-deflate/);
    for (let number = 1; number <= 8; number += 1) await ask(ws, reading(number));
    await ask(ws, noise(400));
    await ask(ws, 'this one is sent without compression', { compress: false });
    await ask(ws, reading(9));
    await close(ws, 1000, 'all stored');
  },

  // The same without takeover and with windows of 1 KiB; two texts are longer than the window.
  async 'deflate-no-takeover'(url) {
    const ws = await open(url, {
      perMessageDeflate: {
        threshold: 0, serverNoContextTakeover: true, clientNoContextTakeover: true,
        serverMaxWindowBits: 10, clientMaxWindowBits: 10,
      },
    });
    assert.match(ws.extensions, /permessage-deflate/);
    for (let number = 1; number <= 4; number += 1) await ask(ws, reading(number));
    for (const size of [3000, 5000]) await ask(ws, filler(size, size));
    await ask(ws, reading(5));
    await close(ws, 1000, 'all stored');
  },

  async origin(url) {
    assert.equal(await refused(url, { ...PLAIN, origin: 'http://other.example' }), 403);
    const ws = await open(url, { ...PLAIN, origin: 'http://shop.example' });
    await ask(ws, 'this origin is welcome');
    await close(ws, 1000, '');
  },

  // Any refusal; used where the sample shows what a proxy makes of the request.
  async refused(url) {
    console.log(`  ${url}: ${await refused(url, { ...PLAIN, origin: 'http://shop.example' })}`);
  },

  async 'version-8'(url) {
    console.log(`  ${url}: ${await refused(url, { ...PLAIN, protocolVersion: 8, origin: 'http://shop.example' })}`);
  },

  async 'version-8-accepted'(url) {
    const ws = await open(url, { ...PLAIN, protocolVersion: 8 });
    await ask(ws, 'version 8 is a draft of 2011');
    await close(ws, 1000, '');
  },

  // The first handshake is right; the second gets the accept value of the first.
  async 'wrong-accept'(url) {
    const ws = await open(url);
    await ask(ws, 'the first client is served well');
    await close(ws, 1000, '');
    await sleep(100);
    await assert.rejects(open(url), /Invalid Sec-WebSocket-Accept header/);
  },

  // Fragments cut inside characters, Pings between them, an empty last frame.
  async fragments(url) {
    const ws = await open(url);
    const text = { binary: false, fin: false };
    let reply = once(ws, 'message');
    const bytes = Buffer.from('Grüße 🌍 in drei Teilen');
    ws.send(bytes.subarray(0, 3), text); // "Gr" and the first byte of "ü"
    await ping(ws, 'between');
    ws.send(bytes.subarray(3, 10), text); // ... two of the four bytes of the globe
    await sleep(30);
    ws.send(bytes.subarray(10), { binary: false, fin: true });
    assert.equal((await reply)[0].toString(), bytes.toString());

    reply = once(ws, 'message');
    ws.send('Hello, ', text);
    ws.send('world', text);
    ws.send('', { binary: false, fin: true });
    assert.equal((await reply)[0].toString(), 'Hello, world');

    reply = once(ws, 'message');
    const blob = Buffer.from(Array.from({ length: 600 }, (_, i) => i % 256));
    ws.send(blob.subarray(0, 150), { binary: true, fin: false });
    ws.send(blob.subarray(150, 300), { binary: true, fin: false });
    await ping(ws, 'again');
    ws.send(blob.subarray(300), { binary: true, fin: true });
    assert.ok((await reply)[0].equals(blob));

    await ask(ws, 'in one piece');
    await close(ws, 1000, 'put together');
  },

  // The server closes at once; prints the code.
  async 'early-close'(url) {
    const ws = new WebSocket(url, PLAIN);
    const [code, reason] = await once(ws, 'close');
    console.log(`  ${url}: ${code} ${reason}`);
  },

  // Two HTTP exchanges, then the upgrade, on one connection; a few texts.
  async 'reused-connection'(url) {
    const page = url.replace('ws:', 'http:');
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    assert.equal(await fetch(agent, new URL('/', page)), 200);
    assert.equal(await fetch(agent, new URL('/chunked', page)), 200);
    const ws = await open(url, { ...PLAIN, agent });
    for (const word of ['on', 'the', 'same', 'connection']) await ask(ws, word);
    await close(ws, 1000, '');
  },

  // Every kind of body before the upgrade, on one connection.
  async keepalive(url) {
    const page = (path) => new URL(path, url.replace('ws:', 'http:'));
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const counted = { method: 'POST', headers: { 'Content-Length': 12 } };
    assert.equal(await fetch(agent, page('/')), 200);
    assert.equal(await fetch(agent, page('/chunked')), 200);
    assert.equal(await fetch(agent, page('/upload'), counted, ['twelve bytes']), 200);
    assert.equal(await fetch(agent, page('/upload'), { method: 'POST' }, ['in ', 'four ', 'chunks ', 'here']), 200);
    assert.equal(await fetch(agent, page('/'), { method: 'HEAD' }), 200);
    assert.equal(await fetch(agent, page('/nothing')), 204);
    assert.equal(await fetch(agent, page('/unchanged'), { headers: { 'If-None-Match': '"101"' } }), 304);
    const ws = await open(url, { ...PLAIN, agent });
    for (const word of ['seven', 'requests', 'came', 'first']) await ask(ws, word);
    await ping(ws, '');
    await close(ws, 1000, 'kept alive');
  },

  // Aborts with RST in the middle of a session, without a Close.
  async abort(url) {
    const ws = await open(url);
    await ask(ws, 'this connection will break');
    ws.on('error', () => {});
    ws._socket.resetAndDestroy();
    await once(ws, 'close');
  },

  async 'not-found'(url) {
    assert.equal(await refused(url), 404);
  },

  // Nobody answers: waits as long as the server or, with "?patience=MS", gives up itself.
  async unanswered(url) {
    const patience = Number(new URL(url).searchParams.get('patience')) || undefined;
    await assert.rejects(open(url, { ...PLAIN, handshakeTimeout: patience }));
  },

  // Twenty texts of 100 to 3,000 bytes, sent without waiting, each echoed; for the bad network.
  async sizes(url) {
    const ws = await open(url);
    for (let number = 1; number <= 20; number += 1) {
      ws.send(filler(number, 100 + ((number * 1117) % 2901)));
      await sleep(8);
    }
    while (ws.messages < 20) await once(ws, 'message');
    await close(ws, 1000, 'all arrived');
  },

  // Twelve texts, the sixth and the tenth in several segments, each echoed; for the gaps.
  async steps(url) {
    const ws = await open(url);
    for (let number = 1; number <= 12; number += 1) {
      const size = { 6: 6000, 10: 5000 }[number] || 40 + number;
      assert.equal((await ask(ws, filler(number, size))).length, size);
      await sleep(20);
    }
    await close(ws, 1000, 'twelve steps');
  },

  // Says one thing, then nothing until somebody ends the connection.
  async idle(url) {
    const ws = await open(url);
    await ask(ws, 'now I fall asleep');
    const [code] = await once(ws, 'close');
    assert.equal(code, 1006);
  },

  // Through an HTTP proxy with CONNECT (npm: https-proxy-agent).
  async tunnel(url) {
    const { HttpsProxyAgent } = require('https-proxy-agent');
    const ws = await open(url, { ...PLAIN, agent: new HttpsProxyAgent(process.argv[4]) });
    for (const word of ['through', 'the', 'tunnel']) await ask(ws, word);
    await ping(ws, 'light?');
    await close(ws, 1000, 'out again');
  },
};

const [name, url] = process.argv.slice(2);
scenarios[name](url).catch((error) => {
  console.error(`client_ws.js ${name}: ${error.message}`);
  process.exitCode = 1;
});
