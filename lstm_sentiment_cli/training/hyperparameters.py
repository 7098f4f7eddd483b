"""All that can be chosen about a network and its training: one flat, frozen record.

A knob is added here and nowhere else: flags, `--config`, presets and manifest follow.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from math import isfinite
from typing import Any

from lstm_sentiment_cli.errors import SentimentError, suggestion

LOSSES = ("binary_crossentropy", "categorical_crossentropy")
SCHEDULES = ("constant", "linear")
POOLINGS = ("last", "max", "mean", "attention")


def _knob(default: Any, help_text: str, low: float, high: float, *, network: bool = False) -> Any:
    """Declare a knob; `network` marks those that a training from a model has from the model."""
    return field(
        default=default,
        metadata={"help": help_text, "low": low, "high": high, "network": network},
    )


def _word(default: str, help_text: str, known: tuple[str, ...], *, network: bool = False) -> Any:
    """Declare a knob that is one of these words."""
    return field(default=default, metadata={"help": help_text, "known": known, "network": network})


@dataclass(frozen=True, slots=True, kw_only=True)
class Hyperparameters:
    """What makes two trainings on the same data differ.

    Checked when made: SentimentError names the knob, its bounds and what was given.
    """

    vocabulary_size: int = _knob(18_000, "Rows of the embedding.", 4, 10**7, network=True)
    min_count: int = _knob(2, "A word seen less often is unknown.", 1, 10**6, network=True)
    max_tokens: int = _knob(64, "Tokens read of a text.", 1, 10_000, network=True)
    embedding_units: int = _knob(96, "Width of the embedding.", 1, 10_000, network=True)
    embedding_epochs: int = _knob(
        0,
        "Passes of word2vec over all texts, which the embedding begins from; 0: from chance.",
        0,
        1000,
        network=True,
    )
    lstm_units: tuple[int, ...] = _knob(
        (96, 48, 48), "Width of each LSTM layer.", 1, 10_000, network=True
    )
    directions: int = _knob(1, "1 reads forwards, 2 also backwards.", 1, 2, network=True)
    pooling: str = _word(
        "last",
        f"What is read of the last layer: {', '.join(POOLINGS)}, or several joined by +.",
        POOLINGS,
        network=True,
    )
    embedding_dropout: float = _knob(0.3, "Share of embedding channels dropped.", 0, 0.95)
    dropout: float = _knob(0.3, "Share dropped after each LSTM layer.", 0, 0.95)
    word_dropout: float = _knob(0.0, "Share of words that are unknown for a step.", 0, 0.95)
    loss: str = _word("binary_crossentropy", f"Loss: {' or '.join(LOSSES)}.", LOSSES)
    label_smoothing: float = _knob(0.0, "Share of the target spread over all labels.", 0, 0.9)
    teacher_share: float = _knob(0.7, "Share of the target that --teacher models say.", 0, 1)
    learning_rate: float = _knob(0.002, "Step of Adam.", 1e-8, 10)
    schedule: str = _word(
        "constant", f"Learning rate over the epochs: {' or '.join(SCHEDULES)} (to 0).", SCHEDULES
    )
    averaging: float = _knob(
        0.0, "Decay of a running average of the weights, which then counts; 0: none.", 0, 0.99999
    )
    clipnorm: float = _knob(1.0, "Longest gradient of a weight.", 1e-6, 10**6)
    batch_size: int = _knob(512, "Examples a step.", 1, 10**6)
    epochs: int = _knob(8, "Most passes over the data.", 1, 10_000)
    patience: int = _knob(2, "Epochs without gain before training ends.", 1, 10_000)
    validation_fraction: float = _knob(0.05, "Share held out for validation.", 0.001, 0.9)
    seed: int = _knob(1, "Seed of all chance.", 0, 2**31 - 1)

    def __post_init__(self) -> None:
        for knob in fields(self):
            value = getattr(self, knob.name)
            if knob.name == "pooling":
                _check_words(knob.name, str(value).split("+"), knob.metadata["known"])
            elif "known" in knob.metadata:
                _check_words(knob.name, [value], knob.metadata["known"])
            elif knob.name == "lstm_units":
                if not isinstance(value, tuple) or not value:
                    raise SentimentError(
                        "lstm_units must name at least one layer, as 96,48,48", knob.name
                    )
                for units in value:
                    _check_number(knob.name, units, int, knob.metadata)
            else:
                _check_number(knob.name, value, type(knob.default), knob.metadata)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values, the inverse of `replaced` on any preset."""
        return asdict(self) | {"lstm_units": list(self.lstm_units)}

    def replaced(self, values: Mapping[str, Any], where: str = "") -> "Hyperparameters":
        """Return a copy with other values; an unknown knob is an error with a suggestion."""
        known = [knob.name for knob in fields(self)]
        for name in values:
            if name not in known:
                place = f"{where}: " if where else ""
                hint = suggestion(name, known) or f"; known are {', '.join(known)}"
                raise SentimentError(f"{place}unknown knob {name!r}{hint}")
        converted = {name: _converted(value) for name, value in values.items()}
        try:
            return replace(self, **converted)
        except SentimentError as error:
            if where:
                error.args = (f"{where}: {error}",)
            raise


def preset(name: str) -> Hyperparameters:
    """Return a preset by name; SentimentError with a suggestion when there is none."""
    if name not in PRESETS:
        hint = suggestion(name, PRESETS) or f"; known are {', '.join(PRESETS)}"
        raise SentimentError(f"unknown preset {name!r}{hint}", "preset")
    return PRESETS[name]


def network_hyperparameters() -> list[str]:
    """Return the knobs that the weights' shape or beginning, or what they read, depends on."""
    return [knob.name for knob in fields(Hyperparameters) if knob.metadata["network"]]


def _check_number(name: str, value: Any, kind: type, bounds: Mapping[str, Any]) -> None:
    low, high = bounds["low"], bounds["high"]
    wanted = "a whole number" if kind is int else "a number"
    accepted = (int,) if kind is int else (int, float)
    if isinstance(value, bool) or not isinstance(value, accepted) or not isfinite(value):
        raise SentimentError(f"{name} must be {wanted}, got {value!r}", name)
    if not low <= value <= high:
        raise SentimentError(
            f"{name} must be {wanted} from {low:g} to {high:g}, got {value!r}", name
        )


def _check_words(name: str, words: list[Any], known: tuple[str, ...]) -> None:
    for word in words:
        if word not in known:
            hint = suggestion(str(word), known) or f"; known are {', '.join(known)}"
            raise SentimentError(f"unknown {name} {word!r}{hint}", name)
    if len(set(words)) < len(words):
        raise SentimentError(f"{name} names something twice: {'+'.join(words)}", name)


def _converted(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


PRESETS: Mapping[str, Hyperparameters] = {
    "default": Hyperparameters(),
    # The reference network to the letter: no dropout, Keras' own step of Adam.
    "seed": Hyperparameters(embedding_dropout=0.0, dropout=0.0, learning_rate=0.001),
}
