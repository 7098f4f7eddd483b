"""evaluate, from the command line to its tables, with a real model folder."""

import json
import re

import pytest
from counting_model import save_counting_model

from lstm_sentiment_cli.cli.main import main
from lstm_sentiment_cli.figures import METRICS

ROWS = ["positive,good film", "positive,bad film", "negative,bad luck", "neutral,a film"]


@pytest.fixture
def run(capfd, tmp_path, monkeypatch):
    """Run a command where the default model counts "good" and "bad"."""
    for variable in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "LOCALAPPDATA", "APPDATA"):
        monkeypatch.setenv(variable, str(tmp_path / "home"))
    monkeypatch.delenv("LSTM_SENTIMENT_MODEL", raising=False)
    monkeypatch.chdir(tmp_path)
    words = {"good": (2, 0), "bad": (0, 2)}
    save_counting_model(tmp_path / "models" / "default", words, ("positive", "negative"))
    (tmp_path / "data.csv").write_text("\n".join(["label,text", *ROWS]))

    def call(*arguments):
        with pytest.raises(SystemExit) as end:
            main(["evaluate", *arguments])
        return int(end.value.code or 0), *capfd.readouterr()

    return call


def test_tables_for_people(run):
    code, out, err = run("data.csv")

    assert code == 0
    assert re.search(r"accuracy +66\.7% \(20\.8-93\.9\)", out)
    # At 80 columns what is longer than usual is continued below.
    assert re.search(r"positive +100\.0% +50\.0% \(9\.5-90\.5\) +66\.7%.* 2 ", out)
    assert re.search(r"true label +as positive +as negative", out)
    assert re.search(r"with an unknown word +3 +66\.7% \(20\.8-93\.9\) +- +few rows", out)
    assert re.search(r" 88\.1% +negative +positive +3 +bad film\n$", out)
    assert err == "left out: 1 row with other labels (neutral: 1)\n"


def test_json_for_programs(run):
    code, out, err = run("data.csv", "--json", "--quiet")

    measured = json.loads(out)
    assert (code, err) == (0, "")
    assert (measured["model"], measured["files"]) == ("default", ["data.csv"])
    assert (measured["rows"], measured["left_out"]) == (3, {"neutral": 1})
    assert measured["confusion"] == [[1, 1], [0, 1]]
    assert re.fullmatch("[0-9a-f]{64}", measured["fingerprint"])


def test_columns_are_named_by_options(run, tmp_path):
    (tmp_path / "other.csv").write_text("mood,post\npos,good\nneg,bad\n")

    code, out, _ = run("other.csv", "--text-column", "post", "--label-column", "mood", "--json")

    assert (code, json.loads(out)["accuracy"]["value"]) == (0, 1.0)


def test_only_rows_drawn_at_random_are_measured_if_that_is_wanted(run, tmp_path):
    picked = ["picked", "random", "uncertain", "random", "random"]
    lines = [f"{row},{its}" for row, its in zip(["label,text", *ROWS], picked, strict=True)]
    (tmp_path / "labels.csv").write_text("\n".join(lines))
    code, out, err = run("labels.csv", "--only-random", "--json")

    assert (code, json.loads(out)["rows"]) == (0, 2)
    assert "left out: 1 row not drawn at random\n" in err
    assert run("labels.csv", "--json")[0] == 0
    assert json.loads(run("labels.csv", "--json")[1])["rows"] == 3


def test_without_the_column_there_is_no_telling_what_was_drawn_at_random(run):
    code, out, err = run("data.csv", "--only-random")

    assert (code, out) == (1, "")
    assert err.startswith("error: data.csv has no column 'picked', in which label says which")


def test_another_model_may_stand_for_the_default_one(run, tmp_path):
    save_counting_model(tmp_path / "moods", {"good": (0, 1, 0)}, ("sad", "happy", "bored"))
    (tmp_path / "moods.tsv").write_text("label\ttext\nhappy\tgood\nbored\tgood\n")

    code, out, _ = run("moods.tsv", "--model", "./moods", "--json")

    assert code == 0
    assert json.loads(out)["labels"] == ["sad", "happy", "bored"]
    assert json.loads(out)["confusion"] == [[0, 0, 0], [0, 1, 0], [0, 1, 0]]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["missing.csv"], "missing.csv"),
        (["."], "."),
        (["data.csv", "--model", "missing"], "no model 'missing'"),
        (["data.csv", "--label-column", "lable"], "did you mean 'label'"),
        (["data.csv", "--label-column", "text"], "no row has a label of model default"),
        (["empty.csv"], "empty.csv"),
        (["broken.jsonl"], "line 2"),
        (["data.csv", "--against", "defualt"], "did you mean 'default'"),
        (["data.csv", "--against", "./moods"], "only models with the same labels"),
        (["missing.csv", "--fail-under", "acuracy=0.9"], "did you mean 'accuracy'"),
        (["data.csv", "--mistakes", "-1"], "--mistakes must be 0 or more, got -1"),
        (["data.csv", "--mistakes", "x"], "'x' is not a valid int."),
        (["missing.csv", "--fail-under", "ece=0.9"], "use --fail-over ece=0.9"),
        (["missing.csv", "--fail-over", "ece"], "--fail-over takes NAME=VALUE"),
    ],
)
def test_what_can_be_mended_is_one_line_and_exit_code_1(run, tmp_path, arguments, complaint):
    save_counting_model(tmp_path / "moods", {"good": (0, 1)}, ("sad", "happy"))
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "broken.jsonl").write_text('{"label": "positive", "text": "good"}\n{\n')

    code, out, err = run(*arguments)

    assert (code, out) == (1, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert complaint in err


def test_without_data_the_usage_is_shown(run):
    assert run()[0] == 2


def test_json_has_all_there_is_to_know(run):
    measured = json.loads(run("data.csv", "--json", "--against", "majority")[1])

    assert set(measured) == {
        *("model", "files", "fingerprint", "left_out", "unreadable", "rows", "labels"),
        *METRICS,
        *("interval_method", "by_label", "confusion", "slices", "mistakes", "comparison"),
    }
    assert measured["mistakes"] == [
        {
            "text": "bad film", "label": "positive", "predicted": "negative",
            "probability": pytest.approx(0.88, abs=0.01), "file": "data.csv", "line": 3,
        }
    ]  # fmt: skip
    assert measured["slices"][0]["name"] == "with an unknown word"
    assert measured["comparison"]["peer"] == "majority"
    assert measured["comparison"]["figures"]["accuracy"]["value"] == pytest.approx(2 / 3)


def test_one_label_leaves_areas_null_and_says_so(run, tmp_path):
    (tmp_path / "one.csv").write_text("label,text\npositive,good\npositive,bad\n")

    code, out, err = run("one.csv", "--json")

    assert (code, json.loads(out)["roc_auc"]) == (0, None)
    assert err.startswith("all examples are positive")


def test_two_models_side_by_side(run, tmp_path):
    words = {"film": (0, 1), "luck": (1, 0)}
    save_counting_model(tmp_path / "models" / "contrary", words, ("negative", "positive"))

    code, out, _ = run("data.csv", "--against", "contrary")

    assert code == 0
    assert re.search(r"metric +default +contrary", out)
    assert re.search(r"accuracy +66\.7% \(20\.8-93\.9\) +100\.0% \(43\.9-100\.0\)", out)
    assert "default and contrary cannot be told apart: accuracy -33.3 points" in out


def test_vader_beside_a_model(run):
    pytest.importorskip("vaderSentiment")

    measured = json.loads(run("data.csv", "--against", "vader", "--json")[1])

    assert measured["comparison"]["figures"]["confusion"] == [[1, 1], [0, 1]]
    assert measured["comparison"]["both_right"] == 2


def test_figures_that_are_missed_end_with_4_and_all_output_is_given(run):
    code, out, err = run(
        "data.csv", "--fail-under", "accuracy=0.9", "--fail-under", "macro_f1=0.1",
        "--fail-over", "log_loss=0.1", "--json", "--quiet",
    )  # fmt: skip

    assert code == 4
    assert json.loads(out)["rows"] == 3
    first, second = err.splitlines()
    assert first == "failed: accuracy is 0.666667, below 0.9"
    assert second.startswith("failed: log_loss is 0.")


def test_figures_that_are_reached_end_with_0(run):
    assert run("data.csv", "--fail-under", "accuracy=0.6", "--fail-over", "ece=0.9")[0] == 0


def test_report_and_plots_are_written(run, tmp_path):
    pytest.importorskip("matplotlib")
    pytest.importorskip("jinja2")

    code, _, _ = run("data.csv", "--report", "report.html", "--plots", "plots", "--quiet")

    assert code == 0
    report = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert '<mark class="shade3" style="--hue: var(--orange)">bad</mark> film' in report
    assert [each.suffix for each in (tmp_path / "plots").iterdir()][:1] == [".svg"]


def test_more_or_fewer_of_the_surest_mistakes_are_shown_when_asked_for(run, tmp_path):
    pytest.importorskip("matplotlib")
    pytest.importorskip("jinja2")
    rows = [f"negative,good film {number}" for number in range(30)]
    (tmp_path / "wrong.csv").write_text("\n".join(["label,text", *rows]))

    def counts(*options):
        told = run("wrong.csv", "--json", "--report", "page.html", "--force", *options)[1]
        page = (tmp_path / "page.html").read_text(encoding="utf-8")
        table = run("wrong.csv", *options)[1]
        return len(json.loads(told)["mistakes"]), page.count("<mark"), table.count("good film")

    assert counts() == (20, 20, 10)
    assert counts("--mistakes", "25") == (25, 25, 25)
    assert counts("--mistakes", "0") == (0, 0, 0)


@pytest.mark.parametrize("arguments", [["--report", "there"], ["--plots", "there"]])
def test_what_is_there_is_refused_before_scoring_unless_forced(run, tmp_path, arguments):
    pytest.importorskip("matplotlib")
    pytest.importorskip("jinja2")
    if arguments[0] == "--plots":
        (tmp_path / "there").mkdir()
    else:
        (tmp_path / "there").write_text("mine")

    # A missing file would be told after it, when scoring begins.
    code, out, err = run("missing.csv", *arguments)
    forced, _, _ = run("data.csv", *arguments, "--force")

    assert (code, out) == (1, "")
    assert err.count("\n") == 1
    assert "there already exists; replace it with --force" in err
    assert forced == 0


def test_without_what_draws_nothing_is_scored(run, monkeypatch):
    from lstm_sentiment_cli.report import writing

    monkeypatch.setattr(writing, "find_spec", lambda _: None)

    code, _, err = run("missing.csv", "--report", "report.html")

    assert code == 1
    assert "pip install 'lstm-sentiment-cli[report]'" in err


def test_figures_are_recorded_in_the_card(run, tmp_path):
    assert run("data.csv", "--record", "three texts", "--quiet")[0] == 0

    card = (tmp_path / "models" / "default" / "README.md").read_text(encoding="utf-8")
    assert "| `three texts` | 3 | 66.7% (20.8-93.9) |" in card
    assert "bad film" not in card


def test_markup_in_texts_and_labels_is_shown_as_it_is(run, tmp_path):
    save_counting_model(tmp_path / "odd", {"good": (2, 0)}, ("[b]a[/b]", "[/]"))
    (tmp_path / "odd.csv").write_text("label,text\n[/],good [red]film[/] :smile:\n[/],film\n")

    code, out, _ = run("odd.csv", "--model", "./odd")

    assert code == 0
    assert "good [red]film[/] :smile:" in out
