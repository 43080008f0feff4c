package marketplace

import (
	"testing"

	autocliv1 "cosmossdk.io/api/cosmos/autocli/v1"
	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/assay-network/assay/chain/x/marketplace/types"
)

// Every rpc is a command, or says that it is none; every command is an rpc, and
// its positional arguments are fields of the request.
func TestAutoCLICoversServices(t *testing.T) {
	options := AppModule{}.AutoCLIOptions()
	for _, service := range []struct {
		commands *autocliv1.ServiceCommandDescriptor
		desc     grpc.ServiceDesc
	}{
		{options.Query, types.Query_serviceDesc},
		{options.Tx, types.Msg_serviceDesc},
	} {
		descriptor, err := proto.HybridResolver.FindDescriptorByName(protoreflect.FullName(service.desc.ServiceName))
		require.NoError(t, err)
		rpcs := descriptor.(protoreflect.ServiceDescriptor).Methods()
		var commands, methods []string
		for _, command := range service.commands.RpcCommandOptions {
			commands = append(commands, command.RpcMethod)
			for _, argument := range command.PositionalArgs {
				fields := rpcs.ByName(protoreflect.Name(command.RpcMethod)).Input().Fields()
				require.NotNil(t, fields.ByName(protoreflect.Name(argument.ProtoField)), "%s of %s", argument.ProtoField, command.RpcMethod)
			}
		}
		for _, method := range service.desc.Methods {
			methods = append(methods, method.MethodName)
		}
		require.ElementsMatch(t, methods, commands)
	}
}
