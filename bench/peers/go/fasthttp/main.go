// The bench's peer on fasthttp: main PORT.
package main

import (
	"log"
	"os"
	"time"

	"github.com/valyala/fasthttp"
)

func handle(ctx *fasthttp.RequestCtx) {
	method := "GET"
	switch string(ctx.Path()) {
	case "/health":
	case "/slow":
		time.Sleep(100 * time.Millisecond)
	case "/echo":
		method = "POST"
	default:
		ctx.Error("not found", fasthttp.StatusNotFound)
		return
	}
	if string(ctx.Method()) != method {
		ctx.Error("no", fasthttp.StatusMethodNotAllowed)
		return
	}
	ctx.SetContentType("text/plain")
	if method == "POST" {
		ctx.SetBody(ctx.PostBody())
	} else {
		ctx.SetBodyString("ok")
	}
}

func main() {
	server := &fasthttp.Server{Handler: handle, MaxRequestBodySize: 1 << 20}
	log.Fatal(server.ListenAndServe("127.0.0.1:" + os.Args[1]))
}
