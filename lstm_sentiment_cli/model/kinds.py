"""Of a model card: how well each kind of text is answered, on each set of data."""

from collections.abc import Callable, Mapping

from lstm_sentiment_cli.model.markdown import code, one_line, table

Facts = Mapping[str, object]


def kinds_of_text(metrics: Facts, figure: Callable[[object], str]) -> str:
    """Return a table of the accuracy by kind of text, a column for each set that has them.

    `figure` shows a figure with its interval.
    """
    columns: dict[str, dict[str, object]] = {}
    evaluations = metrics.get("evaluations")
    for measured in evaluations if isinstance(evaluations, list) else []:
        if isinstance(measured, Mapping) and isinstance(measured.get("slices"), list):
            columns[one_line(measured.get("name"))] = {
                one_line(each.get("name")): each.get("accuracy")
                for each in measured["slices"]
                if isinstance(each, Mapping)
            }
    kinds = dict.fromkeys(kind for column in columns.values() for kind in column)
    rows = [
        [kind.replace("|", " "), *(figure(column.get(kind)) for column in columns.values())]
        for kind in kinds
    ]
    return table(("kind of text", *map(code, columns)), rows)
