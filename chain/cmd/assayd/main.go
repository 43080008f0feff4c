// Command assayd is the Assay node and its command line.
package main

import (
	"fmt"
	"os"

	svrcmd "github.com/cosmos/cosmos-sdk/server/cmd"

	"github.com/assay-network/assay/chain/app/params"
	"github.com/assay-network/assay/chain/cmd/assayd/cmd"
)

func main() {
	params.SetConfig()
	if err := svrcmd.Execute(cmd.NewRootCmd(), "ASSAYD", params.DefaultNodeHome()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
