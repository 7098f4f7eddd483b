import errno
import os
import stat
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_sentiment_cli.cli.repl import check_corrections
from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.labelled import DataFile, read_examples
from lstm_sentiment_cli.repl.saving import save_correction

LABELS = ("positive", "negative")


def read_back(path):
    return [(text, label) for text, label, _ in read_examples([DataFile(path)], LABELS)]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "corrections.csv"


def test_each_correction_is_a_row_and_the_last_label_of_a_text_counts(path):
    save_correction(path, "oh great", "positive")
    save_correction(path, "so, so", "positive")
    corrections = save_correction(path, "oh great", "negative")

    assert corrections.counts == {"negative": 1, "positive": 1}
    assert read_back(path) == [("oh great", "negative"), ("so, so", "positive")]
    assert list(path.parent.iterdir()) == [path]


# A line of a paste: anything but the end of a line.
ENTRIES = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), min_size=1)


@given(st.dictionaries(ENTRIES.filter(str.strip), st.sampled_from(LABELS), min_size=1, max_size=5))
def test_what_is_labelled_is_what_training_reads(tmp_path_factory, labels):
    path = tmp_path_factory.mktemp("corrections") / "corrections.csv"
    for text, label in labels.items():
        save_correction(path, text, label)

    assert dict(read_back(path)) == labels


def test_a_text_as_long_as_a_book_can_be_labelled(path):
    for label in LABELS:
        assert save_correction(path, "a" * 200_000, label).counts == {label: 1}


def test_what_is_no_character_is_replaced_once(path):
    save_correction(path, "caf\udce9", "positive")
    corrections = save_correction(path, "caf\udce9", "negative")

    assert corrections.labels == {"caf?": "negative"}


@pytest.mark.skipif(sys.platform == "win32", reason="no such permissions there")
def test_a_new_file_is_private_and_an_old_one_keeps_its_permissions(path):
    save_correction(path, "good", "positive")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600

    path.chmod(0o640)
    save_correction(path, "bad", "negative")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


@pytest.mark.skipif(sys.platform == "win32", reason="links want a privilege there")
def test_a_file_behind_a_link_stays_there(path, tmp_path):
    place = tmp_path / "elsewhere.csv"
    path.symlink_to(place)
    save_correction(path, "good", "positive")
    save_correction(path, "bad", "negative")

    assert path.is_symlink()
    assert len(read_back(place)) == 2


@pytest.mark.parametrize(
    "content",
    [b"\xef\xbb\xbftext,label\r\noh great,negative\r\n", b"text,label\noh great,negative"],
)
def test_a_file_that_another_program_has_saved_is_read(path, content):
    path.write_bytes(content)

    assert save_correction(path, "good", "positive").labels == {
        "oh great": "negative",
        "good": "positive",
    }


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"label,text\nnegative,oh great\n", "its columns are label, text, not text, label"),
        (b"text,label,when\na,positive,now\n", "its columns are text, label, when, not text"),
        (b"text;label\na;positive\n", "its columns are text;label, not text, label"),
        (b"important\n", "its columns are important, not text, label"),
        (b'text,label\n"a,positive\n', "line 2: unexpected end of data; correct the line"),
        (b"text,label\na\n", "the row of 'a' has 1 cells, not 2; correct the row"),
        (b"text,label\ncaf\xe9,positive\n", "is not UTF-8; save it as UTF-8"),
    ],
)
def test_what_is_no_file_of_corrections_is_refused_and_left_alone(path, content, said):
    path.write_bytes(content)

    with pytest.raises(SentimentError) as error:
        save_correction(path, "good", "positive")

    assert said in str(error.value)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)
    assert path.read_bytes() == content


def test_a_folder_of_that_name_is_refused(path):
    path.mkdir()

    with pytest.raises(SentimentError, match="Is a directory"):
        save_correction(path, "good", "positive")


def test_a_write_protected_file_is_refused_and_left_alone(path, monkeypatch):
    save_correction(path, "good", "positive")
    path.chmod(0o400)
    # Root, as whom tests may run, would be allowed to write it.
    monkeypatch.setattr(os, "access", lambda file, _mode: bool(file.stat().st_mode & 0o200))

    with pytest.raises(SentimentError) as error:
        save_correction(path, "bad", "negative")

    assert str(error.value).startswith(f"{path} is write-protected; make it writable, or name")
    assert stat.S_IMODE(path.stat().st_mode) & 0o222 == 0
    assert read_back(path) == [("good", "positive")]


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.EACCES, "Permission denied; make it writable or name another file"),
        (errno.ENOSPC, "No space left on device; make room or name another file"),
    ],
)
def test_what_cannot_be_written_has_a_remedy_that_fits(path, monkeypatch, number, remedy):
    def refuse(*_arguments):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(SentimentError) as error:
        save_correction(path, "good", "positive")

    assert remedy in str(error.value)


def test_a_folder_that_is_not_there_is_one_line(tmp_path):
    with pytest.raises(SentimentError, match=r"cannot write .*No such file.*; make its folder or"):
        save_correction(tmp_path / "nowhere" / "corrections.csv", "good", "positive")


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX has such limits")
def test_a_full_disk_leaves_the_file_as_it_was(path):
    import resource

    save_correction(path, "good", "positive")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        with pytest.raises(SentimentError, match="cannot write"):
            save_correction(path, "bad", "negative")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert read_back(path) == [("good", "positive")]
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("name", ["corrections", "corrections.tsv", "corrections.csv.gz", "a.txt"])
def test_only_csv_is_taken(tmp_path, name):
    with pytest.raises(SentimentError, match="corrections are saved as csv"):
        check_corrections(tmp_path / name)


def test_evaluate_and_train_take_the_file_as_it_is(path, run, default_model):
    """The real commands: what was collected is measured, and taught to the model it came from."""
    for number in range(12):
        save_correction(path, f"i just love it when the bus is late, take {number}", "negative")
        save_correction(path, f"wicked, this tune number {number} is sick", "positive")

    measured = run("evaluate", str(path), "--json", "--model", str(default_model))
    assert measured.code == 0, measured.err
    assert '"rows": 24' in measured.out

    pytest.importorskip("tensorflow")
    trained = run(
        "train", str(path), "--from", str(default_model), "--output", "m", "--epochs", "1"
    )
    assert trained.code == 0, trained.err
    again = run("evaluate", str(path), "--json", "--model", "m")
    assert again.code == 0, again.err
