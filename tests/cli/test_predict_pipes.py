"""predict between other programs: streams, slow and broken ones, and how it ends with them."""

import gzip
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from threading import Timer

import pytest

PREDICT = [sys.executable, "-m", "lstm_sentiment_cli", "predict"]


@pytest.fixture
def predict(run, golden_model):
    """Run predict with a tiny model; what it reads is given."""

    def predict(*arguments, given=b"", **extra):
        return run("predict", "--model", str(golden_model), *arguments, given=given, **extra)

    return predict


@pytest.fixture
def start(environment, golden_model, tmp_path):
    """Start predict between two pipes that stay open; it is killed when a test takes too long."""
    timers = []

    def start(*arguments, **extra):
        process = subprocess.Popen(
            [*PREDICT, "--model", str(golden_model), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
            env=environment | extra,
        )
        timers.append(Timer(60, process.kill))
        timers[-1].start()
        return process

    yield start
    for timer in timers:
        timer.cancel()


def texts_of(out):
    return [line.split("\t")[3] for line in out.split("\n")[:-1]]


def test_one_line_comes_out_for_each_that_goes_in(predict):
    lines = {
        b"plain": "plain",
        b"": "",
        b"\r": "",
        b"carriage return\r": "carriage return",
        b"in\rside": "in\\rside",
        b"nul \0 and \x1b[31m": "nul \0 and \x1b[31m",
        b"bad \xff\xfe\xe2\x82": "bad \ufffd\ufffd\ufffd",
        "line\u2028paragraph\u2029next\u0085form\x0cfile\x1cend".encode(): (
            "line\u2028paragraph\u2029next\u0085form\x0cfile\x1cend"
        ),
        b"tab\tback\\slash": "tab\\tback\\\\slash",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467 \u202etfel".encode(): (
            "\U0001f468\u200d\U0001f469\u200d\U0001f467 \u202etfel"
        ),
        b'"quoted, [red] :smile:': '"quoted, [red] :smile:',
        b"no newline": "no newline",
    }

    code, out, err = predict(given=b"\n".join(lines))

    assert code == 0
    assert texts_of(out) == list(lines.values())
    assert all(line.startswith(("positive\t", "negative\t")) for line in out.split("\n")[:-1])
    held, had = err.splitlines()
    assert held == (
        f"1 of {len(lines)} records had bytes that are not utf-8, read as U+FFFD; "
        "if the file has another encoding, name it with --encoding"
    )
    empty = sum(not text.strip() for text in lines.values())
    assert had.startswith(f"{empty} of {len(lines)} records had no words to go by")


@pytest.mark.parametrize(("given", "lines"), [(b"", 0), (b"\n", 1), (b"\n\n", 2), (b"x", 1)])
def test_there_are_as_many_answers_as_lines(piped, given, lines):
    code, out, _ = piped(given, "predict")

    assert (code, out.count("\n")) == (0, lines)


def test_a_last_newline_does_not_change_an_answer(piped):
    assert piped(b"i love this", "predict") == piped(b"i love this\n", "predict")


def test_a_line_of_100_mb_is_answered_and_its_neighbours_too(predict):
    long = b"a bad day " * 10_000_000

    code, out, err = predict(given=b"i love this\n" + long + b"\nworst day ever\n")

    first, second, third = out.split("\n")[:-1]
    assert code == 0
    assert first.endswith("\ti love this")
    assert len(second.split("\t")[3]) == len(long)
    assert third.startswith("negative\t")
    assert err == "1 of 3 records had more than the 64 tokens that are read\n"


@pytest.mark.parametrize(
    ("options", "begin", "line"),
    [
        ([], b"", b"so good\n"),
        (["--input-format", "csv"], b"text\n", b'"so, good"\n'),
        (["--input-format", "tsv"], b"id\ttext\n", b"1\tso good\n"),
        (["--input-format", "jsonl"], b"", b'{"text": "so good"}\n'),
        (["--input-format", "jsonl", "--format", "jsonl"], b"", b'{"text": "so good"}\n'),
        (["--format", "table"], b"", b"so good\n"),
    ],
)
def test_a_slow_pipe_is_answered_line_by_line(start, options, begin, line):
    with start(*options) as process:
        process.stdin.write(begin)
        for _ in range(3):
            process.stdin.write(line)
            process.stdin.flush()
            # Would wait for ever if the answer came only with the next line, or at the end.
            assert b"good" in process.stdout.readline()
        process.stdin.close()
        assert (process.stdout.read(), process.stderr.read()) == (b"", b"")
    assert process.returncode == 0


def test_the_header_of_csv_is_there_before_the_first_record(start):
    with start("--input-format", "csv", "--format", "csv") as process:
        process.stdin.write(b"text\nso good\n")
        process.stdin.flush()

        assert process.stdout.readline() == b"text,predicted,p_positive,p_negative\n"
        assert process.stdout.readline().startswith(b"so good,")
        process.stdin.close()


@pytest.mark.parametrize("options", [[], ["--format", "jsonl"], ["--format", "table"]])
def test_a_reader_that_goes_away_is_no_error(start, options):
    with start(*options) as process:
        process.stdin.write(b"so good\n")
        process.stdin.flush()
        process.stdout.readline()
        process.stdout.close()
        try:
            process.stdin.write(b"so good\n" * 200_000)
            process.stdin.close()
        except BrokenPipeError:
            pass  # it has already ended, as it should

        assert process.stderr.read() == b""
    assert process.returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for another process")
def test_ctrl_c_ends_at_once(start):
    with start() as process:
        process.stdin.write(b"so good\n")
        process.stdin.flush()
        process.stdout.readline()
        process.send_signal(signal.SIGINT)

        assert process.stderr.read() == b""
    assert process.returncode == 130


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for another process")
def test_ctrl_c_leaves_no_half_file(start, tmp_path):
    with start("--output", "out.tsv") as process:
        process.stdin.write(b"so good\n" * 10_000)
        process.stdin.flush()
        while not any(path.stat().st_size for path in tmp_path.glob(".out.tsv*")):
            assert process.poll() is None
        process.send_signal(signal.SIGINT)

        assert process.stderr.read() == b""
    assert process.returncode == 130
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_ctrl_c_while_onnxruntime_is_imported_is_no_traceback(predict, tmp_path, environment):
    """Its C++ turns the interrupt into an ImportError."""
    (tmp_path / "onnxruntime.py").write_text(
        "raise ImportError('initialization failed') from KeyboardInterrupt()"
    )

    ran = predict("so good", PYTHONPATH=f"{tmp_path}{os.pathsep}{environment['PYTHONPATH']}")

    assert ran == (130, "", "")


def test_what_came_whole_out_of_a_broken_gzip_is_answered_before_the_error(predict, tmp_path):
    packed = gzip.compress("".join(f"text {number}\n" for number in range(50_000)).encode())
    (tmp_path / "broken.txt.gz").write_bytes(packed[: len(packed) // 2])

    to_stdout = predict("-i", "broken.txt.gz")
    to_file = predict("-i", "broken.txt.gz", "-o", "out.tsv")

    texts = texts_of(to_stdout.out)
    assert 1000 < len(texts) < 50_000
    assert texts == [f"text {number}" for number in range(len(texts))]
    assert (tmp_path / "out.tsv").read_text() == to_stdout.out
    assert (to_stdout.code, to_file.code, to_file.out) == (1, 1, "")
    assert to_stdout.err == to_file.err
    assert to_file.err.startswith("error: broken.txt.gz is broken: ")
    assert to_file.err.count("\n") == 1


MEASURE = """
import sys
from pathlib import Path
from lstm_sentiment_cli.cli.main import main
try:
    main(["predict"])
finally:
    sys.stderr.write(Path("/proc/self/status").read_text())
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux tells the peak there")
def test_memory_does_not_grow_with_the_input(environment, golden_model, tmp_path):
    def peak(lines):
        # Not all different: some thousands of words are remembered, which takes memory at first.
        given = "".join(f"text number {line % 1000}, not so long\n" for line in range(lines))
        ended = subprocess.run(
            [sys.executable, "-c", MEASURE],
            input=given.encode(),
            env=environment | {"LSTM_SENTIMENT_MODEL": str(golden_model)},
            cwd=tmp_path,
            capture_output=True,
            check=True,
        )
        assert ended.stdout.count(b"\n") == lines
        return int(re.search(rb"VmHWM:\s+([0-9]+) kB", ended.stderr)[1])

    assert peak(200_000) < 1.15 * peak(50_000)


def test_a_record_that_could_not_be_read_is_not_one_without_words(piped):
    given = b'{"text": "good"}\n{broken\n{"text": ", ,"}\n'
    ended = piped(given, "predict", "--input-format", "jsonl")
    unreadable, wordless = ended.err.splitlines()
    assert unreadable.startswith("1 of 3 records could not be read")
    assert wordless.startswith("1 of 3 records had no words")
