// Answers every request with 200 on the loopback port given as argument, once it has read the body.
const http = require('http');

http.createServer((request, response) => {
  request.resume();
  request.on('end', () => response.end('ok\n'));
}).listen(Number(process.argv[2]), '127.0.0.1');
