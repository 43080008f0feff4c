"""The layers a recipe is made of, and what they compute in floating point.

A model is a list of layers applied one after another. Every hidden Conv,
Dense and Embed ends in a ReLU; the last Dense gives the logits.
Tensors are NCHW for images and NF for the rest, as in ONNX.
"""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np


@dataclass(frozen=True)
class Conv:
    """A square convolution with a ReLU; `pad` zeros on every side."""

    out: int
    kernel: int
    stride: int = 1
    pad: int = 0


@dataclass(frozen=True)
class MaxPool:
    """Maximum over squares of `size`, which do not overlap."""

    size: int


@dataclass(frozen=True)
class Flatten:
    """NCHW to NF."""


@dataclass(frozen=True)
class Dense:
    """A fully connected layer with a ReLU, unless it is the last."""

    out: int


@dataclass(frozen=True)
class Cap:
    """Only first: cuts input counts off at `high`."""

    high: int


@dataclass(frozen=True)
class Embed:
    """Only first: adds up one row of a table per id, then bias and ReLU. Ids from `vocabulary` on count as the last row."""

    vocabulary: int
    out: int


Layer = Conv | MaxPool | Flatten | Dense | Cap | Embed
# One (weights, bias) pair per layer; layers without weights have an empty tuple.
Params = list[tuple[np.ndarray, ...]]


def initial_params(layers: list[Layer], shape: tuple[int, ...], seed: int) -> Params:
    """He-initialised weights: Conv [out, in, k, k], Dense [in, out], Embed [vocabulary, out]."""
    rng = np.random.default_rng(seed)
    params: Params = []
    for layer in layers:
        match layer:
            case Conv():
                weights = (layer.out, shape[0], layer.kernel, layer.kernel)
                fan_in = shape[0] * layer.kernel**2
                side = (shape[1] + 2 * layer.pad - layer.kernel) // layer.stride + 1
                shape = (layer.out, side, side)
            case MaxPool():
                params.append(())
                shape = (shape[0], shape[1] // layer.size, shape[2] // layer.size)
                continue
            case Flatten():
                params.append(())
                shape = (int(np.prod(shape)),)
                continue
            case Cap():
                params.append(())
                continue
            case Dense():
                weights, fan_in, shape = (shape[0], layer.out), shape[0], (layer.out,)
            case Embed():
                weights, fan_in, shape = (layer.vocabulary, layer.out), shape[0], (layer.out,)
        params.append(
            (
                rng.normal(0, np.sqrt(2 / fan_in), weights).astype(np.float32),
                np.zeros(layer.out, np.float32),
            )
        )
    return params


def forward(layers: list[Layer], params: Params, inputs, scale: float, dropout: float = 0.0, key=None):
    """Returns the logits and the output of every layer. `inputs` is the raw integer tensor, `scale` its real unit."""
    x = inputs
    outputs = []
    for i, (layer, weights) in enumerate(zip(layers, params)):
        last = i == len(layers) - 1
        match layer:
            case Cap():
                x = jnp.minimum(x, layer.high)
            case Embed():
                x = jax.nn.relu(weights[0][jnp.minimum(x, layer.vocabulary - 1)].sum(axis=1) + weights[1])
            case Conv():
                x = x * scale if i == 0 else x
                x = jax.lax.conv_general_dilated(
                    x, weights[0], (layer.stride,) * 2, [(layer.pad,) * 2] * 2, dimension_numbers=("NCHW", "OIHW", "NCHW")
                )
                x = jax.nn.relu(x + weights[1][:, None, None])
            case MaxPool():
                window = (1, 1, layer.size, layer.size)
                x = jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, window, window, "VALID")
            case Flatten():
                x = x.reshape(x.shape[0], -1)
            case Dense():
                x = x * scale if is_first_with_weights(layers, i) else x
                x = x @ weights[0] + weights[1]
                x = x if last else jax.nn.relu(x)
        if key is not None and dropout > 0 and isinstance(layer, Dense | Embed) and not last:
            key, use = jax.random.split(key)
            x = x * jax.random.bernoulli(use, 1 - dropout, x.shape) / (1 - dropout)
        outputs.append(x)
    return x, outputs


def is_first_with_weights(layers: list[Layer], i: int) -> bool:
    """True when layer i is the first to see the raw integers."""
    return all(isinstance(layer, Flatten | Cap | MaxPool) for layer in layers[:i])
