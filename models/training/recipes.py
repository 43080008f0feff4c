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
    copy_noise: float = 0.1


ARENAS = {
    "digits": Arena(
        "uint8",
        (1, 28, 28),
        1 / 255,
        10,
        [
            Recipe("reference", [Flatten(), Dense(10)], samples=20_000, epochs=2),
            Recipe("mlp-48", [Flatten(), Dense(48), Dense(10)], samples=100_000, epochs=3),
            Recipe(
                "conv-8",
                [Conv(6, 5, 2), MaxPool(2), Flatten(), Dense(32), Dense(10)],
                samples=160_000,
                epochs=2,
            ),
            Recipe(
                "conv-16",
                [Conv(8, 5, 2, 2), Conv(24, 3, 2, 1), Conv(32, 3, 1, 1), Flatten(), Dense(64), Dense(10)],
                samples=160_000,
                epochs=4,
                copy="conv-16-copy",
            ),
        ],
    ),
    "languages": Arena(
        "int16",
        (128,),
        1.0,
        58,
        [
            Recipe("reference", [Embed(1024, 4), Dense(58)], samples=60_000, epochs=2),
            Recipe("ngrams-8", [Embed(4096, 8), Dense(58)], samples=100_000, epochs=2),
            Recipe("ngrams-16", [Embed(4096, 16), Dense(58)], samples=200_000, epochs=2),
            Recipe("ngrams-56", [Embed(4096, 56), Dense(58)], samples=200_000, epochs=2, dropout=0.2, copy="ngrams-56-copy"),
        ],
    ),
    "spam": Arena(
        "uint8",
        (512,),
        1 / 4,
        2,
        [
            Recipe("reference", [Dense(2)], samples=2_000, epochs=1),
            Recipe("words-4", [Dense(4), Dense(2)], samples=20_000, epochs=1),
            Recipe("words-16", [Cap(4), Dense(16), Dense(2)], samples=60_000, epochs=2),
            Recipe("words-64", [Cap(8), Dense(64), Dense(32), Dense(2)], samples=120_000, epochs=3, dropout=0.3, copy="words-64-copy"),
        ],
    ),
}
