"""summarize, from the command line to what it shows and writes."""

import csv
import json
import re

import pytest

from lstm_sentiment_cli.records.reader import InputFile, open_records

ROWS = [
    ("United", "Mon Apr 06 22:19:45 PDT 2009", 0.1),
    ("Delta", "2009-04-08T10:00:00Z", 0.9),
    ("Delta", "1239314400", 0.7),
]


@pytest.fixture
def scored(tmp_path):
    """Rows of two airlines in three days, with probabilities."""
    with (tmp_path / "scored.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["airline", "date", "text", "p_positive", "p_negative"])
        for number in range(240):
            airline, date, chance = ROWS[number % 3]
            sure = chance if number % 4 else 1 - chance
            writer.writerow([airline, date, f"text {number}", sure, round(1 - sure, 3)])
    return "scored.csv"


def test_texts_are_scored_and_summarized(call, tmp_path):
    texts = (f"i love this {number}\nworst day ever {number}\n" for number in range(30))
    (tmp_path / "a.txt").write_text("".join(texts))

    ran = call("summarize", "a.txt")

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[0] == "60 texts of a.txt"
    assert re.search(r"^ +60 +\d+\.\d% \(\d+\.\d-\d+\.\d\)", ran.out, re.MULTILINE)


def test_lines_of_stdin_are_summarized(piped):
    ran = piped(b"i love this\nworst day ever\n", "summarize")

    assert ran.code == 0
    assert ran.out.startswith("2 texts of standard input\n")
    assert "2*" in ran.out


def test_scored_csv_from_stdin_is_not_scored_again(piped, scored, tmp_path):
    typed = (tmp_path / scored).read_bytes()

    ran = piped(
        typed, "summarize", "-", "--input-format", "csv", "--by", "airline", "--model", "none"
    )

    assert ran.code == 0
    assert re.search(r"^Delta +160 ", ran.out, re.MULTILINE)


def test_groups_times_and_counts(call, scored):
    ran = call("summarize", scored, "--by", "airline", "--over", "date", "--naive")

    assert ran.code == 0
    assert re.search(r"^Delta +160 +\d+\.\d% \(.*\) +75\.0%", ran.out, re.MULTILINE)
    assert "every day" in ran.out


def test_the_time_zone_decides_the_day(call, scored):
    def days(*options):
        ran = call("summarize", scored, "--over", "date", "--format", "csv", *options)
        return [line.split(",")[:2] for line in ran.out.splitlines()[1:]]

    assert days() == [["2009-04-07", "80"], ["2009-04-08", "80"], ["2009-04-09", "80"]]
    assert days("--timezone", "America/Los_Angeles")[0] == ["2009-04-06", "80"]
    assert days("--every", "month") == [["2009-04", "240"]]


def test_a_comparison_says_whether_it_is_one(call, scored):
    ran = call("summarize", scored, "--compare", "airline=United,Delta")

    assert ran.code == 0
    assert "United minus Delta, more than chance:" in ran.out
    assert re.search(r"United +positive -\d\d\.\d points", ran.out)


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", "parquet"])
def test_files_for_programs_can_be_read_again(call, scored, tmp_path, ending):
    if ending == "parquet":
        pytest.importorskip("pyarrow")
    output = f"out.{ending}"

    ran = call("summarize", scored, "--by", "airline", "--output", output)

    assert (ran.code, ran.out) == (0, "")
    reader = open_records(InputFile(tmp_path / output, text_column="airline"))
    (delta, united) = [record.fields for window in reader.windows(10) for record in window]
    assert (delta["airline"], united["airline"]) == ("Delta", "United")
    assert float(delta["low_positive"]) < float(delta["share_positive"]) < 1
    assert str(delta["differs_positive"]).lower() == "true"
    again = call("summarize", scored, "--by", "airline", "--output", output)
    assert (
        again.err
        == f"error: {output} already exists; replace it with --force, or name another file\n"
    )
    assert call("summarize", scored, "--output", output, "--force").code == 0


def test_json_is_for_programs(call, scored):
    ran = call("summarize", scored, "--by", "airline", "--over", "date", "--json")

    found = json.loads(ran.out)
    assert found["files"] == [scored]
    assert found["model"] is None
    assert [group["group"] for group in found["groups"]] == [["Delta"], ["United"]]
    assert [each["texts"] for each in found["groups"][1]["periods"]] == [80, 0, 0]


def test_a_report_is_written_beside_the_table(call, scored, tmp_path):
    pytest.importorskip("matplotlib")

    ran = call("summarize", scored, "--by", "airline", "--over", "date", "--report", "r.html")

    assert ran.code == 0
    assert "Delta" in ran.out
    assert (tmp_path / "r.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_a_column_of_many_values_shows_the_largest_groups(call, scored):
    ran = call("summarize", scored, "--by", "text", "--top", "2")

    assert ran.err == (
        "text: 240 different values; the 2 with most texts are shown, --top N shows more of them\n"
    )
    assert re.search(r"^the rest +238 ", ran.out, re.MULTILINE)


def test_rows_that_could_not_be_read_are_told_and_seen_in_the_exit_code(call, tmp_path):
    (tmp_path / "a.csv").write_text("text,p_positive,p_negative\na,0.4,0.6\nb,,\n")

    ran = call("summarize", "a.csv")

    assert (ran.code, ran.err) == (3, "1 of 2 records has no probabilities, the first at line 3\n")


def test_an_input_that_breaks_off_is_shown_and_an_error(call, tmp_path):
    (tmp_path / "a.json").write_text('[{"text": "good"}, {"text": "bad"}')

    ran = call("summarize", "a.json")

    assert ran.code == 1
    assert ran.out.startswith("1 text of a.json")
    assert ran.err.startswith("error: a.json is broken")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["none.csv"], "no such file: none.csv"),
        (["--by", "airlin"], "scored.csv has no column 'airlin' (did you mean 'airline'?)"),
        (["--over", "text"], "no time in 'text' can be read, the first is 'text 0'; name another"),
        (["--over", "date", "--every", "dya"], "unknown period 'dya' (did you mean 'day'?)"),
        (["--every", "day"], "--every needs --over COLUMN"),
        (["--over", "date", "--timezone", "Mars"], "unknown time zone 'Mars'"),
        (["--compare", "airline"], "--compare takes a column and two of its values"),
        (["--compare", "airline=United,Delt"], "no text has airline=Delt (did you mean 'Delta'?)"),
        (["--compare", "airline=a,b", "--by", "date"], "--compare makes the groups by airline"),
        (["--top", "0"], "--top must be 1 or more"),
        (["--format", "xml"], "unknown format 'xml'"),
        (["--output", "a.xlsx"], "a.xlsx must end in .csv, .tsv, .jsonl or .parquet"),
        (["--json", "--format", "csv"], "--json goes to standard output as a whole"),
        (["--report", "a.pdf"], "a report is a page of HTML, but a.pdf is not"),
    ],
)
def test_what_is_wrong_is_one_line(call, scored, arguments, said):
    files = arguments if arguments[0].endswith(".csv") else [scored, *arguments]

    ran = call("summarize", *files)

    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert ran.err.startswith(f"error: {said}")


def test_nothing_is_left_of_an_output_that_failed(call, scored, tmp_path):
    before = sorted(path.name for path in tmp_path.iterdir())

    ran = call("summarize", scored, "--by", "none", "--output", "out.csv")

    assert ran.code == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("columns", "variables"),
    [
        *[(columns, {}) for columns in (40, 80, 120)],
        *[(columns, {"NO_COLOR": "1"}) for columns in (40, 120)],
        (80, {"TERM": "dumb"}),  # whose width is taken as that
    ],
)
def test_it_fits_every_terminal(show_all, scored, tmp_path, columns, variables):
    command = ["summarize", str(tmp_path / scored), "--by", "airline", "--over", "date", "--quiet"]

    (shown,) = show_all([command], columns, **variables)

    lines = re.sub(r"\x1b\[[\d;]*m", "", shown.raw).splitlines()
    assert shown.code == 0
    assert max(map(len, lines)) <= columns
    (delta, *_) = (line for line in lines if line.startswith("Delta "))
    assert re.match(r"Delta +160 +\d+\.\d% \(\d+\.\d-\d+\.\d\)", delta)
    assert ("\x1b[" in shown.raw) == (variables == {})
    assert ("●" in delta) == (columns > 40 and "TERM" not in variables)


def test_what_users_wrote_is_never_acted_on(show_all, tmp_path):
    rows = [{"text": "\x1b[2J so [red]good", "topic": "\x1b[2J[b]"} for _ in range(40)]
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")

    (shown,) = show_all([["summarize", str(path), "--by", "topic", "--quiet"]], NO_COLOR="1")

    assert "\x1b[2J" not in shown.raw
    assert any("[b]" in line for line in shown.lines)
    assert any("so [red]good" in line for line in shown.lines)


def test_days_that_come_first_are_read_so(call, tmp_path):
    rows = "".join(f"03/04/2024,so good {day}\n13/04/2024,so bad {day}\n" for day in range(9))
    (tmp_path / "a.csv").write_text(f"day,text\n{rows}")
    options = ("a.csv", "--over", "day", "--every", "month", "-f", "csv")

    wrong, right = call("summarize", *options), call("summarize", *options, "--day-first")

    assert "'13/04/2024'; if the day comes first, give --day-first; left out of the" in wrong.err
    assert wrong.out.splitlines()[1].startswith("2024-03,9,")
    assert [line.partition(",0")[0] for line in right.out.splitlines()[1:]] == ["2024-04,18"]
    assert right.err == ""
    assert call("summarize", "a.csv", "--day-first").code == 1


def test_blank_and_repeated_texts_are_told(call, tmp_path):
    texts = "".join(f"so good {number}\n" for number in range(18))
    (tmp_path / "a.csv").write_text(f'text\n{texts}"  "\n""\n' + "so bad\n" * 3)

    code, out, err = call("summarize", "a.csv", "--json")

    assert code == 0
    assert "2 of 23 records are blank and left out" in err
    assert "2 of 23 records repeat a text that came before" in err
    found = json.loads(out)
    assert (found["texts"], found["blank"], found["repeated"]) == (21, 2, 2)


def test_answers_with_other_labels_than_the_models_say_so(call, tmp_path):
    rows = "".join(f"text {number},joy,0.7,0.3\n" for number in range(9))
    (tmp_path / "a.csv").write_text(f"text,predicted,p_joy,p_anger\n{rows}")

    ran = call("summarize", "a.csv")

    assert ran.code == 0
    assert "the answers have the labels joy, anger, the model has positive, negative; if" in ran.err
