package app_test

import (
	"encoding/hex"
	"encoding/json"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"
	protov2 "google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/dynamicpb"

	"cosmossdk.io/api/amino"
	"cosmossdk.io/math"

	"github.com/cosmos/cosmos-sdk/x/tx/signing/aminojson"
)

// aminoVector is one message in the two forms a client must produce alike.
type aminoVector struct {
	TypeURL string `json:"typeUrl"`
	// Proto encoding in hex.
	Proto string `json:"proto"`
	// What a wallet shows and signs, with its amino name.
	Amino json.RawMessage `json:"amino"`
}

// TestAminoVectors writes every message of ours, once with all fields set and once
// with none, as the chain signs it in amino JSON. The TypeScript client reads the
// same file: hardware wallets fail on any difference.
func TestAminoVectors(t *testing.T) {
	a := newApp()
	encoder := aminojson.NewEncoder(aminojson.EncoderOptions{})
	var vectors []aminoVector
	for _, descriptor := range messages(t, a) {
		if !strings.HasPrefix(string(descriptor.FullName()), "assay.") {
			continue
		}
		typeURL := "/" + string(descriptor.FullName())
		resolved, err := a.InterfaceRegistry().Resolve(typeURL)
		require.NoError(t, err)
		name, _ := protov2.GetExtension(descriptor.Options(), amino.E_Name).(string)
		for _, full := range []bool{true, false} {
			msg := reflect.New(reflect.TypeOf(resolved).Elem())
			if full {
				fill(t, msg.Elem(), name)
			}
			encoded, err := proto.Marshal(msg.Interface().(proto.Message))
			require.NoError(t, err)
			dynamic := dynamicpb.NewMessage(descriptor)
			require.NoError(t, protov2.Unmarshal(encoded, dynamic))
			signed, err := encoder.Marshal(dynamic)
			require.NoError(t, err)
			vectors = append(vectors, aminoVector{typeURL, hex.EncodeToString(encoded), signed})
		}
	}
	text, err := json.MarshalIndent(vectors, "", " ")
	require.NoError(t, err)
	requireGolden(t, filepath.Join("..", "..", "..", "testdata", "vectors", "amino.json"), string(text)+"\n")
}

// fill sets every field to a value that is not its default, and that breaks
// careless encoders: integers beyond 2^53, text that JSON escapes.
func fill(t *testing.T, v reflect.Value, path string) {
	t.Helper()
	if v.Type() == reflect.TypeFor[math.Int]() {
		i, ok := math.NewIntFromString("123456789012345678901")
		require.True(t, ok)
		v.Set(reflect.ValueOf(i))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i), path+"/"+v.Type().Field(i).Name)
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			v.SetBytes([]byte(path))
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(t, v.Index(0), path+"/0")
		fill(t, v.Index(1), path+"/1")
	case reflect.String:
		v.SetString(path + " é & <b>\"\\\n")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Uint64:
		v.SetUint(1<<64 - 1)
	case reflect.Uint32:
		v.SetUint(1<<32 - 1)
	case reflect.Int32: // enums
		v.SetInt(1)
	case reflect.Int64:
		v.SetInt(1<<63 - 1)
	default:
		t.Fatalf("%s: fill knows no %s", path, v.Kind())
	}
}
