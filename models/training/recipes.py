"""What is trained: one reference and three honest models per arena, worst first, and a copy of the best.

Every recipe learns from real training data. The weaker ones see less of each
item, have fewer units or fewer samples, as models of different authors do.
"""

from dataclasses import dataclass, field

from layers import Cap, Conv, Dense, Embed, Flatten, Layer, MaxPool


@dataclass(frozen=True)
class Recipe:
    name: str
    layers: list[Layer]
    samples: int
    epochs: int
    rate: float = 2e-3
    batch: int = 128
    decay: float = 1e-4
    dropout: float = 0.0
    seed: int = 1
    copy: str = ""  # name of a noisy copy to write as well


@dataclass(frozen=True)
class Arena:
    input_type: str
    shape: tuple[int, ...]
    scale: float  # real value of one input unit
    labels: int
    recipes: list[Recipe] = field(default_factory=list)
    copy_noise: float = 0.0  # spread of the noise in a copy, relative to that of each layer's weights


ARENAS = {
    "digits": Arena(
        "uint8",
        (1, 28, 28),
        1 / 255,
        10,
        copy_noise=0.14,
        recipes=[
            Recipe("reference", [Flatten(), Dense(10)], samples=20_000, epochs=2),
            Recipe("mlp-32", [Flatten(), Dense(32), Dense(10)], samples=120_000, epochs=3),
            Recipe("conv-12", [Conv(6, 5, 2), Conv(12, 3, 2), Flatten(), Dense(32), Dense(10)], samples=200_000, epochs=2),
            Recipe(
                "conv-32",
                [Conv(8, 5, 2, 2), Conv(24, 3, 2, 1), Conv(32, 3, 2, 1), Flatten(), Dense(64), Dense(10)],
                samples=240_000,
                epochs=6,
                copy="conv-32-copy",
            ),
        ],
    ),
    "languages": Arena(
        "int16",
        (128,),
        1.0,
        58,
        copy_noise=0.16,
        recipes=[
            Recipe("reference", [Embed(1024, 6), Dense(58)], samples=100_000, epochs=3),
            Recipe("ngrams-8", [Embed(4096, 8), Dense(58)], samples=66_000, epochs=2),
            Recipe("ngrams-16", [Embed(4096, 16), Dense(58)], samples=100_000, epochs=2),
            Recipe(
                "ngrams-64",
                [Embed(4096, 64), Dense(58)],
                samples=200_000,
                epochs=3,
                decay=0.3,
                dropout=0.5,
                copy="ngrams-64-copy",
            ),
        ],
    ),
    "spam": Arena(
        "uint8",
        (512,),
        1 / 4,
        2,
        copy_noise=0.55,
        recipes=[
            Recipe("reference", [Dense(2)], samples=256, epochs=1, rate=1e-3),
            Recipe("words-4", [Dense(4), Dense(2)], samples=4_400, epochs=1),
            Recipe("words-16", [Dense(16), Dense(2)], samples=11_800, epochs=1),
            Recipe("words-128", [Cap(3), Dense(128), Dense(2)], samples=200_000, epochs=4, decay=0.01, dropout=0.5, copy="words-128-copy"),
        ],
    ),
}
