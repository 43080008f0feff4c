// Package openapi serves the description of Assay's own REST routes. The JSON
// is generated from proto/ (buf.gen.openapi.yaml); do not edit it.
package openapi

import (
	_ "embed"
	"io/fs"
	"net/http"

	"github.com/gorilla/mux"

	"github.com/cosmos/cosmos-sdk/client/docs"
)

//go:embed assay.swagger.json
var document []byte

// Register serves the document at /openapi.json, and a page to read and try it
// under /swagger/. The routes of the SDK's modules are documented upstream.
func Register(router *mux.Router) error {
	page, err := fs.Sub(docs.SwaggerUI, "swagger-ui")
	if err != nil {
		return err
	}
	serveDocument := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		// A failed write means that the reader has gone.
		_, _ = w.Write(document)
	}
	router.HandleFunc("/openapi.json", serveDocument)
	// The page asks for this name; JSON is YAML.
	router.HandleFunc("/swagger/swagger.yaml", serveDocument)
	router.PathPrefix("/swagger/").Handler(http.StripPrefix("/swagger/", http.FileServerFS(page)))
	return nil
}
