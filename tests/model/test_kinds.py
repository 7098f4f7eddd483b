from lstm_sentiment_cli.model.card import kinds_of_text


def shown(figure):
    return "-" if figure is None else f"{figure['value']}"


def measured(name, **accuracies):
    kinds = [{"name": kind, "accuracy": {"value": each}} for kind, each in accuracies.items()]
    return {"name": name, "slices": kinds}


def test_each_set_of_data_has_a_column_and_each_kind_a_row():
    metrics = {"evaluations": [measured("a", emoji=0.5, short=0.7), measured("b|c", short=0.9)]}

    assert kinds_of_text(metrics, shown) == (
        "| kind of text | `a` | `b\\|c` |\n|---|---|---|\n"
        "| emoji | 0.5 | - |\n| short | 0.7 | 0.9 |"
    )


def test_figures_without_kinds_have_no_table():
    for metrics in ({}, {"evaluations": None}, {"evaluations": [{"name": "a"}, 3]}):
        assert kinds_of_text(metrics, shown) == ""
