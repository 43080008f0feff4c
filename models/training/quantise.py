"""Post-training quantisation to IntONNX-24 and the writer of its ONNX files.

Real scales live only here: a tensor T of the float model is about s_T times
the integers of the graph. Between layers the graph multiplies by 2^-k, k per
channel, and rounds down; the half added to the bias makes that rounding half up.
Weights shrink (k falls) until every partial sum is proven below 2^24.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from layers import Cap, Conv, Dense, Embed, Flatten, Layer, MaxPool, Params, forward, is_first_with_weights

BOUND = 1 << 24
OPSET = 17
IR_VERSION = 8
ACTIVATION_MAX = 255
WEIGHT_MAX = 127
MAX_SHIFT = 20
INPUT_TYPES = {"uint8": (TensorProto.UINT8, 0, 255), "int16": (TensorProto.INT16, -32768, 32767)}


class BoundError(Exception):
    """No scale keeps the partial sums below 2^24: the layer sums over too many inputs."""


class Graph:
    """Collects the nodes and constants of one file; every value is named after its node."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []

    def node(self, op: str, name: str, inputs: list[str], **attributes) -> str:
        self.nodes.append(helper.make_node(op, inputs, [name], name=name, **attributes))
        return name

    def tensor(self, name: str, values: np.ndarray) -> str:
        self.initializers.append(numpy_helper.from_array(values, name))
        return name

    def integers(self, name: str, values: np.ndarray) -> str:
        """An integer constant in the smallest type that holds it, cast to float."""
        for kind in (np.int8, np.int16, np.int32):
            info = np.iinfo(kind)
            if values.min() >= info.min and values.max() <= info.max:
                break
        stored = self.tensor(f"{name}_int", values.astype(kind))
        return self.node("Cast", name, [stored], to=TensorProto.FLOAT)

    def scalar(self, name: str, value: int) -> str:
        return self.tensor(name, np.array(value, np.float32))


def quantise(layers: list[Layer], params: Params, calibration: np.ndarray, input_type: str, scale: float, labels: int) -> bytes:
    """The ONNX file of a trained model.

    calibration: raw training inputs [n, ...], from which the ranges of hidden tensors are read.
    """
    _, outputs = forward(layers, params, calibration, scale)
    element, low, high = INPUT_TYPES[input_type]
    shape = calibration.shape[1:]
    graph = Graph()
    x = graph.node("Cast", "input_float", ["input"], to=TensorProto.FLOAT)
    s_in = scale
    for i, (layer, weights) in enumerate(zip(layers, params)):
        name = f"{type(layer).__name__.lower()}{i}"
        match layer:
            case Cap():
                x = graph.node("Clip", name, [x, graph.scalar(f"{name}_min", 0), graph.scalar(f"{name}_max", layer.high)])
                high = layer.high
                continue
            case MaxPool():
                x = graph.node("MaxPool", name, [x], kernel_shape=[layer.size] * 2, strides=[layer.size] * 2)
                continue
            case Flatten():
                x = graph.node("Flatten", name, [x], axis=1)
                continue
            case Embed():
                top = layer.vocabulary - 1
                x = graph.node("Clip", f"{name}_ids", [x, graph.scalar(f"{name}_first", 0), graph.scalar(f"{name}_last", top)])
                x = graph.node("Cast", f"{name}_index", [x], to=TensorProto.INT64)
                # A sum of n rows is a product with a vector of counts, each 0 .. n, that add up to n.
                rows, bias, k, s_in = hidden(weights[0], weights[1], 1.0, np.asarray(outputs[i]), lambda w: shape[0] * max_row(w))
                table = graph.integers(f"{name}_table", rows)
                x = graph.node("Gather", f"{name}_rows", [table, x], axis=0)
                x = graph.node("ReduceSum", f"{name}_sum", [x, graph.tensor(f"{name}_axes", np.array([1], np.int64))], keepdims=0)
                x = graph.node("Add", f"{name}_biased", [x, graph.integers(f"{name}_bias", bias)])
                x = rescale(graph, name, x, k)
            case Conv():
                flat = weights[0].reshape(layer.out, -1).T
                q, bias, k, s_in = hidden(flat, weights[1], s_in, np.asarray(outputs[i]), lambda w, h=high: h * one_sided(w))
                kernel = graph.integers(f"{name}_weights", q.T.reshape(weights[0].shape))
                x = graph.node(
                    "Conv",
                    f"{name}_sum",
                    [x, kernel, graph.integers(f"{name}_bias", bias)],
                    kernel_shape=[layer.kernel] * 2,
                    strides=[layer.stride] * 2,
                    pads=[layer.pad] * 4,
                )
                x = rescale(graph, name, x, k[:, None, None])
            case Dense() if i < len(layers) - 1:
                q, bias, k, s_in = hidden(weights[0], weights[1], s_in, np.asarray(outputs[i]), lambda w, h=high: h * one_sided(w))
                x = graph.node("Gemm", f"{name}_sum", [x, graph.integers(f"{name}_weights", q), graph.integers(f"{name}_bias", bias)])
                x = rescale(graph, name, x, k)
            case Dense():
                q, bias = logits(weights[0], weights[1], s_in, lambda w, h=high: h * one_sided(w))
                x = graph.node("Gemm", f"{name}_sum", [x, graph.integers(f"{name}_weights", q), graph.integers(f"{name}_bias", bias)])
        high = ACTIVATION_MAX
    graph.node("Cast", "logits", [x], to=TensorProto.INT32)
    return write(graph, element, shape, labels)


def one_sided(weights: np.ndarray) -> np.ndarray:
    """Per output column, the larger of the positive and the negative sum."""
    return np.maximum(np.maximum(weights, 0).sum(axis=0), -np.minimum(weights, 0).sum(axis=0))


def max_row(table: np.ndarray) -> np.ndarray:
    return np.abs(table).max(axis=0)


def hidden(weights, bias, s_in: float, output: np.ndarray, reach):
    """Integer weights [in, out], bias and shift per column, and the scale of the result.

    reach(q) bounds |sum| per column without the bias.
    """
    s_out = max(float(np.percentile(output, 99.99)), 1e-6) / ACTIVATION_MAX
    largest = np.maximum(np.abs(weights).max(axis=0), 1e-12)
    k = np.clip(np.floor(np.log2(s_out * WEIGHT_MAX / (s_in * largest))), 0, MAX_SHIFT).astype(np.int64)
    while True:
        s_w = s_out * 2.0 ** -k / s_in
        q = np.clip(np.rint(weights / s_w), -WEIGHT_MAX, WEIGHT_MAX).astype(np.int64)
        b = np.rint(bias / (s_in * s_w)).astype(np.int64) + np.where(k > 0, 1 << np.maximum(k - 1, 0), 0)
        over = reach(q) + np.abs(b) >= BOUND
        if not over.any():
            return q, b, k, s_out
        if (k[over] == 0).any():
            raise BoundError
        k = np.where(over, k - 1, k)


def logits(weights, bias, s_in: float, reach):
    """Integer weights [in, out] and bias of the last layer, all columns on one scale."""
    s_w = np.abs(weights).max() / WEIGHT_MAX
    while True:
        q = np.rint(weights / s_w).astype(np.int64)
        b = np.rint(bias / (s_in * s_w)).astype(np.int64)
        if (reach(q) + np.abs(b) < BOUND).all():
            return q, b
        s_w *= 1.1


def rescale(graph: Graph, name: str, x: str, k: np.ndarray) -> str:
    """x * 2^-k, rounded down, cut to 0 .. 255: the ReLU is part of it."""
    x = graph.node("Mul", f"{name}_scaled", [x, graph.tensor(f"{name}_scale", (2.0 ** -k).astype(np.float32))])
    x = graph.node("Floor", f"{name}_floor", [x])
    return graph.node("Clip", name, [x, graph.scalar(f"{name}_min", 0), graph.scalar(f"{name}_max", ACTIVATION_MAX)])


def write(graph: Graph, element: int, shape: tuple[int, ...], labels: int) -> bytes:
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "model",
            [helper.make_tensor_value_info("input", element, ["batch", *shape])],
            [helper.make_tensor_value_info("logits", TensorProto.INT32, ["batch", labels])],
            graph.initializers,
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="assay",
    )
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString(deterministic=True)
