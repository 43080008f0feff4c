package openapi_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gorilla/mux"
	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/app/openapi"
)

func TestRegister(t *testing.T) {
	router := mux.NewRouter()
	require.NoError(t, openapi.Register(router))
	get := func(path string) *httptest.ResponseRecorder {
		response := httptest.NewRecorder()
		router.ServeHTTP(response, httptest.NewRequest(http.MethodGet, path, nil))
		require.Equal(t, http.StatusOK, response.Code, path)
		return response
	}

	var document struct {
		Paths map[string]any `json:"paths"`
	}
	require.NoError(t, json.Unmarshal(get("/openapi.json").Body.Bytes(), &document))
	require.Contains(t, document.Paths, "/assay/poi/v1/clock")
	for path := range document.Paths {
		require.True(t, strings.HasPrefix(path, "/assay/"), "%s is not a route of ours", path)
	}
	require.Equal(t, get("/openapi.json").Body.Bytes(), get("/swagger/swagger.yaml").Body.Bytes())
	require.Contains(t, get("/swagger/").Body.String(), "SwaggerUIBundle")
}
