// The bench's peer on Node's http: server.js PORT.
'use strict';
const http = require('http');

function answer(res, status, body) {
  res.writeHead(status, {'Content-Type': 'text/plain', 'Content-Length': Buffer.byteLength(body)});
  res.end(body);
}

function echo(req, res) {
  const pieces = [];
  req.on('data', (piece) => pieces.push(piece));
  req.on('end', () => answer(res, 200, Buffer.concat(pieces)));
}

const routes = {
  '/health': ['GET', (req, res) => answer(res, 200, 'ok')],
  '/slow': ['GET', (req, res) => setTimeout(answer, 100, res, 200, 'ok')],
  '/echo': ['POST', echo],
};

const server = http.createServer((req, res) => {
  const route = routes[req.url];
  if (!route) return answer(res, 404, 'not found');
  if (req.method !== route[0]) return answer(res, 405, 'no');
  route[1](req, res);
});
server.keepAliveTimeout = 75000;
server.listen({host: '127.0.0.1', port: Number(process.argv[2]), backlog: 4096});
