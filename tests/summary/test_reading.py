import json

import pytest
from summary_samples import no_model, scored_rows, summary_of, write

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.model.manifest import Manifest
from lstm_sentiment_cli.records.reader import InputFile
from lstm_sentiment_cli.summary.prevalence import learnt_shares
from lstm_sentiment_cli.summary.reading import Split, read
from lstm_sentiment_cli.summary.summary import summarized
from tests.repl.small_models import predictor_of


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def read_files(*names, load=no_model, by=()):
    return read([InputFile(name) for name in names], Split(tuple(by)), load)


def refused(*names, **options):
    with pytest.raises(SentimentError) as raised:
        read_files(*names, **options)
    return str(raised.value)


def test_texts_are_scored_and_what_was_scored_is_not_scored_again(folder):
    (folder / "raw.csv").write_text("text,topic\ngood day,a\nbad day,b\n")
    write(folder / "scored.csv", scored_rows(30, 0.5))

    raw = read_files("raw.csv", load=lambda: predictor_of("small"), by=["topic"])
    scored = read_files("scored.csv")

    assert (raw.model, raw.tally.texts, list(raw.tally.groups)) == ("small", 2, [("a",), ("b",)])
    assert (scored.model, scored.tally.texts) == (None, 30)


def test_the_shares_that_a_model_learnt_are_taken_out_of_its_answers(folder):
    split = {"training_by_label": {"positive": 900, "negative": 300}}
    manifest = Manifest(("positive", "negative"), {}, 1.0, "fp32", {"split": split})
    rows = scored_rows(200, 0.5)
    (folder / "plain.csv").write_text("text,p_positive,p_negative\n" + lines(rows, "text"))
    header = "text,predicted,p_positive,p_negative\n"
    (folder / "predicted.csv").write_text(header + lines(rows, "text", "text"))

    def share(name):
        reading = read([InputFile(name)], Split(), no_model, scored_by=lambda: manifest)
        return summarized(reading).whole.shares[0].value

    assert learnt_shares(manifest, manifest.labels).tolist() == [0.75, 0.25]
    assert share("plain.csv") == pytest.approx(0.5, abs=0.03)  # by another program
    assert share("predicted.csv") < share("plain.csv") - 0.02


def lines(rows, *names):
    columns = [*names, "p_positive", "p_negative"]
    return "".join(",".join(str(row[name]) for name in columns) + "\n" for row in rows)


@pytest.mark.parametrize("suffix", ["csv", "tsv", "jsonl", "parquet"])
def test_each_format_gives_the_same_shares(folder, suffix):
    rows = scored_rows(60, 0.4, topic="a")
    path = folder / f"a.{suffix}"
    if suffix == "jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    elif suffix == "parquet":
        arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
        parquet.write_table(arrow.Table.from_pylist(rows), path)
    else:
        sign = {"csv": ",", "tsv": "\t"}[suffix]
        lines = [sign.join(rows[0]), *(sign.join(map(str, row.values())) for row in rows)]
        path.write_text("\n".join(lines))
    expected = summary_of(write(folder / "expected.csv", rows), by=["topic"])

    found = summary_of(path, by=["topic"])

    assert found.groups[0].shares == expected.groups[0].shares
    assert (
        found.groups[0].surest["positive"][0].text == expected.groups[0].surest["positive"][0].text
    )


def test_probabilities_need_no_texts_beside_them(folder):
    rows = [{"id": 1, **row} for row in scored_rows(40, 0.5)]
    for row in rows:
        del row["text"]
    write(folder / "a.csv", rows)

    summary = summary_of("a.csv")

    assert summary.whole.texts == 40
    assert summary.whole.surest == {"positive": [], "negative": []}


def test_columns_inside_of_others_make_groups_too(folder):
    rows = [{"text": "good", "user": {"name": name}} for name in ("a", "b", "a")]
    (folder / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))

    reading = read_files("a.jsonl", load=lambda: predictor_of("small"), by=["user.name"])

    assert list(reading.tally.groups) == [("a",), ("b",)]


def test_values_that_are_no_texts_make_groups_too(folder):
    values = [1, True, None, [1, 2], 1.5, "", " x "]
    rows = [{"text": "good", "value": value} for value in values]
    (folder / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))

    reading = read_files("a.jsonl", load=lambda: predictor_of("small"), by=["value"])

    names = [name for (name,) in reading.tally.groups]
    assert names == ["1", "true", "", "[1, 2]", "1.5", "x"]


def test_rows_without_probabilities_are_counted(folder):
    (folder / "a.csv").write_text("text,p_positive,p_negative\na,0.4,0.6\nb,,\nc,nan,nan\n")

    reading = read_files("a.csv")

    assert (reading.records, reading.tally.texts, reading.unreadable) == (3, 1, 2)
    assert reading.first_unreadable.line == 3


def test_a_file_that_breaks_off_is_read_as_far_as_it_goes(folder):
    (folder / "a.json").write_text('[{"text": "good"}, {"text": "bad"}')

    reading = read_files("a.json", load=lambda: predictor_of("small"))

    assert reading.tally.texts == 1
    assert reading.broken.startswith("a.json is broken: its array does not end")


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ("0.4,0.7", "p_positive + p_negative is 1.1, not 1"),
        ("1.4,-0.4", "p_positive is 1.4, not between 0 and 1"),
        ("high,low", "p_positive is 'high', not a number"),
        ("0.5,", "no p_negative"),
        ("inf,0", "p_positive is inf, not between 0 and 1"),
    ],
)
def test_what_are_no_probabilities_name_file_and_line(folder, cells, problem):
    (folder / "a.csv").write_text(f"text,p_positive,p_negative\ngood,0.4,0.6\nbad,{cells}\n")

    assert refused("a.csv") == (
        f"a.csv, line 3: these are no probabilities: {problem}; "
        "columns p_LABEL must hold those of each label, as predict writes them"
    )


def test_scored_and_raw_files_do_not_mix(folder):
    write(folder / "scored.csv", scored_rows(10, 0.5))
    (folder / "raw.csv").write_text("text\ngood\n")

    said = (
        "scored.csv has probabilities and raw.csv has none; score that one first, with predict "
        "--output, or summarize them one by one"
    )
    assert refused("scored.csv", "raw.csv") == refused("raw.csv", "scored.csv") == said


def test_files_of_other_labels_do_not_mix(folder):
    write(folder / "a.csv", scored_rows(10, 0.5))
    (folder / "b.csv").write_text("text,p_yes,p_no\ngood,0.5,0.5\n")

    assert refused("a.csv", "b.csv").startswith(
        "a.csv has p_positive and p_negative, but b.csv has p_yes and p_no"
    )


def test_a_column_that_is_not_there_names_the_nearest(folder):
    write(folder / "a.csv", scored_rows(10, 0.5, airline="United"))
    (folder / "a.txt").write_text("good\n")

    assert refused("a.csv", by=["airlin"]) == (
        "a.csv has no column 'airlin' (did you mean 'airline'?); "
        "columns: airline, text, p_positive, p_negative (--by)"
    )
    assert refused("a.txt", by=["airline"]).startswith(
        "a.txt is read as plain lines, which have no column 'airline'; name its format with"
    )


def test_one_column_of_probabilities_alone_is_not_enough(folder):
    (folder / "a.csv").write_text("id,p_positive\n1,0.5\n")

    assert refused("a.csv") == (
        "a.csv has p_positive alone; it must have such a column for each label, or texts"
    )


def test_standard_input_can_be_named_once(folder):
    assert refused("-", "-") == "standard input can be read only once; name it once"
