from lstm_sentiment_cli.model.card import kinds_of_text


def measured(name, **accuracies):
    kinds = [{"name": kind, "accuracy": {"value": each}} for kind, each in accuracies.items()]
    return {"name": name, "slices": kinds}


def test_each_set_of_data_has_a_column_and_each_kind_a_row():
    metrics = {"evaluations": [measured("a", emoji=0.5, short=0.7), measured("b|c", short=0.9)]}

    assert kinds_of_text(metrics) == (
        "| kind of text | `a` | `b\\|c` |\n|---|---|---|\n"
        "| emoji | 50.0% | - |\n| short | 70.0% | 90.0% |"
    )


def test_figures_without_kinds_have_no_table():
    for metrics in ({}, {"evaluations": None}, {"evaluations": [{"name": "a"}, 3]}):
        assert kinds_of_text(metrics) == ""
