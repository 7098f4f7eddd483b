"""Explanations as the values of columns."""

from collections.abc import Sequence

from lstm_sentiment_cli.inference.explanation import Contribution, Explanation, explain
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.records.record import Record

_DECIMALS = 4


def explained_columns(predictor: Predictor, records: Sequence[Record]) -> list[list[object]]:
    """Return the values of our columns by record: [units], of more than two labels [label, units].

    A unit is {"start": 2, "end": 6, "text": "love", "contribution": 1.2204}. Where there is no
    text to explain there are no values.
    """
    texts = [record.text for record in records if record.text is not None]
    explanations = iter(explain(predictor, texts))
    several = len(predictor.labels) > 2
    return [
        [] if record.text is None else _values(next(explanations), several=several)
        for record in records
    ]


def _values(explanation: Explanation, *, several: bool) -> list[object]:
    contributions = list(map(_unit, explanation.contributions))
    return [explanation.label, contributions] if several else [contributions]


def _unit(contribution: Contribution) -> dict[str, object]:
    # A zero added to a zero is positive: no one is told of "-0.0".
    rounded = round(contribution.contribution, _DECIMALS) + 0.0
    return contribution._replace(contribution=rounded)._asdict()
