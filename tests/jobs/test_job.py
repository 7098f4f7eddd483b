"""A job writes its parts, records what is done, resumes, and says `_SUCCESS` when all is there."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.jobs import job, unit
from lstm_sentiment_cli.jobs.job_plan import Options, plan_of
from lstm_sentiment_cli.jobs.unit import answered


@pytest.fixture(scope="module")
def predictor(golden_model):
    return Predictor.load(golden_model)


@dataclass
class Here:
    """An engine in this process."""

    predictor: Predictor
    output: str
    options: Options
    asked: list[str] = field(default_factory=list)

    def run(self, units) -> Iterator:
        """Score each unit when the next event is asked for."""
        for each in units:
            self.asked.append(each.part)
            yield answered(self.predictor, each, self.options, self.output)


@pytest.fixture
def scored(tmp_path, monkeypatch, predictor, golden_model):
    """Run a job of the folder `in` to its end, or go on with one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()

    def scored(output="out", options=Options()):  # noqa: B008  frozen
        before = job.read_plan(output)
        done = job.done_of(output, before) if before else []
        planned = plan_of(
            ["in"],
            output,
            golden_model,
            options,
            known=before.units if before else (),
            done={each.part for each in done},
        )
        job.begin(output, planned.plan, before)
        engine = Here(predictor, output, options)
        summary = job.run(output, planned.plan, done, engine, lambda _event: None)
        return summary, engine.asked

    return scored


def write(name, *lines):
    path = Path("in", name)
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines))


def tree(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in Path(folder).rglob("*")
        if path.is_file()
    }


def test_parts_records_summary_and_success_are_written(scored):
    write("2018/a.csv", "id,text", "007,good", '8,"so, so"', "9")
    write("b.txt", "good", "", "good " * 100)
    summary, _ = scored()
    found = tree("out")

    assert set(found) == {
        *("2018/a.csv", "b.tsv", "_SUCCESS", "_summary.json", "_lstm-sentiment/plan.json"),
        *("_lstm-sentiment/done/2018/a.csv.json", "_lstm-sentiment/done/b.tsv.json"),
    }
    assert found["2018/a.csv"].splitlines()[0] == b"id,text,predicted,p_positive,p_negative"
    assert found["2018/a.csv"].splitlines()[1].startswith(b"007,good,")
    assert found["2018/a.csv"].splitlines()[3] == b"9,,,,"
    assert json.loads(found["_lstm-sentiment/done/b.tsv.json"]) == {
        "part": "b.tsv",
        "source": "in/b.txt",
        "bytes": len(found["b.tsv"]),
        "records": 3,
        "unreadable": 0,
        "undecodable": 0,
        "truncated": 1,
        "wordless": 1,
    }
    facts = json.loads(found["_summary.json"])
    assert (facts["files"], facts["parts"], facts["records"], facts["unreadable"]) == (2, 2, 6, 1)
    assert facts["failed"] == []
    assert summary.unreadable_share == pytest.approx(1 / 6)


def test_an_odd_ending_names_its_format_too(scored):
    write("a.TSV", "text", "good")
    write("b.ndjson", '{"text": "good"}')
    scored()

    assert tree("out")["a.TSV"].startswith(b"predicted\tp_positive\tp_negative\ttext\n")
    assert json.loads(tree("out")["b.ndjson"])["text"] == "good"


def test_what_is_done_is_not_done_again_and_new_files_are_added(scored):
    write("a.csv", "text", "good")
    scored()
    before = tree("out")["a.csv"]
    write("b.csv", "text", "bad")
    summary, asked = scored()

    assert asked == ["b.csv"]
    assert len(summary.done) == 2
    assert tree("out")["a.csv"] == before
    assert scored()[1] == []


def test_a_unit_that_fails_stops_no_other_and_there_is_no_success(scored):
    for number in range(3):
        write(f"good{number}.csv", "text", "good")
    write("bad.csv", "txt,n", "good,1")
    write("bad.parquet", "no parquet")
    Path("in/bad.csv.gz").write_bytes(b"\x1f\x8b and no more")
    summary, _ = scored()

    assert [failed.unit.source.path for failed in summary.failed] == [
        *("in/bad.csv", "in/bad.csv.gz", "in/bad.parquet")
    ]
    assert len(summary.done) == 3
    assert "_SUCCESS" not in tree("out")
    assert not any(name.startswith("bad") for name in tree("out"))
    reasons = [each["reason"] for each in json.loads(tree("out")["_summary.json"])["failed"]]
    assert "has no column 'text'" in reasons[0]


def test_a_file_that_was_mended_is_scored_by_the_next_run(scored):
    write("a.csv", "text", "good")
    write("b.csv", "txt,n", "good,1")
    scored()
    write("b.csv", "text,n", "good,1")
    summary, asked = scored()

    assert (asked, summary.failed) == (["b.csv"], [])
    assert "_SUCCESS" in tree("out")


def test_success_is_gone_while_something_new_is_not_done(scored):
    write("a.csv", "text", "good")
    scored()
    write("b.csv", "txt,n", "good,1")
    scored()

    assert "_SUCCESS" not in tree("out")


def test_the_same_failure_at_the_first_three_ends_the_job(scored):
    for number in range(9):
        write(f"{number}.csv", "txt,n", "good,1")

    with pytest.raises(
        SentimentError, match=r"the first 3 parts failed for the same reason"
    ) as end:
        scored()
    assert "in/0.csv has no column 'text'" in str(end.value)


def test_a_break_in_the_middle_leaves_no_part(scored):
    import gzip

    write("a.txt", "good")
    whole = gzip.compress(b"good\n" * 100_000, compresslevel=0)
    Path("in/b.txt.gz").write_bytes(whole[:-1000])
    summary, _ = scored()

    assert [failed.unit.part for failed in summary.failed] == ["b.tsv"]
    assert "b.tsv" not in tree("out")


@pytest.mark.parametrize(
    "change",
    [{"threshold": 0.6}, {"format": "jsonl"}, {"prefix": "x_"}, {"rows_per_part": 7}],
    ids=str,
)
def test_other_options_are_refused(scored, change):
    write("a.csv", "text", "good")
    scored()
    [name] = change

    with pytest.raises(SentimentError, match=f"cannot resume: --{name.replace('_', '-')} changed"):
        scored(options=Options(**change))


def test_a_folder_of_other_files_is_no_place_for_a_job(scored):
    write("a.csv", "text", "good")
    Path("out").mkdir()
    Path("out/mine.txt").write_text("mine")

    with pytest.raises(SentimentError, match="out holds other files; name a new folder"):
        scored()
    assert tree("out") == {"mine.txt": b"mine"}


def test_a_damaged_plan_is_an_error_that_names_it(scored):
    write("a.csv", "text", "good")
    scored()
    Path("out/_lstm-sentiment/plan.json").write_text("{")

    with pytest.raises(SentimentError, match=r"plan\.json: .*; remove the folder"):
        scored()


def test_a_damaged_record_means_not_done(scored):
    write("a.csv", "text", "good")
    scored()
    before = tree("out")
    Path("out/_lstm-sentiment/done/a.csv.json").write_text('{"part": ')

    assert scored()[1] == ["a.csv"]
    assert tree("out") == before


class Killed(BaseException):
    """Ends the program at any place."""


@pytest.mark.parametrize("place", ["write_stored", "open_writer", "size_of", "make_folder"])
@pytest.mark.parametrize("time", [1, 2, 3])
def test_wherever_it_ends_a_job_resumes_to_the_same_bytes(scored, monkeypatch, place, time):
    for number in range(3):
        write(f"{number}.csv", "text", f"good {number}")
    scored("whole")
    times = iter(range(1, 100))
    real = getattr(unit, place)

    def ends(*arguments, **more):
        if next(times) == time:
            raise Killed
        return real(*arguments, **more)

    monkeypatch.setattr(unit, place, ends)
    with pytest.raises(Killed):
        scored()
    monkeypatch.setattr(unit, place, real)
    assert "_SUCCESS" not in tree("out")
    scored()

    assert tree("out") == tree("whole")


@pytest.mark.parametrize("name", ["_summary.json", "_SUCCESS"])
def test_ended_before_the_last_files_a_job_resumes(scored, monkeypatch, name):
    write("a.csv", "text", "good")
    scored("whole")
    real = job.write_stored

    def ends(path, *arguments):
        if path.endswith(name):
            raise Killed
        real(path, *arguments)

    monkeypatch.setattr(job, "write_stored", ends)
    with pytest.raises(Killed):
        scored()
    monkeypatch.setattr(job, "write_stored", real)

    assert scored()[1] == []
    assert tree("out") == tree("whole")


def test_parquet_is_cut_to_the_rows_of_the_whole(scored):
    pytest.importorskip("pyarrow")
    import pyarrow
    from pyarrow import parquet

    table = pyarrow.table({"id": list(range(50)), "text": [f"good {n}" for n in range(50)]})
    parquet.write_table(table, "in/a.parquet", row_group_size=10)
    options = Options(rows_per_part=20)
    summary, _ = scored(options=options)
    parts = [parquet.read_table(f"out/{done.part}") for done in summary.done]

    assert [part.num_rows for part in parts] == [20, 20, 10]
    assert pyarrow.concat_tables(parts)["id"].to_pylist() == list(range(50))


def test_a_failure_that_nobody_foresaw_is_the_units_alone(scored, monkeypatch):
    write("a.csv", "text", "good")
    write("b.csv", "text", "bad")
    real = unit.output_columns

    def fails_once(*given, **more):
        monkeypatch.setattr(unit, "output_columns", real)
        raise ZeroDivisionError("x")

    monkeypatch.setattr(unit, "output_columns", fails_once)
    summary, _ = scored()

    assert [failed.reason for failed in summary.failed] == ["unexpected ZeroDivisionError: x"]
    assert [done.part for done in summary.done] == ["b.csv"]


def test_a_job_elsewhere_is_the_same(scored):
    pytest.importorskip("pyarrow")
    write("2018/a.csv", "text", "good")
    write("b.txt", "good")
    scored()
    place = "mock://bucket/scored"
    scored(place)
    from lstm_sentiment_cli.records.storage import find, names_below, read_stored

    there = {name: read_stored(f"{place}/{name}") for name in names_below(place)}
    assert there == tree("out")
    assert [file.path for file in find(f"{place}/2018")[1]] == [f"{place}/2018/a.csv"]
    job.remove_job(place, job.read_plan(place))
    assert names_below(place) == []
