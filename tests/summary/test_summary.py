import json
from dataclasses import replace

import numpy as np
import pytest
from summary_samples import scored_rows, summary_of, write

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.record import Record
from lstm_sentiment_cli.summary.summary import Compared, read_comparison
from lstm_sentiment_cli.summary.tally import Counts, Tally


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """Three airlines over 40 days, the second one much better; ten days have no texts."""
    rows = []
    for seed, (airline, texts, share) in enumerate(
        [("United", 400, 0.2), ("Delta", 300, 0.8), ("Jet", 20, 0.5)]
    ):
        rows += [
            {"date": f"2023-01-{day:02}", **row}
            for number, row in enumerate(scored_rows(texts, share, seed, airline=airline))
            for day in [1 + number % 10 + 20 * (number % 20 >= 10)]
        ]
    return write(tmp_path_factory.mktemp("scored") / "scored.csv", rows)


def test_the_whole_has_its_share_and_what_counting_would_say(file):
    summary = summary_of(file)

    share = summary.whole.shares[0]
    assert summary.groups == ()
    assert (summary.whole.texts, summary.reading.model) == (720, None)
    assert share.low < (80 + 240 + 10) / 720 < share.high
    assert share.value == pytest.approx(330 / 720, abs=0.03)
    assert sum(share.value for share in summary.whole.shares) == pytest.approx(1)
    assert summary.whole.counted[0] == pytest.approx(330 / 720, abs=0.06)


def test_groups_are_shown_by_their_share_and_those_that_differ_are_marked(file):
    summary = summary_of(file, by=["airline"])

    assert [(group.name, group.texts) for group in summary.groups] == [
        (("Delta",), 300),
        (("Jet",), 20),
        (("United",), 400),
    ]
    delta, jet, united = summary.groups
    assert (delta.differs, united.differs) == ((True,), (True,))
    assert delta.differences[0].low > 0 > united.differences[0].high
    assert delta.differences[0].value == pytest.approx(0.8 - 90 / 420, abs=0.06)
    assert jet.few
    assert jet.differences == ()


def test_groups_of_the_same_share_are_not_called_different(tmp_path):
    wrong = 0
    for trial in range(5):
        rows = [
            row
            for group in range(8)
            for row in scored_rows(150, 0.6, seed=100 * trial + group, topic=f"topic {group}")
        ]
        summary = summary_of(write(tmp_path / f"{trial}.csv", rows), by=["topic"])
        wrong += sum(group.differs[0] for group in summary.groups)

    assert wrong == 0


def test_two_values_are_compared_with_each_other_alone(file):
    summary = summary_of(file, by=["airline"], compared=Compared("airline", "United", "Delta"))

    united, delta = summary.groups
    assert (united.name, delta.name) == (("United",), ("Delta",))
    assert united.differences[0].value == pytest.approx(-0.6, abs=0.06)
    assert united.differs == (True,)
    assert (delta.differences, summary.rest) == ((), None)


def test_groups_beyond_the_largest_are_the_rest(file):
    summary = summary_of(file, by=["airline"], top=1)

    assert [group.name for group in summary.groups] == [("United",)]
    assert (summary.rest.texts, summary.others) == (320, 2)
    assert "3 different values; the 1 with most texts" in "".join(summary.remarks())


def test_several_columns_make_groups_of_their_combinations(file):
    summary = summary_of(file, by=["airline", "date"], top=60)

    assert len(summary.groups) == 20 + 20 + 20
    assert ("United", "2023-01-01") in {group.name for group in summary.groups}


def test_periods_without_texts_are_empty_not_zero(file):
    summary = summary_of(file, by=["airline"], over="date")

    periods = summary.whole.periods
    assert [each.start for each in periods] == [f"2023-01-{day:02}" for day in range(1, 31)]
    assert [each.texts for each in periods[9:21]] == [36, *[0] * 10, 36]
    assert periods[10].shares == ()
    for each in periods:
        for share in each.shares:
            assert 0 <= share.low <= share.value <= share.high <= 1
    assert sum(each.texts for each in summary.groups[0].periods) == 300


def test_periods_of_a_group_are_about_the_share_of_the_group(file):
    (delta, _, united) = summary_of(file, by=["airline"], over="date").groups

    def mean(group):
        some = [each for each in group.periods if each.texts]
        return np.average([each.shares[0].value for each in some], weights=[p.texts for p in some])

    assert mean(delta) == pytest.approx(delta.shares[0].value, abs=0.05)
    assert mean(united) == pytest.approx(united.shares[0].value, abs=0.05)


def test_rows_without_a_readable_time_are_counted_and_said(file, tmp_path):
    rows = scored_rows(60, 0.5)
    for number, row in enumerate(rows):
        row["date"] = ("2023-01-01", "2023-01-02", "soon")[number % 3]
    summary = summary_of(write(tmp_path / "a.csv", rows), over="date")

    assert "20 of 60 records have no time in 'date' that can be read, such as 'soon'" in "".join(
        summary.remarks()
    )
    assert sum(each.texts for each in summary.whole.periods) == 40
    assert summary.whole.texts == 60


def test_telling_words_and_surest_texts_belong_to_their_group(file):
    (delta, _, _) = summary_of(file, by=["airline"]).groups

    assert "lovely" in [word.word for word in delta.words["positive"]]
    assert "dreadful" in [word.word for word in delta.words["negative"]]
    assert [len(texts) for texts in delta.surest.values()] == [3, 3]
    chances = [text.probability for text in delta.surest["positive"]]
    assert chances == sorted(chances, reverse=True)


def test_three_labels_have_three_shares(tmp_path):
    chance = np.random.default_rng(0)
    gold = chance.choice(3, 900, p=[0.6, 0.3, 0.1])
    scores = chance.normal(0, 1, (900, 3))
    scores[np.arange(900), gold] += 2
    likelihoods = np.exp(2 * scores)
    probabilities = likelihoods / likelihoods.sum(axis=1, keepdims=True)
    names = ("p_happy", "p_sad", "p_calm")
    rows = [
        {"text": "a", "half": number % 2, **dict(zip(names, each, strict=True))}
        for number, each in enumerate(probabilities.tolist())
    ]
    summary = summary_of(write(tmp_path / "a.csv", rows), by=["half"])

    assert summary.labels == ("happy", "sad", "calm")
    assert [share.value for share in summary.whole.shares] == pytest.approx(
        [0.6, 0.3, 0.1], abs=0.05
    )
    assert [len(group.differences) for group in summary.groups] == [3, 3]


def test_positive_is_told_first_whatever_the_order_of_the_columns(file, tmp_path):
    rows = [
        {"p_negative": row["p_negative"], "p_positive": row["p_positive"], "text": row["text"]}
        for row in scored_rows(50, 0.9)
    ]

    summary = summary_of(write(tmp_path / "a.csv", rows))

    assert summary.labels == ("positive", "negative")
    assert summary.whole.shares[0].value > 0.7


def test_a_second_time_all_figures_are_the_same(file):
    first, second = (summary_of(file, by=["airline"], over="date") for _ in range(2))

    assert first.to_json() == second.to_json()


def test_a_share_depends_on_no_other_group(file, tmp_path):
    alone = write(tmp_path / "alone.csv", scored_rows(400, 0.2, 0, airline="United"))

    united = summary_of(file, by=["airline"]).groups[2]

    for share, expected in zip(united.shares, summary_of(alone).whole.shares, strict=True):
        assert share == pytest.approx(expected)


def test_json_has_everything_and_null_where_there_is_nothing(file):
    found = json.loads(
        json.dumps(summary_of(file, by=["airline"], over="date", top=2).to_json(naive=True))
    )

    assert found["whole"]["group"] is None
    assert found["groups"][0]["group"] == ["Delta"]
    assert found["rest"]["texts"] == 20
    assert found["rest"]["few_texts"] is True
    assert set(found["groups"][0]["counted"]) == {"positive", "negative"}
    assert found["groups"][0]["differences"]["positive"]["differs"] is True
    assert found["whole"]["periods"][10] == {"start": "2023-01-11", "texts": 0, "shares": None}


def test_rows_for_programs_have_the_same_columns_each(file):
    columns, rows = summary_of(file, by=["airline"]).to_rows(naive=True)

    assert columns[:5] == ["airline", "texts", "share_positive", "low_positive", "high_positive"]
    assert all(list(row) == columns for row in rows)
    assert [row["differs_positive"] for row in rows] == [True, None, True]
    columns, rows = summary_of(file, over="date").to_rows()
    assert columns == ["period", "texts", "share_positive", "low_positive", "high_positive"]
    assert list(rows[10].values()) == ["2023-01-11", 0, None, None, None]


def test_a_column_with_the_name_of_one_of_ours_stays_itself(tmp_path):
    rows = [{"texts": "all", **row} for row in scored_rows(40, 0.5)]

    columns, (row,) = summary_of(write(tmp_path / "a.csv", rows), by=["texts"]).to_rows()

    assert len(set(columns)) == len(columns)
    assert list(row.values())[:2] == ["all", 40]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("airline=United,Delta", ("airline", "United", "Delta")),
        ('topic="a, b",c', ("topic", "a, b", "c")),
        ("x=1=2,3", ("x", "1=2", "3")),
    ],
)
def test_a_comparison_is_read(typed, expected):
    assert read_comparison(typed) == expected


@pytest.mark.parametrize(
    "typed", ["", "airline", "airline=", "airline=a", "=a,b", "a=b,b", "a=b,c,d"]
)
def test_what_is_no_comparison_is_one_helpful_line(typed):
    with pytest.raises(SentimentError, match="--compare takes a column and two of its values"):
        read_comparison(typed)


def test_a_value_that_does_not_occur_names_the_nearest(file):
    with pytest.raises(SentimentError) as raised:
        summary_of(file, by=["airline"], compared=Compared("airline", "Unitd", "Delta"))

    assert str(raised.value) == (
        "no text has airline=Unitd (did you mean 'United'?); "
        "among its values are Delta, Jet, United"
    )


def test_too_many_periods_say_which_option_helps(tmp_path):
    rows = scored_rows(2, 0.5)
    rows[0]["date"], rows[1]["date"] = "1970-01-01", "2023-01-01"

    outlier = r"from 1970-01-01 \(line 2\) to 2023-01-01 \(line 3\) there are 19,359 days; "
    with pytest.raises(SentimentError, match=outlier):
        summary_of(write(tmp_path / "a.csv", rows), over="date")


def test_memory_depends_on_groups_not_on_texts():
    tally = Tally(("positive", "negative"), ("group",))
    chance = np.random.default_rng(0)
    sizes = []
    for _ in range(60):
        rows = chance.random(4096, np.float32)
        records = [
            Record(f"text {number}", {"group": str(number % 50)}, number, None)
            for number in range(4096)
        ]
        tally.add(records, np.stack([rows, 1 - rows], axis=1))
        tally.counts.settle()
        kept = sum(map(len, tally.sample.values())) + sum(map(len, tally.surest.values()))
        sizes.append((len(tally.counts.keys), kept))

    assert tally.texts == 60 * 4096
    assert sizes[-1][0] <= 50 * 128
    assert max(kept for _, kept in sizes) < 70_000


def test_counts_add_up_in_any_order():
    counts = Counts()
    chance = np.random.default_rng(0)
    parts = [chance.integers(0, 1000, 5000) for _ in range(20)]
    for part in parts:
        counts.add(part)
    counts.settle()

    keys, expected = np.unique(np.concatenate(parts), return_counts=True)
    assert (counts.keys == keys).all()
    assert (counts.counts == expected).all()


def test_too_many_labels_are_refused():
    with pytest.raises(SentimentError, match="at most 12 labels can be summarized; these are 13"):
        Tally([f"label {number}" for number in range(13)])


def test_the_broken_and_the_few_are_told(file):
    summary = summary_of(file)
    reading = replace(summary.reading, truncated=3, max_tokens=40, undecodable=1, remedy="use it")

    said = list(replace(summary, reading=reading).remarks())

    assert said == [
        "150 of 720 records repeat a text that came before, as retweets do: the intervals take "
        "each for an opinion of its own",
        "1 of 720 records had undecodable bytes, read as U+FFFD; use it",
        "3 of 720 records had more than the 40 tokens that are read",
    ]
