// Command gallery renders every page in every state from fixtures and takes pictures of them: by day, by night and on a
// phone. Its tests hold the same pages against accessibility rules, the content security policy and narrow screens.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"

	"plimsoll/web"
)

func main() {
	log.SetFlags(0)
	out := flag.String("out", "bin/pages", "folder for the pictures")
	only := flag.String("only", "", "pages whose name holds this text")
	listen := flag.String("listen", "", "serve the gallery at this address instead of taking pictures")
	flag.Parse()
	if *listen != "" {
		log.Printf("http://%s/", *listen)
		log.Fatal(http.ListenAndServe(*listen, handler()))
	}
	if err := takePictures(context.Background(), *out, *only); err != nil {
		log.Fatal("gallery: ", err)
	}
}

func takePictures(ctx context.Context, out, only string) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	server := httptest.NewServer(handler())
	defer server.Close()
	browser, stop, err := startBrowser(ctx)
	if err != nil {
		return err
	}
	defer stop()
	var shown []string
	for _, state := range states() {
		if !strings.Contains(state.name, only) {
			continue
		}
		shown = append(shown, state.name)
		for _, screen := range pictured {
			picture, err := photograph(browser, server.URL+"/gallery/"+state.name, screen)
			if err != nil {
				return fmt.Errorf("%s, %s: %w", state.name, screen.name, err)
			}
			if err := os.WriteFile(filepath.Join(out, state.name+"."+screen.name+".png"), picture, 0o644); err != nil {
				return err
			}
		}
	}
	return writeIndex(filepath.Join(out, "index.html"), shown)
}

// handler serves the states under /gallery/, with the headers of the real server.
func handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle(web.StaticPath, web.StaticHandler())
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		for _, state := range states() {
			fmt.Fprintf(w, `<p><a href="/gallery/%s">%s</a>`, state.name, state.name)
		}
	})
	mux.HandleFunc("GET "+logosPath+"{name}", showLogo)
	for _, state := range states() {
		mux.HandleFunc("GET /gallery/"+state.name, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Content-Security-Policy", web.ContentSecurityPolicy)
			if err := state.page.Render(r.Context(), w); err != nil {
				log.Printf("gallery: render %s: %v", state.name, err)
			}
		})
	}
	return mux
}
