package localnet

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/cosmos/go-bip39"

	"github.com/cosmos/cosmos-sdk/crypto/hd"
	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
)

// Roles of the accounts of a local network.
const (
	roleOperator = "operator" // runs a validator, bonds the scorer
	roleScorer   = "scorer"   // the scoring worker's hot key
	roleProbe    = "probe"    // what the scoring worker pays for calls with
	roleCurator  = "curator"  // approves sponsors
	roleFaucet   = "faucet"
	roleSponsor  = "sponsor"
	roleMiner    = "miner"
	roleProvider = "provider" // serves models
	roleBuyer    = "buyer"    // pays for calls
)

// keyFile is what keys/<name>.json holds.
type keyFile struct {
	Name     string `json:"name"`
	Address  string `json:"address"`
	Mnemonic string `json:"mnemonic"`
}

// key is an account of the network with its secret.
type key struct {
	keyFile
	role    string
	private cryptotypes.PrivKey
}

func (k key) account() sdk.AccAddress { return sdk.AccAddress(k.private.PubKey().Address()) }

// keySource makes secrets: from a seed for tests, else from the system.
type keySource struct{ seed string }

// entropy returns 32 secret bytes for a purpose. With a seed they depend on the
// seed and the purpose only.
func (s keySource) entropy(purpose string) ([]byte, error) {
	if s.seed != "" {
		sum := sha256.Sum256(fmt.Appendf(nil, "assay/localnet/key\n%q\n%q", s.seed, purpose))
		return sum[:], nil
	}
	random := make([]byte, 32)
	if _, err := rand.Read(random); err != nil {
		return nil, err
	}
	return random, nil
}

// mnemonic returns 24 words for a purpose.
func (s keySource) mnemonic(purpose string) (string, error) {
	entropy, err := s.entropy(purpose)
	if err != nil {
		return "", err
	}
	return bip39.NewMnemonic(entropy)
}

// newKey makes an account key on the wallets' usual path (m/44'/118'/0'/0/0).
func (s keySource) newKey(name, role string) (key, error) {
	mnemonic, err := s.mnemonic("account/" + name)
	if err != nil {
		return key{}, err
	}
	secret, err := hd.Secp256k1.Derive()(mnemonic, "", sdk.GetConfig().GetFullBIP44Path())
	if err != nil {
		return key{}, err
	}
	k := key{role: role, private: hd.Secp256k1.Generate()(secret)}
	k.keyFile = keyFile{Name: name, Address: k.account().String(), Mnemonic: mnemonic}
	return k, nil
}

// write stores the key as dir/<name>.json, readable by its owner only, and
// returns the path.
func (k key) write(dir string) (string, error) {
	path := filepath.Join(dir, k.Name+".json")
	return path, writeJSON(path, k.keyFile, 0o600)
}

func writeJSON(path string, value any, mode os.FileMode) error {
	data, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(data, '\n'), mode)
}
