package poi

import (
	"testing"

	autocliv1 "cosmossdk.io/api/cosmos/autocli/v1"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"

	"github.com/assay-network/assay/chain/x/poi/types"
)

// Every rpc is a command, or says that it is none; every command is an rpc.
func TestAutoCLICoversServices(t *testing.T) {
	options := AppModule{}.AutoCLIOptions()
	for _, service := range []struct {
		commands *autocliv1.ServiceCommandDescriptor
		desc     grpc.ServiceDesc
	}{
		{options.Query, types.Query_serviceDesc},
		{options.Tx, types.Msg_serviceDesc},
	} {
		var commands, methods []string
		for _, command := range service.commands.RpcCommandOptions {
			commands = append(commands, command.RpcMethod)
		}
		for _, method := range service.desc.Methods {
			methods = append(methods, method.MethodName)
		}
		require.ElementsMatch(t, methods, commands)
	}
}
