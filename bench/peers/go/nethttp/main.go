// The bench's peer on Go's net/http: main PORT.
package main

import (
	"io"
	"log"
	"net/http"
	"os"
	"runtime"
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

// What fits into a millisecond, found by the best of some tries. A clock would also count the time
// in which other goroutines run.
func stepsPerMillisecond() int {
	const steps = 100000
	best := time.Hour
	for i := 0; i < 50; i++ {
		began := time.Now()
		burn(steps)
		if took := time.Since(began); took < best {
			best = took
		}
	}
	return int(steps * time.Millisecond / best)
}

func burn(steps int) uint32 {
	state := uint32(1)
	for i := 0; i < steps; i++ {
		state = state*1664525 + 1013904223
	}
	return state
}

func main() {
	perMillisecond := stepsPerMillisecond()
	ok := []byte("ok")
	mux := http.NewServeMux()
	mux.HandleFunc("/health", only("GET", func(w http.ResponseWriter, r *http.Request) {
		answer(w, ok)
	}))
	mux.HandleFunc("/slow", only("GET", func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(100 * time.Millisecond)
		answer(w, ok)
	}))
	mux.HandleFunc("/burn", only("GET", func(w http.ResponseWriter, r *http.Request) {
		runtime.KeepAlive(burn(perMillisecond))
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
