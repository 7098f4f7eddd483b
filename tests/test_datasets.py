"""Fetching a set of our own from a server on this machine: in place whole, or not at all."""

import csv
import hashlib
import io
import os
import struct
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from lstm_sentiment_cli.datasets import SENTIMENT140, Dataset, Member, fetch, find_dataset
from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.labelled import DataFile, read_examples
from tests.loopback import serving

pytest.importorskip("httpx")

TRAINING = '"4","1","now","no","me","sunny, and ""warm"""\n"0","2","now","no","me","caf\xe9 shut"\n'
TEST = '"2","3","now","no","me","two chairs"\n'
TINY = Dataset(
    "tiny",
    "http://127.0.0.1/nowhere",
    (
        Member("training.csv", "tiny.csv", {"0": 1, "4": 1}),
        Member("test.csv", "tiny_test.csv", {"2": 1}),
    ),
)


def archive(compression=zipfile.ZIP_DEFLATED, **files):
    files = {"training": TRAINING, "test": TEST, "other": "x"} | files
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as opened:
        for name, text in files.items():
            if text is not None:
                opened.writestr(f"{name}.csv", text.encode("latin-1"))
    return buffer.getvalue()


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def site():
    with serving(archive()) as site:
        yield site


def get(site, folder, **options):
    return fetch(TINY, folder, url=site.url, retry_seconds=[], **options)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_files_are_in_place_byte_for_byte_and_nothing_else(site, tmp_path):
    training, test = get(site, tmp_path / "new" / "data")

    folder = tmp_path / "new" / "data"
    assert (training, test) == (folder / "tiny.csv", folder / "tiny_test.csv")
    assert training.read_bytes() == TRAINING.encode("latin-1")
    assert test.read_bytes() == TEST.encode("latin-1")
    assert names(folder) == ["tiny.csv", "tiny.sha256", "tiny_test.csv"]


def test_sums_are_recorded_as_sha256sum_reads_them(site, tmp_path):
    get(site, tmp_path)

    assert (tmp_path / "tiny.sha256").read_text() == "".join(
        f"{hashlib.sha256(text.encode('latin-1')).hexdigest()}  {name}\n"
        for text, name in [(TRAINING, "tiny.csv"), (TEST, "tiny_test.csv")]
    )


def test_a_broken_download_leaves_only_the_part_and_a_later_run_finishes(site, tmp_path):
    site.cuts = [100]
    with pytest.raises(SentimentError, match="100 bytes kept"):
        get(site, tmp_path)
    assert names(tmp_path) == ["tiny.zip.part", "tiny.zip.part.json"]

    get(site, tmp_path)

    assert site.requests[-1].range == "bytes=100-"
    assert names(tmp_path) == ["tiny.csv", "tiny.sha256", "tiny_test.csv"]


def flipped(content, place):
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"<html>moved</html>", "not a whole zip archive"),
        (b"", "not a whole zip archive"),
        (archive()[:-30], "not a whole zip archive"),
        (flipped(archive(zipfile.ZIP_STORED), 60), "Bad CRC-32"),
        (flipped(archive(), 60), "not a whole zip archive"),
        (archive(test=None), "not the expected archive.*test.csv"),
        (archive(training=TRAINING * 2), r"4 rows \(0: 2, 4: 2\) instead of 2 rows \(0: 1, 4: 1\)"),
        (archive(training=TRAINING.replace('"0"', '"4"')), r"2 rows \(4: 2\) instead of"),
        (archive(test=""), r"0 rows \(\) instead of 1 row \(2: 1\)"),
        (archive(test="".join(f"{n},x\n" for n in range(9))), "9 rows.*, …"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_wrong_archive_is_one_line_and_leaves_nothing(site, tmp_path, content, complaint):
    site.content = content

    with pytest.raises(SentimentError, match=complaint) as error:
        get(site, tmp_path)

    assert "--url" in str(error.value)
    assert "\n" not in str(error.value)
    assert names(tmp_path) == []


def test_what_unpacks_to_more_than_is_allowed_is_not_unpacked(site, tmp_path):
    site.content = archive(training="0" * 1_000_000)
    small = replace(TINY, most_bytes=10_000)
    assert len(site.content) < small.most_bytes

    with pytest.raises(SentimentError, match=r"unpacks to 1,000,\d+ bytes, more than the 10,000"):
        fetch(small, tmp_path, url=site.url, retry_seconds=[])

    assert names(tmp_path) == []


def test_more_than_was_declared_is_not_unpacked(site, tmp_path):
    content = archive(training="0" * 1_000_000)
    true = struct.pack("<L", 1_000_000)
    assert content.count(true) == 2  # beside the member, and in the directory
    site.content = content.replace(true, struct.pack("<L", 30))

    with pytest.raises(SentimentError, match="not a whole zip archive"):
        get(site, tmp_path)

    assert names(tmp_path) == []


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_method_that_unpacks_without_bound_is_refused(site, tmp_path, method):
    site.content = archive(method)

    with pytest.raises(SentimentError, match=r"training.csv is not compressed by deflate"):
        get(site, tmp_path)


def test_an_archive_with_a_password_is_one_line(site, tmp_path):
    content = bytearray(archive())
    directory = content.index(b"PK\x01\x02")
    content[6] |= 1
    content[directory + 8] |= 1
    site.content = bytes(content)

    with pytest.raises(SentimentError, match="encrypted"):
        get(site, tmp_path)


def test_a_directory_before_the_beginning_is_one_line(site, tmp_path):
    content = bytearray(archive())
    end = content.rindex(b"PK\x05\x06")
    content[end + 16 : end + 20] = struct.pack("<L", 2**31)
    site.content = bytes(content)

    with pytest.raises(SentimentError, match=r"not a whole zip archive .*--url"):
        get(site, tmp_path)


def test_a_field_without_end_is_no_csv_file(site, tmp_path):
    site.content = archive(test='"' + "x" * 3000)
    limit = csv.field_size_limit(2000)
    try:
        with pytest.raises(SentimentError, match=r"test.csv is not a csv file"):
            get(site, tmp_path)
    finally:
        csv.field_size_limit(limit)


def test_files_that_are_there_are_not_fetched_again(site, tmp_path):
    first = get(site, tmp_path)

    said = []
    second = get(site, tmp_path, say=said.append)

    assert second == first
    assert said == ["already there and unchanged"]
    assert len(site.requests) == 1


def test_a_file_of_the_users_own_is_not_replaced(site, tmp_path):
    (tmp_path / "tiny.csv").write_text("mine")

    with pytest.raises(SentimentError, match=r"tiny.csv exists .*replace it with --force"):
        get(site, tmp_path)

    assert (tmp_path / "tiny.csv").read_text() == "mine"
    assert site.requests == []


def test_force_replaces(site, tmp_path):
    (tmp_path / "tiny.csv").write_text("mine")

    get(site, tmp_path, force=True)

    assert (tmp_path / "tiny.csv").read_bytes() == TRAINING.encode("latin-1")


def test_a_missing_file_is_fetched_again(site, tmp_path):
    get(site, tmp_path)
    (tmp_path / "tiny_test.csv").unlink()

    get(site, tmp_path)

    assert (tmp_path / "tiny_test.csv").exists()


def test_other_content_than_at_the_first_fetch_is_refused_until_the_record_goes(site, tmp_path):
    get(site, tmp_path)
    other = TRAINING.replace("sunny", "foggy")
    site.content, site.etag = archive(training=other), '"two"'

    with pytest.raises(SentimentError, match=r"tiny.csv is not the file that was first fetched"):
        get(site, tmp_path, force=True)
    assert (tmp_path / "tiny.csv").read_bytes() == TRAINING.encode("latin-1")
    assert names(tmp_path) == ["tiny.csv", "tiny.sha256", "tiny_test.csv"]

    (tmp_path / "tiny.sha256").unlink()
    get(site, tmp_path, force=True)
    assert (tmp_path / "tiny.csv").read_bytes() == other.encode("latin-1")


def test_a_folder_that_is_a_file_is_one_line(site, tmp_path):
    (tmp_path / "data").write_text("")

    with pytest.raises(SentimentError, match=r"cannot write .*data: .*--output"):
        get(site, tmp_path / "data")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_second_fetch_into_the_folder_is_refused_before_it_asks_the_server(site, tmp_path):
    refusals = []

    def again(*_progress):
        with pytest.raises(SentimentError) as refused:
            get(site, tmp_path)
        refusals.append(str(refused.value))

    get(site, tmp_path, on_progress=again)

    assert set(refusals) == {
        f"another command is fetching tiny into {tmp_path}; wait until it has ended, "
        "or choose another folder with --output"
    }
    assert names(tmp_path) == ["tiny.csv", "tiny.sha256", "tiny_test.csv"]


def test_a_full_disk_is_one_line_and_keeps_what_came(site, tmp_path):
    (tmp_path / "tiny.zip.part").symlink_to("/dev/full")

    with pytest.raises(SentimentError, match=f"cannot write .*{os.strerror(28)}.*--output"):
        get(site, tmp_path)

    assert names(tmp_path) == ["tiny.zip.part", "tiny.zip.part.json"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of a file's size")
def test_a_disk_that_is_full_when_unpacking_gives_no_file_its_name(site, tmp_path):
    import resource

    site.content = archive(training=TRAINING + " " * 100_000)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, limits[1]))
    try:
        with pytest.raises(SentimentError, match=r"cannot write .*File too large.*--output"):
            get(site, tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert names(tmp_path) == ["tiny.zip.part", "tiny.zip.part.json"]


def test_what_is_done_is_said(site, tmp_path):
    said = []

    get(site, tmp_path, say=said.append)

    assert said == ["checking the download"]


def test_the_files_are_ready_to_be_read_as_examples(site, tmp_path):
    training, test = get(site, tmp_path)

    examples = read_examples([DataFile(training), DataFile(test)], ("positive", "negative"))

    assert [(each.label, each.text) for each in examples] == [
        ("positive", 'sunny, and "warm"'),
        ("negative", "caf\xe9 shut"),
    ]
    assert examples.left_out == {"neutral": 1}


def test_sentiment140_is_known_with_all_its_rows():
    assert find_dataset("sentiment140") is SENTIMENT140
    training, test = SENTIMENT140.members
    assert training.rows_by_label == {"0": 800_000, "4": 800_000}
    assert sum(test.rows_by_label.values()) == 498


def test_an_unknown_set_is_answered_with_the_nearest():
    with pytest.raises(SentimentError, match=r"'sentimnt140' \(did you mean 'sentiment140'\?\)"):
        find_dataset("sentimnt140")
