"""A plan names a part for each unit, the same whoever makes it, and knows what changed."""

import json
from dataclasses import replace

import pytest

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.jobs.job_plan import Options, Plan, plan_of
from lstm_sentiment_cli.records.storage import write_stored

parquet = pytest.importorskip("pyarrow.parquet")


@pytest.fixture
def planned(tmp_path, golden_model, monkeypatch):
    """Plan a job for files and folders below an empty working directory."""
    monkeypatch.chdir(tmp_path)

    def planned(*inputs, options=None, **more):
        return plan_of(inputs, "out", golden_model, options or Options(), **more)

    return planned


@pytest.fixture
def write(tmp_path):
    def write(*names, content="text\ngood\n"):
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)

    return write


def parts(planned):
    return {unit.source.path: unit.part for unit in planned.plan.units}


def test_parts_mirror_the_paths_below_each_input(planned, write):
    write(
        "in/year=2018/a.csv", "in/b.txt", "in/c.jsonl.gz", "in/d.json", "in/e.TSV", "in/readme.md"
    )
    write("in/_SUCCESS", "in/.hidden.csv", "in/_old/f.csv", "alone.dat")

    made = planned("in", "alone.dat")

    assert parts(made) == {
        "in/year=2018/a.csv": "year=2018/a.csv",
        "in/b.txt": "b.tsv",
        "in/c.jsonl.gz": "c.jsonl",
        "in/d.json": "d.jsonl",
        "in/e.TSV": "e.TSV",
        "alone.dat": "alone.tsv",
    }
    assert made.left_out == 1


def test_a_format_for_all_gives_parts_its_ending(planned, write):
    write("in/a.csv", "in/b/c.tsv.gz")

    made = planned("in", options=Options(format="jsonl"))

    assert sorted(parts(made).values()) == ["a.jsonl", "b/c.jsonl"]


def test_a_pattern_names_parts_below_the_folder_where_it_begins(planned, write):
    write("in/2018/a.csv", "in/2019/a.csv", "in/2019/b.tsv")

    assert parts(planned("in/*/a.csv")) == {
        "in/2018/a.csv": "2018/a.csv",
        "in/2019/a.csv": "2019/a.csv",
    }
    assert len(planned("in/**/*").plan.units) == 3


def test_no_two_parts_have_one_name(planned, write):
    write("one/a.csv", "two/a.csv", "three/a.csv", "one/b.csv", "one/b.csv.gz", "one/b.jsonl")

    made = planned("one", "two", "three", options=Options(format="tsv"))

    assert list(parts(made).values()) == [
        *("a.tsv", "b.tsv", "b.csv.tsv", "b.jsonl.tsv"),
        *("a.csv.tsv", "a.csv-2.tsv"),
    ]


def test_a_file_that_is_named_twice_is_one_unit(planned, write):
    write("in/a.csv")

    assert len(planned("in", "in/a.csv", "in/*.csv").plan.units) == 1


def test_what_is_in_the_output_is_no_input(planned, write):
    write("a.csv", "out/b.csv")

    assert parts(planned(".")) == {"a.csv": "a.csv"}


def test_what_is_in_an_output_elsewhere_is_no_input(golden_model):
    base = "mock://parts-among-inputs"
    for name in ("in/a.csv", "in/out/b.csv", "in/output.csv"):
        write_stored(f"{base}/{name}", b"text\n", "")
    made = plan_of([f"{base}/in"], f"{base}/in/out?region=x", golden_model, Options())

    assert [unit.part for unit in made.plan.units] == ["a.csv", "output.csv"]


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("in", "no files in in; check the path"),
        ("no.csv", "no files in no.csv; check the path"),
        ("*.csv", r"no file matches \*.csv; check the path"),
    ],
)
def test_an_input_with_nothing_in_it_is_an_error(planned, tmp_path, place, said):
    (tmp_path / "in").mkdir()

    with pytest.raises(SentimentError, match=said):
        planned(place)


def test_files_of_no_known_ending_need_a_format(planned, write):
    write("in/a.dat", "in/b.log")

    with pytest.raises(SentimentError, match="name the format with --input-format"):
        planned("in")
    assert len(planned("in", options=Options(input_format="lines")).plan.units) == 2


def write_parquet(path, rows, group):
    import pyarrow

    table = pyarrow.table({"text": [f"good {n}" for n in range(rows)]})
    parquet.write_table(table, path, row_group_size=group)


def test_a_large_parquet_file_is_cut_between_groups_of_rows(planned, tmp_path):
    write_parquet(tmp_path / "a.parquet", 70, 10)

    made = planned("a.parquet", options=Options(rows_per_part=25))
    whole = planned("a.parquet", options=Options(rows_per_part=70))

    assert [(unit.part, unit.row_groups) for unit in made.plan.units] == [
        ("a-00000.parquet", (0, 1)),
        ("a-00001.parquet", (2, 3)),
        ("a-00002.parquet", (4, 5)),
        ("a-00003.parquet", (6,)),
    ]
    assert [(unit.part, unit.row_groups) for unit in whole.plan.units] == [("a.parquet", None)]


def test_a_group_of_more_rows_is_a_unit_of_its_own(planned, tmp_path):
    write_parquet(tmp_path / "a.parquet", 20, 10)

    made = planned("a.parquet", options=Options(rows_per_part=5, format="csv"))

    assert [unit.part for unit in made.plan.units] == ["a-00000.csv", "a-00001.csv"]


def test_a_broken_parquet_file_is_a_unit_that_will_fail(planned, write):
    write("a.parquet", content="PAR1 and nothing else")

    assert parts(planned("a.parquet")) == {"a.parquet": "a.parquet"}


def test_from_json_inverts_to_json(planned, tmp_path, write):
    write("in/é.csv")
    write_parquet(tmp_path / "in/a.parquet", 20, 10)
    options = Options(uncertain=(0.4, 0.6), rows_per_part=10)

    plan = planned("in", options=options).plan

    assert Plan.from_json(plan.to_json()) == plan


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"units": 1, "options": {}}', b"\xff"])
def test_what_is_no_plan_is_refused(content):
    with pytest.raises(ValueError, match=r"."):
        Plan.from_json(content)


@pytest.mark.parametrize("part", ["../a.csv", "/etc/a.csv", "x/../../a.csv", "x\\\\..\\\\a.csv"])
def test_a_plan_leads_out_of_no_folder(planned, write, part):
    write("a.csv")
    content = planned("a.csv").plan.to_json().replace(b'"a.csv"', f'"{part}"'.encode(), 1)

    with pytest.raises(ValueError, match="leads out of its folder"):
        Plan.from_json(content)


def test_what_parts_depend_on_is_named(planned, write):
    write("a.csv")
    plan = planned("a.csv").plan
    changed = planned("a.csv", options=Options(text_column="tweet", threshold=0.6)).plan

    assert plan.differing(plan) == []
    assert changed.differing(plan) == ["--text-column", "--threshold"]
    assert replace(plan, manifest="0", model="new").differing(plan) == [
        "the model (format-1 then, new now)"
    ]
    assert plan.differing(replace(plan, package_version="0.0")) == ["this program (0.0 then)"]


def test_an_older_plan_keeps_its_parts_and_new_files_are_added(planned, write):
    write("b.csv", "c.csv")
    known = planned("b.csv", "c.csv").plan.units
    write("a.csv", "sub/b.csv")
    made = planned(".", known=known)

    assert made.plan.units[:2] == known
    assert [unit.part for unit in made.plan.units] == ["b.csv", "c.csv", "a.csv", "sub/b.csv"]
    assert made.gone == []


def test_files_that_vanished_are_told(planned, write, tmp_path):
    write("a.csv", "b.csv")
    known = planned(".").plan.units
    (tmp_path / "a.csv").unlink()
    made = planned(".", known=known)

    assert made.gone == ["a.csv"]
    assert made.plan.units == known


def test_a_changed_file_is_planned_anew_unless_it_is_done(planned, write):
    write("a.csv", "b.csv")
    known = planned(".").plan.units
    write("a.csv", content="text\ngood\nbad\n")
    made = planned(".", known=known, done={"b.csv"})

    assert {unit.part: unit.source.size for unit in made.plan.units} == {"a.csv": 14, "b.csv": 10}
    with pytest.raises(SentimentError, match=r"a\.csv has changed since it was scored"):
        planned(".", known=known, done={"a.csv"})


def test_a_plan_is_json_that_people_can_read(planned, write):
    write("a.csv")
    facts = json.loads(planned("a.csv").plan.to_json())

    assert facts["units"][0]["part"] == "a.csv"
    assert facts["options"]["rows_per_part"] == 1_000_000
