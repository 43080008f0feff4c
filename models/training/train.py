"""Trains the models of one arena and writes their IntONNX-24 files.

    python train.py digits DATA_DIRECTORY [MODEL ...]

DATA_DIRECTORY is what export.ts wrote. Without model names all of the arena
are trained. Only training items are read here; evaluate.ts measures on hidden ones.
"""

import sys
import time
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import optax

from layers import forward, initial_params
from quantise import quantise
from recipes import ARENAS, Arena, Recipe

MODELS = Path(__file__).resolve().parent.parent
CALIBRATION = 512


def read(arena: Arena, folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Inputs [n, ...] and labels [n]."""
    inputs = np.fromfile(folder / "inputs.bin", np.dtype(arena.input_type).newbyteorder("<"))
    labels = np.fromfile(folder / "labels.bin", np.uint8)
    return inputs.reshape(len(labels), *arena.shape), labels


def train(arena: Arena, recipe: Recipe, inputs: np.ndarray, labels: np.ndarray) -> list:
    """Adam with a cosine schedule on cross-entropy; the same seed gives the same order of items."""
    count = min(recipe.samples, len(labels))
    steps = recipe.epochs * (count // recipe.batch)
    schedule = optax.cosine_decay_schedule(recipe.rate, steps)
    optimiser = optax.adamw(schedule, weight_decay=recipe.decay)
    params = initial_params(recipe.layers, arena.shape, recipe.seed)
    state = optimiser.init(params)
    whole = arena.input_type == "int16"

    def loss(params, x, y, key):
        logits, _ = forward(recipe.layers, params, x, arena.scale, recipe.dropout, key)
        target = optax.smooth_labels(jax.nn.one_hot(y, arena.labels), 0.02)
        return optax.softmax_cross_entropy(logits, target).mean()

    @jax.jit
    def step(params, state, x, y, key):
        x = x.astype(jnp.int32 if whole else jnp.float32)
        value, gradient = jax.value_and_grad(loss)(params, x, y, key)
        updates, state = optimiser.update(gradient, state, params)
        return optax.apply_updates(params, updates), state, value

    rng = np.random.default_rng(recipe.seed)
    key = jax.random.key(recipe.seed)
    done = 0
    for epoch in range(recipe.epochs):
        started = time.monotonic()
        order = rng.permutation(count)
        total = 0.0
        for i in range(0, count - recipe.batch + 1, recipe.batch):
            pick = order[i : i + recipe.batch]
            params, state, value = step(params, state, inputs[pick], labels[pick], jax.random.fold_in(key, done))
            done += 1
            total += value
        print(f"  {recipe.name} epoch {epoch + 1}/{recipe.epochs}: loss {total / (count // recipe.batch):.4f} ({time.monotonic() - started:.1f} s)", flush=True)
    return [tuple(np.asarray(w) for w in layer) for layer in params]


def with_noise(params: list, amount: float, seed: int) -> list:
    """The weights of somebody else's model, each layer blurred by `amount` of its own spread."""
    rng = np.random.default_rng(seed)
    return [tuple((w + rng.normal(0, amount * w.std() + 1e-9, w.shape)).astype(np.float32) for w in layer) for layer in params]


def main() -> None:
    if len(sys.argv) < 3 or sys.argv[1] not in ARENAS:
        sys.exit(f"usage: python train.py {'|'.join(ARENAS)} DATA_DIRECTORY [MODEL ...]")
    name, folder, wanted = sys.argv[1], Path(sys.argv[2]), sys.argv[3:]
    arena = ARENAS[name]
    inputs, labels = read(arena, folder)
    calibration = inputs[:CALIBRATION].astype(np.int32 if arena.input_type == "int16" else np.float32)
    for recipe in arena.recipes:
        if wanted and recipe.name not in wanted:
            continue
        params = train(arena, recipe, inputs, labels)
        write(name, recipe.name, recipe.layers, params, calibration)
        if recipe.copy:
            write(name, recipe.copy, recipe.layers, with_noise(params, arena.copy_noise, recipe.seed), calibration)


def write(arena: str, model: str, layers: list, params: list, calibration: np.ndarray) -> None:
    spec = ARENAS[arena]
    file = MODELS / arena / f"{model}.onnx"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(quantise(layers, params, calibration, spec.input_type, spec.scale, spec.labels))
    print(f"  wrote {file.relative_to(MODELS)}, {file.stat().st_size} bytes", flush=True)


if __name__ == "__main__":
    main()
