// MQTT client of the subprotocol sample with node's "mqtt" and "ws" (npm).
//
// usage: client_mqtt.js URL
//
// Offers the subprotocols "mqtt" and "mqttv3.1", subscribes, publishes, and waits for its own messages.
'use strict';
const mqtt = require('mqtt');
const WebSocket = require('ws');

const client = mqtt.connect(process.argv[2], {
  clientId: 'sample-client',
  protocolVersion: 4,
  reconnectPeriod: 0,
  createWebsocket: (url, protocols, options) =>
    new WebSocket(url, [...protocols, 'mqttv3.1'], { ...options.wsOptions, perMessageDeflate: false }),
});

const values = ['19.5', '19.75', '20.25 °C'];
let received = 0;

client.on('connect', () => {
  client.subscribe('house/+/temperature', { qos: 1 }, () => {
    values.forEach((value, qos) => client.publish('house/kitchen/temperature', value, { qos }));
  });
});
client.on('message', () => {
  received += 1;
  if (received === values.length) setTimeout(() => client.end(), 200);
});
client.on('error', (error) => {
  console.error(`client_mqtt.js: ${error.message}`);
  process.exit(1);
});
