package cmd

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/assay-network/assay/chain/intonnx"
)

// maxRunBytes limits the raw inputs that `assayd intonnx run` reads.
const maxRunBytes = 256 << 20

// IntONNXCommand returns `assayd intonnx`, which checks and runs model files
// exactly as the chain does, without a node.
func IntONNXCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "intonnx",
		Short: "Check and run models of the profile IntONNX-24",
		Args:  cobra.NoArgs,
		// In place of the root's: these commands need no home directory.
		PersistentPreRunE: func(*cobra.Command, []string) error { return nil },
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(intonnxCheckCommand(), intonnxRunCommand())
	return cmd
}

func intonnxCheckCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check FILE",
		Short: "Check a model file and print what was proved about it, or why it is refused",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			program, err := checkModelFile(cmd, args[0])
			if err != nil {
				return err
			}
			return printJSON(cmd, struct {
				OK bool `json:"ok"`
				intonnx.Info
			}{true, program.Info})
		},
	}
}

func intonnxRunCommand() *cobra.Command {
	var input string
	var batch int
	cmd := &cobra.Command{
		Use:   "run FILE --input RAW [--batch N]",
		Short: "Run a model on raw inputs (row-major, int16 little-endian) and print its int32 outputs",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			program, err := checkModelFile(cmd, args[0])
			if err != nil {
				return err
			}
			inputs, err := readAtMost(input, maxRunBytes)
			if err != nil {
				return err
			}
			if size := program.Info.Input.Bytes(); batch < 1 || len(inputs) != batch*size {
				return fmt.Errorf("%s has %d bytes, expected %d items of %d bytes: check --batch", input, len(inputs), batch, size)
			}
			outputs, err := program.RunBatch(new(intonnx.Scratch), inputs)
			if err != nil {
				return err
			}
			return printJSON(cmd, map[string][][]int32{"outputs": outputs})
		},
	}
	cmd.Flags().StringVar(&input, "input", "", "file with the raw bytes of the items, back to back")
	cmd.Flags().IntVar(&batch, "batch", 1, "number of items in the input file")
	if err := cmd.MarkFlagRequired("input"); err != nil {
		panic(err) // the flag is defined right above
	}
	return cmd
}

// checkModelFile checks a file. A refusal is printed as JSON on standard output
// and returned, so that the program exits with 1.
func checkModelFile(cmd *cobra.Command, path string) (*intonnx.Program, error) {
	file, err := readAtMost(path, intonnx.MaxFileBytes+1) // one byte more is enough to be refused
	if err != nil {
		return nil, err
	}
	program, err := intonnx.Check(file, intonnx.Limits{})
	var refusal *intonnx.Error
	if errors.As(err, &refusal) {
		if err := printJSON(cmd, map[string]*intonnx.Error{"error": refusal}); err != nil {
			return nil, err
		}
	}
	return program, err
}

// readAtMost reads a file up to a number of bytes and leaves the rest.
func readAtMost(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, limit))
}

func printJSON(cmd *cobra.Command, v any) error {
	encoder := json.NewEncoder(cmd.OutOrStdout())
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
}
