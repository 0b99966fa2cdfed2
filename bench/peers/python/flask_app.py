"""The bench's WSGI peer: Flask, behind Gunicorn's workers and uWSGI."""

import time

from flask import Flask, Response, request

app = Flask(__name__)


def text(body):
    return Response(body, mimetype="text/plain")


@app.get("/health")
def health():
    return text("ok")


@app.get("/slow")
def slow():
    time.sleep(0.1)  # gevent and eventlet patch it
    return text("ok")


@app.get("/burn")
def burn():
    until = time.thread_time_ns() + 1_000_000
    while time.thread_time_ns() < until:
        pass
    return text("ok")


@app.post("/echo")
def echo():
    return text(request.get_data())
