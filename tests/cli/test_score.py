"""score, from the command line to parts, the table at the end, and exit codes."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest


@pytest.fixture
def tweets(call, tmp_path):
    """A folder of files of all kinds; `call` has gone to the folder above."""
    folder = tmp_path / "tweets"
    (folder / "year=2018").mkdir(parents=True)
    (folder / "a.txt").write_text("good day\nworst day ever\n")
    (folder / "year=2018" / "b.csv").write_text('id,tweet\n007,good\n8,"so, so"\n')
    (folder / "c.jsonl").write_text('{"tweet": "good", "user": {"name": "x"}}\n')
    (folder / "notes.md").write_text("# notes\n")
    return folder


def tree(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_parts_are_what_predict_writes(call, tweets, tmp_path):
    ended = call("score", "tweets", "--output", "out", "--workers", "2")
    told = ended.err.splitlines()

    assert (ended.code, ended.out) == (0, "out\n")
    assert told[:2] == [
        "3 files, 0.0 MB, in 3 parts",
        "1 file left out, with no ending that tells a format",
    ]
    assert sorted(told[2:5]) == [
        "a.tsv: 2 records",
        "c.jsonl: 1 record",
        "year=2018/b.csv: 2 records",
    ]
    assert [line.split() for line in told[5:8]] == [
        ["files", "3"],
        ["parts", "3", "of", "3"],
        ["records", "5"],
    ]
    for source, part in (("year=2018/b.csv", "year=2018/b.csv"), ("c.jsonl", "c.jsonl")):
        call(
            "predict", "-i", f"tweets/{source}", "-o", "one", "-f", Path(part).suffix[1:], "--force"
        )
        assert (tmp_path / "one").read_bytes() == (tmp_path / "out" / part).read_bytes()
    call("predict", "-i", "tweets/a.txt", "-o", "one.tsv", "--header")
    assert (tmp_path / "one.tsv").read_bytes() == (tmp_path / "out" / "a.tsv").read_bytes()
    assert (tmp_path / "out" / "_SUCCESS").read_bytes() == b""


def test_a_job_that_stands_there_is_resumed_or_replaced_but_never_unasked(call, tweets, tmp_path):
    call("score", "tweets", "-o", "out")
    before = tree(tmp_path / "out")
    again = call("score", "tweets", "-o", "out")
    resumed = call("score", "tweets", "-o", "out", "--resume")
    other = call("score", "tweets", "-o", "out", "--resume", "--prefix", "x_")
    kept = tree(tmp_path / "out")
    replaced = call("score", "tweets/c.jsonl", "-o", "out", "--force", "--quiet")

    assert (again.code, again.err.count("\n")) == (1, 1)
    assert "out holds a job, 3 of 3 parts done; continue with --resume" in again.err
    assert resumed.code == 0
    assert "3 files, 0.0 MB, in 3 parts, of which 3 are done" in resumed.err
    assert (other.code, other.err.count("\n")) == (1, 1)
    assert "cannot resume: --prefix changed since the job began" in other.err
    assert kept == before
    assert (replaced.code, replaced.err) == (0, "")
    assert "a.tsv" not in tree(tmp_path / "out")


def test_bad_files_among_good_ones_are_told_and_can_be_mended(call, tweets, tmp_path):
    (tweets / "bad.csv").write_text("id,x\n1,good\n")
    (tweets / "bad.tsv.gz").write_text("no gzip")
    (tweets / "bad.jsonl").write_text('{"tweet": "good"}\nno json\n')
    ended = call("score", "tweets", "-o", "out")

    assert ended.code == 5
    assert "failed: tweets/bad.csv has no column 'text'" in ended.err
    assert "parts  4 of 6" in ended.err
    assert ended.err.splitlines()[-1].startswith("then go on with: lstm-sentiment ")
    assert ended.err.splitlines()[-1].endswith(" --resume")
    assert not (tmp_path / "out" / "_SUCCESS").exists()
    summary = json.loads((tmp_path / "out" / "_summary.json").read_text())
    assert [each["source"] for each in summary["failed"]] == ["tweets/bad.csv", "tweets/bad.tsv.gz"]

    (tweets / "bad.csv").write_text("id,text\n1,good\n")
    (tweets / "bad.tsv.gz").unlink()
    resumed = call("score", "tweets", "-o", "out", "--resume")

    assert resumed.code == 5  # what is gone is in the plan
    assert "1 file of the job no longer there: tweets/bad.tsv.gz" in resumed.err
    assert "failed  tweets/bad.tsv.gz: no such file" in resumed.err


@pytest.mark.parametrize(("share", "code"), [("0", 3), ("0.4", 3), ("0.5", 0)])
def test_records_without_an_answer_are_allowed_up_to_a_share(call, tmp_path, share, code):
    (tmp_path / "a.jsonl").write_text('{"text": "good"}\nno json\n')
    ended = call("score", "a.jsonl", "-o", "out", "--max-unreadable", share)

    assert ended.code == code
    assert "without an answer  1" in ended.err


def test_a_dry_run_lists_the_parts_and_writes_nothing(call, tweets, tmp_path):
    ended = call("score", "tweets", "-o", "out", "--dry-run", "--format", "csv")

    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines() == [
        "tweets/a.txt\ta.csv",
        "tweets/c.jsonl\tc.csv",
        "tweets/year=2018/b.csv\tyear=2018/b.csv",
    ]
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("no",), "no files in no; check the path"),
        (("tweets", "--engine", "spark"), "unknown engine 'spark'; choose from local, ray"),
        (("tweets", "--address", "a:1"), "--address names a Ray cluster; add --engine ray"),
        (
            ("tweets", "--engine", "ray", "--address", "ray://head:10001"),
            "run it in the cluster: ray job submit -- lstm-sentiment score",
        ),
        (("tweets", "--format", "xls"), "unknown format 'xls'"),
        (("tweets", "--model", "nosuchmodel"), "nosuchmodel"),
        (("tweets", "--uncertain", "0.6,0.4"), "uncertain band must be LOW,HIGH"),
        (("nope://x/a.csv",), "nope://x cannot be used"),
        (("s3://me:secret@x/a.csv",), "names a user or a password"),
        (("tweets/*.xml",), "no file matches tweets/*.xml"),
    ],
    ids=str,
)
def test_a_user_error_is_one_helpful_line(call, tweets, tmp_path, arguments, said):
    ended = call("score", *arguments, "-o", "out")

    assert (ended.code, ended.out, ended.err.count("\n")) == (1, "", 1)
    assert said in ended.err
    assert "secret" not in ended.err
    assert not (tmp_path / "out").exists()


def test_an_output_that_is_a_file_is_kept(call, tweets, tmp_path):
    (tmp_path / "out").write_text("mine")
    ended = call("score", "tweets", "-o", "out", "--force")

    assert (ended.code, ended.err) == (1, "error: out is a file; name a folder\n")
    assert (tmp_path / "out").read_text() == "mine"


def test_a_folder_of_other_files_is_left_alone(call, tweets, tmp_path):
    ended = call("score", "tweets", "-o", "tweets", "--force")

    assert (ended.code, ended.err) == (1, "error: tweets holds other files; name a new folder\n")
    assert len(tree(tweets)) == 4


@pytest.mark.skipif(sys.platform == "win32", reason="sends signals")
def test_killed_and_interrupted_it_resumes_to_the_same_bytes(
    run, tmp_path, environment, golden_model
):
    (tmp_path / "in").mkdir()
    for number in range(6):
        text = "".join(f"good day {number} {line}\n" for line in range(40_000))
        (tmp_path / "in" / f"{number}.txt").write_text(text)
    command = ("score", "in", "--model", str(golden_model), "--workers", "2", "-o")
    assert run(*command, "whole").code == 0

    for way, code in ((signal.SIGKILL, -9), (signal.SIGINT, 130), (signal.SIGTERM, 143)):
        known = len(list((tmp_path / "out").glob("*.tsv")))
        process = subprocess.Popen(
            [sys.executable, "-m", "lstm_sentiment_cli", *command, "out", "--resume"],
            cwd=tmp_path,
            env=environment,
            stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        while len(list((tmp_path / "out").glob("*.tsv"))) <= known and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(way)
        assert process.wait(20) == code
        assert not (tmp_path / "out" / "_SUCCESS").exists()
    resumed = run(*command, "out", "--resume")

    assert resumed.code == 0
    assert tree(tmp_path / "out") == tree(tmp_path / "whole")
