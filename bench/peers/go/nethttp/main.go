// The bench's peer on Go's net/http: main PORT.
package main

import (
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"time"
)

func answer(w http.ResponseWriter, body []byte) {
	w.Header().Set("Content-Type", "text/plain")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.Write(body)
}

func only(method string, handler http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method != method {
			http.Error(w, "no", http.StatusMethodNotAllowed)
			return
		}
		handler(w, r)
	}
}

func main() {
	ok := []byte("ok")
	mux := http.NewServeMux()
	mux.HandleFunc("/health", only("GET", func(w http.ResponseWriter, r *http.Request) {
		answer(w, ok)
	}))
	mux.HandleFunc("/slow", only("GET", func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(100 * time.Millisecond)
		answer(w, ok)
	}))
	mux.HandleFunc("/echo", only("POST", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err != nil {
			http.Error(w, "too large", http.StatusRequestEntityTooLarge)
			return
		}
		answer(w, body)
	}))
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Args[1], mux))
}
