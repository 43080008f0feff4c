package intonnx

import "fmt"

// Code says which rule of the profile a file breaks. The list is closed and the
// same in every implementation.
type Code string

const (
	// CodeFileSize: the file is larger than allowed.
	CodeFileSize Code = "file_size"
	// CodeMalformed: not a well-formed ONNX protobuf: truncated, a field of the
	// wrong wire type or given twice, a required field missing, text that is not
	// UTF-8, a varint longer than needed.
	CodeMalformed Code = "malformed"
	// CodeVersion: IR version or operator set outside of the profile.
	CodeVersion Code = "version"
	// CodeForbidden: a part of ONNX that the profile leaves out: subgraphs,
	// functions, sparse tensors, strings, custom domains, value_info, training.
	CodeForbidden Code = "forbidden"
	// CodeExternalData: a tensor whose data is outside of the file.
	CodeExternalData Code = "external_data"
	// CodeCount: more nodes, initializers, dimensions, inputs of a node or
	// attributes than allowed.
	CodeCount Code = "count"
	// CodeName: a name that is empty, too long, not printable ASCII, or used twice.
	CodeName Code = "name"
	// CodeGraph: not one input and one output, a value that is used before it is
	// made (or never made), a value that is never used.
	CodeGraph Code = "graph"
	// CodeOperator: an operator outside of the profile.
	CodeOperator Code = "operator"
	// CodeAttribute: an attribute that is unknown, given twice, of the wrong type
	// or of a value outside of the profile.
	CodeAttribute Code = "attribute"
	// CodeType: a tensor of an element type that is not allowed there, or a
	// constant where a computed tensor is needed, or the reverse.
	CodeType Code = "type"
	// CodeShape: a dimension that is zero, too large or unknown, or shapes that
	// do not fit.
	CodeShape Code = "shape"
	// CodeConstant: a constant with a value that is not allowed there, or whose
	// data does not have the length its shape asks for.
	CodeConstant Code = "constant"
	// CodeShift: a product with 2^-k that is not consumed by Floor alone, or a
	// Floor of anything else.
	CodeShift Code = "shift"
	// CodeBound: a partial sum may reach 2^24 in magnitude, or an index may leave
	// its table.
	CodeBound Code = "bound"
	// CodeCost: more MACs, elements or cost than allowed.
	CodeCost Code = "cost"
)

// Codes lists every code.
var Codes = []Code{
	CodeFileSize,
	CodeMalformed,
	CodeVersion,
	CodeForbidden,
	CodeExternalData,
	CodeCount,
	CodeName,
	CodeGraph,
	CodeOperator,
	CodeAttribute,
	CodeType,
	CodeShape,
	CodeConstant,
	CodeShift,
	CodeBound,
	CodeCost,
}

// Error says why a file is not a model of the profile.
type Error struct {
	Code    Code   `json:"code"`
	Node    string `json:"node"` // name of the node (or its first output), of the tensor, or empty
	Message string `json:"message"`
}

func (e *Error) Error() string {
	if e.Node == "" {
		return fmt.Sprintf("intonnx: %s: %s", e.Code, e.Message)
	}
	return fmt.Sprintf("intonnx: %s: %q: %s", e.Code, e.Node, e.Message)
}

func fail(code Code, node, format string, args ...any) error {
	return &Error{Code: code, Node: node, Message: fmt.Sprintf(format, args...)}
}
