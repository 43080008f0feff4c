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
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open arenas: %w", err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxArenasFile+1))
	if err != nil {
		return nil, fmt.Errorf("read arenas: %w", err)
	}
	if len(data) > maxArenasFile {
		return nil, fmt.Errorf("%s is larger than %d bytes", path, maxArenasFile)
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
