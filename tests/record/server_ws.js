// Server side of the samples with node's "ws" (npm).
//
// usage: server_ws.js SCENARIO HOST PORT
//
// The library does the handshake and the frames; this file only says what to talk about.
// It runs until it is killed.
'use strict';
const { WebSocketServer } = require('ws');

const scenarios = {
  // A greeting, then every message goes back; compressed when the peer offers it.
  live: {
    options: { perMessageDeflate: true },
    talk(ws) {
      ws.send(JSON.stringify({ type: 'hello', topics: ['news', 'weather', 'sports'] }));
      ws.on('message', (data, binary) => ws.send(data, { binary }));
    },
  },
  // Binary readings (a number, then a temperature in hundredths) are answered with text;
  // the server says goodbye after the tenth.
  telemetry: {
    options: { perMessageDeflate: false },
    talk(ws) {
      ws.on('message', (data) => {
        const number = data.readUInt16BE(0);
        ws.send(`reading ${number}: ${(data.readInt16BE(2) / 100).toFixed(2)} °C`);
        if (number === 10) ws.close(1001, 'server is going away');
      });
    },
  },
};

const [name, host, port] = process.argv.slice(2);
const { options, talk } = scenarios[name];
new WebSocketServer({ host, port: Number(port), ...options }).on('connection', talk);
