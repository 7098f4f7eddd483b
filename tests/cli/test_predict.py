"""predict: texts and files in, answers out, in every format."""

import bz2
import csv
import gzip
import io
import json
import lzma
import zipfile

import pytest
from counting_model import save_counting_model

TEXTS = ["i love this", 'so "bad", really', "caf\u00e9 \U0001f389 \u2028 end", "worst day ever"]
OURS = ["predicted", "p_positive", "p_negative"]


def as_lines(texts):
    return "\n".join(texts) + "\n"


def as_csv(texts):
    file = io.StringIO()
    csv.writer(file).writerows([["id", "text"], *enumerate(texts)])
    return file.getvalue()


def as_tsv(texts):
    return "id\ttext\n" + "".join(f"{number}\t{text}\n" for number, text in enumerate(texts))


def as_jsonl(texts):
    rows = ({"id": number, "text": text} for number, text in enumerate(texts))
    return "".join(json.dumps(row) + "\n" for row in rows)


WRITTEN = {"lines": as_lines, "csv": as_csv, "tsv": as_tsv, "jsonl": as_jsonl}


def write_parquet(path, texts):
    parquet = pytest.importorskip("pyarrow.parquet")
    import pyarrow

    parquet.write_table(pyarrow.table({"id": range(len(texts)), "text": texts}), path)


def rows_of(out, kind):
    """Return what was written, as one dict a record."""
    if kind == "jsonl":
        return [json.loads(line) for line in out.split("\n")[:-1]]
    if kind == "csv":
        return list(csv.DictReader(io.StringIO(out)))
    rows = [line.split("\t") for line in out.split("\n")[:-1]]
    return [dict(zip([*OURS, "text"], row, strict=True)) for row in rows]


@pytest.fixture
def expected(call):
    """What is answered to each text when it is given alone."""
    return [call("predict", "--", text).out.split("\t")[0] for text in TEXTS]


@pytest.mark.parametrize("given", ["lines", "csv", "tsv", "jsonl", "parquet"])
def test_all_formats_give_the_same_answers(call, tmp_path, expected, given):
    path = tmp_path / f"texts.{'txt' if given == 'lines' else given}"
    if given == "parquet":
        write_parquet(path, TEXTS)
    else:
        path.write_bytes(WRITTEN[given](TEXTS).encode())

    for wanted in ("tsv", "csv", "jsonl"):
        code, out, err = call("predict", "--input", path.name, "--format", wanted)
        rows = rows_of(out, wanted)

        assert (code, err) == (0, "")
        assert [row["predicted"] for row in rows] == expected
        assert [row["text"] for row in rows] == TEXTS
        assert all(float(row["p_positive"]) + float(row["p_negative"]) > 0.999 for row in rows)


def test_parquet_has_the_same_answers_and_the_columns_of_the_input(call, tmp_path, expected):
    parquet = pytest.importorskip("pyarrow.parquet")
    (tmp_path / "texts.csv").write_text(as_csv(TEXTS), encoding="utf-8")

    ran = call("predict", "--input", "texts.csv", "--output", "scored.parquet")

    table = parquet.read_table(tmp_path / "scored.parquet")
    assert ran == (0, "", "")
    assert table.column_names == ["id", "text", *OURS]
    assert table["predicted"].to_pylist() == expected


def test_several_files_of_parquet_become_one_with_types_that_hold_both(call, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    import pyarrow

    for name, ids in (("a", pyarrow.array([1], "int32")), ("b", pyarrow.array([2**40]))):
        table = pyarrow.table({"id": ids, "text": ["good"]})
        parquet.write_table(table, tmp_path / f"{name}.parquet")
    (tmp_path / "c.csv").write_text("id,text\nx1,good\n")

    for inputs, ids in ("ab", [1, 2**40]), ("abc", ["1", str(2**40), "x1"]):
        names = [f"{name}.csv" if name == "c" else f"{name}.parquet" for name in inputs]
        options = [part for name in names for part in ("-i", name)]
        code, _, err = call("predict", *options, "-o", f"{inputs}.parquet")
        assert (code, "written as text" in err) == (0, inputs == "abc")
        assert parquet.read_table(tmp_path / f"{inputs}.parquet")["id"].to_pylist() == ids


def test_a_header_with_empty_names_is_carried_through(call, tmp_path):
    (tmp_path / "excel.csv").write_text("text,,\ngood,a,\n")

    as_csv = call("predict", "-i", "excel.csv", "-f", "csv")
    as_jsonl = call("predict", "-i", "excel.csv", "-f", "jsonl")

    header, row = as_csv.out.splitlines()
    assert (as_csv.code, header) == (0, "text,,,predicted,p_positive,p_negative")
    assert row.startswith("good,a,,")
    assert list(json.loads(as_jsonl.out))[:3] == ["text", "column_1", "column_2"]


@pytest.mark.parametrize(
    ("ending", "pack"), [("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress)]
)
def test_packed_files_are_read_by_their_ending(call, tmp_path, expected, ending, pack):
    (tmp_path / f"texts.csv.{ending}").write_bytes(pack(as_csv(TEXTS).encode()))
    with zipfile.ZipFile(tmp_path / "texts.zip", "w") as archive:
        archive.writestr("texts.jsonl", as_jsonl(TEXTS))

    for name in (f"texts.csv.{ending}", "texts.zip"):
        rows = rows_of(call("predict", "-i", name).out, "tsv")

        assert [row["predicted"] for row in rows] == expected


@pytest.mark.parametrize("name", ["out.json", "out.xlsx", "out.csv.txt"])
def test_an_output_of_no_known_ending_needs_a_format(call, tmp_path, name):
    assert call("predict", "good", "--output", name) == (
        1,
        "",
        f"error: {name} must end in .csv, .tsv, .jsonl or .parquet"
        f"{' (.jsonl is an object a line)' if name.endswith('.json') else ''}; "
        "rename it, or choose with --format\n",
    )
    assert call("predict", "good", "--output", name, "--format", "tsv").code == 0
    assert (tmp_path / name).exists()


def test_a_guess_of_the_format_is_said(call, tmp_path):
    (tmp_path / "texts.dat").write_bytes(b"good\n")

    told = "note: texts.dat is read as plain lines; --input-format names another format\n"
    assert call("predict", "--input", "texts.dat").err == told
    assert call("predict", "--input", "texts.dat", "--input-format", "lines").err == ""


def test_the_example_of_the_readme_is_answered_rightly(run, default_model):
    told = run("predict", given="i love this\nworst day ever\n")

    first, second = rows_of(told.out, "tsv")
    assert (told.code, told.err) == (0, "")
    assert (first["predicted"], second["predicted"]) == ("positive", "negative")
    assert float(first["p_positive"]) > 0.8 < float(second["p_negative"])


def test_texts_are_answered_in_order_and_an_empty_one_too(call):
    code, out, err = call("predict", "worst day ever", "", "i love this")

    rows = rows_of(out, "tsv")
    assert code == 0
    assert err == "1 of 3 records had no words to go by: do not rely on such answers\n"
    assert [row["text"] for row in rows] == ["worst day ever", "", "i love this"]
    assert [row["predicted"] for row in rows] == ["negative", "negative", "positive"]


def test_tsv_escapes_what_would_break_its_lines(call):
    out = call("predict", "tab\tline\nreturn\rback\\slash").out

    assert out.count("\n") == 1
    assert out.endswith("\ttab\\tline\\nreturn\\rback\\\\slash\n")


def test_columns_stay_and_ours_come_last_in_full_precision(call, tmp_path):
    (tmp_path / "in.csv").write_text("who,tweet,when\nann,i love this,today\n")

    assert call("predict", "-i", "in.csv", "-o", "out.csv", "--text-column", "tweet").code == 0

    header, row = (tmp_path / "out.csv").read_text().splitlines()
    assert header == "who,tweet,when,predicted,p_positive,p_negative"
    who, tweet, when, predicted, *probabilities = row.split(",")
    assert (who, tweet, when, predicted) == ("ann", "i love this", "today", "positive")
    assert abs(sum(map(float, probabilities)) - 1) < 1e-6
    assert min(map(len, probabilities)) > len("0.1234")


@pytest.mark.parametrize("wanted", ["csv", "jsonl", "parquet"])
def test_a_name_that_is_taken_is_an_error_that_names_the_remedy(call, tmp_path, wanted):
    if wanted == "parquet":
        pytest.importorskip("pyarrow")
    (tmp_path / "in.csv").write_text("text,p_positive\ngood,0.3\n")
    asked = ["predict", "-i", "in.csv", "-o", f"out.{wanted}"]

    code, out, err = call(*asked)
    mended = call(*asked, "--prefix", "model_")

    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "'p_positive'" in err
    assert "--prefix" in err
    assert mended == (0, "", "")
    assert (tmp_path / f"out.{wanted}").exists()


def test_header_and_prefix_name_the_columns_of_tsv(call, tmp_path):
    plain = call("predict", "--header", "good").out
    named = call("predict", "--header", "--prefix", "m_", "good").out
    (tmp_path / "empty.txt").touch()

    assert plain.splitlines()[0] == "predicted\tp_positive\tp_negative\ttext"
    assert named.splitlines()[0] == "m_predicted\tm_p_positive\tm_p_negative\ttext"
    assert call("predict", "--header", "-i", "empty.txt").out == plain.splitlines()[0] + "\n"


@pytest.mark.parametrize(
    ("options", "predicted"),
    [
        ([], ["positive", "negative"]),
        (["--threshold", "1"], ["negative", "negative"]),
        (["--threshold", "0"], ["positive", "positive"]),
        (["--uncertain", "0.5,1"], ["uncertain", "negative"]),
        (["--uncertain", "0,1", "--threshold", "0.3"], ["uncertain", "uncertain"]),
        (["--uncertain", "0.1,0.1"], ["positive", "negative"]),
    ],
)
def test_threshold_and_uncertain_move_the_border_but_no_probability(call, options, predicted):
    texts = ["i love this", "worst day ever"]

    rows = rows_of(call("predict", *options, *texts).out, "tsv")

    assert [row["predicted"] for row in rows] == predicted
    usual = rows_of(call("predict", *texts).out, "tsv")
    assert [row["p_positive"] for row in rows] == [row["p_positive"] for row in usual]


def test_a_model_of_three_labels_has_three_probabilities_and_no_border(call, tmp_path):
    words = {"good": (3, 0, 0), "so": (0, 3, 0), "bad": (0, 0, 3)}
    save_counting_model(tmp_path / "three", words, ("yes", "so-so", "no"))
    asked = ["predict", "--model", "./three", "so", "bad"]

    answered = call(*asked, "--header")

    header, *rows = answered.out.splitlines()
    assert header == "predicted\tp_yes\tp_so-so\tp_no\ttext"
    assert [row.split("\t")[0] for row in rows] == ["so-so", "no"]
    for option in (["--threshold", "0.5"], ["--uncertain", "0.4,0.6"]):
        refused = call(*asked, *option)
        assert (refused.code, refused.out, refused.err.count("\n")) == (1, "", 1)
        assert "two labels; this one has 3: yes, so-so, no" in refused.err
