package localnet

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
)

// maxArenasFile bounds arenas.json; ours is a few kilobytes.
const maxArenasFile = 1 << 20

var arenaName = regexp.MustCompile(`^[a-z0-9-]{1,32}$`)

// readArenas reads arenas.json; an empty path means no arenas.
func readArenas(path string) ([]arena, error) {
	if path == "" {
		return nil, nil
	}
	data, err := readBounded(path, maxArenasFile)
	if err != nil {
		return nil, fmt.Errorf("read arenas: %w", err)
	}
	var content struct {
		Arenas []arena `json:"arenas"`
	}
	if err := json.Unmarshal(data, &content); err != nil {
		return nil, fmt.Errorf("%s is not valid JSON: %w", path, err)
	}
	seen := map[string]bool{}
	for i, a := range content.Arenas {
		if !arenaName.MatchString(a.Name) {
			return nil, fmt.Errorf("%s: arena %d: name %q does not match %s", path, i, a.Name, arenaName)
		}
		if seen[a.Name] {
			return nil, fmt.Errorf("%s: two arenas are named %q", path, a.Name)
		}
		seen[a.Name] = true
	}
	return content.Arenas, nil
}

// readBounded reads a file of at most limit bytes.
func readBounded(path string, limit int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("%s is larger than %d bytes", path, limit)
	}
	return data, nil
}
