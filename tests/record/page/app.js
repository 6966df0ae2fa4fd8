// Script of the sample page: loads three files one after the other, then talks to /live and closes.
'use strict';

function show(text) {
  const line = document.createElement('li');
  line.textContent = text;
  document.getElementById('log').append(line);
}

async function main() {
  for (const topic of ['news', 'weather', 'sports']) {
    const answer = await fetch(`${topic}.json`);
    show(JSON.stringify(await answer.json()));
  }
  const socket = new WebSocket(`ws://${location.host}/live`);
  socket.binaryType = 'arraybuffer';
  const lines = ['Hello from the browser', 'Grüße aus dem Browser 🌍', 'x'.repeat(2000), new Uint8Array([1, 0, 1])];
  socket.onmessage = (event) => {
    show(typeof event.data === 'string' ? event.data : `${event.data.byteLength} bytes`);
    if (lines.length > 0) socket.send(lines.shift());
    else socket.close(1000, 'page is done');
  };
  socket.onclose = () => fetch('done');
}

main();
