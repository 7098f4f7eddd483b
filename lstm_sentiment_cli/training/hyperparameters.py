"""The hyperparameters of a network and its training: one flat, frozen record.

A new one is added here and nowhere else: flags, `--config`, presets and manifest follow.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from math import isfinite
from typing import Any

from lstm_sentiment_cli.errors import SentimentError, suggestion
from lstm_sentiment_cli.text import MOST_TOKENS

LOSSES = ("binary_crossentropy", "categorical_crossentropy")
SCHEDULES = ("constant", "linear")
POOLINGS = ("last", "max", "mean", "attention")


def _value(default: Any, help_text: str, *allowed: Any, network: bool = False) -> Any:
    """Declare a value; `allowed` are its least and its most, or its words.

    With `network`, --from takes it from the model.
    """
    return field(
        default=default, metadata={"help": help_text, "allowed": allowed, "network": network}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Hyperparameters:
    """Everything that can make two training runs on the same data differ.

    Checked when created: SentimentError says what is wrong, the bounds and the value given.
    """

    vocabulary_size: int = _value(18_000, "Words in the embedding.", 4, 10**7, network=True)
    min_count: int = _value(
        2, "Treat words seen fewer than N times as unknown.", 1, 10**6, network=True
    )
    max_tokens: int = _value(64, "Tokens read from a text.", 1, MOST_TOKENS, network=True)
    embedding_units: int = _value(96, "Width of the embedding.", 1, 10_000, network=True)
    embedding_epochs: int = _value(
        0,
        "Passes of word2vec that initialise the embedding; 0: random.",
        0,
        1000,
        network=True,
    )
    lstm_units: tuple[int, ...] = _value(
        (96, 48, 48), "Width of each LSTM layer.", 1, 10_000, network=True
    )
    directions: int = _value(1, "1: forwards, 2: also backwards.", 1, 2, network=True)
    pooling: str = _value(
        "last",
        f"How the last layer is read: {', '.join(POOLINGS)}, or several joined by +.",
        *POOLINGS,
        network=True,
    )
    embedding_dropout: float = _value(0.3, "Dropout of the embedding's channels.", 0, 0.95)
    dropout: float = _value(0.3, "Dropout after each LSTM layer.", 0, 0.95)
    word_dropout: float = _value(0.0, "Share of words replaced by the unknown word.", 0, 0.95)
    loss: str = _value("binary_crossentropy", f"Loss: {' or '.join(LOSSES)}.", *LOSSES)
    label_smoothing: float = _value(0.0, "Share of the target spread over all labels.", 0, 0.9)
    teacher_share: float = _value(0.7, "Weight of a row's probabilities beside its label.", 0, 1)
    rehearsal: int = _value(
        0, "Made-up texts learnt beside yours, as the model of --from answers them.", 0, 10**6
    )
    learning_rate: float = _value(0.002, "Learning rate of Adam.", 1e-8, 10)
    schedule: str = _value(
        "constant", f"Learning rate over the epochs: {' or '.join(SCHEDULES)} (to 0).", *SCHEDULES
    )
    averaging: float = _value(
        0.0, "Decay of a running average of the weights; 0: no average.", 0, 0.99999
    )
    clipnorm: float = _value(1.0, "Largest norm of a weight's gradient.", 1e-6, 10**6)
    batch_size: int = _value(512, "Examples per step.", 1, 10**6)
    epochs: int = _value(8, "Maximum number of passes over the data.", 1, 10_000)
    patience: int = _value(2, "Epochs without improvement before training stops.", 1, 10_000)
    validation_fraction: float = _value(0.05, "Share held out for validation.", 0.001, 0.9)
    seed: int = _value(1, "Random seed.", 0, 2**31 - 1)

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            allowed = each.metadata["allowed"]
            if each.type is str:
                words = str(value).split("+") if each.name == "pooling" else [value]
                _check_words(each.name, words, allowed)
            elif each.name == "lstm_units":
                if not isinstance(value, tuple) or not value:
                    raise SentimentError(
                        "lstm_units must name at least one layer, such as 96,48,48", each.name
                    )
                for units in value:
                    _check_number(each.name, units, int, *allowed)
            else:
                _check_number(each.name, value, type(each.default), *allowed)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values, the inverse of `replaced` on any preset."""
        return asdict(self) | {"lstm_units": list(self.lstm_units)}

    def differing_from(self, reference: "Hyperparameters") -> dict[str, Any]:
        """Return the values that differ from the reference's."""
        others = reference.to_dict()
        return {name: value for name, value in self.to_dict().items() if value != others[name]}

    def replaced(self, values: Mapping[str, Any], where: str = "") -> "Hyperparameters":
        """Return a copy with other values; `where` they come from begins an error."""
        for name in values:
            check_known("hyperparameter", name, [each.name for each in fields(self)], where)
        converted: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in values.items()
        }
        try:
            return replace(self, **converted)
        except SentimentError as error:
            if where:
                error.args = (f"{where}: {error}",)
            raise


def check_known(what: str, given: str, known: Collection[str], where: str = "") -> None:
    """Raise SentimentError, with a suggestion or a list, for a word that is not known."""
    if given not in known:
        place = f"{where}: " if where else ""
        hint = suggestion(given, known) or f"; choose from {', '.join(known)}"
        raise SentimentError(f"{place}unknown {what} '{given}'{hint}", what.removeprefix("--"))


def preset(name: str) -> Hyperparameters:
    """Return a preset by name."""
    check_known("preset", name, PRESETS)
    return PRESETS[name]


def network_of(hyperparameters: dict[str, Any]) -> dict[str, Any]:
    """Return what decides a model's shape, vocabulary and first weights.

    An older model lacks the newer hyperparameters: their defaults describe it.
    """
    known = Hyperparameters().to_dict() | hyperparameters
    names = [each.name for each in fields(Hyperparameters) if each.metadata["network"]]
    return {name: known[name] for name in names}


def _check_number(name: str, value: Any, kind: type, low: float, high: float) -> None:
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
        check_known(name, str(word), known)
    if len(set(words)) < len(words):
        raise SentimentError(f"{name} names something twice: {'+'.join(words)}", name)


# Of a training that goes on from a model: few labels gain much, and little else is forgotten, as
# benchmarks/adaptation.py measures.
CONTINUING = {"learning_rate": 0.0003, "batch_size": 32, "epochs": 3, "rehearsal": 6000}

PRESETS: Mapping[str, Hyperparameters] = {
    "default": Hyperparameters(),
    # The reference network exactly: no dropout, and Keras' own learning rate of Adam.
    "seed": Hyperparameters(embedding_dropout=0.0, dropout=0.0, learning_rate=0.001),
}
